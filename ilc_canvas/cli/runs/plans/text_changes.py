"""What a plan would change in the texts of pages, word by word."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from ilc_canvas.views.runs.text_lines import text_diff

if TYPE_CHECKING:
    from ilc_canvas.settings import Settings
    from ilc_canvas.store.db.database import Store


def text_lines(settings: "Settings", store: "Store", run: int, *, school_year: str) -> Iterator[str]:
    """Each page whose text or box would be refreshed, as Canvas has it now and as it would be; Canvas is read for that."""
    from ilc_canvas import bootstrap
    from ilc_canvas.cli.runs.runs import names_of
    from ilc_canvas.store.runs import details
    from ilc_canvas.views.sentences import called

    detail = details.run(store, run)
    changes = bootstrap.text_changes(settings, store, detail, school_year=school_year)
    names = names_of(settings, store, detail)
    yield from ("", "Texts that would be refreshed:" if changes else "No text would be refreshed.")
    for key, before, after in changes:
        yield f"{key.rule.noun} {called(key, names)}"
        yield from (f"  {line}" for line in list(text_diff(before, after)) or ["only links or markup differ"])

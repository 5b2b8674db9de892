"""courses check: what is wrong with the texts of the courses, without a store and without Canvas"""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ilc_canvas.cli.options import Json
from ilc_canvas.cli.output import EXIT_ERROR, say, say_json
from ilc_canvas.reconcile.words.wording import count

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ilc_canvas.courses.findings import Finding

Folder = Annotated[
    Path | None,
    typer.Argument(metavar="[DIR]", help="The folder with the texts; left out, that of the settings.", exists=True, file_okay=False),
]


def check(folder: Folder = None, *, as_json: Json = False) -> None:
    """Check the texts of the courses: values, links, headings, contrast, length, and everything that Canvas would not keep."""
    from ilc_canvas.cli.startup import begin
    from ilc_canvas.courses.check.check import check as checked
    from ilc_canvas.courses.findings import errors
    from ilc_canvas.views.content_source import templates_folder

    place = templates_folder(begin(), folder)
    findings = checked(place)
    wrong = len(errors(findings))
    if as_json:
        found = [finding.as_json() for finding in findings]
        say_json({"folder": str(place), "errors": wrong, "warnings": len(findings) - wrong, "findings": found})
    else:
        say(*(line for finding in findings for line in finding.lines), *_summary(place, findings, wrong))
    if wrong:
        raise typer.Exit(EXIT_ERROR)


def _summary(place: Path, findings: "Sequence[Finding]", wrong: int) -> list[str]:
    warnings = len(findings) - wrong
    found = f"{count(wrong, 'error') if wrong else 'no error'}, {count(warnings, 'warning') if warnings else 'no warning'}"
    if wrong:
        return [f"Texts in {place}: {found}. They cannot be used until the errors are corrected."]
    return [f"Texts in {place}: {found}.", "Next: ilc-canvas courses preview cop:EQ shows how they look."]

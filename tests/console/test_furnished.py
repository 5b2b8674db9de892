"""Writing the texts of all courses takes seconds: the console does it once for what has not changed."""

from contextlib import closing
from pathlib import Path
from threading import Thread

import pytest

from ilc_canvas.console.furnished import Furnished
from ilc_canvas.courses.content_source import ContentSource
from ilc_canvas.program.basis import of_roster
from ilc_canvas.reconcile.basis import Basis
from ilc_canvas.settings import Settings
from ilc_canvas.store.db.database import Store
from ilc_canvas.store.opening import open_store
from ilc_canvas.views.content_source import content_source
from tests.stores import copied
from tests.work import lines_run

YEAR = "2021-22"


@pytest.fixture
def source(settings: Settings) -> ContentSource:
    """The texts of the program."""
    return content_source(settings.model_copy(update={"courses": settings.courses.model_copy(update={"content": True})}))


def _work(furnished: Furnished, source: ContentSource, store: Store, basis: Basis) -> int:
    return lines_run(lambda: furnished(source, store, basis, school_year=YEAR))


def test_same_question_is_answered_once(filled: str, tmp_path: Path, source: ContentSource) -> None:
    """The second answer is the first one; another version of the roster, or other texts, are another question."""
    furnished = Furnished()
    with closing(open_store(copied(filled, tmp_path))) as store:
        first = _work(furnished, source, store, of_roster(2))
        again = _work(furnished, source, store, Basis.of({"roster": 2, "openings": 1}))
        other = _work(furnished, source, store, of_roster(1))
        plain = _work(furnished, ContentSource(None, source.policy, source.office), store, of_roster(2))
        assert again < 100 < plain < first
        assert other > first / 2
        assert any(record.rule.is_content for record in furnished(source, store, of_roster(2), school_year=YEAR))


def test_everybody_waits_for_one_answer(filled: str, tmp_path: Path, source: ContentSource) -> None:
    """Several visitors at once get the very same answer."""
    furnished, found = Furnished(), list[object]()
    with closing(open_store(copied(filled, tmp_path))) as store:
        visitors = [Thread(target=lambda: found.append(furnished(source, store, of_roster(2), school_year=YEAR))) for _ in range(4)]
        for visitor in visitors:
            visitor.start()
        for visitor in visitors:
            visitor.join(60)
    assert len({id(each) for each in found}) == 1
    assert len(found) == 4

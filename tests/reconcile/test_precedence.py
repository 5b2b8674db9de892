"""Whose something is that is there after our call."""

from dataclasses import replace

import pytest

from ilc_canvas.reconcile.change import Create, Outcome
from ilc_canvas.reconcile.precedence import SHARD, Newest, judged, newest_of
from ilc_canvas.reconcile.state import State
from tests.reconcile.cast import course, enrollment

PLACE, COURSE = enrollment(1), course()


@pytest.mark.parametrize(("number", "result"), [(400, "noop"), (401, "noop"), (402, "applied"), (SHARD + 5, "applied"), (None, "applied")])
def test_older_number_was_there_before(number: int | None, result: str) -> None:
    """A row whose number was given out before our call is somebody else's; one of another database says nothing."""
    assert judged(Create(PLACE), Outcome("applied", handle=number), newest=401).result == result


def test_revived_row_keeps_its_number() -> None:
    """A place that had ended when we read Canvas, and is live after our call, was given by us, regardless of its number."""
    over = replace(PLACE, fields={**PLACE.fields, "state": "inactive"})
    assert judged(Create(PLACE, over), Outcome("applied", handle=7), newest=401).result == "applied"


def test_numbers_of_other_kinds_say_nothing() -> None:
    """Only enrollments are compared: everything else has a SIS id, which Canvas gives out once."""
    assert judged(Create(COURSE), Outcome("applied", handle=7), newest=401).result == "applied"


@pytest.mark.parametrize(("again", "result"), [(True, "applied"), (False, "noop")])
def test_second_try_finds_the_first(again: bool, result: str) -> None:
    """What a second try finds with our SIS id was made by the first one, which got no answer."""
    assert judged(Create(COURSE), Outcome("noop", handle=7), newest=0, again=again).result == result


@pytest.mark.parametrize("result", ["refused", "unavailable", "not_applied"])
def test_what_was_not_done_stays_so(result: str) -> None:
    """A change that was not made keeps its result, regardless of the number."""
    assert judged(Create(PLACE), Outcome(result, handle=7), newest=401).result == result


def test_first_try_counts() -> None:
    """What becomes known between two tries does not make the first one's row older."""
    newest = Newest()
    newest.learn([newest_of(State.of([replace(PLACE, handle=401), replace(COURSE, handle=900)])), None])
    assert newest.before(PLACE.key) == 401
    newest.learn([450])
    assert (newest.before(PLACE.key), newest.before(COURSE.key)) == (401, 450)

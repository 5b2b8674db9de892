"""A reading that lags behind our recent writes is corrected; what somebody else did is left as it is."""

from dataclasses import replace

import pytest

from ilc_canvas.reconcile.change import Adopt, Create, Outcome, Remove, Update
from ilc_canvas.reconcile.compare.recent_writes import with_recent_writes
from ilc_canvas.reconcile.plan import make_plan
from ilc_canvas.reconcile.state import State
from tests.reconcile.cast import EQ, FRAME, changed, course, enrollment, full, owned, without

DONE = Outcome("applied", handle=77)
RENAME = Update(course(), course(name="Justice"))


def test_new_object_is_there() -> None:
    """What was made is there, with its number, although the list does not show it yet."""
    row = enrollment(1)
    seen = with_recent_writes(without(full(1), row.key), [(Create(row), DONE)])
    assert (seen.records[row.key], seen.records[row.key].handle) == (row, 77)


def test_new_course_can_be_seen() -> None:
    """A course that was just made counts as there, in the state that Canvas gives a new one."""
    made = with_recent_writes(State.of([]), [(Create(course()), DONE)])
    assert made.records[EQ].fields["state"] == "unpublished"


def test_ended_place_is_over() -> None:
    """Who has just left is out, although the list shows the place as live."""
    before = full(2)
    seen = with_recent_writes(before, [(Remove(enrollment(1)), DONE)])
    assert seen.records[enrollment(1).key].fields["state"] == "inactive"


def test_old_name_gives_way() -> None:
    """A name that we have just changed is the new one."""
    assert with_recent_writes(full(1), [(RENAME, DONE)]).records[EQ].fields["name"] == "Justice"


@pytest.mark.parametrize("name", ["Justice", "By hand"])
def test_other_name_stays(name: str) -> None:
    """A reading that shows the new name, or one by somebody else, is believed."""
    assert with_recent_writes(changed(full(1), EQ, name=name), [(RENAME, DONE)]).records[EQ].fields["name"] == name


def test_later_change_counts() -> None:
    """Of two changes to one thing the later one holds."""
    row = enrollment(1)
    seen = with_recent_writes(without(full(1), row.key), [(Create(row), DONE), (Remove(row), DONE)])
    assert seen.records[row.key].fields["state"] == "inactive"


def test_revived_place_is_live() -> None:
    """Who came back is in, although the list shows the place as over."""
    over = enrollment(1, state="inactive")
    seen = with_recent_writes(State({**full(1).records, over.key: over}), [(Create(enrollment(1), over), DONE)])
    assert seen.records[over.key].fields["state"] == "active"


def test_answer_of_canvas_counts() -> None:
    """What Canvas answered is nearer the truth than what was asked for."""
    row = enrollment(1)
    answered = replace(DONE, after={"state": "invited"})
    assert with_recent_writes(without(full(1), row.key), [(Create(row), answered)]).records[row.key].fields["state"] == "invited"


def test_adoption_changes_nothing() -> None:
    """Recording something in the ledger does not change it."""
    assert with_recent_writes(full(1), [(Adopt(course(), course(name="Ours")), DONE)]) == full(1)


def test_lag_leaves_nothing_to_do() -> None:
    """A whole fill that the lists do not show at all leads to an empty plan."""
    wanted = full(4)
    plan = make_plan(wanted, State.of([]), {}, frame=FRAME)
    seen = with_recent_writes(State.of([]), [(change, DONE) for change in plan.changes])
    assert make_plan(wanted, seen, owned(wanted), frame=FRAME).changes == ()

"""What is over by Canvas's clock takes nobody in."""

from datetime import UTC, datetime

import pytest

from ilc_canvas.reconcile.ended import refuse_ended
from ilc_canvas.reconcile.errors import EndedError
from ilc_canvas.reconcile.plan import make_plan
from ilc_canvas.reconcile.state import Key, Kind, Record, State
from tests.reconcile.cast import FRAME, NOON, full

TERM = Record(Key(Kind.TERM, "ilc:2021-22"), {"name": "ILC", "end_at": "2022-07-01T06:59:59Z"})
LATE = datetime(2026, 1, 1, tzinfo=UTC)


def test_past_term_is_said_once() -> None:
    """New enrollments in a past term stop the run with one sentence that names term, end and clock."""
    desired = State.of([TERM, *full(3)])
    with pytest.raises(EndedError, match=r"Term ilc:2021-22 ended on 2022-07-01; by Canvas's clock it is 2026-01-01\."):
        refuse_ended(make_plan(desired, State.of([]), {}, frame=FRAME), desired, State.of([]), at=LATE)


def test_running_term_takes_people_in() -> None:
    """Within the school year nothing is said."""
    desired = State.of([TERM, *full(3)])
    refuse_ended(make_plan(desired, State.of([]), {}, frame=FRAME), desired, State.of([]), at=NOON)


def test_past_term_without_new_people_passes() -> None:
    """Where nobody is to be enrolled, an ended term is no matter."""
    desired = State.of([TERM])
    refuse_ended(make_plan(desired, State.of([]), {}, frame=FRAME), desired, State.of([]), at=LATE)

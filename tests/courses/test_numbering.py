"""The numbers of meetings, and what they are about."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import pytest

from ilc_canvas.courses.values.numbering import numbered, stages
from ilc_canvas.program.calendars.calendar import Meeting
from tests.courses.cast import FIRST, shelf

PLAN = shelf().designs["cop"].outline.meetings


def _meetings(*ids: str) -> list[Meeting]:
    """One a month, in this order."""
    return [replace(FIRST, meeting_id=each, first_day=date(2021, n, 1), last_day=date(2021, n, 1)) for n, each in enumerate(ids, start=1)]


@pytest.mark.parametrize(
    ("ids", "numbers"),
    [
        (["EQ-1", "EQ-2", "EQ-4"], [1, 2, 4]),  # the third was taken off the calendar
        (["EQ-01", "EQ-02", "EQ-12"], [1, 2, 12]),
        (["EQ-2", "EQ-1"], [1, 2]),  # the first one was moved behind the second
        (["EQ-1", "EQ-2", "EQ-EXTRA"], [1, 2, 3]),
        (["EQ-2021-10-05", "EQ-2021-11-09"], [1, 2]),
        (["EQ-5"], [1]),
        (["A-1", "B-1"], [1, 2]),
        (["A-0", "A-1"], [1, 2]),
        ([], []),
    ],
)
def test_numbers_come_from_ids(ids: Sequence[str], numbers: list[int]) -> None:
    """The number at the end of the id, if all ids differ only in that; otherwise the place by date."""
    assert [number for number, _ in numbered(_meetings(*ids))] == numbers


def test_moved_meeting_keeps_its_number() -> None:
    """A meeting that is moved behind another has the number of its id."""
    assert [(number, each.meeting_id) for number, each in numbered(_meetings("EQ-2", "EQ-1"))] == [(1, "EQ-1"), (2, "EQ-2")]


@pytest.mark.parametrize(
    ("number", "keys"),
    [
        (0, ""),
        (1, "strengths"),
        (2, "opening share"),
        (3, "opening change share"),
        (4, "opening change evidence share"),
        (5, "strengths aim change keep share"),
        (6, "strengths aim change evidence keep share"),
        (8, "strengths aim change evidence evidence evidence keep share"),
    ],
)
def test_stages_by_number_of_meetings(number: int, keys: str) -> None:
    """First, second, and third; evidence in the middle; keep, change, or let go; and the share-out last."""
    assert [stage.key for stage in stages(PLAN, number) if stage] == keys.split()

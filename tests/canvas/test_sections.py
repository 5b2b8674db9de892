"""Reading sections: the work grows with what there is, not with its square."""

from collections.abc import Callable, Iterator

import pytest
import responses

from ilc_canvas.canvas.http.transport import Transport
from ilc_canvas.canvas.kinds.reading import Reading
from ilc_canvas.canvas.kinds.section import SECTION
from ilc_canvas.canvas.scope import Scope
from ilc_canvas.reconcile.kinds import Kind
from ilc_canvas.reconcile.state import Key, Record
from tests.canvas.cast import HOST, YEAR


class Counted(list[Record]):
    """Records that count how often somebody goes through all of them."""

    passes = 0

    def __iter__(self) -> Iterator[Record]:
        """As a list's, and one pass more."""
        self.passes += 1
        return super().__iter__()


def courses(count: int) -> Counted:
    """So many courses of ours, with their numbers."""
    return Counted(Record(Key(Kind.COURSE, f"{YEAR.id}:cop:C{n}"), {"state": "available"}, handle=n) for n in range(1, count + 1))


def passes_of_lost(transport: Transport, canvas: responses.RequestsMock, count: int) -> int:
    """How often what was read is gone through if the lists leave out one section of each course."""
    found = courses(count)
    ours = {Key(Kind.SECTION, f"{course.key.id}:R1"): 100 + (course.handle or 0) for course in found}
    for number, key in zip(ours.values(), ours, strict=True):
        row = {"id": number, "name": "Region I", "sis_section_id": key.id, "course_id": number - 100}
        canvas.get(f"{HOST}/api/v1/sections/{number}", json=row)
    found.passes = 0
    rows = SECTION.beside(Reading(transport, Scope("ilc", "2021-22"), 1, ours, {}, found))
    assert [row.key for row in rows] == sorted(ours)
    return found.passes


def passes_of_courses(transport: Transport, canvas: responses.RequestsMock, count: int) -> int:
    """How often what was read is gone through if so many courses are asked for their sections."""
    found = courses(count)
    reading = Reading(transport, Scope("ilc", "2021-22"), 1, {}, {}, found)
    for number in range(1, count + 1):
        canvas.get(f"{HOST}/api/v1/courses/{number}/sections", json=[])
    every = list(found)
    found.passes = 0
    assert [SECTION.inside(reading, course, ()) for course in every] == [[]] * count
    return found.passes


@pytest.mark.parametrize("passes", [passes_of_lost, passes_of_courses])
def test_passes_do_not_grow_with_courses(
    passes: Callable[[Transport, responses.RequestsMock, int], int], transport: Transport, canvas: responses.RequestsMock
) -> None:
    """Eight courses cost as many passes over what was read as one."""
    assert passes(transport, canvas, 8) == passes(transport, canvas, 1)

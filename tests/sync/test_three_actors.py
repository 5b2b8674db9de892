"""Roster, people and runs take turns over one place, in a Canvas: a sample of what `tests/reconcile/test_three_actors.py` lists."""

from dataclasses import replace

import pytest

from tests.sync.roster import FIRST
from tests.sync.test_ended_courses import states
from tests.sync.world import World

ARTS = "ilc:2021-22:cop:AI"
PLACE = "R1 P4 StudentEnrollment"
WITHOUT = replace(FIRST, people=tuple(replace(one, participates=()) if one.person_id == "P4" else one for one in FIRST.people))


def move(world: World, name: str) -> str:
    """One move; of a run the state of the place, and how much of it is told."""
    human, courses = world.human(), f"courses/sis_course_id:{ARTS}"
    if name in ("asks", "drops"):
        world.finalize(FIRST if name == "asks" else WITHOUT)
    elif name == "adds":
        number = next(row["id"] for row in world.sandbox.state()["users"] if row["sis_user_id"] == "ilc:p:P4")
        assert human.enroll(f"sis_course_id:{ARTS}", number, course_section_id=f"sis_section_id:{ARTS}:R1").status == 200
    elif name == "ends":
        row = next(row for row in human.get(f"{courses}/enrollments?per_page=100").body if row["sis_user_id"] == "ilc:p:P4")
        assert human.ask("DELETE", f"{courses}/enrollments/{row['id']}?task=conclude").status == 200
    else:
        report = world.sync()
        told = " drift" * report.drift + " by hand" * report.by_hand
        return f"{states(world, ARTS)[PLACE]}{told}, {report.applied} done"
    return ""


@pytest.mark.parametrize(
    ("moves", "told"),
    [
        ("drops run adds run asks run drops run", ["inactive, 1 done", "active by hand, 0 done", "active, 0 done", "inactive, 1 done"]),
        ("ends run drops run asks run", ["completed drift, 0 done", "completed, 0 done", "active, 1 done"]),
        ("ends run drops run adds run", ["completed drift, 0 done", "completed, 0 done", "active by hand, 0 done"]),
        ("drops run adds run ends run asks run", ["inactive, 1 done", "active by hand, 0 done", "completed, 0 done", "active, 1 done"]),
    ],
)
def test_turns_over_place(world: World, moves: str, told: list[str]) -> None:
    """What a run makes of the place after each of these moves."""
    assert world.sync().status == "applied"
    assert [said for name in moves.split() if (said := move(world, name))] == told

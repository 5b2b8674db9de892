"""One person or COP is put back as the roster has it, and nothing else is touched."""

from typing import Any

import pytest

from ilc_canvas.reconcile.run.sentence import has_all
from ilc_canvas.reconcile.run.values import REPAIR, RunRequest
from tests.sync.world import SCOPE, World, seat

PLACE = f"{SCOPE}:cop:AI:R1|ilc:p:P3|StudentEnrollment"


def repair(*only: str, **more: Any) -> RunRequest:
    """Somebody wants what these words name put back."""
    return RunRequest("ana", REPAIR, "as agreed", only=only, **more)


def name_of(world: World, code: str) -> str:
    return next(str(row["name"]) for row in world.sandbox.state()["courses"] if row["sis_course_id"] == f"{SCOPE}:{code}")


def state_of(world: World, key: str) -> str:
    state = world.sandbox.state()
    return next(str(row["enrollment_state"]) for row in state["enrollments"] if seat(row, state).id == key)


@pytest.fixture
def edited(filled: World) -> World:
    """Somebody has renamed two courses, and ended the place of one person in each of two."""
    state = filled.sandbox.state()
    for row in state["courses"]:
        if row["sis_course_id"] in (f"{SCOPE}:cop:EQ", f"{SCOPE}:cop:AI"):
            filled.human().ask("PUT", f"courses/{row['id']}", {"course[name]": f"Renamed {row['id']}"})
    for row in state["enrollments"]:
        if seat(row, state).id in (PLACE, PLACE.replace("P3", "P4")):
            filled.human().ask("DELETE", f"courses/{row['course_id']}/enrollments/{row['id']}?task=deactivate")
    assert filled.run().drift == 4
    return filled


def test_one_person_is_put_back(edited: World) -> None:
    """That person's place comes back; the other one, and both names, stay as people have them."""
    report = edited.run(ask=repair("person:P3"))
    assert (report.status, report.applied, report.drift) == ("applied", 1, 0)
    assert (state_of(edited, PLACE), state_of(edited, PLACE.replace("P3", "P4"))) == ("active", "inactive")
    assert edited.run().drift == 3


def test_one_course_is_put_back(edited: World) -> None:
    """Its name and its places; another course's name stays."""
    report = edited.run(ask=repair("cop:AI"))
    assert (report.status, report.applied) == ("applied", 3)
    assert name_of(edited, "cop:AI") == "Arts Integration (2021-22)"
    assert name_of(edited, "cop:EQ").startswith("Renamed")
    left = edited.run()
    assert (left.drift, left.writes) == (1, 0)


def test_plan_shows_what_would_be_put_back(edited: World) -> None:
    """A dry run of it writes nothing; without the word the same selection says what differs, and only that."""
    shown = edited.run(ask=repair("cop:AI", dry_run=True))
    assert (shown.status, shown.counts, shown.writes) == ("planned", {"create": 2, "update": 1, "remove": 0}, 0)
    plain = edited.run(ask=RunRequest("ana", "verify", dry_run=True, only=("cop:AI",)))
    assert (plain.status, plain.drift, has_all(plain)) == ("converged", 3, False)


def test_repair_everywhere_is_no_wish(edited: World) -> None:
    """Without words nothing is put back, whoever asks."""
    assert edited.run(ask=repair()).drift == 4


def test_people_added_by_hand_stay(edited: World) -> None:
    """To put a course back takes nobody out of it."""
    edited.run(ask=repair("cop:AI", "cop:EQ"))
    assert edited.hand(edited.sandbox.state()) == []

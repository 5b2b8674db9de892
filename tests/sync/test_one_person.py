"""A sync of one person asks little of Canvas, and comes to what a whole reading comes to."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest

from ilc_canvas.program.roster import Roster
from ilc_canvas.reconcile.run.values import Report, RunRequest
from ilc_canvas.store.runs.tables import COURSE_COUNT
from tests.sync.roster import FIRST, SECOND
from tests.sync.test_mutants import enrolled_by_hand
from tests.sync.world import World, opened

PEOPLE = [person.person_id for person in FIRST.people]


def of(person: str, *, dry_run: bool = False) -> RunRequest:
    """A sync of this person alone."""
    return RunRequest("ana", "resync", only=(f"person:{person}",), dry_run=dry_run)


@contextmanager
def read_whole() -> Iterator[None]:
    """Everything is read, whoever is asked for."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("ilc_canvas.sync.planning._near", lambda *_, **__: None)
        yield


def said(report: Report) -> tuple[object, ...]:
    """All that a report says, but for its number and what it cost."""
    names = ("status", "digest", "counts", "reasons", "drift", "by_hand", "not_ours", "deferred", "parked", "asked", "unpublished", "held")
    return tuple(getattr(report, name) for name in names)


def more_for(person: str, code: str) -> Roster:
    """The first roster, where this person takes part in another COP too."""
    people = (replace(each, participates=(*each.participates, code)) if each.person_id == person else each for each in FIRST.people)
    return replace(FIRST, people=tuple(people))


def seen(world: World) -> dict[str, int]:
    """Active enrollments by course, as the last reading is remembered."""
    with opened(world.store) as store, store.read() as connection:
        return {row.course: row.active for row in connection.execute(COURSE_COUNT.select())}


@pytest.mark.parametrize("person", PEOPLE)
def test_nothing_to_do_takes_few_requests(filled: World, person: str) -> None:
    """Where all is as the roster asks, twelve requests show it."""
    before = seen(filled)
    report = filled.run(ask=of(person))
    assert (report.status, report.requests <= 12, report.writes) == ("converged", True, 0)
    assert seen(filled) == before


def test_new_place_takes_few_requests(filled: World) -> None:
    """A person who gets one place more is enrolled without everything being read, and the next whole run finds nothing to do."""
    filled.finalize(more_for("P4", "EQ"))
    report = filled.run(ask=of("P4"))
    assert (report.status, report.applied) == ("applied", 1)
    assert report.requests <= 16
    assert (filled.run().status, filled.complaints()) == ("converged", [])


@pytest.mark.parametrize("person", [person.person_id for person in SECOND.people])
def test_plan_is_that_of_a_whole_reading(filled: World, person: str) -> None:
    """Whatever the next roster asks of a person, the plan is the same as after reading everything."""
    filled.finalize(SECOND)
    near = filled.run(ask=of(person, dry_run=True))
    with read_whole():
        whole = filled.run(ask=of(person, dry_run=True))
    assert said(near) == said(whole)
    assert near.requests <= whole.requests + 12


@pytest.mark.parametrize("person", PEOPLE)
def test_way_back_is_that_of_a_whole_reading(filled: World, person: str) -> None:
    """Nor is it another one for who comes back to places that were left."""
    filled.finalize(SECOND)
    filled.approve(filled.run().digest)
    filled.run()
    filled.finalize(FIRST)
    near = filled.run(ask=of(person, dry_run=True))
    with read_whole():
        whole = filled.run(ask=of(person, dry_run=True))
    assert said(near) == said(whole)


def test_hand_in_canvas_is_told_as_by_a_whole_reading(filled: World) -> None:
    """What people did to a person's places is told the same."""
    enrolled_by_hand(filled, "ilc:p:P4", "ilc:2021-22:cop:EQ:R1")
    near = filled.run(ask=of("P4", dry_run=True))
    with read_whole():
        whole = filled.run(ask=of("P4", dry_run=True))
    assert said(near) == said(whole)


def test_stranger_is_looked_for_as_ever(filled: World) -> None:
    """Somebody whom the ledger does not hold is looked for among everybody."""
    people = (*FIRST.people, replace(FIRST.people[3], person_id="P99", email="p99@example.org", line=99))
    filled.finalize(replace(FIRST, people=people))
    assert filled.run(ask=of("P99")).status == "applied"
    assert (filled.run().status, filled.complaints()) == ("converged", [])


def place_of(world: World, person: str) -> tuple[int, int, int, int]:
    """Numbers of the course, section, enrollment, and account of this person's place in a COP."""
    state = world.sandbox.state()
    user = next(row["id"] for row in state["users"] if row["sis_user_id"] == f"ilc:p:{person}")
    courses = {row["id"] for row in state["courses"] if ":cop:" in str(row["sis_course_id"])}
    row = next(row for row in state["enrollments"] if row["user_id"] == user and row["course_id"] in courses)
    return row["course_id"], row["course_section_id"], row["id"], user


DEEDS = [
    ("DELETE", "courses/{0}/enrollments/{2}", {"task": "conclude"}),
    ("DELETE", "courses/{0}/enrollments/{2}", {"task": "deactivate"}),
    ("DELETE", "courses/{0}/enrollments/{2}", {"task": "delete"}),
    ("DELETE", "courses/{0}", {"event": "conclude"}),
    ("DELETE", "courses/{0}", {"event": "delete"}),
    ("PUT", "courses/{0}", {"course[name]": "Another"}),
    ("PUT", "sections/{1}", {"course_section[name]": "Another"}),
    ("PUT", "users/{3}", {"user[name]": "Another"}),
    ("DELETE", "accounts/1/users/{3}", {}),
]


@pytest.mark.parametrize(("method", "path", "fields"), DEEDS)
def test_deed_by_hand_is_met_as_by_a_whole_reading(filled: World, method: str, path: str, fields: dict[str, str]) -> None:
    """Whatever people do to what a person has, the plan is that of a whole reading, and so is all that is said of it."""
    answer = filled.human().ask(method, path.format(*place_of(filled, "P4")), fields)
    assert answer.status == 200, answer
    near = filled.run(ask=of("P4", dry_run=True))
    with read_whole():
        whole = filled.run(ask=of("P4", dry_run=True))
    assert said(near) == said(whole)


def test_cross_listed_section_is_met_as_by_a_whole_reading(filled: World) -> None:
    """A section that people have moved into another course is found there."""
    course, section, *_ = place_of(filled, "P4")
    other = next(row["id"] for row in filled.sandbox.state()["courses"] if row["id"] != course)
    assert filled.human().ask("POST", f"sections/{section}/crosslist/{other}").status == 200
    near = filled.run(ask=of("P4", dry_run=True))
    with read_whole():
        whole = filled.run(ask=of("P4", dry_run=True))
    assert said(near) == said(whole)

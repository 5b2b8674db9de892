"""Opening courses to their people: asked for, held for a person, done last, and never while something is missing."""

from datetime import date, datetime, timedelta

import pytest

from ilc_canvas.program.courses.opening import Opening
from ilc_canvas.program.names import course_key
from ilc_canvas.reconcile.run.values import Report, RunRequest
from ilc_canvas.reconcile.state import Key
from ilc_canvas.store.openings import versions
from ilc_canvas.store.runs.details import run as run_of
from tests.sync.roster import SECOND, YEAR
from tests.sync.world import SCOPE, World, now, opened

EQUITY, ARTS = course_key(SCOPE, "cop", "EQ"), course_key(SCOPE, "cop", "AI")


def want(world: World, *courses: Key, anyway: bool = False, day: date | None = None) -> None:
    """Somebody asks for these courses, and no others, to be opened."""
    with opened(world.store) as store:
        every = {course: Opening(course, anyway, "ana", "the year begins", now(), day) for course in courses}
        versions.record(store, YEAR, lambda _: every, actor="ana", reason="the year begins", at=now())


def states(world: World) -> dict[str, str]:
    """Canvas's state of both COPs."""
    rows = {row["sis_course_id"]: row["workflow_state"] for row in world.sandbox.state()["courses"]}
    return {key.id[-2:]: rows[key.id] for key in (EQUITY, ARTS)}


def codes(report: Report) -> list[str]:
    """Why it was held."""
    return [reason.code for reason in report.reasons]


def test_opened_once_approved(filled: World) -> None:
    """What was asked for waits for approval, with how many people would see it; then just that course is open, and nobody is mailed."""
    want(filled, EQUITY)
    held = filled.run()
    assert (held.status, held.writes, codes(held)) == ("held", 0, ["opening"])
    assert held.reasons[0].text == "1 course would be opened to 4 people. Canvas mails nobody."
    filled.approve(held.digest)
    report = filled.run()
    assert (report.status, report.writes, states(filled)) == ("applied", 1, {"EQ": "available", "AI": "unpublished"})
    assert (filled.sandbox.messages(), filled.run().writes) == ([], 0)


def test_people_do_not_wait_for_it(filled: World) -> None:
    """A held opening holds nothing else: everybody joins and leaves, and the course is opened by a later run."""
    want(filled, EQUITY)
    filled.finalize(SECOND)
    report = filled.sync()
    assert (filled.complaints(), states(filled)["EQ"]) == ([], "unpublished")
    assert "not-ready" in report.deferred
    assert (filled.sync().status, states(filled)["EQ"]) == ("applied", "available")


def test_missing_person_keeps_it_closed(filled: World) -> None:
    """Somebody was taken out by hand: the course is not ready and stays closed, unless it is to be opened anyway."""
    gone = next(
        row for row in filled.sandbox.state()["enrollments"] if row["role"] == "StudentEnrollment" and row["id"] != filled.by_hand["id"]
    )
    course = next(row for row in filled.sandbox.state()["courses"] if row["id"] == gone["course_id"])
    filled.human().ask("DELETE", f"courses/{course['id']}/enrollments/{gone['id']}", {"task": "deactivate"})
    key = Key(EQUITY.kind, course["sis_course_id"])
    want(filled, key)
    report = filled.run()
    assert (report.status, report.writes, dict(report.deferred)) == ("partial", 0, {"not-ready": 1})
    want(filled, key, anyway=True)
    assert codes(filled.run()) == ["opening"]


def test_invited_person_keeps_it_closed(filled: World) -> None:
    """Publishing mails whoever is only invited: the course stays closed, and the others are opened."""
    course = filled.human().get(f"courses/sis_course_id:{EQUITY.id}").body["id"]
    filled.human().enroll(course, filled.human().user("late@example.org"), enrollment_state="invited")
    want(filled, EQUITY, ARTS)
    report = filled.sync()
    assert (dict(report.deferred), states(filled)) == ({"invited": 1}, {"EQ": "unpublished", "AI": "available"})


@pytest.mark.parametrize("event", ["claim"])
def test_closed_by_hand_is_drift(filled: World, event: str) -> None:
    """A course that somebody closes again stays closed, and is listed."""
    want(filled, EQUITY)
    filled.sync()
    course = filled.human().get(f"courses/sis_course_id:{EQUITY.id}").body["id"]
    filled.human().ask("PUT", f"courses/{course}", {"course[event]": event})
    report = filled.run()
    with opened(filled.store) as store:
        drift = [(str(key.kind), name) for key, name in run_of(store, report.run).drift]
    assert (report.writes, drift, states(filled)["EQ"]) == (0, [("publication", "open")], "unpublished")


def test_opened_by_hand_is_taken_note_of(filled: World) -> None:
    """A course that somebody opened before is not opened again."""
    course = filled.human().get(f"courses/sis_course_id:{EQUITY.id}").body["id"]
    filled.human().ask("PUT", f"courses/{course}", {"course[event]": "offer"})
    want(filled, EQUITY)
    report = filled.run()
    assert (report.status, report.writes, report.drift) == ("converged", 0, 0)


def test_opening_is_undone(filled: World) -> None:
    """A run that opened a course is taken back: it is closed again, and not opened by itself."""
    want(filled, EQUITY)
    report = filled.sync()
    assert filled.sync(ask=RunRequest("ana", "undo", "too early", undo=report.run)).status == "applied"
    assert (filled.run().writes, states(filled)["EQ"]) == (0, "unpublished")


def test_without_the_right_it_waits(filled: World) -> None:
    """A token that may not publish opens nothing, and says which right to ask for."""
    want(filled, EQUITY)
    filled.sandbox.deny("change_course_state", "manage_courses_publish")
    report = filled.run()
    filled.sandbox.deny()
    assert (report.status, dict(report.deferred), report.writes) == ("partial", {"no-right": 1}, 0)


def test_opening_day_comes(filled: World) -> None:
    """What was approved for a day is opened on that day without asking again, if it is ready and nobody in it is only invited."""
    course = filled.human().get(f"courses/sis_course_id:{ARTS.id}").body["id"]
    filled.human().enroll(course, filled.human().user("late@example.org"), enrollment_state="invited")
    tomorrow = datetime.now().astimezone() + timedelta(days=1)
    want(filled, EQUITY, ARTS, day=tomorrow.date())
    assert (filled.run().writes, states(filled)) == (0, {"EQ": "unpublished", "AI": "unpublished"})
    report = filled.run(now=lambda: tomorrow + timedelta(days=1))
    assert (report.reasons, dict(report.deferred), states(filled)) == ((), {"invited": 1}, {"EQ": "available", "AI": "unpublished"})

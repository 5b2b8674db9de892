"""Courses and terms that are over, or that somebody has ended, in a Canvas with a clock of its own."""

from dataclasses import replace

import pytest

from ilc_canvas.reconcile.errors import UnavailableError
from ilc_canvas.reconcile.run.values import Report
from tests.sync.roster import FIRST, SECOND
from tests.sync.world import World, not_converged

EQUITY = "ilc:2021-22:cop:EQ"


def close_by_date(world: World, course: str, end: str) -> None:
    """A facilitator gives the course an end of its own."""
    form = {"course[end_at]": end, "course[restrict_enrollments_to_course_dates]": "true"}
    assert world.human().ask("PUT", f"courses/sis_course_id:{course}", form).status == 200


def states(world: World, course: str) -> dict[str, str]:
    """The states of our people's enrollments in a course, by section, person and role."""
    state = world.sandbox.state()
    sections = {row["id"]: str(row["sis_section_id"] or "").rpartition(":")[2] for row in state["sections"]}
    people = {row["id"]: str(row["sis_user_id"] or row["login_id"]).rpartition(":")[2] for row in state["users"]}
    courses = {row["id"]: row["sis_course_id"] for row in state["courses"]}
    return {
        f"{sections[row['course_section_id']]} {people[row['user_id']]} {row['role']}": row["enrollment_state"]
        for row in state["enrollments"]
        if courses[row["course_id"]] == course
    }


def test_ended_course_defers_itself(filled: World) -> None:
    """Of a new roster all is done but that P5 moves into the course that is over; there somebody leaves all the same."""
    close_by_date(filled, EQUITY, "2021-08-15T23:59:00-07:00")
    filled.finalize(SECOND)
    report = filled.run()
    assert (report.status, report.failed, report.parked, report.counts["remove"]) == ("partial", 0, 2, 4)
    assert not any(key.startswith("R1 P5") for key in states(filled, EQUITY))
    assert states(filled, EQUITY)["GUEST P6 ILC Guest"] == "inactive"


def test_ended_course_is_filled_when_opened(filled: World) -> None:
    """Once the date is moved, the next run enrolls who waited."""
    close_by_date(filled, EQUITY, "2021-08-15T23:59:00-07:00")
    filled.finalize(SECOND)
    assert filled.run().status == "partial"
    close_by_date(filled, EQUITY, "2022-08-15T23:59:00-07:00")
    assert (filled.run().status, filled.run().status) == ("applied", "converged")
    assert filled.complaints() == []


def test_past_term_defers_new_people_only(filled: World) -> None:
    """After the school year a correction of its roster is carried out but for new enrollments; the next run says the same again."""
    filled.finalize(SECOND)
    form = {"enrollment_term[end_at]": "2021-08-01T00:00:00Z"}
    term = next(row["id"] for row in filled.sandbox.state()["terms"] if row["sis_term_id"] == "ilc:2021-22")
    assert filled.human().ask("PUT", f"accounts/1/terms/{term}", form).status == 200
    report = filled.run()
    assert (report.status, report.failed, report.counts) == ("partial", 0, {"create": 0, "update": 3, "remove": 4})
    again = filled.run()
    assert (again.status, again.writes, again.parked) == ("partial", 0, report.parked)


CANCELLED = replace(FIRST, cops=(replace(FIRST.cops[0], status="cancelled"), FIRST.cops[1]))
OURS = {"FAC P1 TeacherEnrollment", "GUEST P6 ILC Guest", "R1 P2 StudentEnrollment", "R1 P3 StudentEnrollment"}
VISITOR = " vis@example.org StudentEnrollment"


def add_visitor(world: World) -> None:
    """Somebody of no roster, in the course's own section."""
    course = next(row["id"] for row in world.sandbox.state()["courses"] if row["sis_course_id"] == EQUITY)
    assert world.human().enroll(course, world.human().user("vis@example.org")).status == 200


def happens(world: World, event: str) -> None:
    """Somebody concludes or opens the course by hand."""
    assert world.human().ask("PUT", f"courses/sis_course_id:{EQUITY}", {"course[event]": event}).status == 200


def live(world: World) -> set[str]:
    """Who is in the course now."""
    return {place for place, state in states(world, EQUITY).items() if state == "active"}


def codes(report: Report) -> set[str]:
    """Why a run is held."""
    return {reason.code for reason in report.reasons}


def test_cancelled_course_comes_back_whole(filled: World) -> None:
    """Everybody whom a cancelled COP's end ends is named before, and comes back by one yes when the COP is active again."""
    add_visitor(filled)
    filled.finalize(CANCELLED)
    report = filled.run()
    (reason,) = (reason for reason in report.reasons if reason.code == "course-concluded")
    assert (report.status, reason.count, len(reason.keys)) == ("held", 5, 6)
    assert "1 of them added by hand" in reason.text
    assert filled.sync().status == "applied"
    assert live(filled) == set()
    filled.finalize(FIRST)
    assert {"reopened", "ended-with-course"} <= codes(filled.run())
    assert (filled.sync().status, live(filled)) == ("applied", {*OURS, VISITOR})
    again = filled.run()
    assert (again.status, again.writes, again.by_hand) == ("converged", 0, 2)
    assert not_converged(filled.sandbox.state(), FIRST) == []


def test_course_opened_by_hand_gives_back_theirs(filled: World) -> None:
    """Staff open a course of a cancelled COP: whom they had added comes back by a yes, and is theirs again."""
    add_visitor(filled)
    filled.finalize(CANCELLED)
    assert filled.sync().status == "applied"
    happens(filled, "offer")
    assert codes(filled.run()) == {"ended-with-course"}
    assert (filled.sync().status, live(filled)) == ("applied", {VISITOR})
    assert (filled.run().status, live(filled)) == ("converged", {VISITOR})


def test_course_concluded_by_hand_and_opened_again(filled: World) -> None:
    """Whether a run looked in between or not, all whom the end ended come back by one yes."""
    for looked in (True, False):
        happens(filled, "conclude")
        if looked:
            report = filled.run()
            assert (report.drift, report.writes) == (1, 0)
        happens(filled, "offer")
        assert "ended-with-course" in codes(filled.run())
        assert (filled.sync().status, live(filled)) == ("applied", OURS)
        assert filled.run().status == "converged"


@pytest.mark.parametrize(("fault", "what"), [("500", "enrollments"), ("503", "sections")])
def test_course_that_cannot_be_read_defers_itself(filled: World, fault: str, what: str) -> None:
    """A course that Canvas does not show is deferred with what the roster asks for in it; all else is done, and it is made up for later."""
    course = next(row["id"] for row in filled.sandbox.state()["courses"] if row["sis_course_id"] == EQUITY)
    filled.finalize(SECOND)
    before = states(filled, EQUITY)
    filled.sandbox.fault(fault, f"courses/{course}/{what}", method="GET", times=50)
    report = filled.sync()
    assert (report.status, report.failed, report.deferred, states(filled, EQUITY)) == ("partial", 0, {"unread": 2, "kept-place": 1}, before)
    assert report.applied > 0
    filled.sandbox.mend()
    assert (filled.sync().status, filled.run().status) == ("applied", "converged")
    assert not_converged(filled.sandbox.state(), SECOND) == []


def test_unread_course_is_no_drop(filled: World) -> None:
    """What nobody could see has not gone: the guard's count of it stays, and a course that is to be concluded stays."""
    course = next(row["id"] for row in filled.sandbox.state()["courses"] if row["sis_course_id"] == EQUITY)
    filled.finalize(CANCELLED)
    filled.sandbox.fault("500", f"courses/{course}/enrollments", method="GET", times=50)
    report = filled.run()
    assert (codes(report), report.counts["remove"], report.deferred) == (set(), 0, {"unread": 1})


def test_nothing_readable_is_an_error(filled: World) -> None:
    """If no course can be read, nothing is concluded at all."""
    filled.sandbox.fault("500", "enrollments", method="GET", times=50)
    with pytest.raises(UnavailableError):
        filled.run()

"""Courses and terms that are over, or that somebody has ended, in a Canvas with a clock of its own."""

from tests.sync.roster import SECOND
from tests.sync.world import World

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

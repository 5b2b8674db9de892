"""The list of events: which calendars, which dates, which keys, how many."""

from typing import Any

import pytest

from tests.sandbox.calendar.cast import END, START, Cast
from tests.sandbox.conftest import Start
from tests.sandbox.person import Person


def test_description_is_in_every_row(cast: Cast) -> None:
    """description is in every row, null where there is none; excludes[]=description drops it."""
    cast.make(description="<p>d</p>")
    cast.make()
    assert [row["description"] for row in cast.rows().body] == ["<p>d</p>", None]
    exclusion: dict[str, Any] = {"all_events": "1", "excludes[]": "description"}
    rows = cast.rows(**exclusion).body
    assert ["description" in row for row in rows] == [False, False]


def test_flags_choose_undated_events(cast: Cast) -> None:
    """all_events has undated events too, last; undated has only those; a window has only dated ones; none of these is today alone."""
    dated, undated = cast.make()["id"], cast.make(start_at="", end_at="")["id"]
    window: dict[str, Any] = {"start_date": "2031-09-01", "end_date": "2031-09-30"}
    queries: list[dict[str, Any]] = [{"all_events": "1"}, {"undated": "1"}, window, {"type": "event"}]
    found = [[row["id"] for row in cast.rows(**query).body] for query in queries]
    assert found == [[dated, undated], [undated], [dated], []]


def test_no_dates_mean_today(start: Start) -> None:
    """Without dates and flags the list is of today in the caller's zone."""
    admin = Person(start("--now", "2031-09-15T18:00:00Z").url)
    code = f"course_{admin.course()}"
    for day in ("2031-09-15T05:59:00Z", "2031-09-15T06:00:00Z", "2031-09-16T05:59:00Z", "2031-09-16T06:00:00Z"):
        admin.ask("POST", "calendar_events", {"calendar_event[context_code]": code, "calendar_event[start_at]": day})
    rows = admin.get("calendar_events", query={"context_codes[]": code}).body
    assert [row["start_at"] for row in rows] == ["2031-09-15T06:00:00Z", "2031-09-16T05:59:00Z"]


@pytest.mark.parametrize(
    ("first", "last", "count"),
    [
        ("2031-09-15", "2031-09-15", 1),
        (START, START, 1),
        ("2031-09-15T14:00:01Z", "2031-09-30", 0),
        ("2031-09-01", "2031-09-14", 0),
        ("2031-09-15", "2031-09-01", 1),
    ],
)
def test_window_is_about_start(cast: Cast, first: str, last: str, count: int) -> None:
    """The start lies between both dates, bare days counted whole; an end before the start means the end of the start's day."""
    cast.make()
    assert len(cast.rows(start_date=first, end_date=last).body) == count


@pytest.mark.parametrize("name", ["start_date", "end_date"])
def test_bad_date_is_400(cast: Cast, name: str) -> None:
    """What is not a date is refused by the name of its parameter."""
    wrong: dict[str, Any] = {name: "soon"}
    answer = cast.rows(**wrong)
    assert (answer.status, answer.body) == (400, {"errors": {name: f"Invalid date or invalid datetime for {name}"}})


def test_eleventh_code_is_ignored(cast: Cast) -> None:
    """An 11th context code is dropped in silence, readable or not."""
    cast.make()
    codes = [f"course_{cast.admin.course()}" for _ in range(10)]
    answer = cast.rows(*codes, f"course_{cast.course}")
    assert (answer.status, answer.body) == (200, [])
    assert cast.rows(*codes, "course_1").status == 200
    assert len(cast.rows(f"course_{cast.course}", *codes).body) == 1


@pytest.mark.parametrize("code", ["course_999", "course_x", "course_section_999", "nonsense"])
def test_one_bad_code_spoils_list(cast: Cast, code: str) -> None:
    """One unknown code is 401 for the whole list."""
    assert cast.rows(f"course_{cast.course}", code).status == 401


def test_unreadable_course_spoils_list(cast: Cast) -> None:
    """A course that the person may not read is 401 for the whole list."""
    other = f"course_{cast.admin.course()}"
    assert cast.rows(f"course_{cast.course}", other, by=cast.student_a).status == 401
    assert cast.rows(f"course_{cast.course}", by=cast.student_a).status == 200


def test_deleted_and_concluded_courses_are_listed(cast: Cast) -> None:
    """They are no trouble for an administrator's list, and their events are in it."""
    code = f"course_{cast.course}"
    cast.make()
    cast.admin.ask("PUT", f"courses/{cast.course}", {"course[event]": "conclude"})
    assert len(cast.rows(code).body) == 1
    cast.admin.ask("DELETE", f"courses/{cast.course}?event=delete")
    assert (cast.rows(code).status, len(cast.rows(code).body)) == (200, 1)


def test_concluded_course_takes_events(cast: Cast) -> None:
    """POST is 201 in a concluded course for an administrator, and 400 with an error in a deleted one."""
    cast.admin.ask("PUT", f"courses/{cast.course}", {"course[event]": "conclude"})
    assert cast.post().status == 201
    cast.admin.ask("DELETE", f"courses/{cast.course}?event=delete")
    refused = cast.post()
    assert (refused.status, refused.body) == (400, {"error": "cannot create event for deleted course"})


def test_pages_are_followed_by_link(cast: Cast) -> None:
    """per_page is cut at the site's limit of a hundred, and Link leads through all pages by start."""
    for minute in range(3):
        cast.make(start_at=f"2031-09-15T14:0{minute}:00Z")
    page = cast.rows(all_events="1", per_page="2")
    assert set(page.links()) == {"current", "next", "first", "last"}
    rest = cast.admin.ask("GET", page.links()["next"].partition("/api/v1/")[2])
    assert [row["start_at"][14:16] for row in page.body + rest.body] == ["00", "01", "02"]
    assert "per_page=100" in cast.rows(all_events="1", per_page="500").links()["current"]


def test_teacher_and_admin_list_parent_and_children(cast: Cast) -> None:
    """Teacher and administrator get the parent and both children as rows."""
    numbers = set(cast.split())
    for who in (None, cast.teacher):
        assert {row["id"] for row in cast.rows(by=who).body} == numbers


def test_student_lists_parent_and_own_child(cast: Cast) -> None:
    """A student gets the parent, with no children inside, and only the own section's time."""
    parent, first, second = cast.split()
    for student, child in ((cast.student_a, first), (cast.student_b, second)):
        rows = {row["id"]: row for row in cast.rows(by=student).body}
        assert set(rows) == {parent, child}
        assert rows[parent]["child_events"] == []


def test_limited_staff_list_own_child(cast: Cast) -> None:
    """Staff limited to A get the parent with both children inside, and only the own section's child as a row."""
    parent, first, _ = cast.split()
    for who in (cast.ta_a, cast.teacher_a):
        rows = {row["id"]: row for row in cast.rows(by=who).body}
        assert set(rows) == {parent, first}
        assert len(rows[parent]["child_events"]) == 2


def test_section_list_holds_own_events_only(cast: Cast) -> None:
    """A section's list has no times for the course's events; everything takes one code per course and one per section."""
    parent, first, second = cast.split()
    code = f"course_section_{cast.region_a}"
    own = cast.make(by=cast.teacher, context=code)["id"]
    assert [row["id"] for row in cast.rows(code).body] == [own]
    assert {row["id"] for row in cast.rows(f"course_{cast.course}", code).body} == {parent, first, second, own}


def test_section_list_is_for_its_people(cast: Cast) -> None:
    """It is 200 for administrator, teachers, TA and the section's students, and 401 for a student of another section."""
    code = f"course_section_{cast.region_a}"
    readers = [None, cast.teacher, cast.teacher_a, cast.ta_a, cast.student_a]
    assert [cast.rows(code, by=who).status for who in readers] == [200] * 5
    assert cast.rows(code, by=cast.student_b).status == 401


def test_section_times_stay_with_their_course(cast: Cast) -> None:
    """A section that is cross-listed to another course does not take its times for the first course's events along into that list."""
    cast.split()
    other = cast.admin.course()
    cast.admin.ask("POST", f"sections/{cast.region_b}/crosslist/{other}")
    assert cast.rows(f"course_{other}").body == []


def test_assignments_are_a_list_of_their_own(cast: Cast) -> None:
    """type=assignment has no events; nobody can make assignments here."""
    cast.make()
    assert cast.rows(type="assignment", all_events="1").body == []


def test_lists_can_lag(start: Start) -> None:
    """With a lag an event is read by number at once and is in lists later, also one that somebody made through another's token."""
    sandbox = start("--lag", "600")
    admin = Person(sandbox.url)
    course, teacher = admin.course(), admin.user("ada")
    admin.enroll(course, teacher, type="TeacherEnrollment")
    form = {"calendar_event[context_code]": f"course_{course}", "calendar_event[start_at]": START, "calendar_event[end_at]": END}
    event = admin.ask("POST", "calendar_events", form, query={"as_user_id": teacher}).body
    query = {"context_codes[]": f"course_{course}", "all_events": "1"}
    assert (admin.get(f"calendar_events/{event['id']}").status, admin.get("calendar_events", query=query).body) == (200, [])
    sandbox.forward(600)
    assert admin.get("calendar_events", query=query).body == [event]

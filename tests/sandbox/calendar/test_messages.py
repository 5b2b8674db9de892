"""What Canvas would queue for people: every recorded row about events."""

from tests.sandbox.calendar.cast import END, START, Cast
from tests.sandbox.process import Sandbox

CREATED, MOVED = "New Event Created", "Event Date Changed"


def told(sandbox: Sandbox, notification: str) -> list[int]:
    return sorted(row["user_id"] for row in sandbox.messages() if row["notification"] == notification)


def everyone(cast: Cast) -> list[int]:
    return sorted([cast.teacher, cast.teacher_a, cast.ta_a, cast.student_a, cast.student_b])


def test_unpublished_course_tells_nobody(calendars: Sandbox, cast: Cast) -> None:
    """In an unpublished course nothing is queued, neither for a new event nor for a moved one, nor later when it is published."""
    cast.admin.ask("PUT", f"courses/{cast.course}", {"course[event]": "claim"})
    cast.put(cast.make()["id"], start_at="2031-09-15T15:00:00Z")
    cast.admin.ask("PUT", f"courses/{cast.course}", {"course[event]": "offer"})
    assert calendars.messages() == []


def test_new_event_tells_everyone(calendars: Sandbox, cast: Cast) -> None:
    """A new event in a published course is queued for all active people, and its default frequency is never."""
    event = cast.make()["id"]
    assert told(calendars, CREATED) == everyone(cast)
    first = calendars.messages()[0]
    assert (first["course_id"], first["calendar_event_id"], first["default_frequency"]) == (cast.course, event, "never")


def test_undated_and_past_events_tell_too(calendars: Sandbox, cast: Cast) -> None:
    """So it is for undated events and for those in the past."""
    cast.make(start_at="", end_at="")
    cast.make(start_at="2001-09-15T14:00:00Z", end_at="2001-09-15T16:00:00Z")
    assert told(calendars, CREATED) == sorted(everyone(cast) * 2)


def test_author_is_not_told(calendars: Sandbox, cast: Cast) -> None:
    """Everyone is all active people but the author."""
    cast.make(by=cast.teacher)
    assert told(calendars, CREATED) == [number for number in everyone(cast) if number != cast.teacher]


def test_ended_enrollments_are_not_told(calendars: Sandbox, cast: Cast) -> None:
    """Nobody whose enrollment is over is told."""
    row = next(row for row in cast.admin.get(f"courses/{cast.course}/enrollments").body if row["user_id"] == cast.student_b)
    cast.admin.ask("DELETE", f"courses/{cast.course}/enrollments/{row['id']}")
    cast.make()
    assert cast.student_b not in told(calendars, CREATED)


def test_moved_event_tells_everyone(calendars: Sandbox, cast: Cast) -> None:
    """A new start or end is queued as a changed date, for all but whoever moved it."""
    event = cast.make()["id"]
    cast.put(event, by=cast.teacher, end_at="2031-09-15T17:00:00Z")
    assert told(calendars, MOVED) == [number for number in everyone(cast) if number != cast.teacher]


def test_quiet_changes_tell_nobody(calendars: Sandbox, cast: Cast) -> None:
    """A new title, the same times and a deletion are queued for nobody."""
    event = cast.make()["id"]
    before = calendars.messages()
    cast.put(event, title="Circle")
    cast.put(event, start_at=START, end_at=END)
    cast.delete(event)
    assert calendars.messages() == before


def test_section_times_tell_their_sections(calendars: Sandbox, cast: Cast) -> None:
    """One notification for each child, to its section's people and those who teach and are not limited to another section."""
    cast.admin.enroll(cast.course, cast.admin.user("second"), type="TeacherEnrollment")
    second = cast.admin.get("users/sis_login_id:second").body["id"]
    cast.split()
    assert told(calendars, CREATED) == sorted([cast.teacher_a, cast.ta_a, cast.student_a, cast.student_b, second, second])


def test_moved_child_tells_its_section(calendars: Sandbox, cast: Cast) -> None:
    """A child's move is queued for its section, a parent's new time for nobody."""
    parent, _, child = cast.split()
    cast.put(parent, start_at="2031-10-01T14:00:00Z", end_at="2031-10-01T16:00:00Z")
    assert told(calendars, MOVED) == []
    cast.put(child, by=cast.teacher, start_at="2031-09-17T14:00:00Z", end_at="2031-09-17T16:00:00Z")
    assert told(calendars, MOVED) == [cast.student_b]


def test_section_event_tells_its_section(calendars: Sandbox, cast: Cast) -> None:
    """An event on a section's own calendar is queued for that section."""
    cast.make(by=cast.teacher_a, context=f"course_section_{cast.region_a}")
    assert told(calendars, CREATED) == sorted([cast.teacher, cast.ta_a, cast.student_a])


def test_messages_end_with_reset(calendars: Sandbox, cast: Cast) -> None:
    """Going back to what was kept takes away what was queued since, and events go on with the same numbers."""
    first = cast.make()["id"]
    calendars.go_back()
    assert calendars.messages() == []
    assert cast.make()["id"] == first

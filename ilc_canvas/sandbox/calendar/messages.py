"""What Canvas queues for people when an event is made or moved.

Seen on a Canvas of July 2022: nothing while the course is not published, nothing for a title, for equal times or for a deletion,
and nothing for an event with section times, whose children speak for it. Both notifications are off by default, so that a
queued one becomes a mail only for who turned it on.
"""

from ilc_canvas.sandbox.calendar import access
from ilc_canvas.sandbox.http.call import Call
from ilc_canvas.sandbox.world import notifying
from ilc_canvas.sandbox.world.records import CalendarEvent, Enrollment, Section

CREATED, MOVED = notifying.EVENT_CREATED, notifying.EVENT_MOVED
TEACHING = {"TeacherEnrollment", "TaEnrollment"}


def queue(call: Call, event: CalendarEvent, notification: str) -> None:
    """One message for each active person of the course, or of the section, but not for the author."""
    world, course, section = call.world, access.course_of(call, event), access.section_of(call, event)
    if course.state != "available" or world.child_events(event):
        return
    rows = [row for row in world.course_enrollments(course.id) if row.state == "active" and (not section or concerns(row, section))]
    for number in {row.user_id: None for row in rows if row.user_id != event.user_id}:
        notifying.add(world, call.now, notification, user_id=number, course_id=course.id, about=(notifying.EVENT, event.id))


def concerns(row: Enrollment, section: Section) -> bool:
    """A section's event concerns its people, and those who teach and are not limited to another section."""
    return row.section_id == section.id or (row.type in TEACHING and not row.limited)

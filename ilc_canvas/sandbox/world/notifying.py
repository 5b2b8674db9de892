"""What Canvas queues for people.

Seen on a Canvas of July 2022. A queued notification becomes a mail as each person has set it; `FREQUENCY` is how it is by default.
"""

from collections.abc import Collection
from typing import Any

from ilc_canvas.sandbox.world.clock import in_utc
from ilc_canvas.sandbox.world.records import Course, Instant, Message
from ilc_canvas.sandbox.world.world import World

EVENT_CREATED, EVENT_MOVED = "New Event Created", "Event Date Changed"
INVITATION, ENROLLED = "Enrollment Invitation", "Enrollment Notification"
REGISTRATION, REGISTERED = "Pseudonym Registration", "Pseudonym Registration Done"
NEW_TOPIC, UPDATED_PAGE = "New Discussion Topic", "Updated Wiki Page"
FREQUENCY = {INVITATION: "immediately", ENROLLED: "immediately", REGISTRATION: "immediately", REGISTERED: "immediately"}
"""Of all others it is never."""


EVENT, PAGE, TOPIC = ABOUT = ("calendar_event", "page", "discussion_topic")
"""What in a course a notification may be about."""
About = tuple[str, int] | None


def add(world: World, now: Instant, notification: str, *, user_id: int, course_id: int | None = None, about: About = None) -> None:
    """Queue one for one person."""
    world.messages.add(
        lambda n: Message(
            id=n, created_at=now, state="queued", notification=notification, user_id=user_id, course_id=course_id, about=about
        )
    )


def tell_course(
    world: World, course: Course, notification: str, *, now: Instant, author: int | None, states: Collection[str], about: About = None
) -> None:
    """Queue one for each person of the course whose enrollment is in one of these states, but not for the author."""
    rows = (row for row in world.course_enrollments(course.id) if row.state in states and row.user_id != author)
    for number in {row.user_id: None for row in rows}:
        add(world, now, notification, user_id=number, course_id=course.id, about=about)


def tell_members(world: World, course_id: int, notification: str, *, now: Instant, author: int, about: About) -> None:
    """Queue one for all active people of a published course but the author."""
    course = world.courses[course_id]
    if course.state == "available":
        tell_course(world, course, notification, now=now, author=author, states={"active"}, about=about)


def queued(world: World) -> list[dict[str, Any]]:
    """All that was queued, in order: notification, whom it is for, course, what in it, and when.

    `default_frequency` is how often a person who changed nothing gets a mail of this kind.
    """
    return [
        {
            "id": message.id,
            "notification": message.notification,
            "user_id": message.user_id,
            "course_id": message.course_id,
            **{f"{kind}_id": message.about[1] if message.about and message.about[0] == kind else None for kind in ABOUT},
            "default_frequency": FREQUENCY.get(message.notification, "never"),
            "queued_at": in_utc(message.created_at),
        }
        for message in world.messages
    ]

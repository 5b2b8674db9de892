"""Announcements of courses, by context code."""

from datetime import timedelta

from ilc_canvas.sandbox.content import access
from ilc_canvas.sandbox.content.topics.topic_json import as_json
from ilc_canvas.sandbox.http import errors, paging
from ilc_canvas.sandbox.http.call import Call
from ilc_canvas.sandbox.http.responses import Answer
from ilc_canvas.sandbox.world.find import as_number
from ilc_canvas.sandbox.world.records import Instant, Topic

MISSING = "Missing context_codes"
ODD = "Invalid context_codes; only `course` codes are supported"
WINDOW = timedelta(days=14)
CODE = "course_"


def index(call: Call) -> Answer:
    """The newest first, of the last and the next fourteen days unless other dates are asked for; of unknown courses 404."""
    codes = call.params.any_of("context_codes")
    if not codes:
        raise errors.message(400, MISSING)
    numbers = [as_number(code.removeprefix(CODE)) if code.startswith(CODE) else None for code in codes]
    if None in numbers:
        raise errors.message(400, ODD)
    courses = [course for course in map(call.present.courses.get, numbers) if course is not None]
    if len(courses) < len(codes):
        raise errors.not_found()
    access.insist(call, all(access.reads(call, course) for course in courses))
    first, last = sent(call, "start_date", call.now - WINDOW), sent(call, "end_date", call.now + WINDOW)
    topics = [topic for course in courses for topic in call.world.course_topics(course.id)]
    rows = [topic for topic in topics if is_due(call, topic, first=first, last=last)]
    rows.sort(key=lambda topic: (topic.posted_at, topic.id), reverse=True)
    return paging.counted(call, rows, lambda topic: as_json(call, topic) | {"context_code": f"{CODE}{topic.course_id}"})


def is_due(call: Call, topic: Topic, *, first: Instant, last: Instant) -> bool:
    """Whether it is of these days; one of a later day is seen by those who teach, unless active ones alone are asked for."""
    when = topic.delayed_post_at or topic.posted_at
    ahead = when > call.now and (call.params.flag("active_only") or not access.is_staff(call, call.world.courses[topic.course_id]))
    return topic.is_announcement and first <= when <= last and not ahead


def sent(call: Call, name: str, otherwise: Instant) -> Instant:
    found = call.instant(call.params, name)
    if found is None and call.params.text(name):
        raise errors.message(400, f"Invalid {name}")
    return found or otherwise

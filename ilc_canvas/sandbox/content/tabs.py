"""The menu of a course.

Whoever changes an entry writes the whole menu as it was when the request began, which undoes what others did meanwhile.
"""

from dataclasses import replace
from typing import Any

from ilc_canvas.sandbox.content import access
from ilc_canvas.sandbox.http import errors
from ilc_canvas.sandbox.http.call import Call
from ilc_canvas.sandbox.http.params import loose_flag
from ilc_canvas.sandbox.http.responses import Answer
from ilc_canvas.sandbox.world.records import Course, Menu

FIRST, LAST = "home", "settings"
INVALID = "That tab location is invalid"
LABELS = {
    "announcements": "Announcements",
    "assignments": "Assignments",
    "discussions": "Discussions",
    "grades": "Grades",
    "people": "People",
    "pages": "Pages",
    "files": "Files",
    "syllabus": "Syllabus",
    "outcomes": "Outcomes",
    "rubrics": "Rubrics",
    "quizzes": "Quizzes",
    "modules": "Modules",
}
ADDRESSES = {"discussions": "discussion_topics", "pages": "wiki", "people": "users", "syllabus": "assignments/syllabus"}
STAFF_ONLY = {"rubrics", "settings"}
NEVER_EMPTY = {"home", "grades", "people", "syllabus", "rubrics", "settings"}


def index(call: Call) -> Answer:
    """All of them for staff; for others those that are neither hidden nor empty, counted again."""
    course = access.readable(call)
    staff = access.is_staff(call, course)
    names = [name for name in names_of(course.menu) if staff or is_shown(call, course, name)]
    return Answer([as_json(call, course, name, place=place) for place, name in enumerate(names, 1)])


def names_of(menu: Menu) -> list[str]:
    """The entries in their order: those that somebody moved stand where they were put."""
    order = menu.order or tuple(LABELS)
    return [FIRST, *order, LAST]


def label(name: str) -> str:
    return {FIRST: "Home", LAST: "Settings"}.get(name) or LABELS[name]


def is_hidden(course: Course, name: str) -> bool:
    return name in course.menu.hidden


def is_shown(call: Call, course: Course, name: str) -> bool:
    """Whether people who do not teach see an entry."""
    return name not in STAFF_ONLY and not is_hidden(course, name) and not is_empty(call, course, name)


def is_empty(call: Call, course: Course, name: str) -> bool:
    """Whether there is nothing behind it yet."""
    topics = call.world.course_topics(course.id)
    filled = {
        "announcements": any(topic.is_announcement for topic in topics),
        "discussions": any(not topic.is_announcement for topic in topics),
        "modules": bool(call.world.course_modules(course.id)),
        "pages": bool(call.world.course_pages(course.id)),
    }
    return name not in NEVER_EMPTY and not filled.get(name, False)


def update(call: Call) -> Answer:
    course, name = access.writable(call, *access.content(call, "edit")), call.ids["tab"]
    if name in {FIRST, LAST}:
        raise errors.error(400, f"{name} is not manageable")
    if name not in LABELS:
        raise errors.occurred(500, "internal_server_error", report=1)
    found = call.moment.menu if call.moment and call.moment.course_id == course.id else course.menu
    course.menu = changed(call, found, name)
    course.places = None
    return Answer(as_json(call, course, name, place=names_of(course.menu).index(name) + 1))


def changed(call: Call, menu: Menu, name: str) -> Menu:
    """The menu with one entry moved, hidden or shown."""
    hidden = loose_flag(call.params.text("hidden"))
    if "position" in call.params:
        menu = moved(menu, name, call.params.text("position") or "")
    if hidden is None:
        return menu
    return replace(menu, hidden=menu.hidden | {name} if hidden else menu.hidden - {name})


def moved(menu: Menu, name: str, position: str) -> Menu:
    """Home stays the first: 2 is the first place that can be had."""
    names = names_of(menu)
    place = int(position) if position.isdecimal() else 0
    if not 1 < place < len(names):
        raise errors.error(400, INVALID)
    names.remove(name)
    names.insert(place - 1, name)
    return replace(menu, order=tuple(names[1:-1]))


def as_json(call: Call, course: Course, name: str, *, place: int) -> dict[str, Any]:
    path = f"/courses/{course.id}" + ("" if name == FIRST else f"/{ADDRESSES.get(name, name)}")
    hidden, empty = is_hidden(course, name), is_empty(call, course, name)
    return {
        "id": name,
        "html_url": path,
        "full_url": f"{call.base}{path}",
        "position": place,
        **({"hidden": True} if hidden else {}),
        **({"unused": True} if empty else {}),
        "visibility": "admins" if hidden or empty or name in STAFF_ONLY else "public",
        "label": label(name),
        "type": "internal",
    }

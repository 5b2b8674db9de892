"""The frame of every screen: the course, its menu, and whose view it is."""

from dataclasses import dataclass
from html import escape

from ilc_canvas.sandbox.content import tabs
from ilc_canvas.sandbox.http import errors
from ilc_canvas.sandbox.http.call import Call
from ilc_canvas.sandbox.http.responses import Answer
from ilc_canvas.sandbox.screens.style import STYLE
from ilc_canvas.sandbox.world import find
from ilc_canvas.sandbox.world.records import Course

POLICY = {"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' https: data:"}
UNPUBLISHED = "The course is not published."
STATES = {"created": UNPUBLISHED, "claimed": UNPUBLISHED, "completed": "The course is concluded."}
NOT_OPEN = {"created", "claimed"}
MARK = '<span class="mark">not published</span>'
HIDDEN = '<span class="mark">hidden</span>'
SCREENS = {
    "home": "",
    "announcements": "/announcements",
    "discussions": "/discussion_topics",
    "people": "/users",
    "pages": "/pages",
    "syllabus": "/assignments/syllabus",
    "modules": "/modules",
}


@dataclass(frozen=True)
class Seen:
    """A course as it is looked at: by somebody who teaches, or as a student sees it."""

    call: Call
    course: Course
    as_student: bool

    @property
    def query(self) -> str:
        return "?view=student" if self.as_student else ""

    def link(self, path: str, words: str, *, more: str = "") -> str:
        """A link to a screen of the course, in the same view."""
        return f'<a href="{escape(address(self.course, path, self.query))}"{more}>{escape(words)}</a>'

    def shows(self, state: str) -> bool:
        """Whether something in this state is seen at all."""
        return state == "active" or not self.as_student

    def mark(self, state: str) -> str:
        """What follows the name of something that is not published."""
        return "" if state == "active" else f" {MARK}"


def address(course: Course, path: str, query: str = "") -> str:
    return f"/courses/{course.id}{path}{query}"


def seen(call: Call) -> Seen:
    """The course of the path. A student sees nothing of one that is not open."""
    view = Seen(call, find.course(call, call.ids["course"]), call.params.text("view") == "student")
    if view.as_student and view.course.state in NOT_OPEN:
        raise errors.unauthorized(401)
    return view


def screen(view: Seen, body: str, *, about: str = "", current: str = "", title: str = "") -> Answer:
    """A whole screen. `about` stands below the course's name, `current` is the entry of the menu that it belongs to."""
    course = view.course
    subtitle = " ".join(part for part in (about, STATES.get(course.state, "")) if part)
    quiet = f'<p class="quiet">{escape(subtitle)}</p>' if subtitle else ""
    head = f"<header><h1>{escape(course.name)}</h1>{quiet}</header>"
    whole = f'<div class="course">{head}{menu(view, current)}<main>{body}</main>{foot(view)}</div>'
    return as_answer(f"{title} - {course.name}" if title else course.name, whole)


def menu(view: Seen, current: str) -> str:
    """The entries that the person sees, in their order, with the calendar, which a Canvas has in another place."""
    entries = [entry(view, name, current) for name in tabs.names_of(view.course.menu) if is_listed(view, name)]
    here = ' aria-current="page"' if current == "calendar" else ""
    entries.append(f"<li>{view.link('/calendar', 'Calendar', more=here)}</li>")
    return f'<nav aria-label="Course"><ul>{"".join(entries)}</ul></nav>'


def is_listed(view: Seen, name: str) -> bool:
    """Empty entries are in nobody's way here; hidden ones are shown to those who teach."""
    if view.as_student:
        return tabs.is_shown(view.call, view.course, name)
    return name in SCREENS and not tabs.is_empty(view.call, view.course, name)


def entry(view: Seen, name: str, current: str) -> str:
    words, mark = tabs.label(name), f" {HIDDEN}" if tabs.is_hidden(view.course, name) else ""
    here = ' aria-current="page"' if name == current else ""
    shown = view.link(SCREENS[name], words, more=here) if name in SCREENS else escape(words)
    return f"<li>{shown}{mark}</li>"


def foot(view: Seen) -> str:
    """Whose view it is, and the way to the other one."""
    here = f"/courses/{view.course.id}"
    if view.as_student:
        return f'<footer class="foot quiet">As a student sees it. <a href="{here}">See it as a teacher does</a></footer>'
    if view.course.state in NOT_OPEN:
        return '<footer class="foot quiet">As a teacher sees it. Students see nothing until the course is published.</footer>'
    return f'<footer class="foot quiet">As a teacher sees it. <a href="{here}?view=student">See it as a student does</a></footer>'


def as_answer(title: str, body: str, *, status: int = 200) -> Answer:
    """A whole page with its style and without anything from elsewhere but pictures."""
    frame = '<meta charset="utf-8"><meta name="viewport" content="width=device-width"><link rel="icon" href="data:,">'
    head = f"{frame}<title>{escape(title)}</title><style>{STYLE}</style>"
    text = f'<!DOCTYPE html>\n<html lang="en"><head>{head}</head><body>{body}</body></html>\n'
    return Answer(None, status=status, text=text, content_type="text/html; charset=utf-8", headers=dict(POLICY), metered=False)


def leads_to(call: Call, path: str) -> Answer:
    """The browser is sent on to another screen."""
    place = {"Location": f"{call.base}{path}"}
    return Answer(None, status=302, text="", content_type="text/html; charset=utf-8", headers=place, metered=False)

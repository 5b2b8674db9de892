"""What a person can open in a browser. It needs no token, is not logged, and shows what an administrator sees."""

from collections.abc import Callable
from dataclasses import replace
from html import escape

from ilc_canvas.sandbox.canvas import Canvas, Request
from ilc_canvas.sandbox.http import errors
from ilc_canvas.sandbox.http.call import Call
from ilc_canvas.sandbox.http.params import Params, read_query
from ilc_canvas.sandbox.http.responses import Answer
from ilc_canvas.sandbox.http.routes import fits, ids
from ilc_canvas.sandbox.screens import calendar, course_list, layout, modules, pages, people, topics

REFUSALS = {
    404: ("Not found", "There is no such page here."),
    401: ("Not published", "Students see nothing of this course until it is published."),
}
OTHERWISE = ("Not shown", "This page cannot be shown.")
Screen = Callable[[Call], Answer]
SCREENS: dict[str, Screen] = {
    "courses": course_list.index,
    "courses/:course": pages.home,
    "courses/:course/modules": modules.index,
    "courses/:course/modules/items/:item": modules.item,
    "courses/:course/pages": pages.index,
    "courses/:course/wiki": pages.index,
    "courses/:course/pages/:page": pages.show,
    "courses/:course/assignments/syllabus": pages.syllabus,
    "courses/:course/announcements": topics.announcements,
    "courses/:course/discussion_topics": topics.index,
    "courses/:course/discussion_topics/:topic": topics.show,
    "courses/:course/users": people.index,
    "courses/:course/users/:user": people.index,
    "courses/:course/calendar": calendar.show,
    "calendar": calendar.find,
}


def screen_of(request: Request) -> tuple[Screen, dict[str, str]] | None:
    """The page that a GET or HEAD asks for, and the ids in its address."""
    parts = [part for part in request.path.split("/") if part]
    for address, screen in SCREENS.items():
        pattern = address.split("/")
        if fits(pattern, parts):
            return (screen, ids(pattern, parts)) if request.method in {"GET", "HEAD"} else None
    return None


def answer(canvas: Canvas, request: Request) -> Answer | None:
    """The page asked for, or None if the address is not one of a page."""
    try:
        found = screen_of(request)
        if found is None:
            return None
        screen, names = found
        with canvas.lock:
            return screen(replace(canvas.view(request.base), ids=names, params=Params(read_query(request.query))))
    except errors.RefusedError as refusal:
        return refused(refusal.answer.status)


def refused(status: int) -> Answer:
    """The refusal in words, for a person."""
    title, words = REFUSALS.get(status, OTHERWISE)
    return layout.as_answer(title, f"<p>{escape(words)}</p>", status=status)

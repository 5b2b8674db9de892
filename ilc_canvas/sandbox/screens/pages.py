"""The home of a course, its pages, and its syllabus."""

from html import escape

from ilc_canvas.sandbox.content.pages import front_page, titles
from ilc_canvas.sandbox.courses import markup
from ilc_canvas.sandbox.http import errors
from ilc_canvas.sandbox.http.call import Call
from ilc_canvas.sandbox.http.responses import Answer
from ilc_canvas.sandbox.screens import layout, modules, topics
from ilc_canvas.sandbox.screens.layout import Seen
from ilc_canvas.sandbox.world.collation import collated
from ilc_canvas.sandbox.world.records import Page

LOST = "This course has no front page, though its home should be one."


def home(call: Call) -> Answer:
    """What the course begins with: its front page, its modules, its syllabus, or its news."""
    view = layout.seen(call)
    kind = view.course.settings.get("default_view", "modules")
    bodies = {"wiki": front, "syllabus": syllabus_text, "feed": topics.news}
    return layout.screen(view, bodies.get(kind, modules.body)(view), current="home")


def front(view: Seen) -> str:
    page = front_page.front_of(view.call, view.course)
    return f'<p class="quiet">{LOST}</p>' if page is None or not view.shows(page.state) else text_of(view, page)


def text_of(view: Seen, page: Page) -> str:
    text = markup.shown(page.body, view.call.base, themed=False) or ""
    body = f'<div class="text">{text}</div>' if text else '<p class="quiet">This page is empty.</p>'
    return f'<h2 class="title">{escape(page.title)}{view.mark(page.state)}</h2>{body}'


def index(call: Call) -> Answer:
    """All pages by title. A hidden menu entry closes the list to students."""
    view = layout.seen(call)
    if view.as_student and "pages" in view.course.menu.hidden:
        raise errors.not_found()
    rows = [page for page in call.world.course_pages(view.course.id) if view.shows(page.state)]
    lines = "".join(line(view, page) for page in sorted(rows, key=lambda page: collated(page.title)))
    body = f'<ul class="rows">{lines}</ul>' if lines else "<p>There are no pages yet.</p>"
    return layout.screen(view, f'<h2 class="title">Pages</h2>{body}', current="pages", title="Pages")


def line(view: Seen, page: Page) -> str:
    front_mark = ' <span class="quiet">front page</span>' if front_page.is_front(view.course, page) else ""
    return f"<li>{view.link(f'/pages/{page.slug}', page.title)}{front_mark}{view.mark(page.state)}</li>"


def show(call: Call) -> Answer:
    view = layout.seen(call)
    page = titles.sought(call.world, view.course.id, call.ids["page"])
    if page is None or page.state == "deleted" or not view.shows(page.state):
        raise errors.not_found()
    return layout.screen(view, text_of(view, page), current="pages", title=page.title)


def syllabus(call: Call) -> Answer:
    view = layout.seen(call)
    return layout.screen(view, syllabus_text(view), current="syllabus", title="Syllabus")


def syllabus_text(view: Seen) -> str:
    text = markup.shown(view.course.syllabus, view.call.base, themed=False) or ""
    body = f'<div class="text">{text}</div>' if text else '<p class="quiet">There is no syllabus yet.</p>'
    return f'<h2 class="title">Syllabus</h2>{body}'

"""All courses of the institution, to find one by its name."""

from html import escape

from ilc_canvas.sandbox.http.call import Call
from ilc_canvas.sandbox.http.responses import Answer
from ilc_canvas.sandbox.screens import layout
from ilc_canvas.sandbox.world.collation import collated
from ilc_canvas.sandbox.world.records import Course


def index(call: Call) -> Answer:
    """By term, and in it by name."""
    live = [course for course in call.world.courses if course.state != "deleted"]
    terms = sorted({course.term_id for course in live})
    parts = (part(call, term, [course for course in live if course.term_id == term]) for term in terms)
    body = "".join(parts) or "<p>There are no courses yet.</p>"
    return layout.as_answer("Courses", f"<main><h1>{escape(call.world.root.name)}</h1>{body}</main>")


def part(call: Call, term: int, courses: list[Course]) -> str:
    lines = "".join(line(course) for course in sorted(courses, key=lambda course: (collated(course.name), course.id)))
    return f'<h2>{escape(call.world.terms[term].name)}</h2><ul class="rows">{lines}</ul>'


def line(course: Course) -> str:
    mark = f" {layout.MARK}" if course.state in layout.NOT_OPEN else ""
    return f'<li><a href="/courses/{course.id}">{escape(course.name)}</a> <span class="quiet">{escape(course.code)}</span>{mark}</li>'

"""The people of a course: who they are, what they are in it, and where."""

from html import escape

from ilc_canvas.sandbox.http.call import Call
from ilc_canvas.sandbox.http.responses import Answer
from ilc_canvas.sandbox.screens import layout
from ilc_canvas.sandbox.screens.layout import Seen
from ilc_canvas.sandbox.world.collation import collated
from ilc_canvas.sandbox.world.records import Enrollment

CURRENT = {"active", "invited", "creation_pending"}
ORDER = ("TeacherEnrollment", "TaEnrollment", "DesignerEnrollment", "StudentEnrollment", "ObserverEnrollment")


def index(call: Call) -> Answer:
    """Those who teach first, then by name; one line for each place that a person has."""
    view = layout.seen(call)
    rows = [row for row in call.world.course_enrollments(view.course.id) if row.state in CURRENT]
    rows.sort(key=lambda row: (ORDER.index(row.type), collated(call.world.users[row.user_id].sortable_name), row.id))
    body = table(view, rows) if rows else "<p>There is nobody yet.</p>"
    return layout.screen(view, f'<h2 class="title">People</h2>{body}', current="people", title="People")


def table(view: Seen, rows: list[Enrollment]) -> str:
    head = "<tr><th scope=col>Name</th><th scope=col>Role</th><th scope=col>Section</th></tr>"
    return f'<table class="people"><thead>{head}</thead><tbody>{"".join(line(view, row) for row in rows)}</tbody></table>'


def line(view: Seen, row: Enrollment) -> str:
    world = view.call.world
    waiting = "" if row.state == "active" else ' <span class="mark">invited</span>'
    cells = (world.users[row.user_id].name, world.roles[row.role_id].label, world.sections[row.section_id].name)
    first, *others = (escape(cell) for cell in cells)
    return f"<tr><td>{first}{waiting}</td>{''.join(f'<td>{cell}</td>' for cell in others)}</tr>"

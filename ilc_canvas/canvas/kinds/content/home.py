"""Where a course begins: its front page, and that the front page is what opens first. In this order: without one Canvas takes neither."""

from collections.abc import Sequence

from ilc_canvas.canvas.http.responses import Answer
from ilc_canvas.canvas.kinds.access import Access
from ilc_canvas.canvas.kinds.canvas_kind import CanvasKind, no_number
from ilc_canvas.canvas.kinds.content.page_saving import one
from ilc_canvas.canvas.kinds.course import dates_of
from ilc_canvas.canvas.kinds.reading import Reading
from ilc_canvas.canvas.write_check import check_echo
from ilc_canvas.reconcile.change import Create, Update
from ilc_canvas.reconcile.compare.unread import field_of
from ilc_canvas.reconcile.kinds import Kind
from ilc_canvas.reconcile.state import Fields, Key, Record


def _inside(reading: Reading, course: Record, found: Sequence[Record]) -> list[Record]:
    """By the pages that were just read, and by what the list of courses says; where they could not be read, nothing is known of it."""
    if field_of(Kind.PAGE) in course.fields or not reading.wants(Kind.HOME, course):
        return []
    front = next((record.key.id for record in found if record.key.kind == Kind.PAGE and record.fields.get("is_front")), "")
    return [
        _record(key, course.key, front=front, view=str(course.fields.get("view", "")))
        for key in sorted(reading.unknown_in(Kind.HOME, course))
    ]


def _record(key: Key, course: Key, *, front: str, view: str) -> Record:
    return Record(key, {"front": front, "view": view}, (course,))


def _read(access: Access, subject: Record) -> Record:
    course, page = subject.parents
    is_front = one(access, course, access.number_of(page))["front_page"]
    view = access.transport.call("GET", f"courses/{access.number_of(course)}").row["default_view"]
    return _record(subject.key, course, front=page.id if is_front else "", view=str(view))


def _create(access: Access, change: Create) -> Answer:
    """In a course that was not there when the plan was made."""
    return _set(access, change.after, change.after.fields)


def _update(access: Access, change: Update) -> Answer:
    return _set(access, change.after, change.fields)


def _set(access: Access, after: Record, fields: Fields) -> Answer:
    """Two calls, each by itself; the course's dates go along with the second one, else Canvas drops them (contract-core 6.3)."""
    course, page = after.parents
    number, answer = access.number_of(course), None
    if fields.get("front"):
        path = f"courses/{number}/pages/page_id:{one(access, course, access.number_of(page))['page_id']}"
        answer = access.transport.call("PUT", path, wiki_page={"front_page": True})
        check_echo(after.key, {"front_page": True}, answer.row)
    if "view" in fields or answer is None:
        form = {"default_view": after.fields["view"], **dates_of(access.courses.get(course, {}))}
        answer = access.transport.call("PUT", f"courses/{number}", course=form)
        check_echo(after.key, {"default_view": form["default_view"]}, answer.row)
    return answer


HOME = CanvasKind(
    calls=(),
    right="Pages - update (manage_wiki_update) and Courses - manage (manage_courses_admin)",
    create=_create,
    update=_update,
    read=_read,
    inside=_inside,
    number=no_number,
    has_number=False,
)

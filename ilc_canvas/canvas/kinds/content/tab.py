"""Entries of a course's menu that are hidden. Several that are changed in the same moment are lost, although each is answered with 200
(live-content 4), so that only a look afterwards proves one.
"""

from collections.abc import Mapping, Sequence

from ilc_canvas.canvas.http.allowlist import Call
from ilc_canvas.canvas.http.responses import Answer
from ilc_canvas.canvas.http.transport import Transport
from ilc_canvas.canvas.kinds.access import Access
from ilc_canvas.canvas.kinds.canvas_kind import CanvasKind, no_number
from ilc_canvas.canvas.kinds.content.module import LABEL
from ilc_canvas.canvas.kinds.reading import Reading
from ilc_canvas.canvas.listing import whole_list
from ilc_canvas.reconcile.change import Create, Update
from ilc_canvas.reconcile.errors import UnavailableError
from ilc_canvas.reconcile.kinds import Kind
from ilc_canvas.reconcile.state import Key, Record


def _inside(reading: Reading, course: Record, _found: Sequence[Record]) -> list[Record]:
    """Those that are to be hidden; one that the course does not have is not shown either."""
    if not reading.wants(Kind.TAB, course):
        return []
    tabs = _hidden(reading.transport, course.handle)
    return [_record(key, tabs, course.key) for key in sorted(reading.unknown_in(Kind.TAB, course))]


def _hidden(transport: Transport, course: int | None) -> dict[str, bool]:
    return {str(row["id"]): bool(row.get("hidden")) for row in whole_list(transport, f"courses/{course}/tabs")}


def _record(key: Key, tabs: Mapping[str, bool], course: Key) -> Record:
    return Record(key, {"hidden": tabs.get(_name(key), True)}, (course,))


def _name(key: Key) -> str:
    return key.id.rpartition(":")[2]


def _read(access: Access, subject: Record) -> Record:
    course = subject.parents[0]
    return _record(subject.key, _hidden(access.transport, access.number_of(course)), course)


def _create(access: Access, change: Create) -> Answer:
    """In a course that was not there when the plan was made."""
    return _set(access, change)


def _update(access: Access, change: Update) -> Answer:
    return _set(access, change)


def _set(access: Access, change: Create | Update) -> Answer:
    course, wanted = access.number_of(change.after.parents[0]), change.after.fields["hidden"]
    answer = access.transport.call("PUT", f"courses/{course}/tabs/{_name(change.key)}", hidden=wanted)
    if _hidden(access.transport, course).get(_name(change.key)) is not wanted:
        raise UnavailableError(f"Canvas has not kept that {change.key} is {'hidden' if wanted else 'shown'}.")
    return answer


TAB = CanvasKind(
    calls=(
        Call(r"GET courses/ID/tabs", "see a course's menu", '"Course Content - view" (read_course_content)'),
        Call(r"PUT courses/ID/tabs/[a-z_]+", "change a course's menu", f'"{LABEL}" (manage_course_content_edit)'),
    ),
    right=f"{LABEL} (manage_content, or manage_course_content_edit)",
    create=_create,
    update=_update,
    read=_read,
    inside=_inside,
    number=no_number,
    has_number=False,
)

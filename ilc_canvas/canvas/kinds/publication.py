"""Opening a course to its people: Canvas calls it publishing. Nobody is mailed, but whoever is only invited (live-content 14)."""

from collections.abc import Sequence

from ilc_canvas.canvas.http.responses import Answer
from ilc_canvas.canvas.kinds.access import Access
from ilc_canvas.canvas.kinds.canvas_kind import CanvasKind, Need, no_number, right
from ilc_canvas.canvas.kinds.reading import Reading
from ilc_canvas.canvas.write_check import check_echo
from ilc_canvas.reconcile.change import Create, Update
from ilc_canvas.reconcile.kinds import Kind, Value
from ilc_canvas.reconcile.state import Key, Record

_OPEN = "available"


def _inside(reading: Reading, course: Record, _found: Sequence[Record]) -> list[Record]:
    """By the state that the list of courses shows."""
    return [_record(key, course.fields.get("state"), course.key) for key in reading.unknown_in(Kind.PUBLICATION, course)]


def _record(key: Key, state: Value, course: Key) -> Record:
    return Record(key, {"open": state == _OPEN}, (course,))


def _read(access: Access, subject: Record) -> Record:
    row = access.transport.call("GET", f"courses/{access.number_of(subject.parents[0])}").row
    return _record(subject.key, row["workflow_state"], subject.parents[0])


def _create(access: Access, change: Create) -> Answer:
    return _set(access, change)


def _update(access: Access, change: Update) -> Answer:
    return _set(access, change)


def _set(access: Access, change: Create | Update) -> Answer:
    """In a request of its own: with other fields Canvas publishes a course also if it refuses them (live-content 6)."""
    event = "offer" if change.after.fields["open"] else "claim"
    answer = access.transport.call("PUT", f"courses/{access.number_of(change.after.parents[0])}", course={"event": event})
    check_echo(change.key, {"workflow_state": _OPEN if event == "offer" else "unpublished"}, answer.row)
    return answer


_LABEL = "Courses - publish"
PUBLICATION = CanvasKind(
    calls=(),
    needs=(
        Need(
            "publish_courses",
            (right("change_course_state"), right("manage_courses_publish")),
            "open courses to their people",
            _LABEL,
            is_mild=True,
        ),
    ),
    right=f"{_LABEL} (change_course_state, or manage_courses_publish)",
    create=_create,
    update=_update,
    read=_read,
    inside=_inside,
    number=no_number,
    has_number=False,
)

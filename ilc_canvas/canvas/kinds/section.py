"""Sections of our courses, wherever people have cross-listed them."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from ilc_canvas.canvas.http.allowlist import Call
from ilc_canvas.canvas.http.responses import Answer
from ilc_canvas.canvas.kinds.access import Access
from ilc_canvas.canvas.kinds.canvas_kind import CanvasKind, Need, right
from ilc_canvas.canvas.kinds.enrollment import people_in
from ilc_canvas.canvas.kinds.reading import Reading
from ilc_canvas.canvas.kinds.term import with_sis_id
from ilc_canvas.canvas.listing import whole_list
from ilc_canvas.canvas.records import Row, by_number, called
from ilc_canvas.canvas.write_check import check_echo
from ilc_canvas.reconcile.change import Change, Create, Update
from ilc_canvas.reconcile.compare.unread import FIELD
from ilc_canvas.reconcile.kinds import Kind, Value
from ilc_canvas.reconcile.state import Fields, Key, Record, course_of


def _record(row: Row, course: Key) -> Record:
    """A section; one without a SIS id of its own (Canvas's default section) goes by its number."""
    return Record(Key(Kind.SECTION, row.get("sis_section_id") or by_number(row["id"])), {"name": row["name"]}, (course,), row["id"])


def _inside(reading: Reading, course: Record, _found: Sequence[Record]) -> list[Record]:
    rows, homes = whole_list(reading.transport, f"courses/{course.handle}/sections"), reading.homes
    return reading.named(Kind.SECTION, [_at_home(row, course.key, homes) for row in rows])


def _at_home(row: Row, course: Key, homes: Mapping[int, Key]) -> Record:
    """A section belongs to the course that it was made in, if that is ours, wherever people have cross-listed it."""
    home = homes.get(row.get("nonxlist_course_id") or 0)
    record = _record(row, home or course)
    return replace(record, fields={**record.fields, "stands_in": row["course_id"]}) if home else record


def _beside(reading: Reading) -> list[Record]:
    """Sections of ours that stand in none of our courses, with the people in them: cross-listed, or deleted. Of a course that could
    not be read nothing is known to be missing.
    """
    unread = {record.key for record in reading.found if FIELD in record.fields}
    missing = reading.missing(Kind.SECTION, reading.of_kind(Kind.SECTION))
    lost = [key for key in missing if course_of(key) not in unread]
    return [record for found in reading.each(lambda key: _elsewhere(reading, key), lost) for record in found]


def _elsewhere(reading: Reading, key: Key) -> list[Record]:
    home, number = course_of(key) or key, reading.ours[key]
    row, why = reading.singly("sections", number)
    if row is None:
        return [Record(key, {"state": why}, (home,), number)]
    if reading.is_another(row.get("sis_section_id"), key):
        return []
    section = replace(called(_record(row, home), row.get("sis_section_id"), key), parents=(home,))
    if reading.homes.get(row["course_id"]) == home:  # the list lags
        return [section]
    section = replace(section, fields={**section.fields, "stands_in": row["course_id"], **_there(reading, row["course_id"])})
    return [section, *people_in(reading, f"sections/{number}", home, sections=[section])]


def _there(reading: Reading, course: int) -> dict[str, Value]:
    """Whether the other course is over: then it takes nobody."""
    row, why = reading.singly("courses", course)
    state = row["workflow_state"] if row else why
    return {} if state in ("available", "unpublished") else {"state": state}


def _read(access: Access, subject: Record) -> Record:
    row = access.transport.call("GET", f"sections/{access.reach.path(subject.key)}").row
    return _record(row, subject.course or subject.parents[0])


def _create(access: Access, change: Create) -> Answer:
    """With its SIS id; one of ours that was deleted comes back, as it was called then (contract-core 7)."""
    after, revive = change.after, change.before is not None
    fields = {"name": after.fields["name"], "sis_section_id": after.key.id}
    also = {"enable_sis_reactivation": True} if revive else {}
    answer = access.post(f"courses/{access.reach.path(after.course or after.key)}/sections", course_section=fields, **also)
    return access.made(after, answer, {"sis_section_id": after.key.id} if revive else fields, texts=["name"])


def _update(access: Access, change: Update) -> Answer:
    form = dict(with_sis_id(change.fields, "sis_section_id"))
    answer = access.transport.call("PUT", f"sections/{access.reach.path(change.key)}", course_section=form)
    check_echo(change.key, form, answer.row, texts={"name": change.before.fields.get("name")})
    return answer


def _left(_access: Access, change: Change, answer: Answer) -> Fields | None:
    """One that came back is called as it was."""
    return {"name": answer.row["name"]} if isinstance(change, Create) and change.before else None


SECTION = CanvasKind(
    calls=(
        Call(r"GET courses/ID/sections|GET sections/ID", "see who is in a course", '"Users - view list" (read_roster)'),
        Call(
            r"POST courses/ID/sections|PUT sections/ID",
            "make or change sections",
            '"Course Sections - add / edit" (manage_sections_add, manage_sections_edit)',
        ),
    ),
    needs=(
        Need(
            "manage_sections",
            (right("manage_sections_add", "manage_sections_edit"),),
            "make and rename sections",
            "Course Sections - add / edit",
        ),
    ),
    right="Course Sections - add, edit (manage_sections_add, manage_sections_edit)",
    create=_create,
    update=_update,
    read=_read,
    inside=_inside,
    beside=_beside,
    left=_left,
)

"""Events in the calendars of our courses: meetings. They have no SIS id, so they are found by number, or by the marker in their text."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import structlog

from ilc_canvas.canvas.http.allowlist import Call
from ilc_canvas.canvas.http.failures import NotFoundError
from ilc_canvas.canvas.http.responses import Answer
from ilc_canvas.canvas.http.transport import Transport
from ilc_canvas.canvas.kinds.access import Access
from ilc_canvas.canvas.kinds.canvas_kind import CanvasKind, Need, right
from ilc_canvas.canvas.kinds.reading import Reading
from ilc_canvas.canvas.listing import whole_list
from ilc_canvas.canvas.records import Row, by_number, instant
from ilc_canvas.canvas.texts.rich_text import marker, normal, without_join_link
from ilc_canvas.canvas.write_check import check_echo
from ilc_canvas.reconcile.change import Change, Create, Remove, Update
from ilc_canvas.reconcile.compare.unread import FIELD, field_of
from ilc_canvas.reconcile.errors import CanvasError, IncompleteError, MissingRightError, UnavailableError
from ilc_canvas.reconcile.kinds import DOUBLED, HIDDEN, Kind
from ilc_canvas.reconcile.state import Fields, Key, Record, course_of

log = structlog.get_logger(__name__)

AT_ONCE = 10
"""Courses in one list: Canvas silently ignores an eleventh (live-content 10)."""
CANCELLED = "Cancelled: "
"""What the title of a meeting that is not held begins with."""
_LONGEST = 255


def _record(row: Row, key: Key, course: Key) -> Record:
    title = str(row["title"] or "")
    off = title.startswith(CANCELLED)
    fields = {
        "name": title.removeprefix(CANCELLED),
        "when": _when(row),
        "place": row["location_name"] or "",
        "text": normal(row["description"]),
        "state": "cancelled" if off else "active",
    }
    return Record(key, fields, (course,), row["id"])


def _when(row: Row) -> str:
    """Start and end, or the day of an event that lasts all day; empty if it has neither. Only `all_day` says so: Canvas keeps the date of
    an event that was moved to an hour (live-content 10).
    """
    if row["all_day"]:
        return str(row["all_day_date"])
    start, end = instant(row["start_at"]), instant(row["end_at"])
    return f"{start}/{end}" if start and end else ""


def _beside(reading: Reading) -> list[Record]:
    """The events of all our courses that could be read, ten courses a request; a course whose calendar cannot be read is marked so."""
    if Kind.EVENT not in reading.marked:
        return []
    unread = {record.key for record in reading.found if FIELD in record.fields}
    courses = [course for course in reading.of_kind(Kind.COURSE) if _has_calendar(course) and course.key not in unread]
    batches = [courses[place : place + AT_ONCE] for place in range(0, len(courses), AT_ONCE)]
    found = reading.each(lambda batch: _batch(reading, batch), batches)
    return [record for records in found for record in records]


def _has_calendar(course: Record) -> bool:
    return course.handle is not None and course.fields["state"] not in ("deleted", HIDDEN)


def _batch(reading: Reading, courses: Sequence[Record]) -> list[Record]:
    """One course that this token may not read spoils the list of all of them: then each is read by itself. Where Canvas gives no usable
    list at all, these calendars are marked as unread: nobody waits for a meeting.
    """
    try:
        rows = _rows(reading.transport, courses)
    except (MissingRightError, NotFoundError) as error:
        return [_unread(courses[0], error)] if len(courses) == 1 else [each for one in courses for each in _batch(reading, [one])]
    except (UnavailableError, IncompleteError) as error:
        return [_unread(course, error) for course in courses]
    return list(_records(rows, courses, reading.numbered(Kind.EVENT)))


def _unread(course: Record, error: CanvasError) -> Record:
    log.warning("canvas.calendar_unread", key=str(course.key), reason=str(error))
    return replace(course, fields={**course.fields, field_of(Kind.EVENT): _code(error)})


def _code(error: CanvasError) -> str:
    return "unread-failed" if isinstance(error, UnavailableError | IncompleteError) else "unread-right"


def _rows(transport: Transport, courses: Iterable[Record]) -> list[Row]:
    codes = [f"course_{course.handle}" for course in courses]
    return whole_list(transport, "calendar_events", context_codes=codes, all_events=1)


def _records(rows: Iterable[Row], courses: Sequence[Record], known: Mapping[int, Key]) -> Iterator[Record]:
    """What stands in each course: ours by number, else by marker; a marker that several carry is nobody's."""
    homes = {f"course_{course.handle}": course.key for course in courses}
    here = [(row, homes[row["context_code"]]) for row in rows if row["context_code"] in homes and not row["parent_event_id"]]
    keys = {row["id"]: known[row["id"]] for row, course in here if row["id"] in known and course_of(known[row["id"]]) == course}
    by_marker: defaultdict[Key, list[Row]] = defaultdict(list)
    for row, course in here:
        key = Key(Kind.EVENT, marker(row["description"]))
        if row["id"] not in keys and key not in keys.values() and course_of(key) == course:
            by_marker[key].append(row)
    for row, course in here:
        ours = keys.get(row["id"]) or _marked(row, by_marker)
        yield _record(row, ours or Key(Kind.EVENT, by_number(row["id"])), course)
    for key, rows_of_key in by_marker.items():
        if len(rows_of_key) > 1:
            yield Record(key, {"state": DOUBLED}, (course_of(key) or key,))


def _marked(row: Row, by_marker: Mapping[Key, list[Row]]) -> Key | None:
    return next((key for key, rows in by_marker.items() if len(rows) == 1 and rows[0]["id"] == row["id"]), None)


def _read(access: Access, subject: Record) -> Record | None:
    """One by its number; one that was just made, and gave no answer, by its marker."""
    number = access.handles.get(subject.key)
    if number is not None:
        row = access.transport.call("GET", f"calendar_events/{number}").row
        return None if row["workflow_state"] == "deleted" else _record(row, subject.key, subject.parents[0])
    course = Record(subject.parents[0], {}, (), access.number_of(subject.parents[0]))
    found = [record for record in _records(_rows(access.transport, [course]), [course], {}) if record.key == subject.key]
    if any(record.fields["state"] == DOUBLED for record in found):
        raise IncompleteError(f"Several events carry the marker of {subject.key.id}. Delete all but one of them in Canvas.")
    return found[0] if found else None


def _create(access: Access, change: Create) -> Answer:
    """A new event; or one that we had marked as cancelled, as it is to be now."""
    after = change.after
    if change.before:
        return _put(access, after.key, _form(after.fields, after.fields), number=change.before.handle)
    form = {"context_code": f"course_{access.number_of(after.parents[0])}", **_form(after.fields, after.fields)}
    answer = access.post("calendar_events", calendar_event=form)
    return access.made(after, answer, _echoed(form))


def _update(access: Access, change: Update) -> Answer:
    return _put(access, change.key, _form(change.fields, change.after.fields), number=change.after.handle)


def _end(access: Access, change: Remove) -> Answer:
    """Its title says that it is not held, and its link goes. Nobody is told of that, and nothing is deleted (live-content 14)."""
    before = change.before.fields
    form = {"title": (CANCELLED + str(before["name"]))[:_LONGEST], "description": without_join_link(str(before["text"]))}
    return _put(access, change.key, form, number=change.before.handle)


def _put(access: Access, key: Key, form: Mapping[str, Any], *, number: int | None) -> Answer:
    answer = access.transport.call("PUT", f"calendar_events/{number or access.number_of(key)}", calendar_event=dict(form))
    check_echo(key, _echoed(form), answer.row)
    return answer


def _echoed(form: Mapping[str, Any]) -> dict[str, Any]:
    """What the answer must repeat: of a place that was taken out it shows nothing, and a text may be written in its own way."""
    return {name: value for name, value in form.items() if name in ("title", "start_at", "end_at") or (name == "location_name" and value)}


def _form(changed: Fields, whole: Fields) -> dict[str, Any]:
    """These fields as Canvas takes them. Start and end go together, always with the zone that says what midnight is, and `all_day` never:
    without a zone it means the day before (live-content 10).
    """
    names = {"name": "title", "place": "location_name", "text": "description"}
    form: dict[str, Any] = {names[name]: value for name, value in changed.items() if name in names}
    if "state" in changed and "name" not in changed:
        form["title"] = whole["name"]
    if "when" in changed:
        form |= _hours(str(changed["when"]), marker(str(whole.get("text", "")), "zone"))
    return form


def _hours(when: str, zone: str) -> dict[str, str]:
    start, _, end = when.partition("/")
    if end:
        return {"start_at": start, "end_at": end, "time_zone_edited": zone or "UTC"}
    midnight = datetime.combine(date.fromisoformat(start), time(), _zone(zone)).isoformat()
    return {"start_at": midnight, "end_at": midnight, "time_zone_edited": zone or "UTC"}


def _zone(name: str) -> ZoneInfo | Any:
    try:
        return ZoneInfo(name) if name else UTC
    except (ZoneInfoNotFoundError, ValueError):
        return UTC


def _left(_access: Access, change: Change, answer: Answer) -> Fields | None:
    """The text as Canvas shows it from here on, by which an edit by hand is told from Canvas's own way of writing it."""
    shown = {"shown_text": normal(answer.row["description"])}
    if isinstance(change, Remove):
        return {**shown, "text": without_join_link(str(change.before.fields["text"]))}
    return shown if not isinstance(change, Update) or "text" in change.fields else None


_LABEL = "Course Calendar - add / edit / delete"
EVENT = CanvasKind(
    calls=(
        Call(r"GET calendar_events|GET calendar_events/ID", "see calendars", '"Courses - view list" (read_course_list)'),
        Call(r"POST calendar_events|PUT calendar_events/ID", "put meetings into calendars", f'"{_LABEL}" (manage_calendar)'),
    ),
    needs=(
        Need(
            "manage_calendar",
            (right("manage_calendar"),),
            "put the program's meetings into the courses' calendars",
            _LABEL,
            is_mild=True,
        ),
    ),
    right=f"{_LABEL} (manage_calendar)",
    create=_create,
    update=_update,
    end=_end,
    read=_read,
    beside=_beside,
    left=_left,
)

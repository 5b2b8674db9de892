"""Courses of our account."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from ilc_canvas.canvas.http.allowlist import Call
from ilc_canvas.canvas.http.failures import NotFoundError, TakenError
from ilc_canvas.canvas.http.responses import Answer
from ilc_canvas.canvas.kinds.access import Access
from ilc_canvas.canvas.kinds.canvas_kind import CanvasKind, Need, right
from ilc_canvas.canvas.kinds.reading import Reading
from ilc_canvas.canvas.listing import whole_list
from ilc_canvas.canvas.records import Row, by_number, called, instant
from ilc_canvas.canvas.sis_ids import sis
from ilc_canvas.canvas.store_mark import keeper, mark, refuse_others
from ilc_canvas.canvas.write_check import check_echo
from ilc_canvas.reconcile.change import Create, Remove, Update
from ilc_canvas.reconcile.kinds import HIDDEN, Kind, Value
from ilc_canvas.reconcile.state import Fields, Key, Record

_STATES = ("created", "claimed", "available", "completed", "deleted")
_TEXTS = {"name": "name", "code": "course_code"}


def _record(row: Row, account: Key, terms: Mapping[int, Key]) -> Record:
    """A course; its term by SIS id if it is ours, by Canvas's number if not."""
    term = terms.get(row["enrollment_term_id"])
    fields: dict[str, Value] = {
        "name": row["name"],
        "code": row["course_code"],
        "term": term.id if term else str(row["enrollment_term_id"]),
        "account": account.id,
        "time_zone": row["time_zone"],
        "start_at": instant(row["start_at"]),
        "end_at": instant(row["end_at"]),
        "restricted": bool(row["restrict_enrollments_to_course_dates"]),
        "state": row["workflow_state"],
        "view": str(row.get("default_view") or ""),
    }
    key = Key(Kind.COURSE, row["sis_course_id"] or by_number(row["id"]))
    return Record(key, fields, (account, *([term] if term else [])), row["id"])


def _listed(reading: Reading) -> list[Record]:
    """Courses of the sub-account that are ours by SIS id or number, deleted ones too: their ids stay taken (contract-core 6.4)."""
    scope = reading.scope
    terms = {record.handle: record.key for record in reading.of_kind(Kind.TERM) if record.handle}
    rows: list[Row] = []
    if reading.account is not None:
        rows = whole_list(reading.transport, f"accounts/{reading.account.handle}/courses", state=list(_STATES))
    refuse_others(rows, scope)
    named = reading.named(Kind.COURSE, [_record(row, scope.account, terms) for row in rows])
    listed = [record for record in named if record.key.id.startswith(f"{scope.term.id}:")]
    found = reading.each(lambda key: _elsewhere(reading, key, terms), reading.missing(Kind.COURSE, listed))
    return [*listed, *(record for record in found if record)]


def _elsewhere(reading: Reading, key: Key, terms: Mapping[int, Key]) -> Record | None:
    """A course of ours that is not in our account any more."""
    account, number = reading.scope.account, reading.ours[key]
    row, why = reading.singly("courses", number, include=["all_courses"])
    if row is None:
        return Record(key, {"state": HIDDEN}, (account,), number) if why == HIDDEN else None
    if reading.is_another(row.get("sis_course_id"), key):
        return None
    record = called(_record(row, account, terms), row.get("sis_course_id"), key)
    return replace(record, fields={**record.fields, "account": str(row["account_id"])})


def _read(access: Access, subject: Record) -> Record:
    row = access.transport.call("GET", f"courses/{access.reach.path(subject.key)}").row
    term = access.scope.term
    return _record(row, access.scope.account, {access.handles.get(term, 0): term})


def _create(access: Access, change: Create) -> Answer:
    """With its SIS id and the mark of our store, in one call; a mark that a deleted course still has is left out."""
    after = change.after
    term = access.reach.value(Key(Kind.TERM, str(after.fields["term"])))
    fields = {**course_form(after.fields), "term_id": term, "sis_course_id": after.key.id}
    path = f"accounts/{access.reach.path(access.scope.account)}/courses"
    try:
        answer = access.post(path, course={**fields, **mark(access.scope, after.key.id)})
    except TakenError as error:
        if error.keys != ("integration_id",):
            raise
        answer = access.post(path, course=fields)
    access.courses[after.key] = after.fields
    return access.made(after, answer, _provable(fields), texts=_TEXTS.values())


def _update(access: Access, change: Update) -> Answer:
    form = _put(change.after.fields, change.fields)
    if change.before.fields.get("state") == "deleted":
        form["event"] = "undelete"
    answer = access.transport.call("PUT", f"courses/{access.reach.path(change.key)}", course=form)
    before = {theirs: change.before.fields.get(ours) for ours, theirs in _TEXTS.items()}
    check_echo(change.key, _provable(form), answer.row, texts=before)
    access.courses[change.key] = change.after.fields
    return answer


def claim(access: Access) -> Iterator[tuple[str, str]]:
    """Every course of ours that is still there and does not have the mark of our store gets it: its SIS id, and which store kept it."""
    try:
        rows = whole_list(access.transport, f"accounts/{sis(access.scope.account)}/courses", state=list(_STATES[:-1]))
    except NotFoundError:  # nothing was made yet
        return
    for row in rows:
        name, former = row["sis_course_id"] or "", keeper(row)
        if name.startswith(f"{access.scope.prefix}:") and former != access.scope.store:
            fields = dates_of(_record(row, access.scope.account, {}).fields)
            access.transport.call("PUT", f"courses/{row['id']}", course={**fields, **mark(access.scope, name)})
            yield name, former


def _end(access: Access, change: Remove) -> Answer:
    return access.transport.call("PUT", f"courses/{access.reach.path(change.key)}", course={"event": "conclude"})


def _provable(form: Mapping[str, Any]) -> Mapping[str, Any]:
    """What the answer must echo: it has numbers instead of ids, and no event."""
    return {name: value for name, value in form.items() if name not in ("term_id", "account_id", "event")}


def course_form(fields: Fields) -> dict[str, Any]:
    """Our names of a course's fields as Canvas's; dates only with the restriction flag, else Canvas drops them (contract-core 6.1)."""
    return {"name": fields["name"], "course_code": fields["code"], "time_zone": fields["time_zone"], **dates_of(fields)}


def dates_of(fields: Fields) -> dict[str, Any]:
    """The dates of a course, which go along with every PUT."""
    if not fields.get("restricted"):
        return {}
    return {"start_at": fields["start_at"], "end_at": fields["end_at"], "restrict_enrollments_to_course_dates": True}


def _put(after: Fields, changed: Fields) -> dict[str, Any]:
    """The changed fields, and the dates with their flag every time: any PUT without it nulls them (contract-core 6.3)."""
    names = {**_TEXTS, "time_zone": "time_zone", "known_as": "sis_course_id"}
    form: dict[str, Any] = {names[name]: value for name, value in changed.items() if name in names}
    if "term" in changed:
        form["term_id"] = f"sis_term_id:{changed['term']}"
    if changed.get("state") == Kind.COURSE.rule.starts_as:
        form["event"] = "claim"  # works from completed too (live.md 3)
    if "account" in changed:
        form["account_id"] = f"sis_account_id:{changed['account']}"
    return {**form, **dates_of(after)}


_MANAGE = '"Courses - add / manage" (manage_courses_add, manage_courses_admin)'
COURSE = CanvasKind(
    calls=(
        Call(r"GET accounts/ID/courses|GET courses/ID", "see courses", '"Courses - view list" (read_course_list)'),
        Call(r"POST accounts/ID/courses|PUT courses/ID", "make or change courses", _MANAGE),
        Call(r"GET audit/course/accounts/ID", "see who changed courses", '"Courses - view change logs" (view_course_changes)'),
    ),
    needs=(
        Need(
            "manage_courses",
            (right("manage_courses"), right("manage_courses_add", "manage_courses_admin")),
            "make and rename courses",
            "Courses - add / manage",
        ),
        Need(
            "conclude_courses",
            (right("change_course_state"), right("manage_courses_conclude")),
            "conclude the course of a cancelled COP",
            "Courses - conclude",
            is_mild=True,
        ),
        Need(
            "see_course_changes",
            (right("view_course_changes"),),
            "tell who changed a course by hand, if this Canvas keeps that",
            "Courses - view change logs",
            is_mild=True,
        ),
        Need("see_courses", (right("read_course_list"),), "list courses", "Courses - view list"),
    ),
    right="Courses - add, manage, conclude (manage_courses_add, manage_courses_admin, manage_courses_conclude; "
    "or manage_courses, change_course_state)",
    create=_create,
    update=_update,
    end=_end,
    read=_read,
    listed=_listed,
)

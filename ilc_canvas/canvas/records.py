"""Raw JSON of Canvas into records; no object of canvasapi's is made for a row."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

from ilc_canvas.reconcile.errors import IncompleteError
from ilc_canvas.reconcile.state import Key, Kind, Record, Value, enrollment_key

Row = Mapping[str, Any]


@contextmanager
def legible() -> Iterator[None]:
    """IncompleteError for a row that lacks what every row of its kind has."""
    try:
        yield
    except (KeyError, TypeError) as error:
        raise IncompleteError(f"A row of Canvas's could not be read ({type(error).__name__}). Nothing was concluded from it.") from error


def account_record(row: Row, key: Key) -> Record:
    """An account."""
    return Record(key, {"name": row["name"], "time_zone": row["default_time_zone"]}, handle=row["id"])


def term_record(row: Row, key: Key) -> Record:
    """A term."""
    return Record(key, {"name": row["name"], "start_at": instant(row["start_at"]), "end_at": instant(row["end_at"])}, handle=row["id"])


def role_record(row: Row, account: Key) -> Record:
    """A custom role; `role` is its label (contract-core 10)."""
    return Record(Key(Kind.ROLE, row["role"]), {"base": row["base_role_type"]}, (account,), row["id"])


def user_record(row: Row, key: Key) -> Record:
    """A person. `email` and `login_id` are absent if the token may not see them (live-server 2.3)."""
    fields: dict[str, Value] = {"name": row["name"], "sortable_name": row["sortable_name"]}
    fields |= {ours: row[theirs] for ours, theirs in (("email", "email"), ("login", "login_id")) if theirs in row}
    return Record(key, fields, handle=row["id"])


def course_record(row: Row, account: Key, terms: Mapping[int, Key]) -> Record:
    """A course; its term by SIS id where it is ours, by Canvas's number where not."""
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
    }
    key = Key(Kind.COURSE, row["sis_course_id"] or _handle(row["id"]))
    return Record(key, fields, (account, *([term] if term else [])), row["id"])


def called(record: Record, name: str | None, key: Key | None = None) -> Record:
    """One of ours by its number, and what it is called by now, if that is something else."""
    ours = key or record.key
    return replace(record, key=ours) if name == ours.id else replace(record, key=ours, fields={**record.fields, "known_as": name})


def section_record(row: Row, course: Key) -> Record:
    """A section; one without a SIS id of its own (Canvas's default section) goes by its number."""
    return Record(Key(Kind.SECTION, row.get("sis_section_id") or _handle(row["id"])), {"name": row["name"]}, (course,), row["id"])


@dataclass(frozen=True, slots=True)
class Numbers:
    """Whose and which the numbers in an enrollment are: people, and our sections and custom roles."""

    owners: Mapping[int, Key]
    sections: Mapping[int, Record] = field(default_factory=dict)
    roles: Mapping[int, Key] = field(default_factory=dict)


def enrollment_record(row: Row, course: Key, numbers: Numbers) -> Record:
    """A person in a section. Whose it is goes by the account's number: an account may have several SIS ids, and shows another one when
    somebody adds a login (live-people 5). Accounts that are nobody's of ours, and sections without a SIS id, go by their numbers; one
    that has a SIS id of ours which nobody else goes by, was made by a run that the store does not know.

    Our roles go by their numbers too: a new label shows in every row (live-server 3). A section of ours belongs to the course that it
    was made in, wherever people have cross-listed it.
    """
    known = numbers.sections.get(row["course_section_id"])
    section = known.key if known else Key(Kind.SECTION, row.get("sis_section_id") or _handle(row["course_section_id"]))
    course = known.parents[0] if known else course
    user = numbers.owners.get(row["user_id"]) or _by_sis_id(row, course, numbers.owners) or Key(Kind.USER, _handle(row["user_id"]))
    role = numbers.roles.get(row["role_id"])
    fields: dict[str, Value] = {
        "state": row["enrollment_state"],
        "limited": bool(row["limit_privileges_to_course_section"]),
        "base": row["type"],
    }
    if row["user_id"] not in numbers.owners and row.get("user"):  # nobody else says how somebody is called who is not ours
        fields["name"] = row["user"].get("name")
    return Record(
        enrollment_key(section, user, role.id if role else row["role"]), fields, (course, section, user), row["id"], _written(row)
    )


def _written(row: Row) -> datetime | None:
    text = instant(row.get("updated_at"))
    return datetime.fromisoformat(text) if text else None


def _by_sis_id(row: Row, course: Key, owners: Mapping[int, Key]) -> Key | None:
    """Under which id of ours an account stands that the store does not know; its SIS id is shown to whoever may read SIS data."""
    key = Key(Kind.USER, str(row.get("sis_user_id") or ""))
    return key if key.id.startswith(f"{course.id.partition(':')[0]}:p:") and key not in owners.values() else None


def _handle(number: int) -> str:
    return f"canvas:{number}"


def instant(text: str | None) -> str | None:
    """ISO 8601 in UTC with Z: users' and roles' times carry the account's offset, all others are UTC (live-server 6)."""
    if not text:
        return None
    return datetime.fromisoformat(text).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

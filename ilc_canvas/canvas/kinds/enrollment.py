"""People's places in sections."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from ilc_canvas.canvas.http.allowlist import Call
from ilc_canvas.canvas.http.responses import Answer
from ilc_canvas.canvas.kinds.access import Access
from ilc_canvas.canvas.kinds.canvas_kind import CanvasKind, Need, right
from ilc_canvas.canvas.kinds.reading import Reading
from ilc_canvas.canvas.listing import whole_list
from ilc_canvas.canvas.records import Row, by_number, instant
from ilc_canvas.reconcile.change import Create, Remove, Update
from ilc_canvas.reconcile.kinds import Kind, Value
from ilc_canvas.reconcile.state import EnrollmentKey, Key, Record, course_of

STATES = ("active", "invited", "creation_pending", "inactive", "completed", "deleted", "rejected")


@dataclass(frozen=True, slots=True)
class Numbers:
    """Whose and which the numbers in an enrollment are: people, and our sections and custom roles."""

    owners: Mapping[int, Key]
    sections: Mapping[int, Record] = field(default_factory=dict)
    roles: Mapping[int, Key] = field(default_factory=dict)

    @classmethod
    def of(cls, access: Access, owners: Mapping[int, Key]) -> "Numbers":
        """With our sections, each in the course that it was made in, and our roles."""
        sections = access.numbered(Kind.SECTION).items()
        homes = {number: Record(key, {}, (course_of(key) or key,), number) for number, key in sections}
        return cls(owners, homes, access.numbered(Kind.ROLE))


def record_of(row: Row, course: Key, numbers: Numbers) -> Record:
    """A person in a section. Whose it is goes by the account's number: an account may have several SIS ids, and shows another one when
    somebody adds a login (live-people 5). Accounts that are nobody's of ours, and sections without a SIS id, go by their numbers; one
    that has a SIS id of ours which nobody else goes by, was made by a run that the store does not know.

    Our roles go by their numbers too: a new label shows in every row (live-server 3). A section of ours belongs to the course that it
    was made in, wherever people have cross-listed it.
    """
    known = numbers.sections.get(row["course_section_id"])
    section = known.key if known else Key(Kind.SECTION, row.get("sis_section_id") or by_number(row["course_section_id"]))
    course = known.parents[0] if known else course
    user = numbers.owners.get(row["user_id"]) or _by_sis_id(row, course, numbers.owners) or Key(Kind.USER, by_number(row["user_id"]))
    role = numbers.roles.get(row["role_id"])
    fields: dict[str, Value] = {
        "state": row["enrollment_state"],
        "limited": bool(row["limit_privileges_to_course_section"]),
        "base": row["type"],
    }
    if row["user_id"] not in numbers.owners and row.get("user"):  # nobody else says how somebody is called who is not ours
        fields["name"] = row["user"].get("name")
    key = EnrollmentKey(section, user, role.id if role else row["role"]).key
    return Record(key, fields, (course, section, user), row["id"], _written(row))


def _written(row: Row) -> datetime | None:
    text = instant(row.get("updated_at"))
    return datetime.fromisoformat(text) if text else None


def _by_sis_id(row: Row, course: Key, owners: Mapping[int, Key]) -> Key | None:
    """Under which id of ours an account stands that the store does not know; its SIS id is shown to whoever may read SIS data."""
    key = Key(Kind.USER, str(row.get("sis_user_id") or ""))
    return key if key.id.startswith(f"{course.id.partition(':')[0]}:p:") and key not in owners.values() else None


def _inside(reading: Reading, course: Record, found: Sequence[Record]) -> list[Record]:
    return people_in(reading, f"courses/{course.handle}", course.key, sections=(each for each in found if each.key.kind == Kind.SECTION))


def people_in(reading: Reading, path: str, course: Key, *, sections: Iterable[Record]) -> list[Record]:
    """Enrollments in every state: without `state` the answer depends on the caller's rights (contract-core 8.5)."""
    rows = whole_list(reading.transport, f"{path}/enrollments", state=list(STATES))
    standing = {section.handle: section for section in sections if section.handle}
    known = Numbers(reading.owners, standing, reading.numbered(Kind.ROLE))
    return [record_of(row, course, known) for row in rows if row["type"] != "StudentViewEnrollment"]


def _read(access: Access, subject: Record) -> Record | None:
    """From what its person has in the course in which its section stands."""
    place, course = EnrollmentKey.of(subject.key), subject.course
    if course is None:
        return None
    owners = {access.handles[place.user]: place.user} if place.user in access.handles else {}
    who: dict[str, Any] = {"user_id": next(iter(owners))} if owners else {"sis_user_id": [place.user.id]}
    states = [state for state in STATES if state != "rejected"]
    rows = whole_list(access.transport, f"courses/{access.reach.course(course, place.section)}/enrollments", **who, state=states)
    found = (record_of(row, course, Numbers.of(access, owners)) for row in rows)
    return next((record for record in found if record.key == subject.key), None)


def places_of(access: Access, user: Key, number: int) -> list[Record]:
    """All that this account has in courses of this scope, in whatever state; one request."""
    rows = whole_list(access.transport, f"users/{number}/enrollments", state=list(STATES))
    known, year = Numbers.of(access, {number: user}), f"{access.scope.term.id}:"
    every = [(row, str(row.get("sis_course_id") or "")) for row in rows]
    mine = [each for each in every if each[1].startswith(year) or each[0]["course_section_id"] in known.sections]
    return [record_of(row, Key(Kind.COURSE, course), known) for row, course in mine]


def _create(access: Access, change: Create) -> Answer:
    """All fields every time: what a repeat leaves out goes back to its default (contract-core 8.3).

    It is an upsert, so it may be sent again.
    """
    after, place = change.after, EnrollmentKey.of(change.key)
    state = {"enrollment_state": "active", "limit_privileges_to_course_section": bool(after.fields["limited"])}
    fields = {
        "user_id": access.number_of(place.user),
        "type": after.fields["base"],
        "course_section_id": access.reach.value(place.section),
        "notify": False,
        **_role_of(access, place, after),
        **state,
    }
    path = access.reach.enrolling(after.course or place.section, place.section)
    answer = access.transport.call("POST", f"{path}/enrollments", enrollment=fields)
    return access.made(after, answer, {**state, "type": after.fields["base"]})


def _role_of(access: Access, place: EnrollmentKey, after: Record) -> dict[str, Any]:
    """A custom role by its number, which survives a new label (live-server 3)."""
    if place.role == after.fields["base"]:
        return {}
    handle = access.handles.get(Key(Kind.ROLE, place.role))
    return {"role_id": handle} if handle else {"role": place.role}


def _update(access: Access, change: Update) -> Answer:
    """There is no PUT: a repeated POST carries all fields."""
    return _create(access, Create(change.after, change.before))


def _end(access: Access, change: Remove) -> Answer:
    before, place = change.before, EnrollmentKey.of(change.key)
    course = access.reach.course(before.course or place.section, place.section)
    return access.transport.call("DELETE", f"courses/{course}/enrollments/{before.handle}", task=access.ending)


_RIGHT = '"Users - add / remove students, teachers and TAs in courses" (add_student_to_course, remove_student_from_course and so on)'
ENROLLMENT = CanvasKind(
    calls=(
        Call(
            r"GET (users/ID/enrollments|accounts/ID/enrollments/ID|(courses|sections)/ID/enrollments)",
            "see who is in a course",
            '"Users - view list" (read_roster)',
        ),
        Call(
            r"POST (courses|sections)/ID/enrollments|DELETE courses/ID/enrollments/ID",
            "enroll people or end enrollments",
            _RIGHT,
        ),
    ),
    needs=(
        Need(
            "manage_enrollments",
            (
                right("manage_students", "manage_admin_users"),
                right(
                    "add_student_to_course",
                    "add_teacher_to_course",
                    "add_ta_to_course",
                    "remove_student_from_course",
                    "remove_teacher_from_course",
                    "remove_ta_from_course",
                ),
            ),
            "enroll people and end enrollments",
            "Users - add / remove students, teachers and TAs in courses",
        ),
    ),
    right="Students, Teachers, TAs - add, remove (add_student_to_course and its like; or manage_students, manage_admin_users)",
    create=_create,
    update=_update,
    end=_end,
    read=_read,
    inside=_inside,
)

"""Enrolling: who may come in, in which state, and when it is the same enrollment again."""

from dataclasses import dataclass

from ilc_canvas.sandbox.account.rights import PEOPLE
from ilc_canvas.sandbox.courses.course_json import is_over
from ilc_canvas.sandbox.courses.enrollments import as_json
from ilc_canvas.sandbox.courses.sections import default_section
from ilc_canvas.sandbox.http import errors
from ilc_canvas.sandbox.http.call import Call
from ilc_canvas.sandbox.http.params import Params
from ilc_canvas.sandbox.http.responses import Answer
from ilc_canvas.sandbox.world import find, notifying
from ilc_canvas.sandbox.world.records import Course, Dates, Enrollment, Role, Section, User

STORABLE = {"active", "invited", "inactive", "creation_pending", "completed", "rejected"}
CONCLUDED = "Can't add an enrollment to a concluded course."
NO_USER = "Can't create an enrollment without a user. Include enrollment[user_id] to create an enrollment"
INACTIVE_ROLE = "Cannot create an enrollment with this role because it is inactive."
MISMATCH = "The specified type must match the base type for the role"


@dataclass(frozen=True, kw_only=True)
class Place:
    """What makes an enrollment the same: person, section, type, role and the person observed."""

    user: User
    course: Course
    section: Section
    type: str
    role: Role
    associated: User | None

    def holds(self, row: Enrollment) -> bool:
        where = (row.section_id, row.type, row.role_id, row.associated_id)
        return where == (self.section.id, self.type, self.role.id, self.associated.id if self.associated else None)


def create_in_course(call: Call) -> Answer:
    return create(call, find.course(call, call.ids["course"]), None)


def create_in_section(call: Call) -> Answer:
    """The section of the path wins over one in the body."""
    section = find.section(call, call.ids["section"])
    return create(call, call.world.courses[section.course_id], section)


def create(call: Call, course: Course, section: Section | None) -> Answer:
    asked = call.params.group("enrollment")
    if not asked.names:
        raise errors.message(400, "No parameters given")
    kind, role = kind_and_role(call, course, asked)
    call.rights.insist(call.rights.may_add(kind))
    user = find.user(call, asked.text("user_id") or "")
    named = section or named_section(call, course, asked)
    check_not_over(call, course, named, user=user)
    associated = observed(call, kind, user, ref=asked.text("associated_user_id"))
    place = Place(user=user, course=course, section=named or default_section(call, course), type=kind, role=role, associated=associated)
    return Answer(as_json(call, enroll(call, place, asked)))


def kind_and_role(call: Call, course: Course, asked: Params) -> tuple[str, Role]:
    """The type and the role, or all that is wrong with the request in one message."""
    kind, named = asked.text("type") or None, asked.text("role_id") or asked.text("role")
    role = named_role(call, course, asked) if named else None
    flaws = []
    if named and role is None:
        flaws.append("Invalid role")
    elif role is not None and role.state == "inactive":
        flaws.append(INACTIVE_ROLE)
    elif role is not None and kind and kind != role.base:
        flaws.append(MISMATCH)
    elif kind and kind not in PEOPLE:
        flaws.append("Invalid type")
    if not asked.text("user_id"):
        flaws.append(NO_USER)
    if flaws:
        raise errors.message(400, ", ".join(flaws))
    kind = role.base if role else kind or "StudentEnrollment"
    return kind, role or built_in(call, kind)


def named_role(call: Call, course: Course, asked: Params) -> Role | None:
    """A role of the course's account or of one above it, by number before name; account roles enroll nobody."""
    account, ref = call.world.accounts[course.account_id], asked.text("role_id")
    if ref:
        role = find.role_in(call.world, account, find.as_number(ref))
        return role if role is not None and role.base in PEOPLE else None
    return role_by_name(call, course, asked.text("role") or "")


def role_by_name(call: Call, course: Course, name: str) -> Role | None:
    """The nearest account's role of that name, an active one before an inactive one."""
    nearness = {place.id: distance for distance, place in enumerate(call.world.at_and_above(call.world.accounts[course.account_id]))}
    found = [role for role in call.world.roles if role.name == name and role.base in PEOPLE and role.account_id in nearness]
    return min(found, key=lambda role: (role.state == "inactive", nearness[role.account_id]), default=None)


def built_in(call: Call, kind: str) -> Role:
    return next(role for role in call.world.roles if role.name == kind and role.state == "built_in")


def named_section(call: Call, course: Course, asked: Params) -> Section | None:
    ref = asked.text("course_section_id")
    return find.section_of(call, course, ref) if ref else None


def check_not_over(call: Call, course: Course, section: Section | None, *, user: User) -> None:
    """A concluded course takes nobody, except who is in it already into a section whose own dates are still open."""
    if course.state != "completed" and not is_over(call, course):
        return
    member = any(row.course_id == course.id and row.state != "deleted" for row in call.world.user_enrollments(user.id))
    open_still = section is not None and section.restricted and section.end_at is not None and section.end_at > call.now
    if not (member and open_still):
        raise errors.message(400, CONCLUDED)


def observed(call: Call, kind: str, user: User, *, ref: str | None) -> User | None:
    """The person an observer follows; nobody else follows anybody, and nobody follows oneself."""
    if not ref:
        return None
    if kind != "ObserverEnrollment":
        raise errors.invalid({"associated_user_id": [("inclusion", "only ObserverEnrollments may have an associated_user_id")]})
    found = find.user(call, ref)
    if found is user:
        raise errors.invalid({"associated_user_id": [errors.own("Cannot observe yourself")]})
    return found


def enroll(call: Call, place: Place, asked: Params) -> Enrollment:
    """The same place again is the same row, and what was left out goes back to its default."""
    state = wanted_state(place, asked.text("enrollment_state"))
    known = next((row for row in call.world.user_enrollments(place.user.id) if place.holds(row)), None)
    if place.course.state == "created" and place.type in {"TeacherEnrollment", "TaEnrollment", "DesignerEnrollment"}:
        place.course.state = "claimed"
    row = known or add(call, place, state)
    before = (row.state, row.limited, row.start_at, row.end_at)
    if known is not None and not (row.state == "active" and in_effect(call, place, row)):
        row.state = state
    row.limited = asked.flag("limit_privileges_to_course_section")
    row.start_at, row.end_at = call.instant(asked, "start_at"), call.instant(asked, "end_at")
    if before != (row.state, row.limited, row.start_at, row.end_at):
        row.updated_at = call.now
    if asked.flag("notify") and (known is None or before[0] != row.state):
        notify(call, row)
    return row


def notify(call: Call, row: Enrollment) -> None:
    """Whoever is active hears at once, also in a course that is not published; an invitation waits until it is."""
    if row.state == "active":
        notifying.add(call.world, call.now, notifying.ENROLLED, user_id=row.user_id, course_id=row.course_id)
    elif row.state == "invited" and call.world.courses[row.course_id].state == "available":
        notifying.add(call.world, call.now, notifying.INVITATION, user_id=row.user_id, course_id=row.course_id)


def add(call: Call, place: Place, state: str) -> Enrollment:
    return call.world.add_enrollment(
        lambda n: Enrollment(
            id=n,
            created_at=call.now,
            updated_at=call.now,
            state=state,
            user_id=place.user.id,
            course_id=place.course.id,
            section_id=place.section.id,
            type=place.type,
            role_id=place.role.id,
            associated_id=place.associated.id if place.associated else None,
        )
    )


def wanted_state(place: Place, asked: str | None) -> str:
    """The state asked for, or the default; in an unpublished course a student cannot be invited yet."""
    if asked in STORABLE - {"invited"}:
        return asked
    watching = place.type == "ObserverEnrollment"
    if watching and asked != "invited" and place.user.state == "registered":
        return "active"
    waits = place.type == "StudentEnrollment" or watching
    return "creation_pending" if waits and place.course.state in {"created", "claimed"} else "invited"


def in_effect(call: Call, place: Place, row: Enrollment) -> bool:
    start, end = effective_dates(call, place, row)
    return (start is None or start <= call.now) and (end is None or end > call.now)


def effective_dates(call: Call, place: Place, row: Enrollment) -> Dates:
    """The first level that has both dates: enrollment, restricted section, restricted course, the term for this type, the term."""
    term, section, course = call.world.terms[place.course.term_id], place.section, place.course
    levels: list[Dates] = [
        (row.start_at, row.end_at),
        (section.start_at, section.end_at) if section.restricted else (None, None),
        (course.start_at, course.end_at) if course.restricted else (None, None),
        term.overrides.get(row.type, (None, None)),
        (term.start_at, term.end_at),
    ]
    return next(((start, end) for start, end in levels if start and end), (None, None))


def enroll_caller(call: Call, course: Course) -> None:
    """`enroll_me`: the caller becomes an active teacher."""
    section, role = default_section(call, course), built_in(call, "TeacherEnrollment")
    caller = call.world.caller
    place = Place(user=caller, course=course, section=section, type=role.base, role=role, associated=None)
    enroll(call, place, Params({"enrollment_state": "active"}))

"""Lists of people: of the institution, of a sub-account, of a course."""

from collections.abc import Iterable
from typing import Any

from ilc_canvas.sandbox.account.rights import PEOPLE
from ilc_canvas.sandbox.content import access, reading
from ilc_canvas.sandbox.courses import enrollments
from ilc_canvas.sandbox.http import errors, paging
from ilc_canvas.sandbox.http.call import Call
from ilc_canvas.sandbox.http.responses import Answer
from ilc_canvas.sandbox.people import users
from ilc_canvas.sandbox.people.searching import ordered, search
from ilc_canvas.sandbox.world import find
from ilc_canvas.sandbox.world.records import Account, Enrollment, User
from ilc_canvas.sandbox.world.world import uuid_of

CURRENT = ["active", "invited", "creation_pending"]
CLASSES = {short: name for name, short in PEOPLE.items()}


def of_account(call: Call) -> Answer:
    """Everybody in the root; in a sub-account those who are enrolled in a course of it or below."""
    account = find.account(call, call.ids["account"])
    call.rights.need("read_roster")
    past = call.of_lists()
    rows = of_types(past, search(past, members(past, account)))
    return paging.uncounted(past, ordered(past, rows), lambda user: users.as_json(past, user) | included(past, user), foresees_last=True)


def of_types(call: Call, people: list[User]) -> list[User]:
    """Keep people with a live enrollment of one of the requested types."""
    asked = call.params.any_of("enrollment_type")
    for name in asked:
        if name not in CLASSES:
            raise errors.refused(400, {"status": "bad_request", "message": f"Invalid enrollment type: {name}"})
    kinds = {CLASSES[name] for name in asked}
    return [user for user in people if not kinds or any(row.type in kinds for row in live_rows(call, user))]


def included(call: Call, user: User) -> dict[str, Any]:
    """The keys in include[], and the last login if the list is sorted by it; nobody has signed in here yet."""
    zone = user.time_zone or users.DEFAULT_ZONE
    known = {"last_login": None, "time_zone": zone, "uuid": uuid_of(user), **users.email_key(call, user)}
    asked = {*call.params.any_of("include"), *({"last_login"} & {call.params.text("sort")})}
    return {name: value for name, value in known.items() if name in asked}


def members(call: Call, account: Account) -> Iterable[User]:
    if account.parent_id is None:
        return [user for user in call.world.users if call.world.live_logins(user.id) or live_rows(call, user)]
    courses = [course for course in call.world.account_courses(account) if course.state != "deleted"]
    rows = [row for course in courses for row in call.world.course_enrollments(course.id) if row.state != "deleted"]
    return [call.world.users[number] for number in {row.user_id: None for row in rows}]


def live_rows(call: Call, user: User) -> list[Enrollment]:
    return [row for row in call.world.user_enrollments(user.id) if row.state != "deleted"]


def of_course(call: Call) -> Answer:
    """The people of a course, each once, by default those who are active, invited or waiting."""
    course = find.course(call, call.ids["course"])
    access.insist(call, call.acting is None or (access.reads(call, course) and access.may(call, course, "read_roster")))
    reading.note(call, course)
    past = call.of_lists()
    rows = [row for row in past.world.course_enrollments(course.id) if fits(past, row)]
    people = search(past, [past.world.users[number] for number in {row.user_id: None for row in rows}])
    return paging.uncounted(past, ordered(past, people), lambda user: member(past, user, rows))


def fits(call: Call, row: Enrollment) -> bool:
    role = call.world.roles[row.role_id]
    wanted = {
        row.state: call.params.any_of("enrollment_state") or CURRENT,
        PEOPLE[row.type]: call.params.any_of("enrollment_type"),
        role.name: call.params.any_of("enrollment_role"),
        str(role.id): call.params.any_of("enrollment_role_id"),
        str(row.user_id): call.params.any_of("user_ids"),
    }
    return all(value in asked for value, asked in wanted.items() if asked)


def member(call: Call, user: User, rows: list[Enrollment]) -> dict[str, Any]:
    shown = users.as_json(call, user) | users.email_key(call, user)
    if call.includes("enrollments"):
        shown["enrollments"] = [enrollments.as_json(call, row) for row in rows if row.user_id == user.id]
    return shown

"""Lists of people: of the institution, of a sub-account, of a course."""

from collections.abc import Callable, Iterable
from typing import Any

from ilc_canvas.sandbox import enrollments, errors, find, paging, users
from ilc_canvas.sandbox.answers import Answer
from ilc_canvas.sandbox.call import Call
from ilc_canvas.sandbox.records import Account, Enrollment, User
from ilc_canvas.sandbox.rights import PEOPLE

SHORTEST_SEARCH = 2
CURRENT = ["active", "invited", "creation_pending"]
CLASSES = {short: name for name, short in PEOPLE.items()}


def of_account(call: Call) -> Answer:
    """Everybody in the root; in a sub-account those who are enrolled in a course of it or below."""
    account = find.account(call, call.ids["account"])
    call.rights.need("read_roster")
    past = call.of_lists()
    rows = search(past, members(past, account))
    kind = CLASSES.get(call.params.text("enrollment_type") or "")
    if kind:
        rows = [user for user in rows if any(row.type == kind for row in live_rows(past, user))]
    return paging.uncounted(past, ordered(past, rows), lambda user: users.as_json(past, user) | included(past, user))


def included(call: Call, user: User) -> dict[str, Any]:
    """What include[] asks for; nobody has signed in here yet."""
    known = {"last_login": None, "time_zone": user.time_zone or users.DEFAULT_ZONE, **users.email_key(call, user)}
    return {name: value for name, value in known.items() if call.includes(name)}


def members(call: Call, account: Account) -> Iterable[User]:
    if account.parent_id is None:
        return [user for user in call.world.users if call.world.live_logins(user.id)]
    courses = [course for course in call.world.account_courses(account) if course.state != "deleted"]
    rows = [row for course in courses for row in call.world.course_enrollments(course.id) if row.state != "deleted"]
    return [call.world.users[number] for number in {row.user_id: None for row in rows}]


def live_rows(call: Call, user: User) -> list[Enrollment]:
    return [row for row in call.world.user_enrollments(user.id) if row.state != "deleted"]


def search_words(call: Call) -> str:
    """What is searched for, in lower case; one letter is too little."""
    words = (call.params.text("search_term") or "").strip().lower()
    if words and len(words) < SHORTEST_SEARCH:
        raise errors.short_search()
    return words


def search(call: Call, rows: Iterable[User]) -> list[User]:
    """People whose name, active login, e-mail or SIS id has the words in it, or whose number they are."""
    words = search_words(call)
    return [user for user in rows if not words or words == str(user.id) or any(words in text.lower() for text in searchable(call, user))]


def searchable(call: Call, user: User) -> list[str]:
    logins = call.world.live_logins(user.id)
    names = [user.name, *(login.unique_id for login in logins if login.state == "active")]
    addresses = [channel.address for channel in call.world.live_channels(user.id)]
    return [*names, *addresses, *(login.sis_id for login in logins if login.sis_id)]


def ordered(call: Call, rows: Iterable[User]) -> list[User]:
    """By sortable name unless told otherwise."""
    keys: dict[str, Callable[[User], str]] = {
        "email": lambda user: next((channel.address.lower() for channel in call.world.live_channels(user.id)), ""),
        "sis_id": lambda user: enrollments.sis_user_id(call, user.id) or "",
        "username": lambda user: user.sortable_name.lower(),
    }
    key = keys.get(call.params.text("sort") or "", keys["username"])
    return sorted(rows, key=lambda user: (key(user), user.id), reverse=call.params.text("order") == "desc")


def of_course(call: Call) -> Answer:
    """The people of a course, each once, by default those who are active, invited or waiting."""
    course = find.course(call, call.ids["course"])
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

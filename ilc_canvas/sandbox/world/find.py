"""Which record an id in a path, a body or a filter means: a number, a word, or a SIS form. Anything else is 404."""

from collections.abc import Callable
from contextlib import suppress

from ilc_canvas.sandbox.http import errors
from ilc_canvas.sandbox.http.call import Call
from ilc_canvas.sandbox.world.records import Account, Course, Enrollment, Instant, Login, Role, Section, Term, User
from ilc_canvas.sandbox.world.tables import S, SisTable
from ilc_canvas.sandbox.world.world import World

LONGEST = 19  # digits of a number that the database can hold
BLANKS = " \t\n\v\f\r\0"


def as_number(ref: str) -> int | None:
    digits = ref.strip(BLANKS)
    return int(digits) if digits.isascii() and digits.isdigit() and len(digits) <= LONGEST else None


def as_sis_form(ref: str) -> tuple[str, str]:
    """(prefix, value) of a SIS form. Outer blanks are cut off first, so only the hex form reaches a value that ends in one."""
    prefix, _, value = ref.strip(BLANKS).partition(":")
    if prefix == "hex":
        prefix, _, digits = value.partition(":")
        try:
            return prefix, bytes.fromhex(digits).decode()
        except ValueError:
            return "", ""
    return prefix, value


def in_table(table: SisTable[S], ref: str, prefix: str) -> S | None:
    """The record of any state that a number, the kind's own SIS form or an integration id names."""
    number = as_number(ref)
    if number is not None:
        return table.get(number)
    form, value = as_sis_form(ref)
    if form == prefix:
        return table.by_sis(value)
    return table.by_integration(value) if form == "sis_integration_id" else None


def account(call: Call, ref: str, *, deleted: bool = False) -> Account:
    if ref == "site_admin":
        raise errors.unauthorized(401)
    found = call.present.root if ref in {"self", "default"} else in_table(call.present.accounts, ref, "sis_account_id")
    if found is None or (found.state == "deleted" and not deleted):
        raise errors.not_found()
    return found


def course(call: Call, ref: str, *, deleted: bool = False) -> Course:
    found = in_table(call.present.courses, ref, "sis_course_id")
    if found is None or (found.state == "deleted" and not deleted):
        raise errors.not_found()
    return found


def section(call: Call, ref: str) -> Section:
    """A live section of a live course."""
    found = in_table(call.present.sections, ref, "sis_section_id")
    if found is None or found.state == "deleted" or call.present.courses[found.course_id].state == "deleted":
        raise errors.not_found()
    return found


def section_of(call: Call, home: Course, ref: str) -> Section:
    found = section(call, ref)
    if found.course_id != home.id:
        raise errors.not_found()
    return found


def term(call: Call, ref: str) -> Term:
    """A term, deleted ones too; `current` only where exactly one fits."""
    if ref == "current":
        return current_term(call.present, call.now)
    found = call.present.default_term if ref == "default" else in_table(call.present.terms, ref, "sis_term_id")
    if found is None:
        raise errors.not_found()
    return found


def current_term(world: World, now: Instant) -> Term:
    live = [each for each in world.terms if each.state == "active"]
    fitting = [each for each in live if (each.start_at or now) <= now and (each.end_at or now) >= now]
    if len(fitting) != 1:
        raise errors.not_found()
    return fitting[0]


def anybody(call: Call, ref: str) -> User:
    """A person by number, even if removed or merged away, or the current owner of a SIS id or login."""
    number = call.present.caller.id if ref == "self" else as_number(ref)
    if number is None:
        number = user_number(call.present, *as_sis_form(ref))
    found = call.present.users.get(number)
    if found is None:
        raise errors.not_found()
    return found


def person(call: Call, ref: str) -> User:
    """A person who still exists, with a login or without one; merged-away people do not."""
    found = anybody(call, ref)
    if found.merged_into:
        raise errors.not_found()
    return found


def user(call: Call, ref: str) -> User:
    """A person with a living login, which enrolling requires."""
    found = anybody(call, ref)
    if not call.present.live_logins(found.id):
        raise errors.not_found()
    return found


def known_numbers(call: Call, find_one: Callable[[Call, str], Account | User], refs: list[str]) -> set[int]:
    """The numbers that a filter's ids mean; in a list unknown ones are dropped."""
    found = set()
    for ref in refs:
        with suppress(errors.RefusedError):
            found.add(find_one(call, ref).id)
    return found


def user_number(world: World, form: str, value: str) -> int | None:
    logins = {
        "sis_user_id": world.logins.by_sis,
        "sis_login_id": world.login_by_name,
        "sis_integration_id": world.logins.by_integration,
    }
    found = logins[form](value) if form in logins else None
    return None if found is None or found.state == "deleted" else found.user_id


def login(call: Call, ref: str) -> Login:
    found = call.present.logins.get(as_number(ref))
    if found is None or found.state == "deleted":
        raise errors.not_found()
    return found


def enrollment_of(call: Call, home: Course, ref: str) -> Enrollment:
    """An enrollment of this course that is not deleted."""
    found = call.present.enrollments.get(as_number(ref))
    if found is None or found.course_id != home.id or found.state == "deleted":
        raise errors.not_found()
    return found


def role_in(world: World, place: Account, number: int | None) -> Role | None:
    """A role of the account or of one above it."""
    found = world.roles.get(number)
    above = {each.id for each in world.at_and_above(place)}
    return found if found is not None and found.account_id in above else None

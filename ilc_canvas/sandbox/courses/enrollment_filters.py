"""Which enrollments a list shows: the default states, and what each filter does with what it does not know."""

from collections.abc import Callable

from ilc_canvas.sandbox.http import errors
from ilc_canvas.sandbox.http.call import Call
from ilc_canvas.sandbox.world import find
from ilc_canvas.sandbox.world.records import Enrollment
from ilc_canvas.sandbox.world.world import sis_id_of

STATES = {"active", "invited", "creation_pending", "deleted", "rejected", "completed", "inactive"}
LIVE = STATES - {"rejected", "completed", "deleted"}
Test = Callable[[Enrollment], bool]


def keep(call: Call, rows: list[Enrollment], *, of_person: bool) -> list[Enrollment]:
    """The rows that pass every filter sent. A state that is none empties the whole list."""
    states = wanted_states(call, of_person=of_person)
    tests = [*by_role(call), *by_sis(call), *by_term(call)]
    return [row for row in rows if row.state in states and all(test(row) for test in tests)]


def wanted_states(call: Call, *, of_person: bool) -> set[str]:
    """A person's list shows active and invited only; a course's also those who wait and those who are inactive."""
    asked = set(call.params.any_of("state"))
    if not asked:
        return {"active", "invited"} if of_person else LIVE
    return asked if asked <= STATES else set()


def by_role(call: Call) -> list[Test]:
    """role_id goes before role, and role before type; a role that nobody has is an error, an unknown type is not."""
    numbers, names, types = (call.params.any_of(name) for name in ("role_id", "role", "type"))
    if numbers:
        return [lambda row: str(row.role_id) in numbers]
    if names:
        known = {role.name for role in call.world.roles}
        if set(names) - known:
            raise unknown_role(call)
        return [lambda row: call.world.roles[row.role_id].name in names]
    return [lambda row: row.type in types] if types else []


def unknown_role(call: Call) -> errors.RefusedError:
    return errors.occurred(400, "bad_request", report=1) if call.newer else errors.occurred(500, "internal_server_error", report=1)


def by_sis(call: Call) -> list[Test]:
    """By the SIS ids of person, section, course or account (that account only, not those below)."""
    world = call.world
    values: dict[str, Callable[[Enrollment], str | None]] = {
        "sis_section_id": lambda row: sis_id_of(world.sections[row.section_id]),
        "sis_course_id": lambda row: sis_id_of(world.courses[row.course_id]),
        "sis_account_id": lambda row: sis_id_of(world.accounts[world.courses[row.course_id].account_id]),
    }
    asked = {name: set(call.params.any_of(name)) for name in values}
    people = call.params.any_of("sis_user_id")
    if (people or any(asked.values())) and not call.rights.reads_sis:
        raise errors.message(400, "Insufficient permissions to filter by SIS fields")
    tests: list[Test] = [has_value(values[name], wanted) for name, wanted in asked.items() if wanted]
    return [*tests, by_person(call, people)] if people else tests


def by_person(call: Call, sis_ids: list[str]) -> Test:
    """Match people by the SIS id of any living login; unknown SIS ids are dropped."""
    logins = [login for sis_id in sis_ids if (login := call.world.logins.by_sis(sis_id)) is not None]
    people = {login.user_id for login in logins if login.state != "deleted"}
    return lambda row: row.user_id in people


def has_value(value: Callable[[Enrollment], str | None], wanted: set[str]) -> Test:
    return lambda row: value(row) in wanted


def by_term(call: Call) -> list[Test]:
    ref = call.params.text("enrollment_term_id")
    if not ref:
        return []
    number = find.term(call, ref).id
    return [lambda row: call.world.courses[row.course_id].term_id == number]

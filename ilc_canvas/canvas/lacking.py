"""Which right a refused call lacked, by the label that Canvas's own page of permissions gives it, with its internal name."""

import re
from typing import NamedTuple


class _Call(NamedTuple):
    """Calls, what they are for, and the right that they need."""

    pattern: str
    purpose: str
    right: str


_ADMINISTRATOR = "an administrator's role there"
_SETTINGS = '"Account-level settings - manage" (manage_account_settings)'
_COURSES = '"Courses - add / manage" (manage_courses_add, manage_courses_admin)'
_LOGINS = '"Users - manage login details" (manage_user_logins)'
_PEOPLE = '"Users - view list" (read_roster)'
_ID = r"[^/]+"
_CALLS = tuple(
    _Call(pattern.replace("ID", _ID), purpose, right)
    for pattern, purpose, right in (
        (r"GET accounts/ID(/permissions)?", "see the account", _ADMINISTRATOR),
        (r"GET accounts/ID/courses|GET courses/ID", "see courses", '"Courses - view list" (read_course_list)'),
        (r"GET accounts/ID/users|GET users/ID", "see people", _PEOPLE),
        (r"GET users/ID/logins", "see logins", '"Users - view login IDs" (view_user_logins)'),
        (r"GET users/ID/communication_channels", "see e-mail addresses", '"Users - view primary email address" (read_email_addresses)'),
        (
            r"GET (users/ID/enrollments|accounts/ID/enrollments/ID|(courses|sections)/ID/enrollments|courses/ID/sections|sections/ID)",
            "see who is in a course",
            _PEOPLE,
        ),
        (r"GET accounts/ID/admins", "list administrators", '"Admins - add / remove" (manage_account_memberships)'),
        (r"GET accounts/ID/sis_imports/importing", "see SIS imports", '"SIS Data - import" (import_sis)'),
        (
            r"(GET|POST|PUT) accounts/ID/roles(/ID(/activate)?)?",
            "see, make or change custom roles",
            '"Permissions - manage" (manage_role_overrides)',
        ),
        (r"(GET|POST|PUT) accounts/ID(/sub_accounts|/terms(/ID)?)?", "see or change sub-accounts and terms", _SETTINGS),
        (r"POST accounts/ID/users|PUT (users/ID|accounts/ID/logins/ID)", "make people or change their names and logins", _LOGINS),
        (r"(POST|DELETE) users/ID/communication_channels(/ID)?", "change e-mail addresses", _LOGINS),
        (r"POST accounts/ID/courses|PUT courses/ID", "make or change courses", _COURSES),
        (
            r"POST courses/ID/sections|PUT sections/ID",
            "make or change sections",
            '"Course Sections - add / edit" (manage_sections_add, manage_sections_edit)',
        ),
        (
            r"(POST|DELETE) (courses|sections)/ID/enrollments(/ID)?",
            "enroll people or end enrollments",
            '"Users - add / remove students, teachers and TAs in courses" (add_student_to_course, remove_student_from_course and so on)',
        ),
    )
)
_PLACES = {"accounts": "the account", "courses": "the account of course", "sections": "the account of section"}


def lacking(method: str, path: str) -> str:
    """One sentence for a call that Canvas answered with 401 or 403, and whom to ask for what. `path` is without /api/v1/ and query."""
    call = next((call for call in _CALLS if re.fullmatch(call.pattern, f"{method} {path}")), None)
    if call is None:
        return "This token may not do that: it lacks a right in Canvas. Which one says: ilc-canvas doctor"
    ask = f"Ask the Canvas administrator for it{_where(path)}. See: ilc-canvas doctor"
    return f"This token may not {call.purpose}: its user lacks {call.right}. {ask}"


def _where(path: str) -> str:
    """On which account; of a person none is known."""
    kind, _, rest = path.partition("/")
    number = rest.partition("/")[0]
    if kind not in _PLACES:
        return ""
    return f" on {_PLACES[kind]} {'that ILC_CANVAS_ACCOUNT names' if number == 'self' else number}"

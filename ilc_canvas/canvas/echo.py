"""The echo check: what Canvas answers to a write is compared with what was sent."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from ilc_canvas.canvas.records import instant
from ilc_canvas.reconcile.errors import MissingRightError
from ilc_canvas.reconcile.state import Key, Kind

# The right to ask the Canvas administrator for, by its name on Canvas's page of permissions, and by Canvas's own words:
_RIGHTS = {
    Kind.ACCOUNT: "Account-level settings - manage, and SIS Data - manage (manage_account_settings, manage_sis)",
    Kind.TERM: "Account-level settings - manage (manage_account_settings)",
    Kind.ROLE: "Permissions - manage (manage_role_overrides)",
    Kind.USER: "Users - manage login details (manage_user_logins)",
    Kind.CHANNEL: "Users - manage login details (manage_user_logins)",
    Kind.COURSE: "Courses - add, manage, conclude (manage_courses_add, manage_courses_admin, manage_courses_conclude; "
    "or manage_courses, change_course_state)",
    Kind.SECTION: "Course Sections - add, edit (manage_sections_add, manage_sections_edit)",
    Kind.ENROLLMENT: "Students, Teachers, TAs - add, remove (add_student_to_course and its like; or manage_students, manage_admin_users)",
}
_SIS_RIGHT = "SIS Data - manage (manage_sis)"
_FOLDED = ("login_id", "email")
_TIMES = ("start_at", "end_at")


class DroppedError(MissingRightError):
    """Canvas drops what the token may not set, with status 200 (live-server 2.3)."""


@contextmanager
def naming_right(key: Key) -> Iterator[None]:
    """A loud refusal of a write says which right to ask for, as a silent one does."""
    try:
        yield
    except DroppedError:
        raise
    except MissingRightError as error:
        raise MissingRightError(f'{error} Ask the Canvas administrator for "{_RIGHTS[key.kind]}".') from error


def check_echo(key: Key, sent: Mapping[str, Any], answer: Mapping[str, Any]) -> None:
    """DroppedError where a key of the answer is not what was sent; a key that the answer lacks says nothing, but for a SIS id.

    Texts name keys only: the values may be names and addresses.
    """
    for name, value in sent.items():
        if name in answer and _same(name, value, answer[name]):
            continue
        if name in answer or name.startswith("sis_"):
            right = _SIS_RIGHT if name.startswith("sis_") else _RIGHTS[key.kind]
            raise DroppedError(
                f"Canvas dropped {name} of {key} without a word: this token lacks a right. "
                f'Ask the Canvas administrator for "{right}". The run stopped at this first write of its kind.'
            )


def _same(name: str, sent: Any, got: Any) -> bool:
    if name in _TIMES:
        return instant(sent) == instant(got)
    if name in _FOLDED and isinstance(got, str):
        return bool(str(sent).casefold() == got.casefold())
    return bool(sent == got)

"""The calls that this program can make at all; everything else is a mistake of ours and is not sent."""

import re
from collections.abc import Iterable
from urllib.parse import unquote

_ID = r"[^/?]+"
_CALLS = [
    r"GET accounts/ID(/permissions|/roles|/courses|/users|/sub_accounts|/admins)?",
    r"GET accounts/ID/(terms|enrollments|roles)/ID",
    r"GET accounts/ID/sis_imports/importing",
    r"POST accounts/ID/(sub_accounts|terms|roles|users|courses)",
    r"POST accounts/ID/roles/ID/activate",
    r"PUT accounts/ID(/terms/ID|/logins/ID|/roles/ID)?",
    r"GET users/ID(/logins|/communication_channels|/enrollments)?",
    r"PUT users/ID",
    r"POST users/ID/communication_channels",
    r"DELETE users/ID/communication_channels/ID",
    r"(GET|PUT) courses/ID",
    r"(GET|POST) courses/ID/(sections|enrollments)",
    r"DELETE courses/ID/enrollments/ID",
    r"(GET|PUT) sections/ID",
    r"(GET|POST) sections/ID/enrollments",
]
_ALLOWED = re.compile("|".join(f"(?:{call.replace('ID', _ID)})" for call in _CALLS))


def check_allowed(method: str, path: str, names: Iterable[str] = ()) -> None:
    """ValueError for a call that is not among the few we need, or that would act as somebody else by its query or parameters (`names`)."""
    bare, _, query = path.partition("?")
    if not _ALLOWED.fullmatch(f"{method} {bare.removeprefix('/api/v1/')}") or "as_user_id" in unquote(query) or "as_user_id" in names:
        raise ValueError(f"not a call of this program: {method} {bare}")

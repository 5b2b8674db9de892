"""Searching for people by one phrase, and the order in which they are listed."""

from collections.abc import Callable, Iterable

from ilc_canvas.sandbox.http import errors
from ilc_canvas.sandbox.http.call import Call
from ilc_canvas.sandbox.world.collation import collated
from ilc_canvas.sandbox.world.find import as_number
from ilc_canvas.sandbox.world.records import User

SHORTEST = 2
Text = Callable[[User], str | None]


def phrase(call: Call) -> str:
    """The search phrase in lower case. Blanks alone do not filter, and one character is too short."""
    asked = call.params.text("search_term") or ""
    if asked.strip() and len(asked) < SHORTEST:
        raise errors.short_search()
    return asked.lower() if asked.strip() else ""


def search(call: Call, people: Iterable[User]) -> list[User]:
    """People with the phrase in one of their texts, or as their number. The answer does not say which one matched."""
    wanted = phrase(call)
    number = as_number(wanted) if wanted.isdigit() else None
    return [user for user in people if not wanted or user.id == number or any(wanted in text.lower() for text in texts(call, user))]


def texts(call: Call, user: User) -> list[str]:
    """The name, active logins, SIS ids and live addresses of a person, as far as the caller may read them."""
    logins, found = call.world.live_logins(user.id), [user.name]
    if call.rights.has("view_user_logins"):
        found += [login.unique_id for login in logins if login.state == "active"]
    if call.rights.reads_sis:
        found += [login.sis_id for login in logins if login.sis_id]
    if call.rights.has("read_email_addresses"):
        found += [channel.address for channel in call.world.live_channels(user.id) if channel.kind == "email"]
    return found


def ordered(call: Call, people: Iterable[User]) -> list[User]:
    """Sort by sortable name unless there is a known `sort`; only then does `order` count. People without a value come last."""
    sorts: dict[str, Text] = {
        "username": lambda user: user.sortable_name,
        "email": lambda user: next((channel.address for channel in call.world.live_channels(user.id)), None),
        "sis_id": lambda user: next((login.sis_id for login in call.world.live_logins(user.id)), None),
        "last_login": lambda _: None,  # nobody has signed in here yet
    }
    sort = sorts.get(call.params.text("sort") or "")
    if sort is None:
        return by_text(people, sorts["username"], backwards=False)
    return by_text(people, sort, backwards=call.params.text("order") == "desc")


def by_text(people: Iterable[User], text: Text, *, backwards: bool) -> list[User]:
    keyed = [(text(user), user) for user in people]
    known = [(collated(found), user.id, user) for found, user in keyed if found is not None]
    rest = sorted((user for found, user in keyed if found is None), key=lambda user: user.id, reverse=backwards)
    return [user for _, _, user in sorted(known, key=lambda row: row[:2], reverse=backwards)] + rest

"""One request, as a page sees it: who asks, with which form, and what all pages share."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING

from starlette.datastructures import FormData, QueryParams
from starlette.responses import Response

from ilc_canvas.console.furnished import Furnished
from ilc_canvas.console.security.pace import Pace
from ilc_canvas.console.security.place import Place
from ilc_canvas.console.security.proxies import Proxies
from ilc_canvas.settings import Settings
from ilc_canvas.store.db.database import Store
from ilc_canvas.store.people.accounts import Account, Role
from ilc_canvas.store.people.guests import ACTOR
from ilc_canvas.store.people.sessions import Guest, Session

if TYPE_CHECKING:
    from jinja2 import Environment


@dataclass(frozen=True)
class Console:
    """What all pages share."""

    settings: Settings
    store: Store
    place: Place
    templates: "Environment"
    templates_without_addresses: "Environment"
    now: Callable[[], datetime]
    new_token: Callable[[], str]
    holder: str
    pace: Pace = field(default_factory=Pace)
    furnished: Furnished = field(default_factory=Furnished)
    notice: str = ""  # at the top of every page

    @cached_property
    def proxies(self) -> Proxies:
        """Whom to believe about where a visit comes from."""
        return Proxies.of(self.settings)


@dataclass(frozen=True)
class Visit:
    """One request."""

    console: Console
    at: datetime
    path: str
    where: Mapping[str, str] = field(default_factory=dict)  # what the path names
    query: QueryParams = field(default_factory=QueryParams)
    form: FormData = field(default_factory=FormData)
    address: str = ""
    token: str = ""  # of the cookie
    session: Session | None = None
    guest: Guest | None = None
    agent: str = ""  # the browser in a few words
    network_user: str = ""  # whom a proxy has signed in
    trip: str = ""  # of the cookie that goes along to another sign-in

    @property
    def settings(self) -> Settings:
        """The settings."""
        return self.console.settings

    @property
    def store(self) -> Store:
        """The store."""
        return self.console.store

    @property
    def account(self) -> Account:
        """Who asks. Only public pages have no account."""
        if self.session is None:
            raise MissingPageError
        return self.session.account

    @property
    def actor(self) -> str:
        """Who asks, as the audit log has it."""
        return ACTOR if self.guest else self.account.name

    def may(self, *roles: Role) -> bool:
        """Whether whoever asks has one of these roles."""
        return self.session is not None and not self.session.account.roles.isdisjoint(roles)

    @property
    def sees_addresses(self) -> bool:
        """Whether e-mail addresses are shown: to everybody but viewers."""
        return self.may(Role.COORDINATOR, Role.APPROVER, Role.ADMIN)

    def typed(self, name: str) -> str:
        """A field of the form in one line; empty if it is not there."""
        value = self.form.get(name)
        return _line(value) if isinstance(value, str) else ""

    def asked(self, name: str) -> str:
        """A field of the query in one line; empty if it is not there."""
        return _line(self.query.get(name, ""))

    def ticked(self, name: str) -> tuple[str, ...]:
        """All values of a field."""
        return tuple(value for value in self.form.getlist(name) if isinstance(value, str))

    def query_list(self, name: str) -> tuple[str, ...]:
        """All values of a name in the query."""
        return tuple(self.query.getlist(name))

    def number(self, name: str) -> int:
        """A number in the path. MissingPageError if it is none, or larger than any that we count."""
        digits = self.where[name]
        if not digits.isascii() or not digits.isdigit() or len(digits) > 9:
            raise MissingPageError
        return int(digits)


def _line(text: str) -> str:
    """In one line, and without NUL, which no database takes."""
    return " ".join(text.replace("\0", "").split())


class MissingPageError(Exception):
    """There is no such page."""


Handler = Callable[[Visit], Response]

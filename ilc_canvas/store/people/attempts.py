"""Attempts to sign in. Each is counted before it is checked, so that many at once do not pass together."""

from datetime import datetime, timedelta
from hashlib import sha256
from ipaddress import ip_address, ip_network

from sqlalchemy import ColumnElement, Connection, delete, func, insert, select

from ilc_canvas.reconcile.state import Key
from ilc_canvas.store.audit.chain import Entry, append
from ilc_canvas.store.db.database import Store
from ilc_canvas.store.people.accounts import login_of
from ilc_canvas.store.people.tables import ATTEMPT

WINDOW = timedelta(minutes=15)
MOST_BY_NAME = 5
MOST_BY_ADDRESS = 20
"""So many may fail within the window."""


def begin(store: Store, name: str, *, address: str, at: datetime) -> int | None:
    """Count an attempt, which may then be checked; its number. None if there were too many, for this name or from this address."""
    login, network = _hidden(name), _network(address)
    with store.write() as connection:
        connection.execute(delete(ATTEMPT).where((ATTEMPT.c.at <= at - WINDOW) | (ATTEMPT.c.at > at + WINDOW)))
        by_name, by_address = (_count(connection, each) for each in (ATTEMPT.c.login == login, ATTEMPT.c.address == network))
        if by_name >= MOST_BY_NAME or by_address >= MOST_BY_ADDRESS:
            return None
        number: int = (connection.execute(select(func.max(ATTEMPT.c.number))).scalar() or 0) + 1
        connection.execute(insert(ATTEMPT).values(number=number, login=login, address=network, at=at))
        if by_name + 1 == MOST_BY_NAME or by_address + 1 == MOST_BY_ADDRESS:
            append(connection, Entry("sign-in-limited", at, "console", {}, personal={"address": address}))
    return number


def succeeded(store: Store, name: str) -> None:
    """Whoever this is has signed in: earlier failures of the name no longer count."""
    with store.write() as connection:
        connection.execute(delete(ATTEMPT).where(ATTEMPT.c.login == _hidden(name)))


def failed(store: Store, *, known: str, address: str, at: datetime) -> None:
    """Note a refused sign-in; `known` is the account's name, empty if there is none: what was typed may be a password."""
    personal = {"address": address, **({"account": known} if known else {})}
    with store.write() as connection:
        append(connection, Entry("sign-in-refused", at, "console", {"known": bool(known)}, personal=personal))


def refused(store: Store, *, how: str, why: str, subject: str, address: str, at: datetime) -> None:
    """Note that somebody who came by another sign-in was not let in; `subject` is what that place calls the person, if it said so."""
    personal = {"address": address, **({"subject": subject} if subject else {})}
    with store.write() as connection:
        append(connection, Entry("sign-in-refused", at, "console", {"how": how, "why": why}, personal=personal))


def access_refused(store: Store, page: str, why: str, *, actor: str, at: datetime, person: Key | None = None) -> None:
    """Note that somebody who has signed in, with an account or as this `person` in the roster, was refused a page: for a role that is
    lacking, a form of elsewhere, or too many changes.
    """
    with store.write() as connection:
        append(connection, Entry("access-refused", at, actor, {"page": page, "why": why}, key=person))


def _hidden(name: str) -> str:
    return sha256(login_of(name).encode()).hexdigest()


def _network(address: str) -> str:
    """What counts as one address: of IPv6 the 64 bits that a household has, for it can take any of the others."""
    try:
        found = ip_address(address)
    except ValueError:
        return address
    return str(ip_network((found, 64), strict=False)) if found.version == 6 else address


def _count(connection: Connection, here: ColumnElement[bool]) -> int:
    return int(connection.execute(select(func.count()).select_from(ATTEMPT).where(here)).scalar_one())

"""Sessions of the console. What a cookie holds is never stored, only its SHA-256."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256

from sqlalchemy import ColumnElement, Connection, delete, insert, or_, select, update

from ilc_canvas.reconcile.errors import AccountError
from ilc_canvas.reconcile.state import Key
from ilc_canvas.store.audit.chain import Entry, append
from ilc_canvas.store.db.database import Store
from ilc_canvas.store.people.accounts import Account, find
from ilc_canvas.store.people.tables import SESSION

IDLE = timedelta(minutes=30)
"""After so long without a request a session ends."""
LONGEST = timedelta(hours=12)
"""However busy, a session ends after so long."""
_SEEN_EVERY = timedelta(minutes=1)
_HANDLE = 16  # hexadecimal digits


class How(StrEnum):
    """By what somebody has signed in."""

    PASSWORD = "password"  # noqa: S105 - no password, but a word
    SCHOOL = "school"
    CANVAS = "canvas"
    PROXY = "proxy"
    DEMO = "demo"  # nothing was asked


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a session begins: the address, the browser in a few words, and by what."""

    address: str
    agent: str = ""
    how: How = How.PASSWORD
    proved: bool = True  # whether whoever it is has proved it just now, and not some time ago at another place


@dataclass(frozen=True, slots=True)
class Session:
    """One browser in which somebody with an account is signed in."""

    account: Account
    began_at: datetime
    how: How = How.PASSWORD
    proved: bool = True  # whether somebody proved then who it is


@dataclass(frozen=True, slots=True)
class Guest:
    """One browser in which somebody in the roster is signed in, who has no account here."""

    person: Key
    began_at: datetime


@dataclass(frozen=True, slots=True)
class OpenSession:
    """One session as its owner sees it."""

    handle: str  # names it, and opens nothing
    address: str
    agent: str
    how: How
    began_at: datetime
    seen_at: datetime


def begin(store: Store, account: Account, token: str, *, origin: Origin, at: datetime) -> None:
    """A session for whoever holds this token. Sessions that are over are forgotten."""
    values = {"digest": digest_of(token), "login": account.login, "began_at": at, "seen_at": at, "person": "", "next_secret": ""}
    with store.write() as connection:
        drop_old(connection, at)
        connection.execute(insert(SESSION).values(**values, **_row_of(origin)))
        append(connection, Entry("signed-in", at, account.name, {"how": origin.how}, personal={"address": origin.address}))


def _row_of(origin: Origin) -> dict[str, object]:
    return {"how": origin.how, "address": origin.address, "agent": origin.agent, "proved": int(origin.proved)}


def drop_old(connection: Connection, at: datetime) -> None:
    """Forget sessions that are over."""
    connection.execute(delete(SESSION).where(or_(SESSION.c.seen_at <= at - IDLE, SESSION.c.began_at <= at - LONGEST)))


def find_session(store: Store, token: str, at: datetime) -> Session | None:
    """The session of this token; None if there is none of somebody with an account, or it is over."""
    found = find_visitor(store, token, at)
    return found if isinstance(found, Session) else None


def find_visitor(store: Store, token: str, at: datetime) -> Session | Guest | None:
    """The session of this token, which goes on by being looked at; None if there is none, or it is over."""
    here = SESSION.c.digest == digest_of(token)
    with store.read() as connection:
        row = connection.execute(select(SESSION).where(here)).first()
    if row is None or not _is_alive(row.seen_at, row.began_at, at):
        return None
    account = find(store, row.login) if row.login else None
    if (account or row.person) and at - row.seen_at > _SEEN_EVERY:
        with store.write() as connection:
            connection.execute(update(SESSION).where(here).values(seen_at=at))
    if row.person:
        return Guest(Key.parse(row.person), row.began_at)
    return Session(account, row.began_at, How(row.how), bool(row.proved)) if account else None


def _is_alive(seen: datetime, began: datetime, at: datetime) -> bool:
    """A session from the future is of a clock that was wrong, and is over as well."""
    return timedelta() <= at - began < LONGEST and at - seen < IDLE


def end(store: Store, token: str, *, actor: str, at: datetime, person: Key | None = None) -> None:
    """End the session of this token: whoever holds it, somebody with an account or this `person` in the roster, is signed out."""
    with store.write() as connection:
        if _drop(connection, SESSION.c.digest == digest_of(token)):
            append(connection, Entry("signed-out", at, actor, {}, key=person))


def replace(store: Store, token: str) -> None:
    """End the session of this token and tell nobody: its holder signs in again."""
    with store.write() as connection:
        _drop(connection, SESSION.c.digest == digest_of(token))


def end_all(store: Store, name: str, *, actor: str, at: datetime) -> int:
    """End all sessions of this account; how many there were. AccountError if there is no such account."""
    account = find(store, name)
    if account is None:
        raise AccountError("There is no such account. Nothing was changed.")
    with store.write() as connection:
        ended = _drop(connection, SESSION.c.login == account.login)
        append(connection, Entry("sessions-ended", at, actor, {"sessions": ended}, personal={"account": account.name}))
    return ended


def end_others(store: Store, account: Account, token: str, *, at: datetime) -> int:
    """End all sessions of this account but that of this token; how many there were."""
    with store.write() as connection:
        ended = drop_others(connection, account.login, token)
        if ended:
            _noted(connection, account, ended, at=at)
    return ended


def drop_others(connection: Connection, login: str, token: str) -> int:
    """The same in a transaction of the caller, who says so in an event."""
    return _drop(connection, SESSION.c.login == login, SESSION.c.digest != digest_of(token))


def end_one(store: Store, account: Account, handle: str, *, at: datetime) -> bool:
    """End one session of this account by its handle; False if it has none of this handle."""
    if len(handle) != _HANDLE:
        return False
    with store.write() as connection:
        ended = _drop(connection, SESSION.c.login == account.login, SESSION.c.digest.startswith(handle, autoescape=True))
        if ended:
            _noted(connection, account, ended, at=at)
    return bool(ended)


def _noted(connection: Connection, account: Account, ended: int, *, at: datetime) -> None:
    append(connection, Entry("sessions-ended", at, account.name, {"sessions": ended}, personal={"account": account.name}))


def of_account(store: Store, login: str, at: datetime) -> list[OpenSession]:
    """The sessions of this account that are open now, the one that was seen last first."""
    with store.read() as connection:
        rows = connection.execute(
            select(SESSION).where(SESSION.c.login == login).order_by(SESSION.c.seen_at.desc(), SESSION.c.digest)
        ).all()
    alive = (row for row in rows if _is_alive(row.seen_at, row.began_at, at))
    return [OpenSession(row.digest[:_HANDLE], row.address, row.agent, How(row.how), row.began_at, row.seen_at) for row in alive]


def signed_in(store: Store, at: datetime) -> frozenset[str]:
    """The logins of everybody with an account who is signed in now."""
    with store.read() as connection:
        rows = connection.execute(select(SESSION).where(SESSION.c.login != "")).all()
    return frozenset(row.login for row in rows if _is_alive(row.seen_at, row.began_at, at))


def digest_of(token: str) -> str:
    """What is stored of a token."""
    return sha256(token.encode()).hexdigest()


def handle_of(token: str) -> str:
    """What the session of this token is called among those of its account."""
    return digest_of(token)[:_HANDLE]


def _drop(connection: Connection, *here: ColumnElement[bool]) -> int:
    return int(connection.execute(delete(SESSION).where(*here)).rowcount)

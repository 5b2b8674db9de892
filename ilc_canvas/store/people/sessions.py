"""Sessions of the console. What a cookie holds is never stored, only its SHA-256."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256

from sqlalchemy import Connection, delete, insert, or_, select, update

from ilc_canvas.reconcile.errors import AccountError
from ilc_canvas.store.audit.chain import Entry, append
from ilc_canvas.store.db.database import Store
from ilc_canvas.store.people.accounts import Account, find
from ilc_canvas.store.people.tables import SESSION

IDLE = timedelta(minutes=30)
"""After so long without a request a session ends."""
LONGEST = timedelta(hours=12)
"""However busy, a session ends after so long."""
_SEEN_EVERY = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Session:
    """One browser that is signed in."""

    account: Account
    began_at: datetime  # when the password was last asked


def begin(store: Store, account: Account, token: str, *, address: str, at: datetime) -> None:
    """A session for whoever holds this token. Sessions that are over are forgotten."""
    with store.write() as connection:
        connection.execute(delete(SESSION).where(or_(SESSION.c.seen_at <= at - IDLE, SESSION.c.began_at <= at - LONGEST)))
        connection.execute(insert(SESSION).values(digest=digest_of(token), login=account.login, began_at=at, seen_at=at))
        append(connection, Entry("signed-in", at, account.name, {"how": "password"}, personal={"address": address}))


def find_session(store: Store, token: str, at: datetime) -> Session | None:
    """The session of this token, which goes on by being looked at; None if there is none, or it is over."""
    here = SESSION.c.digest == digest_of(token)
    with store.read() as connection:
        row = connection.execute(select(SESSION).where(here)).first()
    if row is None or not _is_alive(row.seen_at, row.began_at, at):
        return None
    account = find(store, row.login)
    if account and at - row.seen_at > _SEEN_EVERY:
        with store.write() as connection:
            connection.execute(update(SESSION).where(here).values(seen_at=at))
    return Session(account, row.began_at) if account else None


def _is_alive(seen: datetime, began: datetime, at: datetime) -> bool:
    """A session from the future is of a clock that was wrong, and is over as well."""
    return timedelta() <= at - began < LONGEST and at - seen < IDLE


def end(store: Store, token: str, *, actor: str, at: datetime) -> None:
    """End the session of this token: whoever holds it is signed out."""
    with store.write() as connection:
        if _drop(connection, token):
            append(connection, Entry("signed-out", at, actor, {}))


def replace(store: Store, token: str) -> None:
    """End the session of this token without a word: its holder signs in anew."""
    with store.write() as connection:
        _drop(connection, token)


def end_all(store: Store, name: str, *, actor: str, at: datetime) -> int:
    """End all sessions of this account; how many there were. AccountError if there is no such account."""
    account = find(store, name)
    if account is None:
        raise AccountError("There is no such account. Nothing was changed.")
    with store.write() as connection:
        ended = connection.execute(delete(SESSION).where(SESSION.c.login == account.login)).rowcount
        append(connection, Entry("sessions-ended", at, actor, {"sessions": ended}, personal={"account": account.name}))
    return int(ended)


def signed_in(store: Store, at: datetime) -> frozenset[str]:
    """The logins of everybody who is signed in now."""
    with store.read() as connection:
        rows = connection.execute(select(SESSION)).all()
    return frozenset(row.login for row in rows if _is_alive(row.seen_at, row.began_at, at))


def digest_of(token: str) -> str:
    """What is stored of a token."""
    return sha256(token.encode()).hexdigest()


def _drop(connection: Connection, token: str) -> bool:
    return bool(connection.execute(delete(SESSION).where(SESSION.c.digest == digest_of(token))).rowcount)

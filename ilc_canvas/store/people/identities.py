"""Whose account is meant by a name that another place has for somebody: the school's subject, or what a proxy says."""

from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import Connection, delete, insert, select

from ilc_canvas.reconcile.errors import AccountError
from ilc_canvas.store.audit.chain import Entry, append
from ilc_canvas.store.db.database import Store
from ilc_canvas.store.people.accounts import Account, Role, find, put, require
from ilc_canvas.store.people.sessions import How
from ilc_canvas.store.people.tables import IDENTITY, SESSION

PROXY = "proxy"
"""The issuer of names that a trusted proxy gives."""
_LONGEST = 255


def link(store: Store, name: str, subject: str, *, issuer: str, actor: str, at: datetime) -> None:
    """From now on whoever comes from there as this subject is this account, and nobody else. AccountError if it is somebody's already."""
    account = require(store, name)
    with store.write() as connection:
        _link(connection, account, subject, issuer=issuer, actor=actor, at=at)


def add_linked(store: Store, name: str, roles: Collection[Role], *, subject: str, issuer: str, actor: str, at: datetime) -> Account:
    """A new account that comes from there as this subject, and has no password. AccountError if name or subject are somebody's already."""
    with store.write() as connection:
        account = put(connection, name, roles, password="", secret="", actor=actor, at=at)
        _link(connection, account, subject, issuer=issuer, actor=actor, at=at)
    return account


def _link(connection: Connection, account: Account, subject: str, *, issuer: str, actor: str, at: datetime) -> None:
    if not subject or len(subject) > _LONGEST or not subject.isprintable():
        raise AccountError("A name at another sign-in has 1 to 255 characters. Nothing was changed.")
    here = (IDENTITY.c.issuer == issuer, IDENTITY.c.subject == subject)
    holder = connection.execute(select(IDENTITY.c.login).where(*here)).scalar()
    if holder == account.login:
        return
    if holder:
        raise AccountError("This name leads to another account already. Nothing was changed. Take it from there first.")
    connection.execute(delete(IDENTITY).where(IDENTITY.c.issuer == issuer, IDENTITY.c.login == account.login))
    connection.execute(insert(IDENTITY).values(issuer=issuer, subject=subject, login=account.login, at=at))
    personal = {"account": account.name, "subject": subject}
    append(connection, Entry("identity-linked", at, actor, {"issuer": issuer}, personal=personal))


def unlink(store: Store, name: str, *, issuer: str, actor: str, at: datetime) -> None:
    """Nobody who comes from there is this account any more; sessions that began so are over. AccountError if nobody was."""
    account = require(store, name)
    how = How.PROXY if issuer == PROXY else How.SCHOOL
    with store.write() as connection:
        gone = connection.execute(delete(IDENTITY).where(IDENTITY.c.issuer == issuer, IDENTITY.c.login == account.login)).rowcount
        if not gone:
            raise AccountError(f"{account.name} is not linked to any name there. Nothing was changed.")
        ended = connection.execute(delete(SESSION).where(SESSION.c.login == account.login, SESSION.c.how == how)).rowcount
        body = {"issuer": issuer, "sessions": ended}
        append(connection, Entry("identity-unlinked", at, actor, body, personal={"account": account.name}))


def account_of(store: Store, issuer: str, subject: str) -> Account | None:
    """The account that this subject is; None if nobody has linked one."""
    here = (IDENTITY.c.issuer == issuer, IDENTITY.c.subject == subject)
    with store.read() as connection:
        login = connection.execute(select(IDENTITY.c.login).where(*here)).scalar()
    return find(store, login) if login else None


def subjects(store: Store, issuer: str) -> Mapping[str, str]:
    """By login, whom the issuer means by it."""
    query = select(IDENTITY.c.login, IDENTITY.c.subject).where(IDENTITY.c.issuer == issuer)
    with store.read() as connection:
        return {row.login: row.subject for row in connection.execute(query)}

"""Accounts of the console: who may sign in, and in which roles."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, update

from ilc_canvas.reconcile.errors import AccountError
from ilc_canvas.store.audit.chain import Entry, append
from ilc_canvas.store.db.codec import dumps, loads
from ilc_canvas.store.db.database import Store
from ilc_canvas.store.people.tables import ACCOUNT, SESSION


class Role(StrEnum):
    """What somebody may do. An account can have several."""

    VIEWER = "viewer"
    COORDINATOR = "coordinator"
    APPROVER = "approver"
    ADMIN = "admin"


KEPT = (Role.ADMIN, Role.APPROVER)
"""Of each of these one account remains."""


@dataclass(frozen=True, slots=True)
class Account:
    """Somebody who may sign in."""

    login: str
    name: str
    roles: frozenset[Role]
    password: str
    secret: str
    made_at: datetime


def login_of(name: str) -> str:
    """The name in lower case with single spaces: two names that are the same to a reader are one account."""
    return " ".join(name.split()).casefold()


def add(store: Store, name: str, roles: Collection[Role], *, password: str, secret: str, actor: str, at: datetime) -> Account:
    """A new account; `password` is its hash, `secret` what its codes are made from: empty for who comes by another sign-in alone.

    AccountError if there is one of this name.
    """
    with store.write() as connection:
        return put(connection, name, roles, password=password, secret=secret, actor=actor, at=at)


def put(connection: Connection, name: str, roles: Collection[Role], *, password: str, secret: str, actor: str, at: datetime) -> Account:
    """The same in a transaction of the caller."""
    shown = " ".join(name.split())
    if not shown or not roles:
        raise AccountError("An account has a name and at least one role. Nothing was changed.")
    if _row(connection, login_of(shown)):
        raise AccountError(f"There is an account {shown} already. Nothing was changed.")
    values = {"login": login_of(shown), "name": shown, "roles": dumps(sorted(roles)), "password": password, "secret": secret}
    connection.execute(insert(ACCOUNT).values(**values, last_step=0, made_at=at))
    append(connection, Entry("account-made", at, actor, {"roles": sorted(roles)}, personal={"account": shown}))
    return read_account(connection, shown)


def find(store: Store, name: str) -> Account | None:
    """The account of this name; None if there is none."""
    with store.read() as connection:
        row = _row(connection, login_of(name))
    return _read(row) if row else None


def require(store: Store, name: str) -> Account:
    """The account of this name. AccountError if there is none."""
    with store.read() as connection:
        return read_account(connection, name)


def listing(store: Store) -> list[Account]:
    """All accounts, by name."""
    with store.read() as connection:
        return [_read(row) for row in connection.execute(select(ACCOUNT).order_by(ACCOUNT.c.login))]


def set_roles(store: Store, name: str, roles: Collection[Role], *, actor: str, at: datetime) -> Account:
    """Give an account these roles in place of its former ones, and end its sessions.

    AccountError if there is no such account, without a role, or if nobody would be left as admin or as approver.
    """
    with store.write() as connection:
        before = read_account(connection, name)
        if not roles:
            raise AccountError("An account has at least one role. Nothing was changed.")
        _require_others(connection, before, frozenset(roles))
        connection.execute(update(ACCOUNT).where(ACCOUNT.c.login == before.login).values(roles=dumps(sorted(roles))))
        connection.execute(delete(SESSION).where(SESSION.c.login == before.login))
        body = {"before": sorted(before.roles), "after": sorted(roles)}
        append(connection, Entry("roles-changed", at, actor, body, personal={"account": before.name}))
        return read_account(connection, before.login)


def use_step(store: Store, login: str, step: int) -> bool:
    """Mark the code of this step as used; False if it, or a later one, was used before."""
    newer = (ACCOUNT.c.login == login, ACCOUNT.c.last_step < step)
    with store.write() as connection:
        return bool(connection.execute(update(ACCOUNT).where(*newer).values(last_step=step)).rowcount)


def _require_others(connection: Connection, account: Account, roles: frozenset[Role]) -> None:
    others = [_read(row) for row in connection.execute(select(ACCOUNT).where(ACCOUNT.c.login != account.login))]
    for role in KEPT:
        if role in account.roles and role not in roles and not any(role in other.roles for other in others):
            raise AccountError(f"{account.name} is the last {role}. Nothing was changed. Make somebody else {role} first.")


def read_account(connection: Connection, name: str) -> Account:
    """The account of this name. AccountError if there is none."""
    row = _row(connection, login_of(name))
    if row is None:
        raise AccountError("There is no such account. Nothing was changed.")
    return _read(row)


def _row(connection: Connection, login: str) -> Row[Any] | None:
    return connection.execute(select(ACCOUNT).where(ACCOUNT.c.login == login)).first()


def _read(row: Row[Any]) -> Account:
    roles = frozenset(Role(each) for each in loads(row.roles))
    return Account(row.login, row.name, roles, row.password, row.secret, row.made_at)

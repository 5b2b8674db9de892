"""What an account proves itself with: its password, and what its codes are made from."""

from datetime import datetime

from sqlalchemy import select, update

from ilc_canvas.reconcile.errors import AccountError
from ilc_canvas.store.audit.chain import Entry, append
from ilc_canvas.store.db.database import Store
from ilc_canvas.store.people.accounts import Account, read_account
from ilc_canvas.store.people.sessions import digest_of, drop_others
from ilc_canvas.store.people.tables import ACCOUNT, SESSION


def set_password(store: Store, account: Account, hashed: str, *, token: str, at: datetime) -> int:
    """A new password. All sessions but that of this token are over; how many."""
    with store.write() as connection:
        connection.execute(update(ACCOUNT).where(ACCOUNT.c.login == account.login).values(password=hashed))
        ended = drop_others(connection, account.login, token)
        append(connection, Entry("password-changed", at, account.name, {"sessions": ended}))
    return ended


def renew(store: Store, name: str, *, password: str, secret: str, actor: str, at: datetime) -> Account:
    """A new password and a new secret for codes, for somebody who has lost either; all sessions of the account are over.

    AccountError if there is no such account, or if it has never had a password.
    """
    with store.write() as connection:
        account = read_account(connection, name)
        if not account.password:
            raise AccountError(f"{account.name} signs in without a password here, so there is none to renew. Nothing was changed.")
        values = {"password": password, "secret": secret, "last_step": 0}
        connection.execute(update(ACCOUNT).where(ACCOUNT.c.login == account.login).values(**values))
        ended = drop_others(connection, account.login, "")
        append(connection, Entry("credentials-renewed", at, actor, {"sessions": ended}, personal={"account": account.name}))
    return account


def propose_secret(store: Store, token: str, secret: str) -> None:
    """Keep with the session what codes are to be made from: it counts for nothing until a code confirms it, and ends with the session."""
    with store.write() as connection:
        connection.execute(update(SESSION).where(SESSION.c.digest == digest_of(token)).values(next_secret=secret))


def proposed_secret(store: Store, token: str) -> str:
    """What codes are to be made from; empty if nothing waits to be confirmed."""
    with store.read() as connection:
        return str(connection.execute(select(SESSION.c.next_secret).where(SESSION.c.digest == digest_of(token))).scalar() or "")


def confirm_secret(store: Store, account: Account, secret: str, *, step: int, token: str, at: datetime) -> bool:
    """Codes are made from this secret from now on, and that of `step` is used. All other sessions are over.

    False if the session does not wait for a code of this secret any more: then nothing has changed.
    """
    waiting = (SESSION.c.digest == digest_of(token), SESSION.c.next_secret == secret)
    with store.write() as connection:
        if not secret or not connection.execute(update(SESSION).where(*waiting).values(next_secret="")).rowcount:
            return False
        connection.execute(update(ACCOUNT).where(ACCOUNT.c.login == account.login).values(secret=secret, last_step=step))
        ended = drop_others(connection, account.login, token)
        append(connection, Entry("code-renewed", at, account.name, {"sessions": ended}))
    return True

"""The tables of the console: accounts, their identities elsewhere, sessions, attempts to sign in."""

from datetime import datetime

from ilc_canvas.store.db.columns import Stored, integer_column, key_column, table_of, text_column, time_column


class AccountRow(Stored, table=True):
    """Somebody who may sign in."""

    __tablename__ = "console_account"
    login: str = text_column(primary_key=True)  # the name in lower case with single spaces
    name: str = text_column()  # as the audit log has it
    roles: str = text_column()  # JSON
    password: str = text_column()  # an Argon2id hash
    secret: str = text_column()  # what codes are made from
    last_step: int = integer_column()  # the newest code that was used: none is taken twice
    made_at: datetime = time_column()


class SessionRow(Stored, table=True):
    """One browser that is signed in."""

    __tablename__ = "console_session"
    digest: str = text_column(primary_key=True)  # SHA-256 of what the cookie holds
    login: str = text_column(index=True)  # of an account; empty: somebody in the roster
    began_at: datetime = time_column()
    seen_at: datetime = time_column()
    person: str = text_column()  # the key of somebody in the roster, who has signed in with Canvas; empty: an account
    how: str = text_column()  # password, school, canvas, proxy, demo
    proved: int = integer_column()  # whether who it is was proved when it began
    address: str = text_column()
    agent: str = text_column()  # the browser, in a few words
    next_secret: str = text_column()  # what codes are to be made from, once a code confirms it


class IdentityRow(Stored, table=True):
    """Whom the school's sign-in, or a proxy, means by a name of its own."""

    __tablename__ = "console_identity"
    issuer: str = text_column(primary_key=True)
    subject: str = text_column(primary_key=True)
    login: str = text_column(index=True)
    at: datetime = time_column()


class AttemptRow(Stored, table=True):
    """A sign-in that failed, or is being checked."""

    __tablename__ = "console_attempt"
    number: int = key_column()
    login: str = text_column(index=True)  # SHA-256: people type passwords where names belong
    address: str = text_column(index=True)
    at: datetime = time_column()


ACCOUNT = table_of(AccountRow)
SESSION = table_of(SessionRow)
IDENTITY = table_of(IdentityRow)
ATTEMPT = table_of(AttemptRow)

"""The right to be the one worker: a lock that the system frees with the process, and a row with a fencing token."""

import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout
from sqlalchemy import ColumnElement, Connection, Row, bindparam, func, literal, or_, select, update

from ilc_canvas.reconcile.errors import LeaseError, StoreError
from ilc_canvas.store.database import Store
from ilc_canvas.store.tables import LEASE

_LOCK_NUMBER = 741853
_OURS = select(LEASE.c.token).where(LEASE.c.token == bindparam("held"))
_OURS_IN_TIME = _OURS.where(LEASE.c.expires > func.clock_timestamp()).with_for_update(read=True)


def _utc_now() -> datetime:
    return datetime.now(UTC)


class Lease:
    """The lease that this process holds; its token grows with each holder."""

    def __init__(self, store: Store, holder: str, *, token: int, seconds: float, now: Callable[[], datetime]) -> None:
        self.store = store
        self.holder = holder
        self.token = token
        self._seconds = seconds
        self._now = now

    def renew(self) -> None:
        """Good for its whole time again; LeaseError where another took it or (PostgreSQL) it has run out."""
        with self.store.write() as connection:
            self.verify(connection)
            expires = _clock(connection, self._now) + timedelta(seconds=self._seconds)
            connection.execute(update(LEASE).where(LEASE.c.token == self.token).values(expires=expires))

    def verify(self, connection: Connection) -> None:
        """LeaseError unless the lease is ours, in the caller's transaction.

        On SQLite the token decides: the file lock is what excludes others, whatever the clock does. On PostgreSQL the
        server's clock counts as well.
        """
        if connection.execute(_OURS if self.store.sqlite else _OURS_IN_TIME, {"held": self.token}).first() is None:
            raise LeaseError(f"The lease of {self.holder} is over: another worker may write now. Nothing of this step was stored.")


@contextmanager
def take_lease(
    store: Store, holder: str, *, seconds: float = 90.0, renewal: float | None = 15.0, now: Callable[[], datetime] = _utc_now
) -> Iterator[Lease]:
    """Be the one worker until the end of the block; LeaseError, naming the holder, where another is.

    A thread renews it every `renewal` seconds (None: nobody does but the caller).
    """
    with _lock(store):
        lease = Lease(store, holder, token=_take(store, holder, seconds, now), seconds=seconds, now=now)
        try:
            with _renewed(lease, renewal):
                yield lease
        finally:
            with suppress(StoreError):
                _give_back(lease, now)


def nobody_else(store: Store) -> AbstractContextManager[None]:
    """The lock without the lease: meanwhile nobody can be the worker. LeaseError where somebody is."""
    return _lock(store)


def holder_now(store: Store) -> tuple[str, datetime] | None:
    """Who held the lease last and until when; None where nobody ever did or it was given back."""
    with store.read() as connection:
        row = _row(connection)
    return (row.holder, row.expires) if row.holder else None


def _row(connection: Connection) -> Row[Any, Any, Any]:
    return connection.execute(select(LEASE.c.holder, LEASE.c.token, LEASE.c.expires)).one()


def _lock(store: Store) -> AbstractContextManager[None]:
    return _file_lock(store, Path(f"{store.path}.lock")) if store.path else _session_lock(store)


@contextmanager
def _file_lock(store: Store, path: Path) -> Iterator[None]:
    """The kernel frees it at the process's end, however that comes."""
    lock = FileLock(path, timeout=0, mode=0o600, thread_local=False, fallback_to_soft=False, preserve_lock_file=True)
    try:
        lock.acquire()
    except Timeout as error:
        raise _taken(store) from error
    except OSError as error:
        raise StoreError(f"The lock {path} cannot be had: {error.strerror}. Nothing was changed.") from error
    try:
        yield
    finally:
        lock.release()


@contextmanager
def _session_lock(store: Store) -> Iterator[None]:
    """PostgreSQL frees it with its connection, which is used for nothing else."""
    with store.read() as connection:
        if not connection.execute(select(func.pg_try_advisory_lock(_LOCK_NUMBER))).scalar_one():
            raise _taken(store)
        try:
            yield
        finally:
            if not connection.invalidated and not connection.closed:
                with suppress(StoreError):
                    _unlock(connection)


def _unlock(connection: Connection) -> None:
    try:
        connection.execute(select(func.pg_advisory_unlock(_LOCK_NUMBER)))
    finally:
        connection.invalidate()  # whatever became of it, the pool shall not hand it on


def _taken(store: Store) -> LeaseError:
    with store.read() as connection:
        row = _row(connection)
    until = f"until {row.expires:%Y-%m-%d %H:%M:%S} UTC" if row.holder else "for a moment"
    return LeaseError(f"Another worker is at it: {row.holder or 'unnamed'}, {until}. Nothing was changed. Wait, or stop that one.")


def _take(store: Store, holder: str, seconds: float, now: Callable[[], datetime]) -> int:
    """With the file lock the lease is free, whatever its row says; on PostgreSQL the former holder's time must be over."""
    with store.write() as connection:
        values = {"holder": holder, "token": LEASE.c.token + 1, "expires": _clock(connection, now) + timedelta(seconds=seconds)}
        free: ColumnElement[bool] = literal(value=True)
        if not store.sqlite:
            free = or_(LEASE.c.expires <= func.clock_timestamp(), LEASE.c.holder == holder)
        taken = connection.execute(update(LEASE).where(LEASE.c.number == 1, free).values(**values)).rowcount
        token: int = _row(connection).token
    if not taken:
        raise _taken(store)
    return token


def _clock(connection: Connection, now: Callable[[], datetime]) -> datetime:
    """Ours for a file; the server's where there is one."""
    if connection.dialect.name == "sqlite":
        return now()
    moment: datetime = connection.execute(select(func.clock_timestamp())).scalar_one()
    return moment


def _give_back(lease: Lease, now: Callable[[], datetime]) -> None:
    with lease.store.write() as connection:
        expires = _clock(connection, now)
        connection.execute(update(LEASE).where(LEASE.c.token == lease.token).values(holder="", expires=expires))


@contextmanager
def _renewed(lease: Lease, every: float | None) -> Iterator[None]:
    if every is None:
        yield
        return
    done = threading.Event()
    thread = threading.Thread(target=_keep, args=(lease, every, done), name="lease", daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


def _keep(lease: Lease, every: float, done: threading.Event) -> None:
    """Renew until told to stop or the lease is lost; the next journal write then says so. A store that is away is tried again."""
    while not done.wait(every):
        try:
            lease.renew()
        except LeaseError:
            return
        except StoreError:
            continue

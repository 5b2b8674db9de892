"""The right to be the one worker: a lock that the system frees with the process, and a row with a fencing token.

On SQLite the file lock excludes: while its process lives, even frozen, nobody follows. On PostgreSQL the row does, by the server's
clock: a frozen process keeps its connection, and with it the advisory lock, for as long as it is frozen, so who finds the lock taken
and the row run out goes on by the row alone. The lock then only tells early that another is at work, and lets the same holder come
back at once. Each write to the store checks the token, and each call to Canvas the time left: who wakes late does neither.
"""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout
from sqlalchemy import ColumnElement, Connection, Row, and_, bindparam, func, literal, or_, select, update
from sqlalchemy.exc import DBAPIError

from ilc_canvas import clock
from ilc_canvas.reconcile.errors import LeaseError, SettingsError, StoreError
from ilc_canvas.store.db.database import Store
from ilc_canvas.store.db.tables import LEASE

MARGIN = 15.0
"""Seconds of a lease that must be left over after a renewal is due and a call has taken its longest."""
_LOCK_NUMBER = 741853
_OURS = select(LEASE.c.token).where(LEASE.c.token == bindparam("held"))
_OURS_IN_TIME = _OURS.where(LEASE.c.expires > func.clock_timestamp()).with_for_update(read=True)


def _utc_now() -> datetime:
    return datetime.now(UTC)


def _awake() -> float:
    """Seconds that no change of the clock touches; a machine that sleeps counts on, where the system can tell."""
    return time.clock_gettime(time.CLOCK_BOOTTIME) if hasattr(time, "CLOCK_BOOTTIME") else time.monotonic()


class Lease:
    """The lease that this process holds; its token grows with each holder. `former_end`: until when the holder before, who did not
    give it back, may have thought it was his (None: it was given back, or nobody had it)."""

    def __init__(
        self,
        store: Store,
        holder: str,
        *,
        token: int,
        seconds: float,
        now: Callable[[], datetime],
        monotonic: Callable[[], float] = _awake,
        since: float | None = None,
        former_end: datetime | None = None,
    ) -> None:
        self.store, self.holder, self.token, self.former_end = store, holder, token, former_end
        self._seconds, self._now, self._monotonic = seconds, now, monotonic
        self._until = (monotonic() if since is None else since) + seconds
        self._renewing = threading.Lock()

    def left(self) -> float:
        """Seconds for which it is surely good yet, by a clock that is never set; below 0 where it has run out."""
        return self._until - self._monotonic()

    def require(self, seconds: float) -> None:
        """Be sure of the lease for so long: what comes before each call to Canvas. LeaseError where that is not to be had.

        While enough is left the store is not asked; else it is renewed at once, by the caller, which shows whether it is ours still.
        """
        if self.left() >= seconds:
            return
        with self._renewing:
            if self.left() < seconds:
                self._renew_or_stop()
        if self.left() < seconds:
            raise LeaseError(f"The lease of {self.holder} is too short for a call of {seconds:g} s. Nothing more was sent to Canvas.")

    def renew(self) -> None:
        """Good for its whole time again; LeaseError where another took it or (PostgreSQL) it has run out."""
        with self._renewing:
            self._renew()

    def _renew_or_stop(self) -> None:
        try:
            self._renew()
        except LeaseError:
            raise
        except StoreError as error:
            raise LeaseError(f"The lease of {self.holder} cannot be renewed, so nothing more was sent to Canvas. {error}") from error

    def _renew(self) -> None:
        since = self._monotonic()
        with self.store.write() as connection:
            self.verify(connection)
            expires = _clock(connection, self._now) + timedelta(seconds=self._seconds)
            connection.execute(update(LEASE).where(LEASE.c.token == self.token).values(expires=expires))
        self._until = since + self._seconds

    def verify(self, connection: Connection) -> None:
        """LeaseError unless the lease is ours, in the caller's transaction.

        On SQLite the token decides: the file lock is what excludes others, whatever the clock does. On PostgreSQL the
        server's clock counts as well.
        """
        if connection.execute(_OURS if self.store.sqlite else _OURS_IN_TIME, {"held": self.token}).first() is None:
            raise LeaseError(f"The lease of {self.holder} is over: another worker may write now. Nothing of this step was stored.")


@contextmanager
def take_lease(
    store: Store,
    holder: str,
    *,
    seconds: float = 90.0,
    renewal: float | None = 15.0,
    call_seconds: float = 60.0,
    now: Callable[[], datetime] = _utc_now,
    monotonic: Callable[[], float] = _awake,
) -> Iterator[Lease]:
    """Be the one worker until the end of the block; LeaseError, naming the holder, where another is.

    A thread renews it every `renewal` seconds (None: nobody does but the caller). SettingsError if a call to Canvas that takes its
    whole `call_seconds` could outlast it.
    """
    _check_times(seconds, renewal, call_seconds)
    with _lock(store) as locked:
        since = monotonic()
        token, former_end = _take(store, holder, seconds, now=now, locked=locked)
        clocks: dict[str, Any] = {"now": now, "monotonic": monotonic, "since": since}
        lease = Lease(store, holder, token=token, seconds=seconds, former_end=former_end, **clocks)
        try:
            with _renewed(lease, renewal):
                yield lease
        finally:
            with suppress(StoreError):
                _give_back(lease, now)


def _check_times(seconds: float, renewal: float | None, call_seconds: float) -> None:
    """Renewal, the longest call and the margin must fit into the lease."""
    if renewal is not None and renewal + call_seconds + MARGIN > seconds:
        raise SettingsError(
            f"A lease of {seconds:g} s is too short: renewed every {renewal:g} s, with calls of up to {call_seconds:g} s and "
            f"{MARGIN:g} s to spare, it must last {renewal + call_seconds + MARGIN:g} s at least. Nothing was done."
        )


def nobody_else(store: Store) -> AbstractContextManager[object]:
    """The lock without the lease: meanwhile nobody can be the worker. LeaseError where somebody is."""
    return _lock(store)


def holder_now(store: Store) -> tuple[str, datetime] | None:
    """Who held the lease last and until when; None if nobody ever did or it was given back."""
    with store.read() as connection:
        row = _row(connection)
    return (row.holder, row.expires) if row.holder else None


def _row(connection: Connection) -> Row[Any, Any, Any]:
    return connection.execute(select(LEASE.c.holder, LEASE.c.token, LEASE.c.expires)).one()


def _lock(store: Store) -> AbstractContextManager[bool]:
    """Whether it was had; without it only a lease that has run out may be taken."""
    return _file_lock(store, Path(f"{store.path}.lock")) if store.path else _session_lock(store)


@contextmanager
def _file_lock(store: Store, path: Path) -> Iterator[bool]:
    """The kernel frees it at the process's end, however that comes."""
    lock = FileLock(path, timeout=0, mode=0o600, thread_local=False, fallback_to_soft=False, preserve_lock_file=True)
    try:
        lock.acquire()
    except Timeout as error:
        raise _taken(store) from error
    except OSError as error:
        raise StoreError(f"The lock {path} cannot be had: {error.strerror}. Nothing was changed.") from error
    try:
        yield True
    finally:
        lock.release()


@contextmanager
def _session_lock(store: Store) -> Iterator[bool]:
    """PostgreSQL frees it with its connection, which is used for nothing else; a frozen holder's stays."""
    with store.read() as connection:
        locked: bool = connection.execute(select(func.pg_try_advisory_lock(_LOCK_NUMBER))).scalar_one()
        if not locked and _row(connection).expires > _clock(connection, _utc_now):
            raise _taken(store)
        try:
            yield locked
        finally:
            _unlock(connection)


def _unlock(connection: Connection) -> None:
    """A server that is away has freed it already; whatever became of it, the pool shall not hand the connection on."""
    with suppress(DBAPIError):
        if not connection.invalidated:
            connection.execute(select(func.pg_advisory_unlock(_LOCK_NUMBER)))
    connection.invalidate()


def _taken(store: Store) -> LeaseError:
    """Who has it. Between the lock and the row passes a moment, in which the row names nobody, or one who is gone."""
    for _ in range(10):
        with store.read() as connection:
            row, moment = _row(connection), _clock(connection, _utc_now)
        if row.holder and row.expires > moment:
            break
        time.sleep(0.05)
    end = clock.second(row.expires)
    until = "for a moment" if not row.holder else f"until {end}" if row.expires > moment else f"whose time was over at {end} (it may hang)"
    return LeaseError(f"Another worker is at it: {row.holder or 'unnamed'}, {until}. Nothing was changed. Wait, or stop that one.")


def _take(store: Store, holder: str, seconds: float, *, now: Callable[[], datetime], locked: bool) -> tuple[int, datetime | None]:
    """Token, and until when the former holder's time goes. With the file lock the lease is free, whatever its row says; on PostgreSQL
    the former holder's time must be over, or it was this one, whose connection is gone."""
    with store.write() as connection:
        before, expires = _row(connection), _clock(connection, now) + timedelta(seconds=seconds)
        free: ColumnElement[bool] = literal(value=True)
        if not store.sqlite:
            free = or_(LEASE.c.expires <= func.clock_timestamp(), and_(LEASE.c.holder == holder, literal(locked)))
        values = {"holder": holder, "token": LEASE.c.token + 1, "expires": expires}
        taken = connection.execute(update(LEASE).where(LEASE.c.number == 1, free).values(**values)).rowcount
        token: int = _row(connection).token
    if not taken:
        raise _taken(store)
    return token, min(before.expires, expires) if before.holder else None  # a clock that was ahead shall not make anybody wait for years


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

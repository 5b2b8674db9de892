"""The lease: one worker at a time, and a token that only grows."""

import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import event, make_url

from ilc_canvas.reconcile.errors import LeaseError, SettingsError
from ilc_canvas.store.db.database import Store
from ilc_canvas.store.db.dialects import postgres_engine, sqlite_engine
from ilc_canvas.store.db.lease import Lease, holder_now, take_lease
from ilc_canvas.store.db.tables import LEASE
from ilc_canvas.store.opening import open_store
from tests.store.cast import NOON, Clock
from tests.waiting import until

_HOLD = """
import sys, time
from ilc_canvas.store.opening import open_store
from ilc_canvas.store.db.lease import take_lease
with take_lease(open_store(sys.argv[1]), "the other", seconds=float(sys.argv[2]), renewal=None):
    print("held", flush=True)
    time.sleep(60)
"""


def test_one_holder_at_a_time(store: Store, url: str) -> None:
    """Who comes second is told who holds it and until when; afterwards it is free."""
    other = open_store(url)
    with take_lease(store, "worker-1"), pytest.raises(LeaseError, match=r"worker-1, until \d{4}-"), take_lease(other, "worker-2"):
        pass
    with take_lease(other, "worker-2") as lease:
        assert holder_now(store) is not None
        assert lease.holder == "worker-2"
    assert holder_now(store) is None
    other.close()


def test_token_only_grows(store: Store) -> None:
    """Each holder gets a greater token."""
    tokens = []
    for holder in ("a", "b", "a"):
        with take_lease(store, holder, renewal=None) as lease:
            tokens.append(lease.token)
    assert tokens == sorted(set(tokens))


def test_killed_holder_is_followed(store: Store, url: str) -> None:
    """A holder that was killed holds no lock: SQLite's lease is free at once, PostgreSQL's when its time is over."""
    process = subprocess.Popen([sys.executable, "-c", _HOLD, url, "90"], stdout=subprocess.PIPE, text=True)
    assert process.stdout
    assert process.stdout.readline() == "held\n"
    with pytest.raises(LeaseError, match="the other"), take_lease(store, "worker-1"):
        pass
    process.kill()
    process.communicate()
    if not store.sqlite:
        _run_out(store)
    with take_lease(store, "worker-1", renewal=None) as lease:
        lease.renew()


def test_lock_gone_but_lease_not(store: Store) -> None:
    """On PostgreSQL a lease that has not run out is respected, even where its lock is gone."""
    if store.sqlite:
        return
    with take_lease(store, "worker-1", renewal=None), store.write() as connection:
        connection.exec_driver_sql("SELECT 1")
    with store.write() as connection:
        connection.execute(LEASE.update().values(holder="frozen", expires=_soon(store)))
    with pytest.raises(LeaseError, match="frozen"), take_lease(store, "worker-2"):
        pass


def _soon(store: Store) -> object:
    with store.read() as connection:
        return connection.exec_driver_sql("SELECT clock_timestamp() + interval '1 hour'").scalar_one()


def test_renewing_moves_the_end(store: Store) -> None:
    """Renewing makes it good for its whole time again; a lost one cannot be renewed."""
    with take_lease(store, "worker-1", seconds=50, renewal=None, now=Clock()) as lease:
        first = holder_now(store)
        lease.renew()
        again = holder_now(store)
        assert first
        assert again
        assert again[1] >= first[1]
        _give_to_another(store)
        with pytest.raises(LeaseError, match="worker-1 is over"):
            lease.renew()


def _run_out(store: Store) -> None:
    """The lease's time is over."""
    with store.write() as connection:
        connection.execute(LEASE.update().values(expires=NOON))


def _give_to_another(store: Store) -> None:
    with store.write() as connection:
        connection.execute(LEASE.update().values(token=LEASE.c.token + 1))


def test_thread_renews_by_itself(store: Store) -> None:
    """A thread renews the lease while the block lasts, and is gone afterwards."""
    with take_lease(store, "worker-1", renewal=0.05):
        first = holder_now(store)
        until(lambda: holder_now(store) != first)
        later = holder_now(store)
    assert first
    assert later
    assert later[1] > first[1]
    assert "lease" not in [thread.name for thread in threading.enumerate()]


def test_run_out_on_the_server(store: Store) -> None:
    """By PostgreSQL's clock a lease that was not renewed has run out; on SQLite the file lock decides, whatever the clock does."""
    with take_lease(store, "worker-1", renewal=None) as lease:
        _run_out(store)
        if store.sqlite:
            lease.renew()
        else:
            with pytest.raises(LeaseError):
                lease.renew()


class Ticks:
    """A clock that counts seconds, and only when told to."""

    def __init__(self) -> None:
        self.count = 1000.0

    def __call__(self) -> float:
        return self.count


def _statements(store: Store, call: Callable[[], None]) -> int:
    """How many statements the store is sent meanwhile."""
    seen: list[str] = []
    listener = lambda *given: seen.append(given[2])  # noqa: E731 - it is taken off again by name
    event.listen(store.engine, "before_cursor_execute", listener)
    call()
    event.remove(store.engine, "before_cursor_execute", listener)
    return len(seen)


@pytest.mark.parametrize(
    ("seconds", "renewal", "call_seconds", "fits"),
    [(90, 15, 60, True), (89.9, 15, 60, False), (90, 15.1, 60, False), (90, 15, 60.1, False), (30, 5, 10, True), (1, None, 60, True)],
)
def test_times_fit_the_lease(tmp_path: Path, seconds: float, renewal: float | None, call_seconds: float, *, fits: bool) -> None:
    """Renewal, longest call and 15 s to spare must fit into the lease; who renews himself knows what he does."""
    store = open_store(str(tmp_path / "store.db"), create=True)
    times = {"seconds": seconds, "renewal": renewal, "call_seconds": call_seconds}
    if fits:
        with take_lease(store, "worker-1", **times) as lease:  # type: ignore[arg-type]
            assert lease.left() == pytest.approx(seconds, abs=0.9)
    else:
        with pytest.raises(SettingsError, match=rf"lease of {seconds:g} s is too short.*must last 90\.?\d* s"), _taking(store, times):
            pass
        assert holder_now(store) is None
    store.close()


def _taking(store: Store, times: dict[str, float | None]) -> AbstractContextManager[Lease]:
    return take_lease(store, "worker-1", **times)  # type: ignore[arg-type]


def test_time_left_only_falls(store: Store) -> None:
    """What is left falls second by second from when the lease was asked for; renewing makes it whole again."""
    ticks = Ticks()
    with take_lease(store, "worker-1", renewal=None, monotonic=ticks) as lease:
        assert lease.left() == 90
        ticks.count += 50
        assert lease.left() == 40
        lease.renew()
        assert lease.left() == 90


@pytest.mark.parametrize(("passed", "asked"), [(15, False), (15.25, True)])
def test_enough_left_costs_nothing(store: Store, passed: float, *, asked: bool) -> None:
    """While a call's time is left the store is not asked; when less is left the lease is renewed at once."""
    ticks = Ticks()
    with take_lease(store, "worker-1", renewal=None, monotonic=ticks) as lease:
        ticks.count += passed
        assert bool(_statements(store, lambda: lease.require(75))) == asked
        assert lease.left() == (90 if asked else 75)


def test_lease_too_short_for_call(store: Store) -> None:
    """A call that would take longer than the whole lease is never begun."""
    with take_lease(store, "worker-1", seconds=20, renewal=None) as lease, pytest.raises(LeaseError, match="too short for a call of 75 s"):
        lease.require(75)


def test_lost_lease_is_noticed(store: Store) -> None:
    """Who wakes late and finds another's token in the row may not call."""
    ticks = Ticks()
    with take_lease(store, "worker-1", renewal=None, monotonic=ticks) as lease:
        _give_to_another(store)
        ticks.count += 89
        with pytest.raises(LeaseError, match="worker-1 is over"):
            lease.require(45)


def test_store_away_stops_calls(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the lease cannot be renewed because the store is away, nothing more is sent, and why is said."""
    ticks = Ticks()
    with take_lease(store, "worker-1", renewal=None, monotonic=ticks) as lease:
        lease.require(45)
        ticks.count += 60
        with monkeypatch.context() as away:
            away.setattr(lease, "store", _gone(store))
            with pytest.raises(LeaseError, match=r"cannot be renewed, so nothing more was sent.*did not do it"):
                lease.require(45)
        lease.require(45)


def _gone(store: Store) -> Store:
    """The same kind of store, where there is none."""
    if store.sqlite:
        return Store(sqlite_engine(make_url("sqlite:////nowhere/at/all.db")), Path("/nowhere/at/all.db"))
    return Store(postgres_engine(make_url("postgresql+psycopg://postgres@127.0.0.1:9/none")))


@pytest.mark.parametrize("jump", [timedelta(hours=2), timedelta(hours=-2), timedelta(days=3652), timedelta(days=-3652)])
def test_clock_jumps_change_nothing(store: Store, jump: timedelta) -> None:
    """However our clock is set, what is left stays, the lease can be renewed and is handed on at once when it is given back."""
    clock, ticks = Clock(), Ticks()
    with take_lease(store, "worker-1", renewal=None, now=clock, monotonic=ticks) as lease:
        clock.moment += jump
        assert lease.left() == 90
        ticks.count += 80
        lease.require(75)
        assert lease.left() == 90
    clock.moment -= jump
    with take_lease(store, "worker-2", renewal=None, now=clock) as lease:
        assert lease.former_end is None


def test_former_end_is_known(store: Store) -> None:
    """Who follows a holder that gave nothing back knows until when that one may have gone on; else there is nothing to know."""
    with take_lease(store, "worker-1", seconds=40, renewal=None, now=Clock()) as lease:
        assert lease.former_end is None
        end = holder_now(store)
    assert end
    _never_given_back(store, "worker-2", end[1])
    with take_lease(store, "worker-2", renewal=None, now=Clock()) as lease:
        assert lease.former_end == end[1]
    with take_lease(store, "worker-3", renewal=None, now=Clock()) as lease:
        assert lease.former_end is None


@pytest.mark.parametrize("ahead", [timedelta(hours=2), timedelta(days=3652)])
def test_former_clock_was_ahead(store: Store, ahead: timedelta) -> None:
    """A former holder whose clock was ahead makes nobody wait longer than a lease."""
    now = NOON if store.sqlite else _moment(store)
    _never_given_back(store, "worker-2", now + ahead)
    with take_lease(store, "worker-2", seconds=90, renewal=None, now=Clock()) as lease:
        assert lease.former_end
        assert now + timedelta(seconds=90) <= lease.former_end < now + timedelta(seconds=120)


def _never_given_back(store: Store, holder: str, end: datetime) -> None:
    with store.write() as connection:
        connection.execute(LEASE.update().values(holder=holder, expires=end))


def _moment(store: Store) -> datetime:
    with store.read() as connection:
        moment: datetime = connection.exec_driver_sql("SELECT clock_timestamp()").scalar_one()
    return moment


def test_frozen_thread_is_stopped(store: Store) -> None:
    """A thread that slept past the lease, while the thread that renews slept too, meets the one who took it meanwhile."""
    gate, said = threading.Event(), list[BaseException]()

    def sleeper(lease: Lease) -> None:
        gate.wait()
        try:
            lease.require(45)
        except LeaseError as error:
            said.append(error)

    ticks = Ticks()
    with take_lease(store, "worker-1", renewal=None, monotonic=ticks) as lease:
        threads = [threading.Thread(target=sleeper, args=(lease,)) for _ in range(6)]
        ticks.count += 91
        _give_to_another(store)
        threading.Timer(0.05, gate.set).start()
        _all(threads)
    assert [("is over" in str(error)) for error in said] == [True] * 6


def test_many_threads_renew_once(store: Store) -> None:
    """When several threads find too little left, the first renews for all."""
    ticks = Ticks()
    with take_lease(store, "worker-1", renewal=None, monotonic=ticks) as lease:
        ticks.count += 60
        once = _statements(store, lambda: lease.require(75))
        ticks.count += 60
        threads = [threading.Thread(target=lease.require, args=(75,)) for _ in range(6)]
        assert _statements(store, lambda: _all(threads)) == once


def _all(threads: list[threading.Thread]) -> None:
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

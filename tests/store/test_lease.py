"""The lease: one worker at a time, and a token that only grows."""

import subprocess
import sys
import threading
import time

import pytest

from ilc_canvas.reconcile.errors import LeaseError
from ilc_canvas.store.engine import Store, open_store
from ilc_canvas.store.lease import holder_now, take_lease
from ilc_canvas.store.tables import LEASE
from tests.store.cast import Clock

_HOLD = """
import sys, time
from ilc_canvas.store.engine import open_store
from ilc_canvas.store.lease import take_lease
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
    process = subprocess.Popen([sys.executable, "-c", _HOLD, url, "2"], stdout=subprocess.PIPE, text=True)
    assert process.stdout
    assert process.stdout.readline() == "held\n"
    with pytest.raises(LeaseError, match="the other"), take_lease(store, "worker-1"):
        pass
    process.kill()
    process.communicate()
    time.sleep(0 if store.sqlite else 2.2)
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


def _give_to_another(store: Store) -> None:
    with store.write() as connection:
        connection.execute(LEASE.update().values(token=LEASE.c.token + 1))


def test_thread_renews_by_itself(store: Store) -> None:
    """A thread renews the lease while the block lasts, and is gone afterwards."""
    with take_lease(store, "worker-1", renewal=0.05):
        first = holder_now(store)
        time.sleep(0.4)
        later = holder_now(store)
    assert first
    assert later
    assert later[1] > first[1]
    assert "lease" not in [thread.name for thread in threading.enumerate()]


def test_run_out_on_the_server(store: Store) -> None:
    """By PostgreSQL's clock a lease that was not renewed has run out; on SQLite the file lock decides, whatever the clock does."""
    with take_lease(store, "worker-1", seconds=0.2, renewal=None) as lease:
        time.sleep(0.4)
        if store.sqlite:
            lease.renew()
        else:
            with pytest.raises(LeaseError):
                lease.renew()

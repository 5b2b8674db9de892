"""Units of writing: whole or absent, one at a time, with moments that keep their meaning."""

import sqlite3
import threading
from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import event, insert, select, text
from sqlalchemy.exc import StatementError

from ilc_canvas.reconcile.errors import StoreError
from ilc_canvas.store.audit.chain import Entry, append, head, verify
from ilc_canvas.store.db import dialects
from ilc_canvas.store.db.database import Store
from ilc_canvas.store.opening import open_store
from ilc_canvas.store.runs.tables import TENANT
from tests.store.cast import NOON


def _add(store: Store, number: int, moment: datetime = NOON) -> None:
    with store.write() as connection:
        values = {"base_url": "x", "root_account_id": 2**40, "account_name": "ILC", "pinned_at": moment}
        connection.execute(insert(TENANT).values(number=number, **values))


def _numbers(store: Store) -> list[int]:
    with store.read() as connection:
        return list(connection.execute(select(TENANT.c.number).order_by(TENANT.c.number)).scalars())


def test_naive_moments_are_refused(store: Store) -> None:
    """A moment without offset is refused, and nothing is stored."""
    with pytest.raises(StatementError, match="naive"):
        _add(store, 1, datetime(2021, 8, 2, 12, 0))  # noqa: DTZ001
    assert _numbers(store) == []


def test_moments_come_back_in_utc(store: Store) -> None:
    """A moment of California comes back as the same moment in UTC, to the microsecond."""
    moment = datetime(2021, 8, 2, 8, 0, 0, 123456, tzinfo=timezone(timedelta(hours=-7)))
    _add(store, 1, moment)
    with store.read() as connection:
        back: datetime = connection.execute(select(TENANT.c.pinned_at)).scalar_one()
    assert (back, back.tzinfo) == (moment, UTC)


def test_error_leaves_nothing_behind(store: Store) -> None:
    """An exception in the block undoes the whole unit, and the next unit works."""

    def stumble() -> None:
        with store.write() as connection:
            connection.execute(insert(TENANT).values(number=1, base_url="x", root_account_id=1, account_name="a", pinned_at=NOON))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        stumble()
    _add(store, 2)
    assert _numbers(store) == [2]


def test_strict_tables_refuse_other_types(file_store: Store) -> None:
    """SQLite's tables are STRICT: text in a number is an error."""
    with pytest.raises(StoreError), file_store.write() as connection:
        connection.execute(text("INSERT INTO lease VALUES (2, 'x', 'many', 'never')"))


def test_two_writers_take_turns(store: Store) -> None:
    """A second writer waits for the first, and then gets its turn."""
    inside, order = threading.Event(), list[str]()

    def second() -> None:
        inside.wait()
        _add(store, 2)
        order.append("second")

    thread = threading.Thread(target=second)
    thread.start()
    with store.write() as connection:
        connection.execute(insert(TENANT).values(number=1, base_url="x", root_account_id=1, account_name="a", pinned_at=NOON))
        inside.set()
        thread.join(0.1)
        assert thread.is_alive()
        order.append("first")
    thread.join()
    assert (order, _numbers(store)) == (["first", "second"], [1, 2])


def test_lock_that_is_never_freed(file_store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """A lock that lasts ends in an error that says what was not changed."""
    monkeypatch.setattr(dialects, "pragmas", lambda _: {"busy_timeout": ("50", 50)})
    impatient = open_store(f"sqlite:///{file_store.path}")
    with file_store.write(), pytest.raises(StoreError, match=r"another process holds it.*Nothing of this step was stored"):
        _add(impatient, 1)
    impatient.close()


def test_no_deferred_begin_ever(file_store: Store) -> None:
    """Every transaction on SQLite begins IMMEDIATE; reading opens none."""
    statements: list[str] = []

    def trace(connection: sqlite3.Connection, *_: object) -> None:
        connection.set_trace_callback(statements.append)

    file_store.engine.dispose()
    event.listen(file_store.engine, "connect", trace)
    for number in (1, 2):
        _add(file_store, number)
        assert len(_numbers(file_store)) == number
        with file_store.read() as connection:
            assert connection.connection.dbapi_connection.isolation_level is None  # type: ignore[union-attr]
    file_store.engine.dispose()
    assert [each.strip() for each in statements if each.strip().upper().startswith("BEGIN")] == ["BEGIN IMMEDIATE"] * 2


def test_full_disk_leaves_no_half_unit(file_store: Store) -> None:
    """When the disk is full the unit is absent as a whole, the chain holds, and with space it goes on."""
    _add(file_store, 1)

    def fill() -> None:
        with file_store.write() as connection:
            pages = connection.exec_driver_sql("PRAGMA page_count").scalar()
            connection.exec_driver_sql(f"PRAGMA max_page_count={pages}")
            connection.execute(insert(TENANT).values(number=2, base_url="x", root_account_id=1, account_name="a", pinned_at=NOON))
            append(connection, Entry("began", NOON, "ana", {"big": "x" * 500_000}))

    with pytest.raises(StoreError, match=r"disk is full.*Nothing of this step was stored"):
        fill()
    assert (_numbers(file_store), head(file_store).seq, verify(file_store).count) == ([1], 0, 0)
    file_store.engine.dispose()  # the limit belongs to the connection
    _add(file_store, 2)
    assert _numbers(file_store) == [1, 2]

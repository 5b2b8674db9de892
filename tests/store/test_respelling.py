"""A store of an older version, which kept the address of Canvas as it was typed."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import inspect, select, update

from ilc_canvas.store.db.database import Store
from ilc_canvas.store.db.lease import take_lease
from ilc_canvas.store.db.scope import CanvasScope
from ilc_canvas.store.migrations import migrate
from ilc_canvas.store.runs import parked, tenant_pin
from ilc_canvas.store.runs.tables import RUN
from tests.store.cast import BASE, SCOPE, TENANT, Clock, Desk
from tests.store.keyed import fill, keyed, quarantine, rows

SHOUTED = "https://CANVAS.example.org:443"


@contextmanager
def at_work(store: Store) -> Iterator[Desk]:
    clock = Clock()
    with take_lease(store, "worker-1", renewal=None, now=clock) as lease:
        yield Desk(store, lease, clock)


def test_older_store_goes_on(store: Store) -> None:
    """After the upgrade everything is found under the normal address, and the next run completes the pin."""
    with at_work(store) as desk:
        desk.journal.pin_tenant(TENANT)
        fill(desk)
    before = _kept(store)
    migrate.downgrade(store, "0003")
    with store.write() as connection:
        there = inspect(connection).get_table_names()
        for table in (each for each in keyed() if each.name in there):
            connection.execute(update(table).where(table.c.base_url == BASE).values(base_url=SHOUTED))
    migrate.upgrade(store)
    unknown = {"account_id": None, "account_uuid": None}
    assert _kept(store) == {**before, "tenant_pin": [{**row, **unknown} for row in before["tenant_pin"]]}
    with at_work(store) as desk:
        desk.journal.pin_tenant(TENANT)
    assert _kept(store) == before


def _kept(store: Store) -> dict[str, Any]:
    """All rows but those that a later step of the upgrade makes anew, or the older version lacks: of the ledger their names are enough."""
    found, anew = rows(store), ("identity_question", "declined_change", "drift_decision")
    ledger = [(row["base_url"], row["scope"], row["key"]) for row in found["ledger"]]
    return {**{name: value for name, value in found.items() if name not in anew}, "ledger": ledger}


@pytest.mark.parametrize(("pinned", "other"), [(BASE, SHOUTED), (SHOUTED, BASE), (SHOUTED, "https://Canvas.Example.Org/")])
def test_spellings_are_joined(store: Store, pinned: str, other: str) -> None:
    """Of rows under several spellings those of the pinned one stay, whether it is the normal one or not; runs are all kept."""
    with at_work(store) as desk:
        desk.journal_of(desk.lease, pinned).pin_tenant(replace(TENANT, base_url=pinned))
        quarantine(desk, pinned, "recovery")
        quarantine(desk, other, "tenant")
    migrate.downgrade(store, "0003")
    migrate.upgrade(store)
    pin, (trouble, _) = tenant_pin.read_pin(store), parked.held_back(store, CanvasScope(BASE, SCOPE))
    assert (pin and pin.base_url, trouble and trouble.trouble) == (BASE, "recovery")
    with store.read() as connection:
        assert [*connection.execute(select(RUN.c.base_url)).scalars()] == [BASE, BASE]

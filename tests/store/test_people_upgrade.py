"""A store from before people were held by number: its links are kept, whatever number was noted last."""

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import delete, insert

from ilc_canvas.reconcile.change import Create
from ilc_canvas.reconcile.kinds import FORMER, MAIN, Kind
from ilc_canvas.reconcile.state import Ledger, channel_key
from ilc_canvas.store.db.codec import dumps
from ilc_canvas.store.db.database import Store
from ilc_canvas.store.db.lease import take_lease
from ilc_canvas.store.db.scope import CanvasScope
from ilc_canvas.store.migrations import migrate
from ilc_canvas.store.runs.ledger import read_ledger
from ilc_canvas.store.runs.tables import LEDGER
from tests.store.cast import BASE, COURSE, EQUITY, NOON, ROSA, SCOPE, Clock, Desk

BEFORE = "0005"
OLD = {**ROSA.fields, "login": "rosa@new.org", "email": "rosa@new.org", "former_email": "rosa@example.org"}
NEW = channel_key(ROSA.key, MAIN)


def upgraded(store: Store, *rows: dict[str, Any], made: int | None = None) -> Ledger:
    """The ledger of a store that the former version left with these rows; `made`: the number that Canvas gave when it made her account."""
    with take_lease(store, "worker", renewal=None) as lease:
        desk = Desk(store, lease, Clock())
        if made:
            number = desk.run(Create(ROSA))
            desk.do(number, Create(ROSA), handle=made)
            desk.close(number, "applied")
    migrate.downgrade(store, BEFORE)
    with store.write() as connection:
        connection.execute(delete(LEDGER))
        connection.execute(insert(LEDGER), [{**_ROW, **row} for row in rows])
    migrate.upgrade(store)
    with store.read() as connection:
        return read_ledger(connection, CanvasScope(BASE, SCOPE))


_ROW = {"base_url": BASE, "scope": SCOPE, "key": str(ROSA.key), "fields": dumps(OLD), "how": "created", "at": NOON, "handle": 77}


@pytest.mark.parametrize("noted", [77, 500_001, None])
def test_number_is_that_of_the_account(store: Store, noted: int | None) -> None:
    """After a change of login the former version noted the login's number: the account's own is that with which it was made."""
    rosa = upgraded(store, {"handle": noted}, made=77)[ROSA.key]
    assert (rosa.handle, rosa.how) == (77, "created")


def test_number_that_nobody_vouches_for(store: Store) -> None:
    """A number of which the log says nothing is forgotten: the next run finds the account under our SIS id."""
    assert upgraded(store, {"handle": 500_001})[ROSA.key].handle is None


def test_addresses_become_rows(store: Store) -> None:
    """The address, and a former one that was still to go, are rows of their own by now; nothing of them is left in the person's."""
    ledger = upgraded(store, {})
    assert ledger[NEW].fields == {"address": "rosa@new.org"}
    assert ledger[channel_key(ROSA.key, FORMER)].fields == {"address": "rosa@example.org"}
    assert not {"email", "former_email"} & ledger[ROSA.key].fields.keys()


def test_people_belong_to_all_years(store: Store) -> None:
    """Of two school years the later row counts, and every year finds it; courses stay with their year."""
    later = {"scope": "ilc:2022-23", "fields": dumps({**OLD, "name": "Rosa Later"}), "at": NOON + timedelta(days=1)}
    ledger = upgraded(store, {}, later, {"key": str(COURSE), "fields": dumps(EQUITY.fields)})
    assert (ledger[ROSA.key].fields["name"], COURSE in ledger) == ("Rosa Later", True)
    with store.read() as connection:
        assert {key.kind for key in read_ledger(connection, CanvasScope(BASE, "ilc:2030-31"))} == {Kind.USER, Kind.CHANNEL}

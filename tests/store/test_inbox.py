"""Wishes: asked for from anywhere, taken by one worker, once, the most urgent first."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from sqlalchemy import column, select, table

from ilc_canvas.reconcile.errors import WishError
from ilc_canvas.store.audit import reader
from ilc_canvas.store.db.codec import dumps
from ilc_canvas.store.db.database import Store
from ilc_canvas.store.migrations import migrate
from ilc_canvas.store.opening import open_store
from ilc_canvas.store.worker import sync_requests
from ilc_canvas.store.worker.sync_requests import Request, RequestKind
from tests.store.cast import NOON

ALL: tuple[str, ...] = ()
COP, ROSA = ("cop:EQ",), ("person:ILC-0001",)


def wish(store: Store, only: tuple[str, ...], *, actor: str = "ana", full: bool = False) -> int:
    """Somebody asks for a sync; the number of the wish."""
    return sync_requests.wish(store, Request(RequestKind.SYNC, actor, "a call came in", only=only, retry=full), at=NOON).number


def test_people_come_first(store: Store) -> None:
    """Somebody waits for one person; then come single courses, then everything; among equals the older one."""
    numbers = [wish(store, only) for only in (ALL, COP, ("cop:NB",), ROSA)]
    taken = [found.number for _ in numbers if (found := sync_requests.take(store, "one"))]
    assert taken == [numbers[3], numbers[1], numbers[2], numbers[0]]
    assert sync_requests.take(store, "one") is None


@pytest.mark.parametrize("taken", [False, True])
def test_same_wish_is_refused(store: Store, taken: bool) -> None:
    """While it waits or runs the same one is refused, by whomever; another one, or one with --full, is not."""
    wish(store, COP)
    if taken:
        sync_requests.take(store, "one")
    with pytest.raises(WishError, match=r"asked for already: no\. 1 by ana, which .* Nothing was added\."):
        wish(store, COP, actor="ben")
    assert [wish(store, ALL), wish(store, COP, full=True)] == [2, 3]


def test_done_wish_may_be_wished_again(store: Store) -> None:
    """When it has ended, the same may be asked for; how it ended is kept."""
    first = wish(store, COP)
    sync_requests.take(store, "one")
    sync_requests.ended(store, first, "done", run=7, result="Canvas agrees.", at=NOON)
    assert wish(store, COP) == 2
    assert (sync_requests.read(store, first).state, sync_requests.read(store, first).run) == ("done", 7)
    assert [found.number for found in sync_requests.open_wishes(store)] == [2]


def test_cancelled_wish_is_not_taken(store: Store) -> None:
    """What waits can be taken back, all of it or what was named; what runs ends by itself; who did it stands in the log."""
    wish(store, COP)
    sync_requests.take(store, "one")
    wish(store, ALL), wish(store, ROSA)
    assert sync_requests.cancel(store, actor="ben", only=ROSA, at=NOON) == [3]
    assert sync_requests.cancel(store, actor="ben", only=None, at=NOON) == [2]
    with pytest.raises(WishError, match=r"Nothing waits that could be cancelled"):
        sync_requests.cancel(store, actor="ben", only=None, at=NOON)
    assert sync_requests.take(store, "one") is None
    assert [(event.kind, event.actor) for event in reader.events(store)][-2:] == [("wish-cancelled", "ben")] * 2


def test_kinds_are_told_apart(store: Store) -> None:
    """A plan, and the way back of two runs, are not the same as a sync; what each needs is kept."""
    asked = [
        Request(RequestKind.SYNC, "ana", only=COP, redo=True),
        Request(RequestKind.PLAN, "ana", only=COP),
        Request(RequestKind.UNDO, "ana", undo=3),
        Request(RequestKind.UNDO, "ana", undo=4),
    ]
    wish(store, COP)
    numbers = [sync_requests.wish(store, each, at=NOON).number for each in asked]
    assert [sync_requests.read(store, number).request for number in numbers] == asked
    with pytest.raises(WishError, match=r"asked for already: no\. 4"):
        sync_requests.wish(store, asked[2], at=NOON)


def test_request_is_cancelled_by_number(store: Store) -> None:
    """One by its number, or one's own alone; those of others wait on."""
    wish(store, ALL), wish(store, COP, actor="ben"), wish(store, ROSA, actor="ben")
    assert sync_requests.cancel(store, actor="ben", at=NOON, number=2) == [2]
    assert sync_requests.cancel(store, actor="ben", at=NOON, own=True) == [3]
    with pytest.raises(WishError, match="Nothing waits that could be cancelled"):
        sync_requests.cancel(store, actor="ben", at=NOON, number=1, own=True)
    assert [found.number for found in sync_requests.open_wishes(store)] == [1]


def test_dry_requests_are_taken_alone(store: Store) -> None:
    """While nothing may be written, a worker takes what writes nothing, and leaves the rest."""
    wish(store, ROSA)
    assert not sync_requests.waits(store, dry=True)
    number = sync_requests.wish(store, Request(RequestKind.PLAN, "ana"), at=NOON).number
    assert sync_requests.waits(store, dry=True)
    taken = [sync_requests.take_number(store, "one", dry=True) for _ in range(2)]
    assert taken == [number, None]


def test_older_requests_are_syncs(store: Store) -> None:
    """What an older version was asked for waits on as a sync, with what is parked, or as a repair; back again it is as it was."""
    migrate.downgrade(store, "0011")
    row = {
        "at": "2021-08-02T12:00:00.000000Z",
        "actor": "ana",
        "reason": "",
        "priority": 1,
        "state": "waiting",
        "taken_by": "",
        "result": "",
    }
    rows = [
        {**row, "number": n, "only": dumps(COP), "trigger": trigger, "full": n - 1} for n, trigger in enumerate(("repair", "resync"), 1)
    ]
    with store.write() as connection:
        connection.execute(_OLD.insert(), rows)
    migrate.upgrade(store)
    assert migrate.differences(store) == []
    found = [each.request for each in sync_requests.open_wishes(store)]
    assert found == [Request(RequestKind.SYNC, "ana", only=COP, repair=True), Request(RequestKind.SYNC, "ana", only=COP, retry=True)]
    sync_requests.wish(store, Request(RequestKind.VERIFY, "ana"), at=NOON)
    migrate.downgrade(store, "0011")
    with store.read() as connection:
        left = connection.execute(select(_OLD.c.trigger, _OLD.c.full, _OLD.c.state).order_by(_OLD.c.number)).all()
    assert [tuple(each) for each in left] == [("repair", 0, "waiting"), ("resync", 1, "waiting"), ("resync", 0, "cancelled")]


_OLD = table("wish", *(column(name) for name in (
    "number", "at", "actor", "trigger", "reason", "only", "full", "priority", "state", "taken_by", "result",
)))  # fmt: skip


def test_two_workers_take_each_wish_once(url: str) -> None:
    """Two workers at once, each with its own connections: together they take each wish, and none twice."""
    stores = [open_store(url, create=True), open_store(url)]
    numbers = [wish(stores[0], (f"cop:{number}",)) for number in range(30)]
    together = Barrier(2)

    def work(name: str, store: Store) -> list[int]:
        together.wait()
        return [found.number for _ in numbers if (found := sync_requests.take(store, name))]

    with ThreadPoolExecutor(2) as pool:
        first, second = pool.map(work, ("one", "two"), stores)
    for store in stores:
        store.close()
    assert sorted(first + second) == numbers


def test_wishes_at_once_have_their_own_numbers(url: str) -> None:
    """People who ask at the same moment, from two machines, each get a wish of their own."""
    stores = [open_store(url, create=True), open_store(url)]
    together = Barrier(2)

    def ask(name: str, store: Store) -> list[int]:
        together.wait()
        return [wish(store, (f"cop:{name}{number}",)) for number in range(20)]

    with ThreadPoolExecutor(2) as pool:
        found = [number for numbers in pool.map(ask, "ab", stores) for number in numbers]
    for store in stores:
        store.close()
    assert sorted(found) == list(range(1, 41))


def test_orphans_wait_again(store: Store) -> None:
    """A wish whose worker is no more waits for the next one, and keeps its number."""
    number = wish(store, COP)
    sync_requests.take(store, "one")
    assert (sync_requests.orphans(store), sync_requests.orphans(store)) == (1, 0)
    found = sync_requests.take(store, "two")
    assert found
    assert (found.number, found.taken_by) == (number, "two")

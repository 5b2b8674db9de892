"""Wishes: asked for from anywhere, taken by one worker, once, the most urgent first."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from sqlalchemy import column, select, table

from ilc_canvas.reconcile.errors import SyncRequestError
from ilc_canvas.reconcile.kinds import Kind
from ilc_canvas.reconcile.state import Key
from ilc_canvas.store.audit import reader
from ilc_canvas.store.db.codec import dumps
from ilc_canvas.store.db.database import Store
from ilc_canvas.store.migrations import migrate
from ilc_canvas.store.opening import open_store
from ilc_canvas.store.privacy import erasure, retention
from ilc_canvas.store.rosters import versions
from ilc_canvas.store.worker import sync_requests
from ilc_canvas.store.worker.sync_requests import RequestKind, SyncRequest
from tests.store.cast import NOON, Desk, draft, finalized

ALL: tuple[str, ...] = ()
COP, ROSA = ("cop:EQ",), ("person:ILC-0001",)


def request(store: Store, only: tuple[str, ...], *, actor: str = "ana", full: bool = False) -> int:
    """Somebody asks for a sync; the number of the sync request."""
    return sync_requests.submit(store, SyncRequest(RequestKind.SYNC, actor, "a call came in", only=only, retry=full), at=NOON).number


def test_people_come_first(store: Store) -> None:
    """Somebody waits for one person; then come single courses, then everything; among equals the older one."""
    numbers = [request(store, only) for only in (ALL, COP, ("cop:NB",), ROSA)]
    taken = [found.number for _ in numbers if (found := sync_requests.take(store, "one"))]
    assert taken == [numbers[3], numbers[1], numbers[2], numbers[0]]
    assert sync_requests.take(store, "one") is None


@pytest.mark.parametrize("taken", [False, True])
def test_same_wish_is_refused(store: Store, taken: bool) -> None:
    """While it waits or runs the same one is refused, by whomever; another one, or one with --full, is not."""
    request(store, COP)
    if taken:
        sync_requests.take(store, "one")
    with pytest.raises(SyncRequestError, match=r"asked for already: no\. 1 by ana, which .* Nothing was added\."):
        request(store, COP, actor="ben")
    assert [request(store, ALL), request(store, COP, full=True)] == [2, 3]


def test_done_wish_may_be_wished_again(store: Store) -> None:
    """When it has ended, the same may be asked for; how it ended is kept."""
    first = request(store, COP)
    sync_requests.take(store, "one")
    sync_requests.ended(store, first, "done", run=7, result="Canvas agrees.", at=NOON)
    assert request(store, COP) == 2
    assert (sync_requests.read(store, first).state, sync_requests.read(store, first).run) == ("done", 7)
    assert [found.number for found in sync_requests.open_requests(store)] == [2]


def test_cancelled_wish_is_not_taken(store: Store) -> None:
    """What waits can be taken back, all of it or what was named; what runs ends by itself; who did it stands in the log."""
    request(store, COP)
    sync_requests.take(store, "one")
    request(store, ALL), request(store, ROSA)
    assert sync_requests.cancel(store, actor="ben", only=ROSA, at=NOON) == [3]
    assert sync_requests.cancel(store, actor="ben", only=None, at=NOON) == [2]
    with pytest.raises(SyncRequestError, match=r"Nothing waits that could be cancelled"):
        sync_requests.cancel(store, actor="ben", only=None, at=NOON)
    assert sync_requests.take(store, "one") is None
    assert [(event.kind, event.actor) for event in reader.events(store)][-2:] == [("wish-cancelled", "ben")] * 2


def test_kinds_are_told_apart(store: Store) -> None:
    """A plan, and the way back of two runs, are not the same as a sync; what each needs is kept."""
    asked = [
        SyncRequest(RequestKind.SYNC, "ana", only=COP, redo=True),
        SyncRequest(RequestKind.PLAN, "ana", only=COP),
        SyncRequest(RequestKind.UNDO, "ana", undo=3),
        SyncRequest(RequestKind.UNDO, "ana", undo=4),
    ]
    request(store, COP)
    numbers = [sync_requests.submit(store, each, at=NOON).number for each in asked]
    assert [sync_requests.read(store, number).request for number in numbers] == asked
    with pytest.raises(SyncRequestError, match=r"asked for already: no\. 4"):
        sync_requests.submit(store, asked[2], at=NOON)


def test_request_is_cancelled_by_number(store: Store) -> None:
    """One by its number, or one's own alone; those of others wait on."""
    request(store, ALL), request(store, COP, actor="ben"), request(store, ROSA, actor="ben")
    assert sync_requests.cancel(store, actor="ben", at=NOON, number=2) == [2]
    assert sync_requests.cancel(store, actor="ben", at=NOON, own=True) == [3]
    with pytest.raises(SyncRequestError, match="Nothing waits that could be cancelled"):
        sync_requests.cancel(store, actor="ben", at=NOON, number=1, own=True)
    assert [found.number for found in sync_requests.open_requests(store)] == [1]


def test_dry_requests_are_taken_alone(store: Store) -> None:
    """While nothing may be written, a worker takes what writes nothing, and leaves the rest."""
    request(store, ROSA)
    assert not sync_requests.waits(store, dry=True)
    number = sync_requests.submit(store, SyncRequest(RequestKind.PLAN, "ana"), at=NOON).number
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
    found = [each.request for each in sync_requests.open_requests(store)]
    assert found == [
        SyncRequest(RequestKind.SYNC, "ana", only=COP, repair=True),
        SyncRequest(RequestKind.SYNC, "ana", only=COP, retry=True),
    ]
    sync_requests.submit(store, SyncRequest(RequestKind.VERIFY, "ana"), at=NOON)
    migrate.downgrade(store, "0011")
    with store.read() as connection:
        left = connection.execute(select(_OLD.c.trigger, _OLD.c.full, _OLD.c.state).order_by(_OLD.c.number)).all()
    assert [tuple(each) for each in left] == [("repair", 0, "waiting"), ("resync", 1, "waiting"), ("resync", 0, "cancelled")]


_OLD = table("wish", *(column(name) for name in (
    "number", "at", "actor", "trigger", "reason", "only", "full", "priority", "state", "taken_by", "result",
)))  # fmt: skip


def test_two_workers_take_each_wish_once(url: str) -> None:
    """Two workers at once, each with its own connections: together they take each sync request, and none twice."""
    stores = [open_store(url, create=True), open_store(url)]
    numbers = [request(stores[0], (f"cop:{number}",)) for number in range(30)]
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
    """People who ask at the same moment, from two machines, each get a sync request of their own."""
    stores = [open_store(url, create=True), open_store(url)]
    together = Barrier(2)

    def ask(name: str, store: Store) -> list[int]:
        together.wait()
        return [request(store, (f"cop:{name}{number}",)) for number in range(20)]

    with ThreadPoolExecutor(2) as pool:
        found = [number for numbers in pool.map(ask, "ab", stores) for number in numbers]
    for store in stores:
        store.close()
    assert sorted(found) == list(range(1, 41))


def test_orphans_wait_again(store: Store) -> None:
    """A sync request whose worker is no more waits for the next one, and keeps its number."""
    number = request(store, COP)
    sync_requests.take(store, "one")
    assert (sync_requests.orphans(store), sync_requests.orphans(store)) == (1, 0)
    found = sync_requests.take(store, "two")
    assert found
    assert (found.number, found.taken_by) == (number, "two")


def test_what_a_look_found_is_kept_a_while(desk: Desk) -> None:
    """It is kept with its moment, by person, until it is old; it goes with the person as well, and what an examination found stays."""
    finalized(desk.store)
    draft(desk.store, 2, files="b")
    versions.finalize(desk.store, signed_by="Ana", second="Ben", reason="left", at=NOON)
    gone = Key(Kind.USER, "ilc:p:ILC-0003")
    wanted = [SyncRequest(RequestKind.LOOK, "ana", only=(f"person:ILC-000{number}",)) for number in (1, 3)]
    for asked in (*wanted, SyncRequest(RequestKind.DOCTOR, "ana")):
        number = sync_requests.submit(desk.store, asked, at=NOON).number
        sync_requests.ended(desk.store, number, "done", run=None, result="Seen.", at=NOON, details='{"seen":1}')

    def kept() -> list[bool]:
        found = [sync_requests.newest_done(desk.store, RequestKind.LOOK, each.only) for each in wanted]
        return [bool(each) for each in (*found, sync_requests.newest_done(desk.store, RequestKind.DOCTOR))]

    assert kept() == [True, True, True]
    erasure.erase(desk.store, gone, actor="ana", reason="asked for it", at=NOON)
    assert kept() == [True, False, True]
    retention.forget(desk.store, before=NOON + timedelta(seconds=1), actor="schedule", at=NOON + timedelta(days=1))
    assert kept() == [False, False, False]

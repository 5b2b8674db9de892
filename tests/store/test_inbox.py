"""Wishes: asked for from anywhere, taken by one worker, once, the most urgent first."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from ilc_canvas.reconcile.errors import WishError
from ilc_canvas.reconcile.run import Ask
from ilc_canvas.store.audit import reader
from ilc_canvas.store.db.database import Store
from ilc_canvas.store.opening import open_store
from ilc_canvas.store.worker import sync_requests
from tests.store.cast import NOON

ALL: tuple[str, ...] = ()
COP, ROSA = ("cop:EQ",), ("person:ILC-0001",)


def wish(store: Store, only: tuple[str, ...], *, actor: str = "ana", full: bool = False) -> int:
    """Somebody asks for a sync; the number of the wish."""
    return sync_requests.wish(store, Ask(actor, "resync", "a call came in", only=only), full=full, at=NOON).number


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

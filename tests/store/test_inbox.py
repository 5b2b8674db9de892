"""Wishes: asked for from anywhere, taken by one worker, once, the most urgent first."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

from ilc_canvas.reconcile.errors import WishError
from ilc_canvas.reconcile.run import Ask
from ilc_canvas.store import inbox, log
from ilc_canvas.store.engine import Store, open_store
from tests.store.cast import NOON

ALL: tuple[str, ...] = ()
COP, ROSA = ("cop:EQ",), ("person:ILC-0001",)


def wish(store: Store, only: tuple[str, ...], *, actor: str = "ana", full: bool = False) -> int:
    """Somebody asks for a sync; the number of the wish."""
    return inbox.wish(store, Ask(actor, "resync", "a call came in", only=only), full=full, at=NOON).number


def test_people_come_first(store: Store) -> None:
    """Somebody waits for one person; then come single courses, then everything; among equals the older one."""
    numbers = [wish(store, only) for only in (ALL, COP, ("cop:NB",), ROSA)]
    taken = [found.number for _ in numbers if (found := inbox.take(store, "one"))]
    assert taken == [numbers[3], numbers[1], numbers[2], numbers[0]]
    assert inbox.take(store, "one") is None


@pytest.mark.parametrize("taken", [False, True])
def test_same_wish_is_refused(store: Store, taken: bool) -> None:
    """While it waits or runs the same one is refused, by whomever; another one, or one with --full, is not."""
    wish(store, COP)
    if taken:
        inbox.take(store, "one")
    with pytest.raises(WishError, match=r"asked for already: no\. 1 by ana, which .* Nothing was added\."):
        wish(store, COP, actor="ben")
    assert [wish(store, ALL), wish(store, COP, full=True)] == [2, 3]


def test_done_wish_may_be_wished_again(store: Store) -> None:
    """When it has ended, the same may be asked for; how it ended is kept."""
    first = wish(store, COP)
    inbox.take(store, "one")
    inbox.ended(store, first, "done", run=7, result="Canvas agrees.", at=NOON)
    assert wish(store, COP) == 2
    assert (inbox.read(store, first).state, inbox.read(store, first).run) == ("done", 7)
    assert [found.number for found in inbox.open_wishes(store)] == [2]


def test_cancelled_wish_is_not_taken(store: Store) -> None:
    """What waits can be taken back, all of it or what was named; what runs ends by itself; who did it stands in the log."""
    wish(store, COP)
    inbox.take(store, "one")
    wish(store, ALL), wish(store, ROSA)
    assert inbox.cancel(store, actor="ben", only=ROSA, at=NOON) == [3]
    assert inbox.cancel(store, actor="ben", only=None, at=NOON) == [2]
    with pytest.raises(WishError, match=r"Nothing waits that could be cancelled"):
        inbox.cancel(store, actor="ben", only=None, at=NOON)
    assert inbox.take(store, "one") is None
    assert [(event.kind, event.actor) for event in log.events(store)][-2:] == [("wish-cancelled", "ben")] * 2


def test_two_workers_take_each_wish_once(url: str) -> None:
    """Two workers at once, each with its own connections: together they take each wish, and none twice."""
    stores = [open_store(url, create=True), open_store(url)]
    numbers = [wish(stores[0], (f"cop:{number}",)) for number in range(30)]
    together = Barrier(2)

    def work(name: str, store: Store) -> list[int]:
        together.wait()
        return [found.number for _ in numbers if (found := inbox.take(store, name))]

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
    inbox.take(store, "one")
    assert (inbox.orphans(store), inbox.orphans(store)) == (1, 0)
    found = inbox.take(store, "two")
    assert found
    assert (found.number, found.taken_by) == (number, "two")

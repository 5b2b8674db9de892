"""The outbox: one notice for each reason, a reminder a day, later and later attempts, and each notice for one worker."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime, timedelta
from threading import Barrier

import pytest

from ilc_canvas.reconcile.run.notice import DELAYS, KEPT_TRYING, REMINDER, Notice
from ilc_canvas.store.db.database import Store
from ilc_canvas.store.opening import open_store
from ilc_canvas.store.worker import outbox
from tests.notices.cast import NOON, NOTE

ONCE = Notice("result", "result:run 7", "ilc-canvas: 50 of 50 changes done", ("One line.",), {"run": 7})
SECOND = timedelta(seconds=1)


def _send(store: Store, at: datetime) -> Notice | None:
    """Take what is due, and say that it was sent."""
    one = outbox.take(store, at)
    if one:
        outbox.sent(store, one.number, at, delivered_to=["mail"])
    return one.notice if one else None


def test_notice_comes_back_whole(store: Store) -> None:
    """What was queued is what is taken and listed."""
    assert outbox.queue(store, NOTE, NOON)
    one = outbox.take(store, NOON)
    assert one is not None
    assert (one.number, one.at, one.attempts, one.delivered_to, one.state(NOON)) == (1, NOON, 1, (), "waiting")
    assert one.notice == replace(NOTE, lasting=False)
    outbox.sent(store, 1, NOON + SECOND, delivered_to=["mail", "webhook"], remark="one receiver was refused")
    (listed,) = outbox.listing(store)
    assert (listed.sent_at, listed.delivered_to, listed.error) == (NOON + SECOND, ("mail", "webhook"), "one receiver was refused")
    assert (listed.state(NOON), outbox.last_at(store, "held"), outbox.last_at(store, "digest")) == ("sent", NOON, None)


def test_one_notice_for_each_reason(store: Store) -> None:
    """The same reason is not reported again; a different one is."""
    assert outbox.queue(store, NOTE, NOON)
    assert not outbox.queue(store, NOTE, NOON)
    assert outbox.queue(store, replace(NOTE, about="held:other"), NOON)
    assert len(outbox.listing(store)) == 2


def test_reminder_comes_after_a_day(store: Store) -> None:
    """While a lasting reason lasts, it is reported again a day later, marked as a reminder; anything else never is."""
    for notice in (NOTE, ONCE):
        outbox.queue(store, notice, NOON)
        _send(store, NOON)
    assert not outbox.queue(store, NOTE, NOON + REMINDER - SECOND)
    assert outbox.queue(store, NOTE, NOON + REMINDER)
    reminder = _send(store, NOON + REMINDER)
    assert reminder is not None
    assert reminder.subject == f"{NOTE.subject} (still)"
    assert not outbox.queue(store, NOTE, NOON + REMINDER * 2 - SECOND)
    assert outbox.queue(store, NOTE, NOON + REMINDER * 2)
    assert not outbox.queue(store, ONCE, NOON + timedelta(days=30))


def test_unsent_notice_has_no_reminder(store: Store) -> None:
    """While nothing can be sent, reminders do not pile up; after a notice was given up there may be another."""
    outbox.queue(store, NOTE, NOON)
    assert not outbox.queue(store, NOTE, NOON + KEPT_TRYING - SECOND)
    assert outbox.queue(store, NOTE, NOON + KEPT_TRYING)


def test_reason_that_is_over(store: Store) -> None:
    """A cleared reason is never sent if it was not sent yet, and is reported again when it comes back; others are untouched."""
    outbox.queue(store, NOTE, NOON)
    outbox.queue(store, replace(NOTE, about="held:other"), NOON)
    outbox.queue(store, replace(NOTE, about="heldish"), NOON)
    assert outbox.clear(store, "held", but="held:other") == 1
    assert [(one.notice.about, one.state(NOON)) for one in outbox.listing(store)] == [
        ("heldish", "waiting"), ("held:other", "waiting"), ("held:7f3c (over)", "over")
    ]  # fmt: skip
    assert [_send(store, NOON) is None for _ in range(3)] == [False, False, True]
    assert [one.sent_at for one in outbox.listing(store)] == [NOON, NOON, None]
    assert outbox.queue(store, NOTE, NOON + SECOND)
    assert (outbox.clear(store, "held:other"), outbox.clear(store, "nothing")) == (1, 0)


@pytest.mark.parametrize("attempts", range(1, 8))
def test_failed_attempts_come_later(store: Store, attempts: int) -> None:
    """1 min, 5 min, 30 min, 2 h, then 6 h each: not a second before."""
    outbox.queue(store, NOTE, NOON)
    at = NOON
    for number in range(attempts):
        assert number == 0 or outbox.take(store, at - SECOND) is None
        one = outbox.take(store, at)
        assert one is not None
        outbox.failed(store, one, at, delivered_to=["webhook"], error="The mail server is away.")
        at += DELAYS[min(number, 4)]
    (listed,) = outbox.listing(store)
    assert (listed.attempts, listed.next_at, listed.delivered_to, listed.error) == (attempts, at, ("webhook",), "The mail server is away.")


def test_given_up_after_a_week(store: Store) -> None:
    """It is not tried any more, but kept, and listed as failed."""
    outbox.queue(store, NOTE, NOON)
    one = outbox.take(store, NOON + KEPT_TRYING - SECOND)
    assert one is not None
    outbox.failed(store, one, NOON, delivered_to=[], error="away")
    assert outbox.take(store, NOON + KEPT_TRYING) is None
    assert [one.state(NOON + KEPT_TRYING) for one in outbox.listing(store)] == ["failed"]


def test_taken_notice_comes_back(store: Store) -> None:
    """A worker that takes a notice has it for five minutes; if it dies, another one takes over."""
    outbox.queue(store, NOTE, NOON)
    assert outbox.take(store, NOON)
    assert outbox.take(store, NOON + outbox.TAKEN - SECOND) is None
    again = outbox.take(store, NOON + outbox.TAKEN)
    assert again is not None
    assert again.attempts == 2


def test_two_workers_take_each_once(url: str) -> None:
    """Two workers at once, each with its own connections, take every notice between them, and none twice."""
    stores = [open_store(url, create=True), open_store(url)]
    for number in range(30):
        outbox.queue(stores[0], replace(ONCE, about=f"result:run {number}"), NOON)
    together = Barrier(2)

    def work(store: Store) -> list[int]:
        together.wait()
        taken: list[int] = []
        while len(taken) < 60 and (one := outbox.take(store, NOON)):
            taken.append(one.number)
        return taken

    with ThreadPoolExecutor(2) as pool:
        first, second = pool.map(work, stores)
    for store in stores:
        store.close()
    assert sorted(first + second) == list(range(1, 31))


def test_old_notices_are_forgotten(store: Store) -> None:
    """Those made before a time are gone."""
    outbox.queue(store, NOTE, NOON)
    outbox.queue(store, ONCE, NOON + SECOND)
    assert outbox.forget(store, NOON + SECOND) == 1
    assert [one.notice.about for one in outbox.listing(store)] == ["result:run 7"]

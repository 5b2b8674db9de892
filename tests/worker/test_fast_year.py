"""What was written while a clock was a year fast is not believed when it is right again."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from ilc_canvas.notices import texts
from ilc_canvas.program.basis import of_roster
from ilc_canvas.reconcile.change import Create, Remove, desired_digest, slot
from ilc_canvas.reconcile.deferral.deferral import Parked
from ilc_canvas.reconcile.errors import ApprovalError
from ilc_canvas.reconcile.run.notice import Notice
from ilc_canvas.store.db.database import Store
from ilc_canvas.store.db.lease import take_lease
from ilc_canvas.store.db.scope import CanvasScope
from ilc_canvas.store.runs.decisions import approvals
from ilc_canvas.store.worker import jobs, outbox
from ilc_canvas.views.clock_doubt import LONGEST_SILENCE, clock_doubt
from tests.store.cast import BASE, NOON, ROSA, SCOPE, Clock, Desk, finalized, plan_of, seat
from tests.stores import new_store
from tests.sync.world import opened

YEAR, HOUR, HERE = timedelta(days=365), timedelta(hours=1), CanvasScope(BASE, SCOPE)
CHANGES = (Create(ROSA), Remove(seat()))
DIGEST = plan_of(*CHANGES).digest


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """A new store."""
    with opened(new_store(tmp_path)) as made:
        yield made


@pytest.fixture
def desk(store: Store) -> Iterator[Desk]:
    """A worker whose clock is a year fast, with a signed roster."""
    finalized(store)
    clock = Clock(NOON + YEAR)
    with take_lease(store, "worker-1", renewal=None, now=clock) as lease:
        yield Desk(store, lease, clock)


def _right(desk: Desk) -> None:
    desk.clock.moment = NOON + HOUR


def _approve(desk: Desk) -> None:
    approvals.approve(desk.store, DIGEST, actor="ben", reason="seen", scope=SCOPE, base_url=BASE, now=desk.clock())


def test_quick_job_sees_a_decision(desk: Desk) -> None:
    """A run that ended next year does not hide a decision of today from the quick job."""
    desk.run(*CHANGES, status="held")
    assert jobs.unchanged_since(desk.store, HERE, desk.clock()) == NOON + YEAR
    _right(desk)
    assert jobs.unchanged_since(desk.store, HERE, desk.clock()) is None


def test_approval_is_not_good_for_a_year(desk: Desk) -> None:
    """An approval given while the clock was fast is not in force when it is right, and that plan cannot be approved either."""
    desk.run(*CHANGES, status="held")
    _approve(desk)
    assert len(desk.journal.approvals(desk.clock())) == 1
    _right(desk)
    assert desk.journal.approvals(desk.clock()) == []
    with pytest.raises(ApprovalError, match=r"is dated 2 Aug 2022, when a clock was fast\. Nothing was changed\..*‹plan›"):
        _approve(desk)


def test_parked_change_is_tried_again() -> None:
    """A change that was parked until next year is tried at once; one that was parked just now waits its hours."""
    change = Create(seat())
    for at, waits in ((NOON + YEAR, False), (NOON, True)):
        parked = Parked(slot(change), desired_digest(change), "create", "no", at, 1, at + timedelta(hours=6))
        assert parked.waits(change, NOON + HOUR) is waits


def test_writes_of_a_fast_year_are_not_recent(desk: Desk) -> None:
    """What was written in the fast year does not overlay what Canvas shows now; an hour back in November changes nothing."""
    desk.carried(Create(ROSA))
    desk.clock.moment = NOON + YEAR - HOUR
    assert len(desk.journal.recent(desk.clock() - timedelta(seconds=120))) == 1
    _right(desk)
    assert len(desk.journal.recent(desk.clock() - timedelta(seconds=120))) == 0


def test_grace_begins_anew(desk: Desk) -> None:
    """A removal that was first planned in the fast year waits for its grace from now on, and not from next year."""
    desk.run(*CHANGES, status="partial")
    _right(desk)
    plan = plan_of(*CHANGES)
    assert (plan.basis, desk.journal.waiting_since(plan)) == (of_roster(1), {})
    desk.run(*CHANGES, status="partial")
    assert set(desk.journal.waiting_since(plan).values()) == {NOON + HOUR}


def _notice(about: str, *, lasting: bool = False) -> Notice:
    return Notice("held", about, "A plan waits", ("Please look.",), {}, lasting=lasting)


def test_notices_go_on(store: Store) -> None:
    """A notice of the fast year is sent, tried again and repeated by the right clock."""
    outbox.queue(store, _notice("quarantine:token", lasting=True), NOON + YEAR)
    taken = outbox.take(store, NOON + HOUR)
    assert taken is not None
    assert outbox.take(store, NOON + HOUR) is None
    outbox.failed(store, taken, NOON + YEAR, delivered_to=(), error="no answer")
    assert outbox.take(store, NOON + HOUR) is not None
    assert outbox.queue(store, _notice("quarantine:token", lasting=True), NOON + HOUR)
    assert not outbox.queue(store, _notice("quarantine:token", lasting=True), NOON + 2 * HOUR)


def test_silence_is_told() -> None:
    """A good run of the fast year does not keep the notice about silence back for a year."""
    told = texts.silence(NOON + YEAR, 26, NOON + 30 * HOUR, begun=NOON)
    assert told is not None
    assert "There has been none since the worker started" in told.lines[0]


@pytest.mark.parametrize(
    ("off", "doubted"), [(-YEAR, True), (timedelta(), False), (HOUR, False), (LONGEST_SILENCE + HOUR, True), (YEAR, True)]
)
def test_clock_is_doubted_either_way(store: Store, off: timedelta, *, doubted: bool) -> None:
    """Nothing is erased by a clock that is behind the log's last event, nor by one so far ahead of it that it may be fast."""
    finalized(store, 1)
    assert bool(clock_doubt(store, "https://canvas.test", NOON + off)) is doubted

"""Plans that wait for a person: not what somebody has decided about, but again what is planned anew."""

from datetime import timedelta

from ilc_canvas.reconcile.change import Create
from ilc_canvas.store.db.scope import CanvasScope
from ilc_canvas.store.runs.decisions import declines
from ilc_canvas.store.runs.decisions.approvals import approve, reject
from ilc_canvas.store.runs.decisions.waiting import is_decided, waiting_plans
from ilc_canvas.store.worker import stats
from tests.store.cast import BASE, NOON, SCOPE, Desk, finalized, plan_of, seat

HERE = CanvasScope(BASE, SCOPE)
CHANGE = Create(seat())
DIGEST = plan_of(CHANGE).digest


def waiting(desk: Desk, hours: float = 0) -> list[int]:
    """The runs whose plans wait so much later; the metrics count the same."""
    now = NOON + timedelta(hours=hours)
    found = [info.number for info in waiting_plans(desk.store, HERE, now)]
    assert stats.numbers(desk.store, stats.EventTotals(), now).held == len(found)
    return found


def test_decided_plan_waits_no_more(desk: Desk) -> None:
    """Neither one that was declined, nor one that is approved and not carried out yet; when the approval has lapsed it waits again."""
    finalized(desk.store)
    desk.run(CHANGE, status="held")
    assert waiting(desk) == [1]
    approve(desk.store, DIGEST, actor="ben", reason="seen", scope=SCOPE, base_url=BASE, now=NOON)
    assert (waiting(desk), waiting(desk, hours=25)) == ([], [1])
    reject(desk.store, DIGEST, actor="ben", reason="no", scope=SCOPE, base_url=BASE, now=NOON)
    assert (waiting(desk), waiting(desk, hours=25)) == ([], [])


def test_same_plan_made_anew_waits_again(desk: Desk) -> None:
    """After the decline was taken back the next run makes the very same plan, of the same digest: it waits, undecided."""
    finalized(desk.store)
    desk.run(CHANGE, status="held")
    reject(desk.store, DIGEST, actor="ben", reason="no", scope=SCOPE, base_url=BASE, now=NOON)
    declines.forget(desk.store, [HERE], [CHANGE.key], actor="ben", reason="yes after all", at=NOON)
    desk.run(CHANGE, status="held")
    assert waiting(desk) == [2]
    (info,) = waiting_plans(desk.store, HERE, NOON)
    assert not is_decided(desk.store, info, NOON)

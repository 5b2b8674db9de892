"""The work of comparing grows in proportion to the state, which is read through a fixed number of times."""

from collections import UserDict
from collections.abc import ValuesView

import pytest

from ilc_canvas.reconcile.deferral.deferral import keep_placements
from ilc_canvas.reconcile.guards.guard import History, Limits, check
from ilc_canvas.reconcile.plan import make_plan
from ilc_canvas.reconcile.state import Key, Record, State
from tests.reconcile.cast import FAC, FRAME, enrollment, full, owned, without


class Counted(UserDict[Key, Record]):
    """Records that count how often somebody goes through all of them."""

    passes = 0

    def values(self) -> ValuesView[Record]:
        """As a dictionary's, and one pass more."""
        self.passes += 1
        return super().values()


def passes(teachers: int, leaving: int) -> int:
    """How often plan and guard go through Canvas if this many people become teachers and this many leave."""
    observed = Counted(full(60).records)
    seen = State(observed)
    raised = [enrollment(n, "teacher", FAC) for n in range(1, teachers + 1)]
    kept = without(full(60), *(enrollment(n).key for n in range(40, 40 + leaving)))
    desired = State.of([*kept, *raised])
    plan = make_plan(desired, seen, owned(full(60)), frame=FRAME)
    keep_placements(plan)
    verdict = check(plan, seen, owned(full(60)), history=History(first=False), limits=Limits())
    assert ("raised-role" in [reason.code for reason in verdict.reasons]) == (teachers > 0)
    return observed.passes


@pytest.mark.parametrize(("teachers", "leaving"), [(30, 1), (1, 20), (30, 20)])
def test_passes_do_not_grow_with_changes(teachers: int, leaving: int) -> None:
    """Thirty people with more rights, or twenty who leave, cost as many passes as one."""
    assert passes(teachers, leaving) == passes(1, 1)

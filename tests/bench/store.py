"""python -m tests.bench.store: what people look at over a store that holds a run of a roster many times the sample.

The run is recorded as a sync records it, without Canvas: a plan, then intents and outcomes, several in one transaction.
"""

import argparse
import os
import tempfile
import time
from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

from ilc_canvas.program.desired import desired_state
from ilc_canvas.reconcile.change import Change, Outcome, Plan
from ilc_canvas.reconcile.guards.guard import Verdict
from ilc_canvas.reconcile.plan import make_plan
from ilc_canvas.reconcile.run.values import Report, RunRequest
from ilc_canvas.reconcile.state import State
from ilc_canvas.store.db.database import Store
from ilc_canvas.store.db.lease import take_lease
from ilc_canvas.store.opening import make_store, open_store
from ilc_canvas.store.rosters import versions
from ilc_canvas.store.runs.journal import SqlJournal
from tests.bench.counted import counted
from tests.bench.large import FRAME, POLICY, repeated
from tests.program.sample import roster

AT = datetime(2021, 8, 16, 16, tzinfo=UTC)
SOMEBODY = "ILC-0006-0"
SCOPE = FRAME.scope
CANVAS = FRAME.base_url
_TOGETHER = 4  # changes in one transaction, as with six calls under way


def fill(store: Store, times: int) -> int:
    """One run for a roster that is so many times the sample; its changes."""
    large = repeated(roster(3), times)
    given = {"rows": {"roster.csv": len(large.people)}, "hashes": {"roster.csv": "a" * 64}, "findings": [], "imported_by": "bench"}
    versions.add_draft(store, replace(large, version=0), manifest_version=None, at=AT, **given)  # type: ignore[arg-type]
    versions.finalize(store, signed_by="bench", at=AT)
    plan = make_plan(desired_state(large, POLICY), State.of(()), {}, frame=FRAME)
    with take_lease(store, "bench", renewal=None) as lease:
        journal = SqlJournal(store, lease=lease, scope=SCOPE, base_url=CANVAS, now=lambda: AT)
        number = journal.begin(RunRequest("bench", "sync"), plan.basis)
        journal.planned(number, plan, Verdict(), asked=(), whole=True)
        for first in range(0, len(plan.changes), _TOGETHER):
            _carry(journal, number, plan.changes[first : first + _TOGETHER], first=first)
        journal.closed(_report(number, plan))
    return len(plan.changes)


def _carry(journal: SqlJournal, run: int, changes: Sequence[Change], *, first: int) -> None:
    with journal.together():
        intents = [journal.intended(run, change, AT) for change in changes]
    with journal.together():
        for offset, intent in enumerate(intents):
            journal.happened(intent, Outcome("applied", handle=1_000_000 + first + offset))


def _report(run: int, plan: Plan) -> Report:
    return Report(run, "applied", plan.digest, plan.basis, plan.counts, applied=len(plan.changes))


def environment(url: str) -> dict[str, str]:
    """Of commands that look at this store."""
    plain = {name: value for name, value in os.environ.items() if not name.startswith("ILC_CANVAS_")}
    return {**plain, "ILC_CANVAS_STORE": url, "ILC_CANVAS_URL": CANVAS}


LOOKS = (
    ("explain", SOMEBODY, "--offline"),
    ("show", "1"),
    ("runs",),
    ("status",),
)


def main() -> None:
    """Measure each look, in a process of its own."""
    asked = argparse.ArgumentParser(prog="python -m tests.bench.store", description=__doc__)
    asked.add_argument("--times", type=int, default=20, help="how many times the sample (63: about 92,000 changes)")
    asked.add_argument("--store", help="a store that this program has filled before")
    given = asked.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        url = given.store or f"sqlite:///{Path(folder, 'store', 'store.db')}"
        if not given.store:
            _fill(url, given.times)
        for words in LOOKS:
            spent = counted(words, environment(url))
            print(
                f"{' '.join(words):<40} {spent.seconds:8.2f} s   {spent.cpu:8.2f} s CPU   {spent.memory:6,} MB   exit {spent.code}",
                flush=True,
            )


def _fill(url: str, times: int) -> None:
    began = time.monotonic()
    make_store(url).close()
    store = open_store(url)
    changes = fill(store, times)
    store.close()
    print(f"{changes:,} changes recorded in {time.monotonic() - began:,.1f} s", flush=True)


if __name__ == "__main__":
    main()

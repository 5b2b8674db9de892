"""A Canvas that cannot be reached any more, in the middle of a run."""

from copy import copy
from dataclasses import dataclass, replace
from pathlib import Path
from typing import cast

import pytest

from ilc_canvas.reconcile.change import Change, Outcome
from ilc_canvas.sync import ApplySettings, Canvas
from tests.relay import Relay
from tests.sandbox.process import Sandbox
from tests.stores import new_store
from tests.sync.conftest import Reference
from tests.sync.mutants import Wrapped
from tests.sync.world import Setting, approved


@dataclass
class Leaving(Wrapped):
    """The way to Canvas ends just before the nth change."""

    relay: Relay
    nth: int

    def apply(self, change: Change) -> Outcome:
        self.nth -= 1
        if self.nth == 0:
            self.relay.shut()
        outcome: Outcome = self.real.apply(change)
        return outcome


@pytest.mark.parametrize("nth", [4, 30])
def test_unreachable_canvas_is_not_waited_for(canvas: Sandbox, folder: Path, reference: Reference, nth: int) -> None:
    """What was never sent is booked as unavailable, nothing waits for it to appear, and the next run goes on."""
    waits: list[float] = []
    with Relay(canvas.url) as relay:
        through = copy(canvas)
        through.url = relay.url
        world = replace(
            approved(through, new_store(folder / f"gone-{nth}")),
            setting=Setting(apply_settings=ApplySettings(in_flight=1), sleep=waits.append),
        )
        report = world.run(canvas=lambda client: cast(Canvas, Leaving(client, relay, nth)))
        results = {event.body["result"] for event in world.log() if event.kind == "happened" and not event.body["handle"]}
        assert (report.status, report.applied, waits) == ("partial", nth - 1, [])
        assert results <= {"unavailable", "applied"}
        relay.open()
        assert world.heal().status == "applied"
        assert (world.run().writes, waits, world.complaints(reference)) == (0, [], [])

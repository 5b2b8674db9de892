"""How long a write without an answer is waited for: what is found is booked at once, only what is not there may still come."""

from dataclasses import dataclass, field, replace

import pytest

from ilc_canvas.sync import ApplySettings
from tests.sync.conftest import New
from tests.sync.crash import Crash, Forge
from tests.sync.roster import SECOND
from tests.sync.test_runs import forgetful
from tests.sync.world import Setting, World

PATIENT = ApplySettings(in_flight=1)


@dataclass
class Waits:
    """Seconds that runs have waited, in order; nobody really waits."""

    seconds: list[float] = field(default_factory=list)

    def at(self, world: World) -> World:
        """The world, in which runs wait here."""
        world.setting = Setting(apply_settings=PATIENT, sleep=self.seconds.append)
        return world


@pytest.mark.parametrize("kind", ["sub_accounts", "terms", "roles", "users", "courses", "sections", "enrollments"])
def test_lost_answer_to_a_create_is_not_waited_for(new: New, kind: str) -> None:
    """What was not there before and is there now was made: no list can be so old as to show that."""
    waits, world = Waits(), new()
    world.sandbox.fault("reset-after", f"/{kind}", method="POST", times=4)
    assert waits.at(world).run().status == "applied"
    assert waits.seconds == []


@pytest.mark.parametrize("kind", ["courses", "sections"])
def test_lost_order_is_waited_for(new: New, kind: str) -> None:
    """What is not there may still appear in lists: after two minutes, and a second look, it is tried again."""
    waits, world = Waits(), new()
    world.sandbox.fault("reset-before", f"/{kind}", method="POST")
    assert waits.at(world).run().status == "applied"
    assert waits.seconds == [120.0, 30.0]


def test_lost_answer_to_a_rename_is_not_waited_for(filled: World) -> None:
    """A course and a section are read singly, which is never late: a new name that is there is booked at once."""
    waits = Waits()
    filled.finalize(SECOND)
    filled.sandbox.fault("reset-after", "courses/|sections/", method="PUT", times=4)
    assert waits.at(filled).run().status == "applied"
    assert waits.seconds == []


def test_lost_answer_to_a_removal_is_looked_at_twice(filled: World) -> None:
    """A list may still show how a place was before it was given: that it is ended is believed when it is found twice."""
    waits = Waits()
    filled.finalize(SECOND)
    filled.sandbox.fault("reset-after", "/enrollments/", method="DELETE", times=4)
    assert waits.at(filled).run().status == "applied"
    assert waits.seconds == [30.0]


@pytest.mark.parametrize(("side", "waited"), [("after", []), ("before", [120.0, 30.0])])
def test_dead_run_is_waited_for_only_if_not_there(new: New, forge: Forge, side: str, waited: list[float]) -> None:
    """What a dead run had done is found at once; what it had not done is waited for, but never longer than two minutes."""
    waits, world = Waits(), new()
    assert forge.run(world.sandbox.url, world.store, Crash("apply", side, 12, in_flight=1)) == -9
    assert waits.at(world).run().status == "applied"
    assert waits.seconds == waited


def test_second_reading_waits(filled: World) -> None:
    """Where much of what was there is not shown, Canvas is read again half a minute later, and not at once."""
    waits = Waits()
    filled.setting = Setting(apply_settings=replace(PATIENT, settle_seconds=0.0), sleep=waits.seconds.append)
    filled.run()
    filled.finalize(SECOND)
    report, readings = forgetful(filled, wrong=1)
    assert (report.status, readings, waits.seconds) == ("applied", 2, [30.0])

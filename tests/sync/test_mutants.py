"""The sweeps are worth something: runs that are broken on purpose are noticed by them, and the whole one is not."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from ilc_canvas.reconcile.change import Remove
from ilc_canvas.reconcile.run import Report
from tests.sync.conftest import New, Reference
from tests.sync.crash import Crash, Forge
from tests.sync.mutants import canvas_of, journal_of
from tests.sync.roster import SECOND
from tests.sync.world import Complaints, World

CONTROL = "control"


@dataclass(frozen=True)
class Stage:
    """A world, and the mutant that runs in it."""

    world: World
    forge: Forge
    reference: Reference
    mutant: str

    def run(self) -> Report:
        """One run of the mutant."""
        return self.world.run(journal=journal_of(self.mutant), canvas=canvas_of(self.mutant))

    def healed(self) -> Complaints:
        """Three runs of the mutant, with a person's yes where they want one; and then all that is wrong."""
        for _ in range(3):
            self.world.sync(journal=journal_of(self.mutant), canvas=canvas_of(self.mutant))
        return self.world.complaints(self.reference)

    def killed(self, crash: Crash) -> Complaints:
        """The mutant is killed there, and goes on."""
        assert self.forge.run(self.world.sandbox.url, self.world.path, crash, self.mutant) == -9
        return [*self.world.unannounced(self.world.sandbox.state()), *self.healed()]


def killed_after_call(stage: Stage) -> Complaints:
    """Canvas has done it, nobody has booked it."""
    return stage.killed(Crash("apply", "after", 12, in_flight=1))


def killed_before_call(stage: Stage) -> Complaints:
    """It is intended, and was not done."""
    return stage.killed(Crash("apply", "before", 12, in_flight=1))


def answer_lost(stage: Stage) -> Complaints:
    """A create is done, and its answer is lost."""
    stage.world.sandbox.fault("reset-after", method="POST", nth=9)
    return stage.healed()


def order_lost(stage: Stage) -> Complaints:
    """A create is not done, and there is no answer."""
    stage.world.sandbox.fault("reset-before", method="POST", nth=9)
    return stage.healed()


def somebody_by_hand(stage: Stage) -> Complaints:
    """A person adds somebody, then the next run comes."""
    stage.world.run()
    stage.world.add_by_hand()
    return stage.healed()


def other_plan_than_seen(stage: Stage) -> Complaints:
    """After the yes Canvas changes, so that the plan is another one: it waits, and nothing is written."""
    stage.world.human().user("p1@example.org", sis_user_id="ilc:p:P1")
    report = stage.run()
    return [] if (report.status, report.writes) == ("held", 0) else ["unseen: a plan that nobody has seen was carried out"]


def second_roster(stage: Stage) -> Complaints:
    """Nobody leaves before everybody else has come."""
    stage.world.run()
    stage.world.finalize(SECOND)
    stage.world.sandbox.forget_requests()
    stage.run()
    methods = [row["method"] for row in stage.world.sandbox.requests() if "/enrollments" in row["path"] and row["method"] != "GET"]
    return [] if methods == sorted(methods, reverse=True) else ["order: somebody left before everybody had come"]


Scene = Callable[[Stage], Complaints]
Play = Callable[[Scene, str], Complaints]


@pytest.fixture
def play(new: New, forge: Forge, reference: Reference) -> Play:
    """A scene in a new world, by a mutant."""
    return lambda scene, mutant: scene(Stage(new(), forge, reference, mutant))


@pytest.mark.parametrize(
    ("mutant", "scene", "complaint"),
    [
        ("no recovery", killed_after_call, "audit: intent"),
        ("audit after the call", killed_after_call, "is there without an intent"),
        ("outcome before the call", killed_before_call, "converged:"),
        ("assumes applied", killed_before_call, "converged:"),
        ("assumes applied", order_lost, "converged:"),
        ("assumes nothing", killed_after_call, "applied 0 times, not 1"),
        ("unknown is failed", answer_lost, "applied 0 times, not 1"),
        ("blind re-send", answer_lost, "applied 0 times, not 1"),
        ("claims everything", somebody_by_hand, "hand:"),
        ("any approval", other_plan_than_seen, "unseen:"),
    ],
)
def test_mutant_is_caught(play: Play, mutant: str, scene: Scene, complaint: str) -> None:
    """A protocol that is broken on purpose is noticed, and the whole one is not complained of."""
    assert not play(scene, CONTROL)
    assert any(complaint in found for found in play(scene, mutant))


def test_removing_first_is_caught(play: Play, monkeypatch: pytest.MonkeyPatch) -> None:
    """Removing before adding would leave a COP without a facilitator; that is noticed."""
    assert not play(second_roster, CONTROL)
    monkeypatch.setattr(Remove, "rank", property(lambda self: (-2, self.key.id)))
    assert play(second_roster, CONTROL)

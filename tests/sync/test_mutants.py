"""The sweeps are worth something: runs that are broken on purpose are noticed by them, and the whole one is not."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from ilc_canvas.program.roster import Person
from ilc_canvas.reconcile.errors import LeaseError
from ilc_canvas.reconcile.kinds import Kind
from ilc_canvas.reconcile.run.values import Report
from tests.sandbox.process import start_sandbox
from tests.sync.conftest import New, Reference
from tests.sync.crash import Crash, Forge
from tests.sync.mutants import RULES, canvas_of, journal_of
from tests.sync.roster import FIRST, SECOND
from tests.sync.world import NOW, SWIFT, Complaints, World, fresh, prepared

CONTROL = "control"
LAG = 60.0


@dataclass(frozen=True)
class Stage:
    """A world, and the mutant that runs in it."""

    world: World
    forge: Forge
    reference: Reference
    mutant: str

    def run(self, **change: Any) -> Report:
        """One run of the mutant."""
        return self.world.run(journal=journal_of(self.mutant), canvas=canvas_of(self.mutant), **change)

    def healed(self) -> Complaints:
        """Three runs of the mutant, with a person's yes where they want one; and then all that is wrong."""
        for _ in range(3):
            self.world.sync(journal=journal_of(self.mutant), canvas=canvas_of(self.mutant))
        return self.world.complaints(self.reference)

    def killed(self, crash: Crash) -> Complaints:
        """The mutant is killed there, and goes on."""
        assert self.forge.run(self.world.sandbox.url, self.world.store, crash, self.mutant) == -9
        return [*self.world.unannounced(self.world.sandbox.state()), *self.healed()]


def killed_after_call(stage: Stage) -> Complaints:
    """Canvas has done it, nobody has booked it."""
    return stage.killed(Crash("apply", "after", 12, in_flight=1))


def killed_with_six_under_way(stage: Stage) -> Complaints:
    """The same, where outcomes and the next intents are stored together."""
    return stage.killed(Crash("apply", "after", 30))


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


def other_plan_than_seen(stage: Stage) -> Complaints:
    """After the yes somebody makes an account under our SIS id: that it is there already is new, and nobody has said yes to it."""
    stage.world.human().user("p1@example.org", sis_user_id="ilc:p:P1")
    stage.run()
    return ["unseen: what nobody has seen was carried out"] if stage.world.applied()["adopt", "user=ilc:p:P1"] else []


def ours_by_hand(stage: Stage) -> Complaints:
    """A facilitator lets one of our people into another course as well."""
    stage.world.run()
    row = enrolled_by_hand(stage.world, "ilc:p:P4", "ilc:2021-22:cop:EQ:R1")
    stage.healed()
    state = {row["id"]: row["enrollment_state"] for row in stage.world.sandbox.state()["enrollments"]}
    return [] if state[row] == "active" else ["hand: whom a facilitator let in was thrown out"]


def enrolled_by_hand(world: World, person: str, section: str, **more: Any) -> int:
    """Somebody enrolls this person there by hand; the number of the enrollment."""
    state = world.sandbox.state()
    place = next(row for row in state["sections"] if row["sis_section_id"] == section)
    user = next(row["id"] for row in state["users"] if row["sis_user_id"] == person)
    return int(world.human().enroll(place["course_id"], user, course_section_id=place["id"], **more).body["id"])


def second_roster(stage: Stage) -> Complaints:
    """Nobody leaves before everybody else has come."""
    stage.world.run()
    stage.world.finalize(SECOND)
    stage.world.sandbox.forget_requests()
    stage.run()
    methods = [row["method"] for row in stage.world.sandbox.requests() if "/enrollments" in row["path"] and row["method"] != "GET"]
    return [] if methods == sorted(methods, reverse=True) else ["order: somebody left before everybody had come"]


def killed_after_outcome(stage: Stage) -> Complaints:
    """An outcome is booked, and then nothing more."""
    return stage.killed(Crash("happened", "after", 12, in_flight=1))


def course_renamed_by_hand(stage: Stage) -> Complaints:
    """A person gives a course another name: it is theirs now."""
    stage.world.run()
    course = next(row for row in stage.world.sandbox.state()["courses"] if row["sis_course_id"] == "ilc:2021-22:cop:EQ")
    stage.world.human().ask("PUT", f"courses/{course['id']}", {"course[name]": "Justice first"})
    stage.run()
    name = stage.world.human().get(f"courses/{course['id']}").body["name"]
    return [] if name == "Justice first" else [f"hand: the course is called {name} again"]


def course_emptied_by_roster(stage: Stage) -> Complaints:
    """By the next roster everybody leaves a course: a person must see that first."""
    stage.world.run()
    people = tuple(replace(each, participates=tuple(code for code in each.participates if code != "AI")) for each in FIRST.people)
    stage.world.finalize(replace(FIRST, people=people))
    report = stage.run()
    return [] if (report.status, report.writes) == ("held", 0) else ["unseen: a course was emptied, and nobody had been asked"]


def place_of_others(stage: Stage) -> Complaints:
    """A place that was there before the roster asked for it stays when the roster asks for it no more."""
    stage.world.run()
    place = enrolled_by_hand(stage.world, "ilc:p:P4", "ilc:2021-22:cop:EQ:R1", limit_privileges_to_course_section=True)
    stage.world.finalize(replace(FIRST, people=tuple(map(_with_equity, FIRST.people))))
    stage.run()
    stage.world.finalize(FIRST)
    stage.run()
    state = stage.world.sandbox.state()
    kept = next(row["enrollment_state"] for row in state["enrollments"] if row["id"] == place) == "active"
    return [] if kept else ["adopted: somebody lost a place that was not of our making"]


def _with_equity(person: Person) -> Person:
    return replace(person, participates=("AI", "EQ")) if person.person_id == "P4" else person


def second_holder(stage: Stage) -> Complaints:
    """In mid-run the lease goes to another worker: the first one must write no more."""

    def lose(done: int, total: int, last: str) -> None:
        del total, last
        if done == 9:
            stage.world.lose_lease()

    try:
        stage.run(apply_settings=replace(SWIFT, in_flight=1), on_progress=lose)
    except LeaseError:
        return []
    return ["fence: a worker went on after another had taken its place"]


def answer_lost_and_list_stale(stage: Stage) -> Complaints:
    """A role is made, its answer is lost, and the list of roles does not show it yet: it must not be taken for undone."""
    stage.world.sandbox.fault("reset-after", "/roles$", method="POST")
    stage.run(apply_settings=replace(SWIFT, reread_seconds=2 * LAG), sleep=stage.world.sandbox.forward)
    results = [
        event.body["result"] for event in stage.world.log() if event.kind == "happened" and event.key and event.key.kind is Kind.ROLE
    ]
    return ["audit: what Canvas had done was booked as not done"] if "not_applied" in results else []


Scene = Callable[[Stage], Complaints]
Play = Callable[[Scene, str], Complaints]


@pytest.fixture
def play(new: New, forge: Forge, reference: Reference) -> Play:
    """A scene in a new world, by a mutant."""

    def played(scene: Scene, mutant: str) -> Complaints:
        with pytest.MonkeyPatch.context() as patch:
            if mutant in RULES:
                patch.setattr(*RULES[mutant])
            return scene(Stage(new(), forge, reference, mutant))

    return played


CAUGHT = [
    ("no recovery", killed_after_call, "audit: intent"),
    ("audit after the call", killed_after_call, "is there without an intent"),
    ("one transaction", killed_after_call, "is there without an intent"),
    ("committed with the next", killed_after_call, "is there without an intent"),
    ("committed with the next", killed_with_six_under_way, "is there without an intent"),
    ("outcome before the call", killed_before_call, "converged:"),
    ("ledger later", killed_after_outcome, "times, not 0"),
    ("assumes applied", killed_before_call, "converged:"),
    ("assumes applied", order_lost, "converged:"),
    ("assumes nothing", killed_after_call, "applied 0 times, not 1"),
    ("unknown is failed", answer_lost, "applied 0 times, not 1"),
    ("blind re-send", answer_lost, "applied 0 times, not 1"),
    ("claims everything", ours_by_hand, "hand:"),
    ("removes whatever is live", ours_by_hand, "hand:"),
    ("no base", course_renamed_by_hand, "hand:"),
    ("owns what it adopted", place_of_others, "adopted:"),
    ("any approval", other_plan_than_seen, "unseen:"),
    ("blind guard", course_emptied_by_roster, "unseen:"),
    ("no fence", second_holder, "fence:"),
    ("removes first", second_roster, "order:"),
]


@pytest.mark.parametrize("scene", dict.fromkeys(scene for _, scene, _ in CAUGHT))
def test_whole_protocol_is_not_complained_of(play: Play, scene: Scene) -> None:
    """As it is, nothing is wrong with it in any scene."""
    assert not play(scene, CONTROL)


@pytest.mark.parametrize(("mutant", "scene", "complaint"), CAUGHT)
def test_mutant_is_caught(play: Play, mutant: str, scene: Scene, complaint: str) -> None:
    """A protocol that is broken on purpose is noticed. With several calls under way a death may come too early to show it."""
    assert any(complaint in found for _ in range(4) for found in play(scene, mutant))


def test_single_look_is_caught(folder: Path, forge: Forge, reference: Reference) -> None:
    """Where lists lag behind, one reading is wrong, and that is noticed; two are not."""
    with start_sandbox("--now", NOW, "--lag", str(LAG)) as canvas:
        template = prepared(canvas, folder / "stale-template")
        stages = [Stage(fresh(canvas, template, folder / name), forge, reference, name) for name in (CONTROL, "one look")]
        assert not answer_lost_and_list_stale(stages[0])
        canvas.reset()
        assert answer_lost_and_list_stale(stages[1])

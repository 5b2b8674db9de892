"""The state machine: what may happen to the program, in any order, and that nothing is lost, doubled or removed by accident."""

import shutil
import tempfile
from collections import Counter
from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import ClassVar

import structlog
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from ilc_canvas.reconcile.run.values import Report
from tests.properties import checks
from tests.properties.hands import DEEDS, Hand
from tests.properties.sheet import FEW, Edit, Sheet, edited, edits
from tests.properties.stage import Stage, Template, new_stage
from tests.properties.turns import CANVAS, JOURNAL, SEND, Doom, in_turn
from tests.properties.wire import READ
from tests.sync.world import Setting

FAULTS = ("reset-before", "reset-after", "500", "503", "429", "throttle403", "html", "truncate", "drop-link")
MOST = 4  # runs until everything must have healed
IN_FLIGHT = st.sampled_from((1, 6))
FIRST = Sheet().cop("EQ", status="active")


def faults() -> st.SearchStrategy[list[str]]:
    """A word for each of the next requests: most go well."""
    return st.just([]) | st.lists(st.sampled_from(("", "reset-after", *FAULTS)), min_size=1, max_size=8)


def dooms() -> st.SearchStrategy[Doom]:
    """A death at one of the calls of a run."""
    once = st.builds(Doom, st.sampled_from((*JOURNAL, *CANVAS)), st.sampled_from(("before", "after")))
    often = st.sampled_from(("intended", "happened", "apply", SEND))
    return once | st.builds(Doom, often, st.sampled_from(("before", "after")), st.integers(1, 5))


class Sequence(RuleBasedStateMachine):
    """One programme, one Canvas, one store, from a first roster to the last."""

    folder: ClassVar[Path]
    tally: ClassVar[Counter[str]]
    setting: ClassVar[Setting] = Setting()
    template: ClassVar[Template | None] = None
    stage: Stage

    def __init__(self) -> None:
        super().__init__()
        self._blocks = ExitStack()
        self._blocks.enter_context(in_turn())
        self._blocks.enter_context(quiet_log())
        self.stage_folder = self.folder / "stage"

    @initialize(changes=edits(5))
    def begin(self, changes: list[Edit]) -> None:
        """A first roster before an empty Canvas; or the next one, before a Canvas that agrees with one."""
        made = self.template.copy(self.stage_folder, self.setting) if self.template else new_stage(self.stage_folder, self.setting)
        self.stage = made
        made.finalize(edited(made.sheet if self.template else FIRST, changes))

    @rule(changes=edits())
    def finalize(self, changes: list[Edit]) -> None:
        """The next version of the roster is signed."""
        self.stage.finalize(edited(self.stage.sheet, changes))

    @rule(in_flight=IN_FLIGHT, writes=faults(), agreed=st.sampled_from((True, True, False)))
    def run_once(self, in_flight: int, writes: list[str], agreed: bool) -> None:
        """The worker's turn, perhaps with trouble in its writes; where it is held perhaps a person's yes, and the next turn."""
        self.stage.inside.writes.extend(writes)
        report = self.run(in_flight=in_flight)
        if agreed and report and report.status == "held":
            self.stage.approve(report.digest)
            self.run(in_flight=in_flight)

    @rule(doom=dooms(), in_flight=IN_FLIGHT, changes=edits())
    def die(self, doom: Doom, in_flight: int, changes: list[Edit]) -> None:
        """The worker is killed in its turn, while it does what the newest roster says and a person has agreed to."""
        self.stage.inside.no_faults()
        self.stage.finalize(edited(self.stage.sheet, changes))
        report = self.run(in_flight=in_flight, dry=True)
        if report and report.status == "held":
            self.stage.approve(report.digest)
        self.run(in_flight=in_flight, doom=replace(doom))

    @rule(place=st.integers(0, 3), in_flight=IN_FLIGHT, changes=edits())
    def lose_answer(self, place: int, in_flight: int, changes: list[Edit]) -> None:
        """Canvas does one of the writes that were agreed to, and its answer is lost."""
        self.stage.inside.no_faults()
        self.stage.finalize(edited(self.stage.sheet, changes))
        report = self.run(in_flight=in_flight, dry=True)
        if report and report.status == "held":
            self.stage.approve(report.digest)
        self.stage.inside.writes.extend([*[""] * place, "reset-after"])
        self.run(in_flight=in_flight)

    @rule()
    def look_then_run(self) -> None:
        """A dry run shows just what the next run plans."""
        self.stage.inside.no_faults()
        seen, done = self.run(dry=True), self.run()
        if seen and done:
            assert seen.digest == done.digest, "19: the dry run showed another plan"

    @rule(deed=st.sampled_from(sorted(DEEDS)), pick=st.integers(0, 40))
    def by_hand(self, deed: str, pick: int) -> None:
        """A person does something in Canvas."""
        self.do(deed, pick)

    @rule(deed=st.sampled_from(sorted(DEEDS)), pick=st.integers(0, 40), changes=edits())
    def agree_too_early(self, deed: str, pick: int, changes: list[Edit]) -> None:
        """Between a person's yes and the worker's turn somebody does something else in Canvas."""
        self.stage.finalize(edited(self.stage.sheet, changes))
        report = self.run()
        if report and report.status == "held":
            self.stage.approve(report.digest)
        self.do(deed, pick)
        self.run()

    @rule(reads=faults(), writes=faults(), after=st.integers(0, 15))
    def trouble(self, reads: list[str], writes: list[str], after: int) -> None:
        """Something goes wrong with requests to come."""
        self.stage.inside.reads.extend([""] * after + reads)
        self.stage.inside.writes.extend(writes)

    @precondition(lambda self: self.waits())
    @rule(word=st.sampled_from(("yes", "yes", "some", "no")), share=st.integers(2, 4), which=st.integers(0, 3))
    def decide(self, word: str, share: int, which: int) -> None:
        """A yes to the whole plan or to some of its changes, or a no."""
        digest, names = self.stage.last.digest if self.stage.last else "", sorted(self.stage.names())
        if word == "no":
            self.stage.reject(digest)
        else:
            self.stage.approve(digest, None if word == "yes" else frozenset(names[which % share :: share]))
        self.stage.tally[f"said: {word}"] += 1

    @rule(minutes=st.sampled_from((60, 720, 1380, 1500)), skew=st.sampled_from((0, 0, -90, -3, 90)), changes=edits())
    def time_goes_by(self, minutes: int, skew: int, changes: list[Edit]) -> None:
        """Hours pass; our clock may be set; somebody loads a version that nobody signs."""
        self.stage.inside.clock.move(timedelta(minutes=minutes))
        self.stage.skew += timedelta(minutes=skew)
        self.stage.draft(edited(self.stage.sheet, changes))

    @rule(which=st.integers(0, 3), restored=st.booleans())
    def copies(self, which: int, restored: bool) -> None:
        """The store is copied, or an older copy comes back: it wants nobody removed whom the newer one would keep."""
        if not restored or not self.stage.backups:
            self.stage.backup()
            return
        self.stage.inside.no_faults()
        now = self.removals()
        self.stage.restore(self.stage.backups[which % len(self.stage.backups)])
        then = self.removals()
        if now is not None and then is not None:
            assert then <= now, f"23: the older store wants to end {sorted(then - now)} as well"

    def do(self, deed: str, pick: int) -> None:
        """A person's deed, and that it was done."""
        DEEDS[deed](Hand(self.stage, pick))
        self.stage.deeds += 1
        self.stage.tally[f"deed: {deed}"] += 1

    def waits(self) -> bool:
        """Whether a plan waits for a person."""
        last = self.stage.last
        return last is not None and last.status in ("held", "partial", "planned")

    def removals(self) -> set[str] | None:
        """What a run would end now; None if it cannot say."""
        report = self.run(dry=True)
        return self.stage.books.removals(report.run) if report else None

    def run(self, *, dry: bool = False, doom: Doom | None = None, in_flight: int = 1) -> Report | None:
        """A run, and whatever must be true after it."""
        was = checks.before(self.stage)
        report = self.stage.run(dry=dry, doom=doom, in_flight=in_flight)
        found = checks.after_run(self.stage, was, report, dry=dry)
        assert not found, "\n".join(found)
        return report

    @invariant()
    def count_step(self) -> None:
        """Steps are counted."""
        if hasattr(self, "stage"):
            self.stage.tally["steps"] += 1

    def teardown(self) -> None:
        """Faults stop, people agree, and nothing is left to do."""
        try:
            if hasattr(self, "stage"):
                self.heal()
        finally:
            self._blocks.close()
            if hasattr(self, "stage"):
                self.count()
                self.stage.close()
            shutil.rmtree(self.stage_folder, ignore_errors=True)

    def heal(self) -> None:
        """At most four runs, with a yes where one is wanted; the last of them writes nothing."""
        self.stage.inside.no_faults()
        for _ in range(MOST):
            first = len(self.stage.inside.sent)
            report = self.run(in_flight=6)
            assert report, f"16: a run without faults ended in an error: {self.stage.error}"
            if report.status == "held":
                self.stage.approve(report.digest)
            elif report.status != "applied" and not [each for each in self.stage.inside.sent[first:] if each.method != READ and each.done]:
                break
        assert report
        assert report.status in ("converged", "partial"), f"16/17: still {report.status} after {MOST} runs: {report}"
        found = checks.healed(self.stage, report)
        assert not found, "\n".join(found)

    def count(self) -> None:
        """For the figures of all sequences together."""
        own = self.stage.tally
        self.tally.update(own)
        self.tally["sequences"] += 1
        for name in ("writes done", "removals done", "deaths with an open intent", "answers lost"):
            self.tally[f"sequences with {name}"] += own[name] > 0


def quiet_log() -> ExitStack:
    """Nothing is logged in this block."""
    stack, old = ExitStack(), structlog.get_config()
    structlog.configure(processors=[_drop])
    stack.callback(lambda: structlog.configure(**old))
    return stack


def _drop(*_: object) -> dict[str, object]:
    raise structlog.DropEvent


def filled(folder: Path, setting: Setting) -> Template:
    """A Canvas that agrees with a small roster."""
    stage = new_stage(folder / "template", setting)
    stage.finalize(FEW)
    with in_turn(), quiet_log():
        held = stage.run()
        assert held
        stage.approve(held.digest)
        done = stage.run()
    assert done
    assert done.status == "applied"
    for grant in stage.grants:
        grant.spent = True
    return Template(stage)


def new_folder() -> tempfile.TemporaryDirectory[str]:
    """For the stores: in memory where there is such a place, since what is killed here is a process, not the machine."""
    memory = Path("/dev/shm")  # noqa: S108 - a folder of our own is made in it
    return tempfile.TemporaryDirectory(prefix="ilc-sequences-", dir=memory if memory.is_dir() else None)

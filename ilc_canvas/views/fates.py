"""What became of each change of a run: the open ones first."""

from collections.abc import Mapping
from dataclasses import dataclass

from ilc_canvas.reconcile.change import Change
from ilc_canvas.reconcile.said import SAID
from ilc_canvas.store.runs.details import RunDetail, Step

HEADS = {
    "refused": "Failed",
    "unavailable": "Failed",
    "in_doubt": "In doubt (the next run looks whether it happened)",
    "not_applied": "Did not happen (the next run tries again)",
    "waiting": "Waiting for a person",
    "resting": "Waiting until the grace is over",
    "not_begun": "Not begun",
    "planned": "Planned",
}
"""The results that leave a change open, in the order in which they are told."""
_MARKS = {
    "refused": "failed",
    "unavailable": "failed",
    "in_doubt": "in doubt",
    "not_applied": "did not happen",
    "waiting": "waits for a person",
    "resting": "waits until the grace is over",
    "not_begun": "not begun",
}


@dataclass(frozen=True, slots=True)
class Fate:
    """One change and what became of it."""

    step: Step
    result: str  # applied or noop, else a key of `HEADS`
    why: str = ""  # in a person's words

    @property
    def change(self) -> Change:
        """What was to be done."""
        return self.step.change

    @property
    def is_open(self) -> bool:
        """Whether it is still to be done."""
        return self.result in HEADS

    @property
    def mark(self) -> str:
        """For its line in a plan; empty where it is done, or only planned."""
        return _MARKS.get(self.result, "")


def fates(detail: RunDetail) -> list[Fate]:
    """All changes of the plan, the open ones first."""
    order = list(HEADS)
    found = [_fate(step, detail) for step in detail.steps]
    return sorted(found, key=lambda fate: order.index(fate.result) if fate.is_open else len(order))


def _fate(step: Step, detail: RunDetail) -> Fate:
    failures = detail.report.failures if detail.report else {}
    if step.outcome and step.outcome.done:
        return Fate(step, step.outcome.result)
    if step.outcome:
        given_up = step.outcome.result == "not_applied" and step.change.key in failures
        reason = failures.get(step.change.key, step.outcome.reason)
        return Fate(step, "unavailable" if given_up else step.outcome.result, SAID.get(reason, reason))
    if step.begun:
        return Fate(step, "in_doubt")
    return Fate(step, _untried(step, detail))


def _untried(step: Step, detail: RunDetail) -> str:
    """Why nobody has tried it: held, in its grace, only planned, or not reached."""
    report = detail.report
    if report is None or report.status in ("interrupted", "failed"):
        return "not_begun"
    if report.status == "held" and not report.waits:
        return "waiting"
    return report.waits.get(step.change.key) or ("planned" if detail.info.dry_run else "not_begun")


def marks(detail: RunDetail) -> Mapping[str, str]:
    """By fingerprint: what is still open, for the lines of a plan. Nothing where all of it is in the same case."""
    found = fates(detail)
    if len({fate.result for fate in found}) < 2:
        return {}
    return {fate.step.fingerprint: fate.mark for fate in found if fate.mark}

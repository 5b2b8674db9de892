"""The outcome of each change in a run, open changes first."""

from collections.abc import Mapping
from dataclasses import dataclass

from ilc_canvas.reconcile.change import Change
from ilc_canvas.reconcile.run.messages import SAID
from ilc_canvas.store.runs.details import RunDetail, Step

HEADS = {
    "refused": "Failed",
    "unavailable": "Failed",
    "in_doubt": "In doubt (the next run looks whether it happened)",
    "not_applied": "Did not happen (the next run tries again)",
    "waiting": "Waiting for a person",
    "resting": "Waiting until the grace period ends",
    "not_begun": "Not begun",
    "planned": "Planned",
}
"""The results that leave a change open, in the order in which they are shown."""
_MARKS = {
    "refused": "failed",
    "unavailable": "failed",
    "in_doubt": "in doubt",
    "not_applied": "did not happen",
    "waiting": "waits for a person",
    "resting": "waits until the grace period ends",
    "not_begun": "not begun",
}


@dataclass(frozen=True, slots=True)
class ChangeOutcome:
    """One change and its outcome."""

    step: Step
    result: str  # applied or noop, else a key of `HEADS`
    why: str = ""  # in plain words

    @property
    def change(self) -> Change:
        """The change itself."""
        return self.step.change

    @property
    def is_open(self) -> bool:
        """Whether it is still to be done."""
        return self.result in HEADS

    @property
    def mark(self) -> str:
        """The mark on its line in a plan; empty if it is done, or only planned."""
        return _MARKS.get(self.result, "")


def change_outcomes(detail: RunDetail) -> list[ChangeOutcome]:
    """All changes of the plan, open changes first."""
    order = list(HEADS)
    outcomes = [_outcome(step, detail) for step in detail.steps]
    return sorted(outcomes, key=lambda outcome: order.index(outcome.result) if outcome.is_open else len(order))


def _outcome(step: Step, detail: RunDetail) -> ChangeOutcome:
    failures = detail.report.failures if detail.report else {}
    if step.outcome and step.outcome.done:
        return ChangeOutcome(step, step.outcome.result)
    if step.outcome:
        given_up = step.outcome.result == "not_applied" and step.change.key in failures
        reason = failures.get(step.change.key, step.outcome.reason)
        return ChangeOutcome(step, "unavailable" if given_up else step.outcome.result, SAID.get(reason, reason))
    if step.begun:
        return ChangeOutcome(step, "in_doubt")
    return ChangeOutcome(step, _untried(step, detail))


def _untried(step: Step, detail: RunDetail) -> str:
    """Why the change was not tried: held, in its grace period, only planned, or not reached."""
    report = detail.report
    if report is None or report.status in ("interrupted", "failed"):
        return "not_begun"
    if report.status == "held" and not report.waits:
        return "waiting"
    return report.waits.get(step.change.key) or ("planned" if detail.info.dry_run else "not_begun")


def marks(detail: RunDetail) -> Mapping[str, str]:
    """Marks of open changes for the lines of a plan, by fingerprint. Empty if all changes have the same result."""
    outcomes = change_outcomes(detail)
    if len({outcome.result for outcome in outcomes}) < 2:
        return {}
    return {outcome.step.fingerprint: outcome.mark for outcome in outcomes if outcome.mark}

"""How a run ended, in plain words."""

from collections.abc import Iterator

from ilc_canvas import clock
from ilc_canvas.cli.output import cut
from ilc_canvas.cli.runs.plans.plan_text import deferred_lines
from ilc_canvas.reconcile.change import Change
from ilc_canvas.reconcile.deferral.reasons import is_open
from ilc_canvas.reconcile.run.messages import SAID
from ilc_canvas.reconcile.run.sentence import sentence
from ilc_canvas.reconcile.run.values import Report
from ilc_canvas.reconcile.words.wording import count
from ilc_canvas.store.runs.details import RunDetail
from ilc_canvas.views.names import Names
from ilc_canvas.views.sentences import question_text, tried


def result(detail: RunDetail, report: Report, names: Names, *, all_rows: bool = False) -> list[str]:
    """Nothing to do, done, or partly done and what to do next."""
    rest = _undone if detail.steps else _deferred
    return [ended(detail, report), *rest(detail, report, names, all_rows=all_rows)]


def ended(detail: RunDetail, report: Report) -> str:
    """How and when the run ended, and how many requests it took."""
    at = f" at {clock.hour(detail.info.closed_at)}" if detail.info.closed_at else ""
    cost = f"{count(report.requests, 'request')}, {count(report.writes, 'write') if report.writes else 'no write'}."
    return f"{_word(detail, report)}{at}: {sentence(report)} {cost}"


def _word(detail: RunDetail, report: Report) -> str:
    if not detail.steps and report.status != "interrupted":
        return "Nothing to do"
    return {"applied": "Done", "interrupted": "Stopped"}.get(report.status, "Partly done")


def _undone(detail: RunDetail, report: Report, names: Names, *, all_rows: bool) -> Iterator[str]:
    """What failed and why, what waits, and what to do next."""
    if report.failures:
        yield f"  {count(report.failed, 'change')} could not be done:"
        failed = [step.change for step in detail.steps if step.change.key in report.failures]
        yield from cut((f"    {tried(change, names)}: {_why(change, report)}" for change in failed), all_rows=all_rows)
    if report.withheld:
        why = "not begun" if report.status == "interrupted" else "waiting for these, or for a person"
        yield f"  {count(report.withheld, 'change is', 'changes are')} {why}. See: ilc-canvas show {report.run}"
    if report.failures or report.withheld:
        yield "  The next run (ilc-canvas sync) tries the rest again; what Canvas refused is tried again later (ilc-canvas parked)."
    yield from _deferred(detail, report, names, all_rows=all_rows)


def _deferred(detail: RunDetail, report: Report, names: Names, *, all_rows: bool) -> Iterator[str]:
    """What was left out for now, and what to do about it."""
    if report.parked:
        others = [(key, why) for verb, key, why in detail.deferred if verb != "ask" and is_open(why) and not why.startswith("asked-")]
        yield f"  {count(report.parked, 'change is', 'changes are')} left out for now{':' if others else '.'}"
        yield from (f"    {line}" for line in deferred_lines(others, names, all_rows=all_rows))
        yield from ["  See when they are tried again: ilc-canvas parked"] if others else []
    if report.asked:
        yield f"  Somebody must decide about {count(report.asked, 'person', 'people')}: ilc-canvas people review"
        undecided = {key: why for verb, key, why in detail.deferred if verb == "ask" and why != "asked-changed"}
        yield from cut((f"    {names[key]}: {question_text(why)}" for key, why in undecided.items()), all_rows=all_rows)


def _why(change: Change, report: Report) -> str:
    reason = report.failures[change.key]
    return SAID.get(reason, reason)

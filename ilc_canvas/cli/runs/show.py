"""show: one run with the outcome of each change, open changes first"""

from typing import TYPE_CHECKING, Annotated

import typer

from ilc_canvas.cli.options import All, Json
from ilc_canvas.cli.output import say, say_json
from ilc_canvas.cli.runs.approvals_text import decision_json, decision_lines

if TYPE_CHECKING:
    from ilc_canvas.settings import Settings
    from ilc_canvas.store.db.database import Store
    from ilc_canvas.store.runs.details import RunDetail


def show(run: Annotated[int, typer.Argument(help="Its number.")], all_rows: All = False, as_json: Json = False) -> None:
    """One run: how it ended, the outcome of each change (open changes first), and what it left alone."""
    from ilc_canvas import bootstrap
    from ilc_canvas.cli.startup import begin
    from ilc_canvas.store.runs import details

    settings = begin()
    with bootstrap.open_store(settings) as store:
        detail = details.run(store, run)
        if as_json:
            say_json({**as_dict(detail), "approvals": decision_json(store, run)})
        else:
            say(*_lines(settings, store, detail, all_rows=all_rows))


def _lines(settings: "Settings", store: "Store", detail: "RunDetail", *, all_rows: bool) -> list[str]:
    from ilc_canvas.cli.runs.outcomes_text import outcome_lines
    from ilc_canvas.cli.runs.plans.plan_text import left_alone
    from ilc_canvas.cli.runs.runs import names_of, plan_text_of
    from ilc_canvas.views.runs.outcomes import marks

    names, info = names_of(settings, store, detail), detail.info
    head = f"Run {info.number}, {info.status}, requested by {info.actor} ({info.trigger}){f': {info.reason}' if info.reason else '.'}"
    lines = [head, *decision_lines(store, info.number), _end(detail), *outcome_lines(detail, names, all_rows=all_rows)]
    if not detail.steps:
        return [*lines, *left_alone(detail, names, all_rows=all_rows)]
    return [*lines, "", *plan_text_of(settings, store, detail, all_rows=all_rows, marks=marks(detail), names=names)]


def _end(detail: "RunDetail") -> str:
    from ilc_canvas.cli.runs.run_text import ended
    from ilc_canvas.reconcile.run.sentence import sentence

    if detail.report is None:
        return "It was cut off: the next run settles what it left open."
    if detail.report.status in ("planned", "failed") or (detail.report.status == "held" and not detail.report.applied):
        return sentence(detail.report)
    return ended(detail, detail.report)


def as_dict(detail: "RunDetail") -> dict[str, object]:
    """For programs."""
    from ilc_canvas.cli.runs import runs
    from ilc_canvas.cli.runs.outcomes_text import outcome_rows

    report = runs.as_dict(detail.report) if detail.report else {"run": detail.info.number, "status": detail.info.status}
    drift = [{"key": str(key), "field": field} for key, field in detail.drift]
    left_out = [{"verb": verb, "key": str(key), "why": why} for verb, key, why in detail.deferred if verb != "ask"]
    left = {"changed_by_hand": drift, "added_by_hand": list(map(str, detail.by_hand)), "left_out": left_out}
    report |= {"school_year": detail.info.scope.rpartition(":")[2]}
    return {**report, **runs.who(detail), "actor": detail.info.actor, "reason": detail.info.reason, "changes": outcome_rows(detail), **left}

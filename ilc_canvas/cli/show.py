"""show: one run, what became of each change, the open ones first"""

from typing import TYPE_CHECKING, Annotated

import typer

from ilc_canvas.cli.given import given_json, given_lines
from ilc_canvas.cli.options import All, Json
from ilc_canvas.cli.output import say, say_json

if TYPE_CHECKING:
    from ilc_canvas.settings import Settings
    from ilc_canvas.store.db.database import Store
    from ilc_canvas.store.runs.details import RunDetail


def show(run: Annotated[int, typer.Argument(help="Its number.")], all_rows: All = False, as_json: Json = False) -> None:
    """One run: how it ended, what became of each change (the open ones first), and what it left as it was."""
    from ilc_canvas import bootstrap
    from ilc_canvas.cli.beginning import begin
    from ilc_canvas.store.runs import details

    settings = begin()
    with bootstrap.opened(settings) as store:
        detail = details.run(store, run)
        if as_json:
            say_json({**as_dict(detail), "approvals": given_json(store, run)})
        else:
            say(*_told(settings, store, detail, all_rows=all_rows))


def _told(settings: "Settings", store: "Store", detail: "RunDetail", *, all_rows: bool) -> list[str]:
    from ilc_canvas.cli.fates import told_fates
    from ilc_canvas.cli.letter import left_alone
    from ilc_canvas.cli.runs import letter_of, names_of
    from ilc_canvas.views.fates import marks

    names, info = names_of(settings, store, detail), detail.info
    asked = f"Run {info.number}, {info.status}, asked by {info.actor} ({info.trigger}){f': {info.reason}' if info.reason else '.'}"
    lines = [asked, *given_lines(store, info.number), _end(detail), *told_fates(detail, names, all_rows=all_rows)]
    if not detail.steps:
        return [*lines, *left_alone(detail, names, all_rows=all_rows)]
    return [*lines, "", *letter_of(settings, store, detail, all_rows=all_rows, marks=marks(detail))]


def _end(detail: "RunDetail") -> str:
    from ilc_canvas.cli.outcome import ended
    from ilc_canvas.reconcile.sentence import sentence

    if detail.report is None:
        return "It has not ended by itself: the next run settles what it left open."
    if detail.report.status in ("planned", "failed") or (detail.report.status == "held" and not detail.report.applied):
        return sentence(detail.report)
    return ended(detail, detail.report)


def as_dict(detail: "RunDetail") -> dict[str, object]:
    """For programs."""
    from ilc_canvas.cli import runs
    from ilc_canvas.cli.fates import as_rows

    report = runs.as_dict(detail.report) if detail.report else {"run": detail.info.number, "status": detail.info.status}
    hand = [{"key": str(key), "field": field} for key, field in detail.drift]
    left_out = [{"verb": verb, "key": str(key), "why": why} for verb, key, why in detail.aside if verb != "ask"]
    left = {"changed_by_hand": hand, "added_by_hand": list(map(str, detail.by_hand)), "left_out": left_out}
    report |= {"school_year": detail.info.scope.rpartition(":")[2]}
    return {**report, **runs.who(detail), "actor": detail.info.actor, "reason": detail.info.reason, "changes": as_rows(detail), **left}

"""Runs: the list, one of them, and how far it has come while it is under way."""

from collections import defaultdict
from collections.abc import Sequence

from starlette.responses import HTMLResponse, Response

from ilc_canvas.console.letter import MANY, letter, names_of, roster_line
from ilc_canvas.console.pages.today import run_text, run_texts
from ilc_canvas.console.rendering import page
from ilc_canvas.console.untouched import untouched
from ilc_canvas.console.visit import MissingPageError, Visit
from ilc_canvas.reconcile.change import without_steps
from ilc_canvas.reconcile.errors import StoreError
from ilc_canvas.store.runs import details
from ilc_canvas.store.runs.decisions import approvals
from ilc_canvas.store.runs.details import RunDetail
from ilc_canvas.store.worker import heartbeat
from ilc_canvas.views.names import Names
from ilc_canvas.views.runs.outcomes import HEADS, ChangeOutcome, change_outcomes
from ilc_canvas.views.sentences import tried

_PAGE = 30
_FEW = 20
"""So many of each kind of open change are shown of a run with very many."""
_STOP_POLLING = 286
"""The status at which htmx stops asking."""


def listing(visit: Visit) -> Response:
    """The last runs; `before` goes on from an older one."""
    before = visit.asked("before")
    first = int(before) - 1 if before.isascii() and before.isdigit() and len(before) < 10 else None
    found = details.runs(visit.store, _PAGE + 1, up_to=first)
    older = found[_PAGE - 1].number if len(found) > _PAGE else None
    return page(visit, "runs.html", {"rows": run_texts(visit, found[:_PAGE]), "older": older})


def one(visit: Visit) -> Response:
    """What is open first, then what is done, then who asked for it, when and why."""
    detail = run_of(visit)
    names = names_of(visit.settings, visit.store, detail)
    outcomes = _shown(change_outcomes(detail))
    done = [each.step for each in outcomes if not each.is_open]
    show_rows = len(done) <= MANY or "all" in visit.query
    is_running = detail.info.closed_at is None and detail.info.status == "running"
    values = {
        "info": detail.info,
        "report": detail.report,
        "sentence": run_text(detail.info, detail.report),
        "roster": roster_line(visit.store, detail),
        "open": _open(outcomes, names),
        "done": len(done),
        "courses": letter(detail, names, done, rows=show_rows),
        "show_rows": show_rows,
        "show_open": sum(each.is_open for each in outcomes) <= MANY or "all" in visit.query,
        "few": _FEW,
        "decisions": approvals.plan_decisions(visit.store, detail.info.number),
        "untouched": untouched(detail, names),
        "is_running": is_running,
        "can_be_undone": detail.info.closed_at is not None and any(each.result == "applied" for each in outcomes),
        "is_attended": bool(heartbeat.alive(visit.store, visit.at)),
        "progress": details.run_progress(visit.store, detail.info.number),
    }
    return page(visit, "run.html", values)


def _shown(outcomes: Sequence[ChangeOutcome]) -> list[ChangeOutcome]:
    """Without the single steps of a change that people see as one."""
    shown = {id(change) for change in without_steps([each.change for each in outcomes])}
    return [each for each in outcomes if id(each.change) in shown]


def _open(outcomes: Sequence[ChangeOutcome], names: Names) -> dict[str, list[tuple[str, str]]]:
    """By result: each change that is still to be done, and why it is not."""
    groups: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for each in outcomes:
        if each.is_open:
            groups[HEADS[each.result]].append((tried(each.change, names), each.why))
    return groups


def run_of(visit: Visit) -> RunDetail:
    """The run that the path names. MissingPageError if there is none."""
    number = visit.number("number")
    if number > details.newest(visit.store):
        raise MissingPageError
    try:
        return details.run(visit.store, number)
    except StoreError as error:
        raise MissingPageError from error


def live(visit: Visit) -> Response:
    """The progress alone, by two counts; the answer to a run that is over ends the asking."""
    number = visit.number("number")
    if number > details.newest(visit.store):
        raise MissingPageError
    is_running = details.running(visit.store) == number
    progress = details.run_progress(visit.store, number)
    template = visit.console.templates.get_template("progress.html")
    is_attended = bool(heartbeat.alive(visit.store, visit.at))
    text = template.render(number=number, progress=progress, is_running=is_running, is_attended=is_attended)
    return HTMLResponse(text, 200 if is_running else _STOP_POLLING)

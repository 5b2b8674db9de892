"""plan, sync, undo, runs"""

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

import typer

from ilc_canvas import clock
from ilc_canvas.cli.options import All, Json, Only, Reason, Repair, SchoolYear
from ilc_canvas.cli.output import say, say_json

if TYPE_CHECKING:
    from ilc_canvas.cli.runs.school_years import Turn, YearResult
    from ilc_canvas.reconcile.run.values import Report
    from ilc_canvas.reconcile.state import Key
    from ilc_canvas.settings import Settings
    from ilc_canvas.store.audit.heads import SignedHead
    from ilc_canvas.store.db.database import Store
    from ilc_canvas.store.runs.details import RunDetail
    from ilc_canvas.views.names import Names


class Show(NamedTuple):
    """How the result of a run is shown."""

    as_json: bool
    all_rows: bool
    texts: bool = False
    who_hears: bool = False


EXITS = {"converged": 0, "applied": 0, "planned": 2, "held": 3, "partial": 4, "failed": 1, "interrupted": 130}


def plan(
    only: Only = None,
    school_year: SchoolYear = "",
    *,
    repair: Repair = False,
    texts: Annotated[bool, typer.Option("--texts", help="Also show what would change in the texts of pages.")] = False,
    who_hears: Annotated[bool, typer.Option("--who-hears", help="Show instead whom Canvas would notify of it, and of what.")] = False,
    all_rows: All = False,
    as_json: Json = False,
) -> None:
    """Say what a sync would do, course by course. Writes nothing to Canvas."""
    if texts and as_json:
        raise typer.BadParameter("--texts is for people to read; leave out --json.")
    request = {"dry_run": True, "only": checked(only)}
    trigger = trigger_of("plan", request, repair=repair)
    run(
        trigger,
        request,
        approve=None,
        school_year=school_year,
        as_json=as_json,
        all_rows=all_rows,
        texts=texts,
        who_hears=who_hears,
    )


def sync(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Same as plan.")] = False,
    only: Only = None,
    approve: Annotated[str | None, typer.Option(help="The digest of a held plan: approve exactly that plan.")] = None,
    *,
    school_year: SchoolYear = "",
    reason: Reason = "",
    retry: Annotated[bool, typer.Option("--retry", help="Also try parked changes now.")] = False,
    redo: Annotated[bool, typer.Option("--redo", help="Apply again what was undone.")] = False,
    repair: Repair = False,
    all_rows: All = False,
    as_json: Json = False,
) -> None:
    """Bring Canvas up to date with the newest finalized roster of each current school year, or hold the plan for a person."""
    request = {"reason": reason, "dry_run": dry_run, "only": checked(only), "retry": retry, "redo": redo}
    run(trigger_of("sync", request, repair=repair), request, approve=approve, school_year=school_year, as_json=as_json, all_rows=all_rows)


def undo(
    number: Annotated[int, typer.Argument(metavar="RUN", help="The number of the run to undo.")],
    approve: Annotated[str | None, typer.Option(help="The digest of the plan that was shown: apply exactly that plan.")] = None,
    reason: Reason = "",
    *,
    all_rows: All = False,
    as_json: Json = False,
) -> None:
    """Show how to undo what a run changed and nobody has changed since; --approve does it. An undo is a run, with the same guards."""
    request = {"reason": reason, "dry_run": approve is None, "undo": number}
    run("undo", request, approve=approve, as_json=as_json, all_rows=all_rows)


def trigger_of(command: str, request: Mapping[str, Any], *, repair: bool) -> str:
    """The trigger of the run: the command, or its --repair, which needs --only and a reason."""
    from ilc_canvas.reconcile.run.values import REPAIR

    if repair and not request["only"]:
        raise typer.BadParameter("--repair needs --only: it puts back what people changed by hand there, and nowhere else.")
    if repair and not (request.get("dry_run") or str(request.get("reason", "")).strip()):
        raise typer.BadParameter('--repair undoes what somebody did in Canvas, so give a reason: --reason "..."')
    return REPAIR if repair else command


def checked(only: list[str] | None) -> tuple[str, ...]:
    """The words of --only. Usage error for a word that cannot name anything."""
    from ilc_canvas.program.selection import check_words

    try:
        check_words(only or [])
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error
    return tuple(only or [])


def run(
    trigger: str,
    request: Mapping[str, Any],
    *,
    approve: str | None,
    as_json: bool,
    all_rows: bool,
    school_year: str = "",
    texts: bool = False,
    who_hears: bool = False,
) -> None:
    """Run the request (the fields of a RunRequest) in each school year, show the results, and exit with the resulting code."""
    from ilc_canvas import bootstrap, process
    from ilc_canvas.actions import approvals
    from ilc_canvas.cli.runs.school_years import document, run_each_year, worst, yearly_requests
    from ilc_canvas.cli.startup import begin
    from ilc_canvas.reconcile.run.values import RunRequest
    from ilc_canvas.store.audit import heads

    if approve is not None and not approve.strip():
        raise typer.BadParameter("--approve needs the digest of a held plan: see ilc-canvas plan.")
    settings = begin()
    with bootstrap.open_store(settings) as store:
        if approve:
            heads.require_kept(store)
            approvals.approve_whole(
                settings, store, approve, undo=request.get("undo"), actor=process.actor(), reason=str(request["reason"]), at=process.now()
            )
        requests = yearly_requests(
            settings, store, RunRequest(process.actor(), trigger, **request), school_year=school_year, approved=approve or ""
        )
        show = Show(as_json, all_rows, texts, who_hears)
        results = run_each_year(requests, lambda turn: _one(settings, store, turn, show=show), as_json=as_json)
        if as_json:
            say_json(document(results))
    raise typer.Exit(worst(results).code)


def _one(settings: "Settings", store: "Store", turn: "Turn", *, show: Show) -> "YearResult":
    """The run of one school year."""
    from ilc_canvas.cli.runs.plans.text_changes import text_lines
    from ilc_canvas.cli.runs.school_years import YearResult, failed
    from ilc_canvas.reconcile.errors import IlcError
    from ilc_canvas.store.runs import details

    (year, ask), before = turn, details.newest(store)
    try:
        report = run_year(settings, store, turn, show=not show.as_json)
    except IlcError as error:
        last = details.newest(store)
        partial_report = details.run(store, last).report if last > before else None
        return failed(year, error, _shown(settings, store, partial_report) if partial_report and show.as_json else {})
    if show.as_json:
        return YearResult(year, EXITS[report.status], {"school_year": year, **_shown(settings, store, report, people=show.who_hears)})
    if show.who_hears:
        return YearResult(year, EXITS[report.status], {}, _who_hears(settings, store, report, all_rows=show.all_rows))
    lines = run_lines(settings, store, report, dry_run=ask.dry_run, all_rows=show.all_rows)
    return YearResult(
        year, EXITS[report.status], {}, [*lines, *(text_lines(settings, store, report.run, school_year=year) if show.texts else ())]
    )


def _who_hears(settings: "Settings", store: "Store", report: "Report", *, all_rows: bool) -> list[str]:
    from ilc_canvas.cli.runs.plans.plan_text import title
    from ilc_canvas.cli.runs.plans.who_hears import who_hears_text
    from ilc_canvas.store.runs import details

    detail = details.run(store, report.run)
    text = who_hears_text(report.forecast, names_of(settings, store, detail), all_rows=all_rows)
    return [title(detail, _basis_line(store, detail)), "", *text]


def _shown(settings: "Settings", store: "Store", report: "Report", *, people: bool = False) -> dict[str, object]:
    """A run for programs; with `people` the keys of those whom Canvas would notify."""
    from ilc_canvas.store.runs import details

    return {**as_dict(report, people=people), **who(details.run(store, report.run)), "head": _head(settings, store).as_json()}


def run_year(settings: "Settings", store: "Store", turn: "Turn", *, show: bool) -> "Report":
    """One run, with a progress bar on a terminal and plain lines elsewhere."""
    from ilc_canvas import bootstrap
    from ilc_canvas.cli.progress import progress
    from ilc_canvas.cli.signals import stoppable

    year, ask = turn
    with progress(show=show) as on_progress, stoppable(gently=not ask.dry_run) as stop:
        return bootstrap.run(settings, store, ask, school_year=year, on_progress=on_progress, stop=stop.is_set)


def as_dict(report: "Report", *, people: bool = False) -> dict[str, object]:
    """The keys of `sync --json` and `plan --json`; `people` as in `_shown`."""
    from ilc_canvas.program.basis import as_json
    from ilc_canvas.views.runs import hearers

    names = ("run", "status", "digest", "counts", "applied", "failed", "withheld", "held")
    reasons = [{"code": reason.code, "text": reason.text, "count": reason.count, "limit": reason.limit} for reason in report.reasons]
    others = ("requests", "writes", "drift", "by_hand", "not_ours", "deferred", "parked", "asked", "warnings", "sentence")
    more = {**{name: getattr(report, name) for name in others}, "unpublished": list(map(str, report.unpublished))}
    more["hears"] = hearers.as_dict(report.forecast, people=people)
    return {**{name: getattr(report, name) for name in names}, **as_json(report.basis), "reasons": reasons, **more}


def who(detail: "RunDetail") -> dict[str, object]:
    """Identities in this run: people matched to existing accounts, and people who need a decision."""
    from ilc_canvas.views.runs.plan import is_match

    matched = [step.change.subject for step in detail.steps if is_match(step.change)]
    questions = [(key, why) for verb, key, why in detail.deferred if verb == "ask"]
    return {
        "matched": [{"person": _person_id(record.key), "account": record.handle} for record in matched],
        "questions": [{"person": _person_id(key), "kind": why.removeprefix("asked-")} for key, why in questions],
    }


def _person_id(key: "Key") -> str:
    return key.id.rpartition(":")[2]


def run_lines(settings: "Settings", store: "Store", report: "Report", *, dry_run: bool, all_rows: bool) -> list[str]:
    """What a person reads after a run: the plan if it waits, the result if it was applied."""
    from ilc_canvas import process
    from ilc_canvas.cli.runs.plans.plan_text import held_lines
    from ilc_canvas.cli.runs.run_text import result
    from ilc_canvas.store.runs import details
    from ilc_canvas.views.halt import why_halted
    from ilc_canvas.views.runs.outcomes import marks

    detail = details.run(store, report.run)
    warnings = [f"Warning: {text}" for text in report.warnings]
    if dry_run or (report.status == "held" and not report.applied):
        return [*plan_text_of(settings, store, detail, all_rows=all_rows, marks=marks(detail)), *warnings]
    halted = [why_halted(settings, store, process.now())] if report.status == "interrupted" else []
    names = names_of(settings, store, detail)
    run_lines = result(detail, report, names, all_rows=all_rows)
    run_lines += held_lines(detail, names) if report.status == "held" else []
    return [*run_lines, *filter(None, halted), *warnings]


def _head(settings: "Settings", store: "Store") -> "SignedHead":
    from ilc_canvas import bootstrap
    from ilc_canvas.store.audit import heads

    return heads.signed(store, bootstrap.signer(settings, store))


def plan_text_of(
    settings: "Settings",
    store: "Store",
    detail: "RunDetail",
    *,
    all_rows: bool,
    marks: Mapping[str, str] | None = None,
    names: "Names | None" = None,
) -> list[str]:
    """The plan of a run, headed by the roster it was made from; `marks` as in `plan_text`."""
    from ilc_canvas.cli.runs.plans.plan_text import plan_text

    head = _basis_line(store, detail)
    return plan_text(detail, names or names_of(settings, store, detail), roster=head, all_rows=all_rows, marks=marks)


def _basis_line(store: "Store", detail: "RunDetail") -> str:
    """Which roster the run goes by, and who signed it; or which run it takes back."""
    from ilc_canvas.program.basis import roster_number
    from ilc_canvas.store.rosters import versions

    if detail.info.undo is not None:
        return f"Undoing run {detail.info.undo}"
    roster = versions.read(store, roster_number(detail.info.basis))
    signed = f" (signed by {roster.signed_by}, {clock.day(datetime.fromisoformat(roster.signed_at))})" if roster.signed_at else ""
    return f"Roster {roster.school_year}, version {roster.version}{signed}"


def names_of(settings: "Settings", store: "Store", detail: "RunDetail") -> "Names":
    """The names of the things in this run."""
    from ilc_canvas.program.basis import roster_number
    from ilc_canvas.views.names import known_names

    return known_names(settings, store, [step.change for step in detail.steps], version=roster_number(detail.info.basis))


def list_(limit: Annotated[int, typer.Option(help="How many.", min=1)] = 20, as_json: Json = False) -> None:
    """The last runs, newest first."""
    from ilc_canvas import bootstrap
    from ilc_canvas.cli.startup import begin
    from ilc_canvas.program import basis
    from ilc_canvas.store.runs import details

    with bootstrap.open_store(begin()) as store:
        infos = details.runs(store, limit)
    if as_json:
        names = ("status", "trigger", "actor", "reason", "dry_run", "only", "digest", "began_at", "closed_at")
        say_json([{"run": i.number, **{name: getattr(i, name) for name in names}, **basis.as_json(i.basis)} for i in infos])
    elif not infos:
        say("There has been no run yet. Start with: ilc-canvas plan")
    else:
        say(*(f"{i.number:>4}  {clock.row(i.began_at)}  {i.status:<11} {i.trigger:<6} {i.actor}  {i.reason}".rstrip() for i in infos))

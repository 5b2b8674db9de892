"""plan, sync, undo, runs"""

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ilc_canvas import clock
from ilc_canvas.cli.options import All, Json, Only, Reason, Repair, SchoolYear
from ilc_canvas.cli.output import say, say_json

if TYPE_CHECKING:
    from ilc_canvas.cli.in_turn import Ended, Turn
    from ilc_canvas.reconcile.run import Report
    from ilc_canvas.reconcile.state import Key
    from ilc_canvas.settings import Settings
    from ilc_canvas.store.audit.heads import SignedHead
    from ilc_canvas.store.db.database import Store
    from ilc_canvas.store.runs.details import RunDetail
    from ilc_canvas.views.names import Names

EXITS = {"converged": 0, "applied": 0, "planned": 2, "held": 3, "partial": 4, "failed": 1, "interrupted": 130}


def plan(only: Only = None, school_year: SchoolYear = "", *, repair: Repair = False, all_rows: All = False, as_json: Json = False) -> None:
    """Say what a sync would do, course by course. Writes nothing to Canvas."""
    wish = {"dry_run": True, "only": checked(only)}
    run(trigger_of("plan", wish, repair=repair), wish, approve=None, school_year=school_year, as_json=as_json, all_rows=all_rows)


def sync(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="As plan.")] = False,
    only: Only = None,
    approve: Annotated[str | None, typer.Option(help="The digest of a held plan: permit exactly that.")] = None,
    *,
    school_year: SchoolYear = "",
    reason: Reason = "",
    retry: Annotated[bool, typer.Option("--retry", help="Try what is parked as well, whatever its time.")] = False,
    redo: Annotated[bool, typer.Option("--redo", help="Do again what was undone.")] = False,
    repair: Repair = False,
    all_rows: All = False,
    as_json: Json = False,
) -> None:
    """Bring Canvas to the newest finalized roster of each school year whose term is not over, or hold the plan for a person."""
    wish = {"reason": reason, "dry_run": dry_run, "only": checked(only), "retry": retry, "redo": redo}
    run(trigger_of("sync", wish, repair=repair), wish, approve=approve, school_year=school_year, as_json=as_json, all_rows=all_rows)


def undo(
    number: Annotated[int, typer.Argument(metavar="RUN", help="The run to take back.")],
    approve: Annotated[str | None, typer.Option(help="The digest of the plan that was shown: do exactly that.")] = None,
    reason: Reason = "",
    *,
    all_rows: All = False,
    as_json: Json = False,
) -> None:
    """Show how a run would be taken back where nobody has touched it since; with --approve do it. A run itself, with the same guards."""
    wish = {"reason": reason, "dry_run": approve is None, "undo": number}
    run("undo", wish, approve=approve, as_json=as_json, all_rows=all_rows)


def trigger_of(command: str, wish: Mapping[str, Any], *, repair: bool) -> str:
    """What asks for the run: the command, or its --repair, which wants to know where, and why."""
    from ilc_canvas.reconcile.run import REPAIR

    if repair and not wish["only"]:
        raise typer.BadParameter("--repair wants --only: what people changed by hand is put back there, and nowhere else.")
    if repair and not (wish.get("dry_run") or str(wish.get("reason", "")).strip()):
        raise typer.BadParameter('--repair undoes what somebody did in Canvas, so it wants a reason: --reason "..."')
    return REPAIR if repair else command


def checked(only: list[str] | None) -> tuple[str, ...]:
    """The words of --only, each of which names something."""
    from ilc_canvas.program.selection import check_words

    try:
        check_words(only or [])
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error
    return tuple(only or [])


def run(trigger: str, wish: Mapping[str, Any], *, approve: str | None, as_json: bool, all_rows: bool, school_year: str = "") -> None:
    """One run as it is wished for (the fields of an Ask) in each school year, told to the person who asked; ends the command with its
    exit code.
    """
    from ilc_canvas import bootstrap
    from ilc_canvas.actions import approvals
    from ilc_canvas.cli.beginning import begin
    from ilc_canvas.cli.in_turn import document, in_turn, turns, worst
    from ilc_canvas.reconcile.run import Ask
    from ilc_canvas.store.audit import heads

    if approve is not None and not approve.strip():
        raise typer.BadParameter("--approve wants the digest of a held plan: see ilc-canvas plan.")
    settings = begin()
    with bootstrap.opened(settings) as store:
        if approve:
            heads.require_kept(store)
            approvals.approve_whole(
                settings, store, approve, undo=wish.get("undo"), actor=bootstrap.actor(), reason=str(wish["reason"]), at=bootstrap.now()
            )
        wanted = turns(settings, store, Ask(bootstrap.actor(), trigger, **wish), school_year=school_year, approved=approve or "")
        ended = in_turn(wanted, lambda turn: _one(settings, store, turn, as_json=as_json, all_rows=all_rows), as_json=as_json)
        if as_json:
            say_json(document(ended))
    raise typer.Exit(worst(ended).code)


def _one(settings: "Settings", store: "Store", turn: "Turn", *, as_json: bool, all_rows: bool) -> "Ended":
    """The run of one school year."""
    from ilc_canvas.cli.in_turn import Ended, failed
    from ilc_canvas.reconcile.errors import IlcError
    from ilc_canvas.store.runs import details

    (year, ask), before = turn, details.newest(store)
    try:
        report = carry(settings, store, turn, show=not as_json)
    except IlcError as error:
        last = details.newest(store)
        stopped = details.run(store, last).report if last > before else None
        return failed(year, error, _shown(settings, store, stopped) if stopped and as_json else {})
    if as_json:
        return Ended(year, EXITS[report.status], {"school_year": year, **_shown(settings, store, report)})
    return Ended(year, EXITS[report.status], {}, told(settings, store, report, dry_run=ask.dry_run, all_rows=all_rows))


def _shown(settings: "Settings", store: "Store", report: "Report") -> dict[str, object]:
    """A run for programs."""
    from ilc_canvas.store.runs import details

    return {**as_dict(report), **who(details.run(store, report.run)), "head": _head(settings, store).as_json()}


def carry(settings: "Settings", store: "Store", turn: "Turn", *, show: bool) -> "Report":
    """One run, with a progress bar on a terminal and plain lines elsewhere."""
    from ilc_canvas import bootstrap
    from ilc_canvas.cli.progress import progress
    from ilc_canvas.cli.stopping import stoppable

    year, ask = turn
    with progress(show=show) as watch, stoppable(gently=not ask.dry_run) as stop:
        return bootstrap.run(settings, store, ask, school_year=year, watch=watch, stop=stop.is_set)


def as_dict(report: "Report") -> dict[str, object]:
    """The keys of `sync --json` and `plan --json`."""
    from ilc_canvas.program.basis import as_json

    names = ("run", "status", "digest", "counts", "applied", "failed", "withheld", "held")
    reasons = [{"code": reason.code, "text": reason.text, "count": reason.count, "limit": reason.limit} for reason in report.reasons]
    others = ("requests", "writes", "drift", "by_hand", "not_ours", "deferred", "parked", "asked", "warnings", "sentence")
    more = {**{name: getattr(report, name) for name in others}, "unpublished": list(map(str, report.unpublished))}
    return {**{name: getattr(report, name) for name in names}, **as_json(report.basis), "reasons": reasons, **more}


def who(detail: "RunDetail") -> dict[str, object]:
    """Who is who in this run: people with an account here that is taken, and people about whom somebody must decide."""
    from ilc_canvas.views.plan import is_match

    matched = [step.change.subject for step in detail.steps if is_match(step.change)]
    questions = [(key, why) for verb, key, why in detail.aside if verb == "ask"]
    return {
        "matched": [{"person": _person_id(record.key), "account": record.handle} for record in matched],
        "questions": [{"person": _person_id(key), "kind": why.removeprefix("asked-")} for key, why in questions],
    }


def _person_id(key: "Key") -> str:
    return key.id.rpartition(":")[2]


def told(settings: "Settings", store: "Store", report: "Report", *, dry_run: bool, all_rows: bool) -> list[str]:
    """What a person reads after a run: the plan where it waits, the result where it was carried out."""
    from ilc_canvas import bootstrap
    from ilc_canvas.cli.letter import held_lines
    from ilc_canvas.cli.outcome import result
    from ilc_canvas.store.runs import details
    from ilc_canvas.views.fates import marks
    from ilc_canvas.views.halted import why_halted

    detail = details.run(store, report.run)
    warnings = [f"Warning: {text}" for text in report.warnings]
    if dry_run or (report.status == "held" and not report.applied):
        return [*letter_of(settings, store, detail, all_rows=all_rows, marks=marks(detail)), *warnings]
    halted = [why_halted(settings, store, bootstrap.now())] if report.status == "interrupted" else []
    names = names_of(settings, store, detail)
    told = result(detail, report, names, all_rows=all_rows)
    told += held_lines(detail, names) if report.status == "held" else []
    return [*told, *filter(None, halted), *warnings]


def _head(settings: "Settings", store: "Store") -> "SignedHead":
    from ilc_canvas import bootstrap
    from ilc_canvas.store.audit import heads

    return heads.signed(store, bootstrap.signer(settings, store))


def letter_of(
    settings: "Settings", store: "Store", detail: "RunDetail", *, all_rows: bool, marks: Mapping[str, str] | None = None
) -> list[str]:
    """The plan of a run, with what it was made from at its head; `marks` as in `letter`."""
    from ilc_canvas.cli.letter import letter
    from ilc_canvas.program.basis import roster_number
    from ilc_canvas.store.rosters import versions

    roster = versions.read(store, roster_number(detail.info.basis))
    signed = f" (signed by {roster.signed_by}, {clock.day(datetime.fromisoformat(roster.signed_at))})" if roster.signed_at else ""
    head = f"Roster {roster.school_year}, version {roster.version}{signed}"
    head = head if detail.info.undo is None else f"Taking back run {detail.info.undo}"
    return letter(detail, names_of(settings, store, detail), roster=head, all_rows=all_rows, marks=marks)


def names_of(settings: "Settings", store: "Store", detail: "RunDetail") -> "Names":
    """What people call the things in this run."""
    from ilc_canvas.program.basis import roster_number
    from ilc_canvas.views.names import known_names

    return known_names(settings, store, [step.change for step in detail.steps], version=roster_number(detail.info.basis))


def list_(limit: Annotated[int, typer.Option(help="How many.", min=1)] = 20, as_json: Json = False) -> None:
    """The last runs, newest first."""
    from ilc_canvas import bootstrap
    from ilc_canvas.cli.beginning import begin
    from ilc_canvas.program import basis
    from ilc_canvas.store.runs import details

    with bootstrap.opened(begin()) as store:
        infos = details.runs(store, limit)
    if as_json:
        names = ("status", "trigger", "actor", "reason", "dry_run", "only", "digest", "began_at", "closed_at")
        say_json([{"run": i.number, **{name: getattr(i, name) for name in names}, **basis.as_json(i.basis)} for i in infos])
    elif not infos:
        say("There has been no run yet. Begin with: ilc-canvas plan")
    else:
        say(*(f"{i.number:>4}  {clock.row(i.began_at)}  {i.status:<11} {i.trigger:<6} {i.actor}  {i.reason}".rstrip() for i in infos))

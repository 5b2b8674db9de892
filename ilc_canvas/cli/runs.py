"""plan, sync, runs, show, status"""

from typing import TYPE_CHECKING, Annotated

import typer

from ilc_canvas.cli.options import All, Json, Only, Reason
from ilc_canvas.cli.output import count, say, say_json

if TYPE_CHECKING:
    from ilc_canvas.reconcile.run import Ask, Report
    from ilc_canvas.settings import Settings
    from ilc_canvas.store.engine import Store
    from ilc_canvas.store.runs import RunDetail

EXITS = {"converged": 0, "applied": 0, "planned": 2, "held": 3, "partial": 4, "failed": 1, "interrupted": 130}


def plan(only: Only = None, all_rows: All = False, as_json: Json = False) -> None:
    """Say what a sync would do, course by course. Writes nothing to Canvas."""
    _run(only or [], "plan", reason="", dry_run=True, approve=None, as_json=as_json, all_rows=all_rows)


def sync(
    dry_run: Annotated[bool, typer.Option("--dry-run", help="As plan.")] = False,
    only: Only = None,
    approve: Annotated[str | None, typer.Option(help="The digest of a held plan: permit exactly that.")] = None,
    reason: Reason = "",
    all_rows: All = False,
    as_json: Json = False,
) -> None:
    """Bring Canvas to the newest finalized roster, or hold the plan for a person."""
    _run(only or [], "sync", reason=reason, dry_run=dry_run, approve=approve, as_json=as_json, all_rows=all_rows)


def _run(only: list[str], trigger: str, *, reason: str, dry_run: bool, approve: str | None, as_json: bool, all_rows: bool) -> None:
    from ilc_canvas import bootstrap
    from ilc_canvas.program.selection import check_words
    from ilc_canvas.reconcile.run import Ask
    from ilc_canvas.settings import read_settings

    try:
        check_words(only)
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error
    settings = read_settings()
    bootstrap.set_up_log(settings.token.get_secret_value())
    with bootstrap.opened(settings) as store:
        if approve:
            bootstrap.say_yes(settings, store, approve, reason)
        ask = Ask(bootstrap.actor(), trigger, reason, dry_run, tuple(only))
        report = carry(settings, store, ask, show=not as_json)
        if as_json:
            say_json(as_dict(report))
        else:
            say(*told(settings, store, report, dry_run=dry_run, all_rows=all_rows))
    raise typer.Exit(EXITS[report.status])


def carry(settings: "Settings", store: "Store", ask: "Ask", *, show: bool) -> "Report":
    """One run, with a progress bar on a terminal and plain lines elsewhere."""
    from ilc_canvas import bootstrap
    from ilc_canvas.cli.progress import progress

    with progress(show=show) as watch:
        return bootstrap.run(settings, store, ask, watch=watch)


def as_dict(report: "Report") -> dict[str, object]:
    """The keys of `sync --json` and `plan --json`."""
    names = ("run", "status", "digest", "roster_version", "counts", "applied", "failed", "withheld")
    reasons = [{"code": reason.code, "text": reason.text, "count": reason.count, "limit": reason.limit} for reason in report.reasons]
    more = {name: getattr(report, name) for name in ("requests", "writes", "drift", "by_hand", "warnings", "sentence")}
    return {**{name: getattr(report, name) for name in names}, "reasons": reasons, **more}


def told(settings: "Settings", store: "Store", report: "Report", *, dry_run: bool, all_rows: bool) -> list[str]:
    """What a person reads after a run: the plan where it waits, the result where it was carried out."""
    from ilc_canvas.store import runs

    detail = runs.run(store, report.run)
    warnings = [f"Warning: {text}" for text in report.warnings]
    if dry_run or report.status == "held":
        return [*_letter(settings, store, detail, all_rows=all_rows), *warnings]
    return [*result(detail, report), *warnings]


def _letter(settings: "Settings", store: "Store", detail: "RunDetail", *, all_rows: bool) -> list[str]:
    from ilc_canvas import bootstrap
    from ilc_canvas.cli.letter import Names, letter
    from ilc_canvas.program.desired import desired
    from ilc_canvas.store import rosters

    known = [info for info in rosters.listing(store) if info.number <= detail.info.roster_version and info.state != "draft"]
    newest_first = sorted((info.number for info in known), reverse=True)[:3]
    states = [desired(rosters.read(store, number), bootstrap.policy(settings)) for number in newest_first]
    names = Names.of(states, [step.change for step in detail.steps])
    signed = next((f", signed by {info.signed_by}," for info in known if info.number == detail.info.roster_version), "")
    return letter(detail, names, signed=signed, all_rows=all_rows)


def result(detail: "RunDetail", report: "Report") -> list[str]:
    """Done, partly done, or why not."""
    total = len(detail.steps)
    at = f"{detail.info.closed_at.astimezone():%H:%M}" if detail.info.closed_at else ""
    numbers = f"{report.applied} of {count(total, 'change')}, {count(report.requests, 'request')}"
    if report.status == "converged":
        return [f"Nothing to do at {at}: {report.sentence} {count(report.requests, 'request')}, no write.{_left(report)}"]
    if report.status == "applied":
        return [f"Done at {at}: {numbers}, nothing withheld. Canvas agrees with roster version {report.roster_version}.{_left(report)}"]
    failed = [f"  {key.id}: {why}" for key, why in report.failures.items()]
    held = [f"  {report.withheld} wait: see ilc-canvas show {report.run}"] if report.withheld else []
    return [f"Partly done at {at}: {numbers}.", *failed, *held, "What is left is tried again by the next run: ilc-canvas sync"]


def _left(report: "Report") -> str:
    alone = [count(report.by_hand, "enrollment added by hand", "enrollments added by hand")] if report.by_hand else []
    alone += [count(report.drift, "thing changed by hand", "things changed by hand")] if report.drift else []
    return f" Left as it is: {', '.join(alone)}." if alone else ""


def list_(limit: Annotated[int, typer.Option(help="How many.")] = 20, as_json: Json = False) -> None:
    """The last runs, newest first."""
    from ilc_canvas import bootstrap
    from ilc_canvas.settings import read_settings
    from ilc_canvas.store import runs

    with bootstrap.opened(read_settings()) as store:
        infos = runs.runs(store, limit)
    if as_json:
        names = ("number", "status", "trigger", "actor", "reason", "dry_run", "only", "roster_version", "digest", "began_at", "closed_at")
        say_json([{("run" if name == "number" else name): getattr(info, name) for name in names} for info in infos])
    elif not infos:
        say("There has been no run yet. Begin with: ilc-canvas plan")
    else:
        say(*(f"{i.number:>4}  {i.began_at:%Y-%m-%d %H:%M}Z  {i.status:<11} {i.trigger:<6} {i.actor}  {i.reason}".rstrip() for i in infos))


def show(run: Annotated[int, typer.Argument(help="Its number.")], all_rows: All = False, as_json: Json = False) -> None:
    """One run: its plan, and what became of each change."""
    from ilc_canvas import bootstrap
    from ilc_canvas.settings import read_settings
    from ilc_canvas.store import runs

    settings = read_settings()
    with bootstrap.opened(settings) as store:
        detail = runs.run(store, run)
        lines = [] if as_json else _letter(settings, store, detail, all_rows=all_rows)
    if as_json:
        say_json(_detail(detail))
        return
    say(f"Run {run}, {detail.info.status}, asked by {detail.info.actor} ({detail.info.trigger}).", *lines)
    if detail.report:
        say("", *([detail.report.sentence] if detail.report.status in ("held", "planned", "failed") else result(detail, detail.report)))


def _detail(detail: "RunDetail") -> dict[str, object]:
    steps = [{"verb": s.change.verb, "key": str(s.change.key), "result": s.outcome.result if s.outcome else None} for s in detail.steps]
    report = as_dict(detail.report) if detail.report else {"run": detail.info.number, "status": detail.info.status}
    return {**report, "actor": detail.info.actor, "reason": detail.info.reason, "changes": steps}


def status(as_json: Json = False) -> None:
    """How things stand: roster, last run, what waits for a person."""
    from ilc_canvas import bootstrap
    from ilc_canvas.settings import read_settings
    from ilc_canvas.store import rosters, runs

    with bootstrap.opened(read_settings()) as store:
        newest = [info for info in rosters.listing(store) if info.state == "finalized"][-1:]
        last = runs.runs(store, 1)
    roster = newest[0].number if newest else None
    if as_json:
        run = {"run": last[0].number, "status": last[0].status, "digest": last[0].digest} if last else None
        say_json({"roster_version": roster, "last_run": run})
        return
    say(f"Roster   version {roster} is the newest finalized." if roster else "Roster   none is finalized yet.")
    say(f"Last run {last[0].number}: {last[0].status}, {last[0].began_at:%Y-%m-%d %H:%M} UTC." if last else "Last run there was none yet.")
    if last and last[0].status == "held":
        say(f"Waiting  a plan is held. See it: ilc-canvas show {last[0].number}.")
        say(f'         Permit it: ilc-canvas sync --approve {last[0].digest} --reason "..."')

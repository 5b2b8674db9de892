"""One run: read, compare, guard, apply, record."""

from collections import Counter
from collections.abc import Callable, Mapping
from contextlib import nullcontext, suppress
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

import structlog

from ilc_canvas import clock
from ilc_canvas.program.calendars.calendar import Calendar
from ilc_canvas.program.courses.content_records import Furnishing
from ilc_canvas.program.policy import Policy
from ilc_canvas.program.roster import Roster
from ilc_canvas.program.selection import require_known
from ilc_canvas.program.settings_changed import FormerSettings
from ilc_canvas.reconcile.change import Change, Plan, without_steps
from ilc_canvas.reconcile.compare.expected_objects import things_of
from ilc_canvas.reconcile.compare.publication import invited, made_unpublished
from ilc_canvas.reconcile.deferral.reasons import counted, is_open
from ilc_canvas.reconcile.errors import IlcError, MissingRightError, QuarantineError, RecoveryError, StoreError, understood
from ilc_canvas.reconcile.guards.forecast import Forecast, forecast
from ilc_canvas.reconcile.guards.guard import Limits, Verdict
from ilc_canvas.reconcile.people.identity import owners
from ilc_canvas.reconcile.run.quarantine import Quarantine, trouble_of
from ilc_canvas.reconcile.run.sentence import sentence
from ilc_canvas.reconcile.run.values import Report, RunRequest, Tenant
from ilc_canvas.reconcile.state import Key
from ilc_canvas.reconcile.undo import taken_back
from ilc_canvas.reconcile.words.hints import Next
from ilc_canvas.reconcile.words.wording import count, form
from ilc_canvas.sync.apply import carry_out
from ilc_canvas.sync.approval import Permission, permitted
from ilc_canvas.sync.context import ApplySettings, OnProgress, RunContext, no_progress
from ilc_canvas.sync.plan_values import PlanInputs, PlanResult
from ilc_canvas.sync.planning import make_checked_plan
from ilc_canvas.sync.ports import Canvas, Journal
from ilc_canvas.sync.progress import Progress
from ilc_canvas.sync.questions import shown_accounts
from ilc_canvas.sync.settle import settle

log = structlog.get_logger(__name__)
RECOVERIES = 5
"""Begun in vain so often, recovery is left to a person."""


def run_once(
    *,
    ask: RunRequest,
    canvas: Canvas,
    journal: Journal,
    policy: Policy,
    limits: Limits,
    apply_settings: ApplySettings,
    now: Callable[[], datetime],
    sleep: Callable[[float], None],
    former: FormerSettings | None = None,
    furnish: Callable[[Roster, Calendar | None], Furnishing] = lambda _roster, _calendar: Furnishing(),
    on_progress: OnProgress = no_progress,
    stop: Callable[[], bool] = lambda: False,
) -> Report:
    """One run from the newest finalized roster to Canvas; its report, which the journal keeps as well. `former` are the settings before.

    Raises an IlcError where nothing could be planned or the run had to stop; the run is then closed as failed.
    """
    basis = journal.basis()
    roster, calendar = journal.roster(basis), journal.calendar(basis)
    content, openings = furnish(roster, calendar), journal.openings(basis)
    canvas.provide(content.texts)
    require_known(ask.only, roster, policy, ours=journal.ledger() if ask.only else {})
    _refuse_quarantined(journal.quarantine(), ask, now())
    undo = journal.done(ask.undo) if ask.undo is not None else ()
    run = journal.begin(ask, basis)
    context = RunContext(canvas, journal, apply_settings, sleep, on_progress, stop)
    result, progress, ahead = PlanResult(Plan((), basis, "", ""), Verdict()), Progress(), None
    may = Permission()
    try:
        tenant = canvas.tenant()
        ahead = tenant.ahead
        journal.check_tenant(tenant)
        _require_sis(tenant, ask)
        _recover(context)
        repair, today = apply_settings.repair or ask.repair, now().astimezone(ZoneInfo(policy.time_zone)).date()
        given = PlanInputs(ask, basis, roster, calendar, policy, limits, tenant, former, undo, repair, content, openings, today)
        result = make_checked_plan(given, context, now())
        journal.planned(run, result.plan, result.verdict, asked=result.asked, whole=ask.whole, shown=shown_accounts(result, now()))
        may = permitted(result, journal.approvals(now()), limits, context=context, now=now())
        progress.waiting = list(may.waiting)
        if may.going and not ask.dry_run:
            journal.pin_tenant(tenant)
            journal.keep_undone(run, taken_back(undo, may.going))
            progress.newest.learn([result.newest])
            carry_out(run, may.going, progress, context=context)
        if not may.stopped and not ask.dry_run:
            journal.save_course_counts(run, _active(result, progress))
        status = _status(ask, result, may, progress=progress, fault=content.fault)
        report = _report(run, result, may, progress=progress, ask=ask, status=status)
    except BaseException as error:
        status, text = ("failed", _first_line(understood(error))) if isinstance(error, Exception) else ("interrupted", "")
        failed = _report(run, result, may, progress=progress, ask=ask, status=status, error=text)
        with suppress(StoreError) if isinstance(error, StoreError) else nullcontext():
            _close(replace(failed, trouble=_trouble(ask, error), ahead=ahead), context)
        raise
    return _close(replace(report, ahead=ahead), context)


def _refuse_quarantined(quarantine: Quarantine | None, ask: RunRequest, now: datetime) -> None:
    """In quarantine nothing is written; a plan may be looked at all the same."""
    if quarantine is None or ask.dry_run or not quarantine.forbids(now, by_hand=ask.by_hand):
        return
    when = f"It is looked at again at {clock.at(quarantine.next_at)}." if quarantine.next_at else _BY_A_PERSON
    raise QuarantineError(f"In quarantine since {clock.at(quarantine.since)}: {quarantine.text} Nothing was written. {when}")


_BY_A_PERSON = f"When it is put right: {Next.RELEASE}"


def _require_sis(tenant: Tenant, ask: RunRequest) -> None:
    """Without the right to set SIS ids Canvas drops them in silence, and every run would build everything again: nothing may be written."""
    if not ask.dry_run and not tenant.rights.get("manage_sis", True):
        raise MissingRightError(
            "This token may not set SIS ids: Canvas would drop them silently. Nothing was written. "
            f'Ask the Canvas administrator for "SIS Data - manage" (manage_sis) on the account "{tenant.account_name}".'
        )


def _recover(context: RunContext) -> None:
    """Close what dead runs left open. Canvas is read first: a single course is known by the number of its term."""
    left = context.journal.open_intents()
    if not left:
        return
    if context.journal.recovering() >= RECOVERIES:
        raise RecoveryError(
            f"{count(len(left), 'call')} of a run that died could not be settled, {RECOVERIES} times. Nothing was written. "
            f"See what they are: {Next.AUDIT_LOG}. {_BY_A_PERSON}"
        )
    ledger = context.journal.ledger()
    context.canvas.observe(owners(ledger), things_of(ledger, ledger.keys()))
    for intent, outcome in settle(left, context, how="recovered"):
        log.info("intent.settled", key=str(intent.change.key), result=outcome.result)
    context.journal.recovered()


def _active(result: PlanResult, progress: Progress) -> Mapping[Key, int]:
    """Our active enrollments per course by now: as they were read, and what this run has done to them since."""
    counts = Counter(result.active)
    counts.update(progress.joined)
    return {course: count for course, count in counts.items() if count > 0}


def _status(ask: RunRequest, result: PlanResult, may: Permission, *, progress: Progress, fault: str = "") -> str:
    """Never green while anything was withheld, skipped or failed; what waits for a person is held, be it only a part."""
    plan = result.plan
    skipped = fault or result.waiting or plan.conflicts or any(is_open(deferred.why) for deferred in plan.deferred)
    if may.stopped or (may.held and not may.going):
        return "held"
    if not plan.changes:
        return "partial" if skipped else "converged"
    if ask.dry_run:
        return "held" if may.held else "planned"
    if progress.stopping.reason == "interrupted":
        return "interrupted"
    if progress.failures or progress.withheld:
        return "partial"
    if may.held:
        return "held"
    return "partial" if may.resting or skipped else "applied"


def _trouble(ask: RunRequest, error: BaseException) -> str:
    return "" if ask.dry_run else trouble_of(error)


def _report(run: int, result: PlanResult, may: Permission, *, progress: Progress, ask: RunRequest, status: str, error: str = "") -> Report:
    plan = result.plan
    deferred, done = counted(plan.deferred), _done(ask, plan, progress)
    report = Report(
        run=run,
        status=status,
        digest=plan.digest,
        basis=plan.basis,
        counts=plan.counts,
        applied=progress.done,
        failed=len(progress.failures),
        withheld=len(without_steps([*progress.waiting, *progress.withheld])),
        reasons=result.verdict.reasons,
        sentence=error,
        drift=len(plan.drift),
        conflicts=len(plan.conflicts),
        by_hand=len(plan.by_hand),
        not_ours=len(plan.not_ours),
        warnings=(*result.warnings, *progress.stopping.warnings),
        failures=progress.failures,
        deferred=deferred,
        parked=sum(number for word, number in deferred.items() if is_open(word)),
        resting=len(without_steps(may.resting)),
        until=may.until,
        asked=result.waiting,
        trouble="writes" if progress.stopping.reason == "failures" and progress.stopping.away else "",
        only=ask.only,
        undo=ask.undo,
        held=len(without_steps(may.held)),
        waits=may.waits,
        dry_run=ask.dry_run,
        forecast=_forecast(result, done),
        unpublished=sorted(result.unpublished | made_unpublished(done)),
        invited=sorted(invited(result.observed)),
    )
    return replace(report, sentence=sentence(report))


def _forecast(result: PlanResult, done: list[Change]) -> Forecast:
    """Of what is left to be done, or of the whole plan if nothing is left or nothing was done."""
    keys = {change.key for change in done}
    left = [change for change in result.plan.changes if change.key not in keys]
    if left and done:
        return forecast(left, result.observed, author=result.author, done=done)
    return forecast(result.plan.changes, result.observed, author=result.author)


def _done(ask: RunRequest, plan: Plan, progress: Progress) -> list[Change]:
    """What was carried out of the plan, where anything was."""
    left = {*progress.failures, *(change.key for change in (*progress.waiting, *progress.withheld))}
    return [] if ask.dry_run or not progress.done else [change for change in plan.changes if change.key not in left]


def _first_line(error: IlcError) -> str:
    return (str(error) or type(error).__name__).splitlines()[0]


def _close(report: Report, context: RunContext) -> Report:
    """Record the end of a run, with the requests that it has made."""
    traffic = context.canvas.traffic
    report = replace(
        report,
        requests=traffic.requests,
        writes=traffic.writes,
        throttled=traffic.throttled,
        refused=traffic.refused,
        unavailable=traffic.unavailable,
    )
    try:
        context.journal.closed(report)
    except StoreError as error:
        made = f"{count(report.applied, 'change')} of run {report.run} {form(report.applied, 'was', 'were')} made and recorded"
        raise type(error)(f"{error} {made}, and its end was not: the next run notes it.") from error
    log.info(
        "run.closed",
        run=report.run,
        status=report.status,
        applied=report.applied,
        failed=report.failed,
        withheld=report.withheld,
        requests=report.requests,
        writes=report.writes,
        sentence=report.sentence,
    )
    return report

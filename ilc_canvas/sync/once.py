"""One run: read, compare, guard, apply, record."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime

import structlog

from ilc_canvas import clock
from ilc_canvas.program.policy import Policy
from ilc_canvas.program.selection import require_known
from ilc_canvas.program.settings_changed import Former
from ilc_canvas.reconcile.change import Change, Plan, without_steps
from ilc_canvas.reconcile.deferral import counted, is_open
from ilc_canvas.reconcile.errors import IlcError, MissingRightError, QuarantineError, RecoveryError, understood
from ilc_canvas.reconcile.guard import Limits, Verdict
from ilc_canvas.reconcile.hints import Next
from ilc_canvas.reconcile.identity import owners
from ilc_canvas.reconcile.publishing import made_unpublished
from ilc_canvas.reconcile.quarantine import Quarantine, trouble_of
from ilc_canvas.reconcile.run import Ask, Report, Tenant
from ilc_canvas.reconcile.sentence import sentence
from ilc_canvas.reconcile.standing import things_of
from ilc_canvas.reconcile.state import Key
from ilc_canvas.reconcile.undo import taken_back
from ilc_canvas.reconcile.words import count
from ilc_canvas.sync.carry import Tally, carry_out
from ilc_canvas.sync.look import Inquiry, Looked, look
from ilc_canvas.sync.permit import Permission, permitted
from ilc_canvas.sync.ports import Canvas, Journal
from ilc_canvas.sync.settling import settle
from ilc_canvas.sync.tools import Pace, Tools, Watch, quiet

log = structlog.get_logger(__name__)
RECOVERIES = 5
"""Begun in vain so often, recovery is left to a person."""


def run_once(
    *,
    ask: Ask,
    canvas: Canvas,
    journal: Journal,
    policy: Policy,
    limits: Limits,
    pace: Pace,
    now: Callable[[], datetime],
    sleep: Callable[[float], None],
    former: Former | None = None,
    watch: Watch = quiet,
    stop: Callable[[], bool] = lambda: False,
) -> Report:
    """One run from the newest finalized roster to Canvas; its report, which the journal keeps as well. `former` are the settings before.

    Raises an IlcError where nothing could be planned or the run had to stop; the run is then closed as failed.
    """
    basis = journal.basis()
    roster = journal.roster(basis)
    require_known(ask.only, roster, policy, ours=journal.ledger())
    _refuse_quarantined(journal.quarantine(), ask, now())
    undo = journal.done(ask.undo) if ask.undo is not None else ()
    run = journal.begin(ask, basis)
    tools = Tools(canvas, journal, pace, sleep, watch, stop)
    looked, tally, ahead = Looked(Plan((), basis, "", ""), Verdict()), Tally(), None
    may = Permission()
    try:
        tenant = canvas.tenant()
        ahead = tenant.ahead
        journal.check_tenant(tenant)
        _require_sis(tenant, ask)
        _recover(tools)
        looked = look(Inquiry(ask, basis, roster, policy, limits, tenant, former, undo, pace.repair or ask.repair), tools, now())
        journal.planned(run, looked.plan, looked.verdict, asked=looked.asked, whole=ask.whole)
        may = permitted(looked, journal.approvals(now()), limits, tools=tools, now=now())
        tally.waiting = list(may.waiting)
        if may.going and not ask.dry_run:
            journal.pin(tenant)
            journal.keep_undone(run, taken_back(undo, may.going))
            tally.newest.learn([looked.newest])
            carry_out(run, may.going, tally, tools=tools)
        if not may.stopped and not ask.dry_run:
            journal.seen(run, _active(looked, tally))
        report = _report(run, looked, may, tally=tally, ask=ask, status=_status(ask, looked, may, tally=tally))
    except BaseException as error:
        status, text = ("failed", _first_line(understood(error))) if isinstance(error, Exception) else ("interrupted", "")
        failed = _report(run, looked, may, tally=tally, ask=ask, status=status, error=text)
        _close(replace(failed, trouble=_trouble(ask, error), ahead=ahead), tools)
        raise
    return _close(replace(report, ahead=ahead), tools)


def _refuse_quarantined(quarantine: Quarantine | None, ask: Ask, now: datetime) -> None:
    """In quarantine nothing is written; a plan may be looked at all the same."""
    if quarantine is None or ask.dry_run or not quarantine.forbids(now, by_hand=ask.by_hand):
        return
    when = f"It is looked at again at {clock.at(quarantine.next_at)}." if quarantine.next_at else _BY_A_PERSON
    raise QuarantineError(f"In quarantine since {clock.at(quarantine.since)}: {quarantine.text} Nothing was written. {when}")


_BY_A_PERSON = f"When it is put right: {Next.RELEASE}"


def _require_sis(tenant: Tenant, ask: Ask) -> None:
    """Without the right to set SIS ids Canvas drops them in silence, and every run would build everything again: nothing may be written."""
    if not ask.dry_run and not tenant.rights.get("manage_sis", True):
        raise MissingRightError(
            "This token may not set SIS ids: Canvas would drop them without a word. Nothing was written. "
            f'Ask the Canvas administrator for "SIS Data - manage" (manage_sis) on the account "{tenant.account_name}".'
        )


def _recover(tools: Tools) -> None:
    """Close what dead runs left open. Canvas is read first: a single course is known by the number of its term."""
    left = tools.journal.open_intents()
    if not left:
        return
    if tools.journal.recovering() >= RECOVERIES:
        raise RecoveryError(
            f"{count(len(left), 'call')} of a run that died could not be settled, {RECOVERIES} times. Nothing was written. "
            f"See what they are: {Next.AUDIT_LOG}. {_BY_A_PERSON}"
        )
    ledger = tools.journal.ledger()
    tools.canvas.observe(owners(ledger), things_of(ledger, ledger.keys()))
    for intent, outcome in settle(left, tools, how="recovered"):
        log.info("intent.settled", key=str(intent.change.key), result=outcome.result)
    tools.journal.recovered()


def _active(looked: Looked, tally: Tally) -> Mapping[Key, int]:
    """Our active enrollments per course by now: as they were read, and what this run has done to them since."""
    counts = Counter(looked.active)
    counts.update(tally.joined)
    return {course: count for course, count in counts.items() if count > 0}


def _status(ask: Ask, looked: Looked, may: Permission, *, tally: Tally) -> str:
    """Never green while anything was withheld, skipped or failed; what waits for a person is held, be it only a part."""
    plan = looked.plan
    skipped = looked.waiting or any(is_open(aside.why) for aside in plan.aside)
    if may.stopped or (may.held and not may.going):
        return "held"
    if not plan.changes:
        return "partial" if skipped else "converged"
    if ask.dry_run:
        return "held" if may.held else "planned"
    if tally.stopped == "interrupted":
        return "interrupted"
    if tally.failures or tally.withheld:
        return "partial"
    if may.held:
        return "held"
    return "partial" if may.resting or skipped else "applied"


def _trouble(ask: Ask, error: BaseException) -> str:
    return "" if ask.dry_run else trouble_of(error)


def _report(run: int, looked: Looked, may: Permission, *, tally: Tally, ask: Ask, status: str, error: str = "") -> Report:
    plan = looked.plan
    deferred = counted(plan.aside)
    report = Report(
        run=run,
        status=status,
        digest=plan.digest,
        basis=plan.basis,
        counts=plan.counts,
        applied=tally.done,
        failed=len(tally.failures),
        withheld=len(without_steps([*tally.waiting, *tally.withheld])),
        reasons=looked.verdict.reasons,
        sentence=error,
        drift=len(plan.drift),
        by_hand=len(plan.by_hand),
        not_ours=len(plan.not_ours),
        warnings=looked.warnings,
        failures=tally.failures,
        deferred=deferred,
        parked=sum(number for word, number in deferred.items() if is_open(word)),
        resting=len(without_steps(may.resting)),
        until=may.until,
        asked=looked.waiting,
        trouble="writes" if tally.stopped == "failures" and tally.away else "",
        only=ask.only,
        undo=ask.undo,
        held=len(without_steps(may.held)),
        waits=may.waits,
        dry_run=ask.dry_run,
        unpublished=sorted(looked.unpublished | made_unpublished(_done(ask, plan, tally))),
    )
    return replace(report, sentence=sentence(report))


def _done(ask: Ask, plan: Plan, tally: Tally) -> list[Change]:
    """What was carried out of the plan, where anything was."""
    left = {*tally.failures, *(change.key for change in (*tally.waiting, *tally.withheld))}
    return [] if ask.dry_run or not tally.done else [change for change in plan.changes if change.key not in left]


def _first_line(error: IlcError) -> str:
    return (str(error) or type(error).__name__).splitlines()[0]


def _close(report: Report, tools: Tools) -> Report:
    """Record the end of a run, with the requests that it has made."""
    traffic = tools.canvas.traffic
    report = replace(report, **{name: getattr(traffic, name) for name in ("requests", "writes", "throttled", "refused", "unavailable")})
    tools.journal.closed(report)
    numbers = {name: getattr(report, name) for name in ("run", "status", "applied", "failed", "withheld", "requests", "writes")}
    log.info("run.closed", **numbers, sentence=report.sentence)
    return report

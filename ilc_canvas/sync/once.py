"""One run: read, compare, guard, apply, record."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime

from ilc_canvas.program.desired import desired, without_roles
from ilc_canvas.program.policy import Policy
from ilc_canvas.program.roster import Roster
from ilc_canvas.program.selection import selected
from ilc_canvas.reconcile.change import Change, Plan, fingerprint
from ilc_canvas.reconcile.ended import refuse_ended
from ilc_canvas.reconcile.guard import Limits, Verdict, check
from ilc_canvas.reconcile.plan import Frame, Selected, active_by_course, make_plan
from ilc_canvas.reconcile.run import Approval, Ask, Report, Tenant
from ilc_canvas.reconcile.state import Kind, State
from ilc_canvas.sync.carry import Pace, Tally, Tools, Watch, carry_out, quiet, settle
from ilc_canvas.sync.ports import Canvas, Journal


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
    watch: Watch = quiet,
    stop: Callable[[], bool] = lambda: False,
) -> Report:
    """One run from the newest finalized roster to Canvas; its report, which the journal keeps as well.

    Raises an IlcError where nothing could be planned or the run had to stop; the run is then closed as failed.
    """
    roster = journal.newest_finalized()
    run = journal.begin(ask, roster.version)
    tools = Tools(canvas, journal, pace, sleep, watch, stop)
    plan, tally = Plan((), roster.version, "", ""), Tally()
    try:
        tenant = canvas.tenant()
        journal.pin(tenant)
        settle(journal.open_intents(), tools, how="recovered")
        plan, verdict = _look_and_plan(run, ask, roster, tenant, tools, policy, limits, now)
        journal.planned(run, plan, verdict)
        going, tally.withheld = _permitted(plan, verdict, journal.approvals(now()))
        if not ask.dry_run:
            carry_out(run, going, tally, tools)
        report = _report(run, plan, verdict, tally, status=_status(ask, plan, verdict, going, tally))
    except BaseException as error:
        status = "failed" if isinstance(error, Exception) else "interrupted"
        journal.closed(_counted(_report(run, plan, Verdict(), tally, status=status, sentence=_first_line(error)), canvas))
        raise
    report = _counted(report, canvas)
    journal.closed(report)
    return report


def _look_and_plan(
    run: int, ask: Ask, roster: Roster, tenant: Tenant, tools: Tools, policy: Policy, limits: Limits, now: Callable[[], datetime]
) -> tuple[Plan, Verdict]:
    """Observe, compare and check; where much of what was there has gone, Canvas is read a second time before anything is concluded."""
    ledger, history = tools.journal.ledger(), tools.journal.history(now())
    for _ in range(2):
        observed = tools.canvas.observe(ledger)
        wanted = _desired(roster, policy, tenant, observed)
        plan = make_plan(wanted, observed, ledger, _frame(roster, policy, tenant, tools.pace), _selection(ask, policy, roster))
        verdict = check(plan, observed, ledger, history, limits)
        if not _shrunk(verdict):
            break
    else:
        return plan, verdict
    refuse_ended(plan, wanted, observed, tenant.now)
    tools.journal.seen(run, active_by_course(observed, ledger))
    return plan, verdict


def _shrunk(verdict: Verdict) -> bool:
    return any(reason.code == "observed-drop" for reason in verdict.reasons)


def _desired(roster: Roster, policy: Policy, tenant: Tenant, observed: State) -> State:
    """What the roster asks; a custom role that is not there and may not be made gives way to its base type."""
    wanted = desired(roster, policy)
    if tenant.rights.get("manage_roles", True):
        return wanted
    return without_roles(wanted, [role.key.id for role in wanted.of_kind(Kind.ROLE) if role.key not in observed.records])


def _frame(roster: Roster, policy: Policy, tenant: Tenant, pace: Pace) -> Frame:
    return Frame(roster.version, f"{policy.prefix}:{roster.school_year}", tenant.base_url, pace.repair)


def _selection(ask: Ask, policy: Policy, roster: Roster) -> Selected:
    if not ask.only:
        return lambda _: True
    return lambda record: selected(record, ask.only, prefix=policy.prefix, school_year=roster.school_year)


def _permitted(plan: Plan, verdict: Verdict, approvals: Sequence[Approval]) -> tuple[list[Change], list[Change]]:
    """What may be carried out, and what is withheld: an approval permits just what it names, for just this roster and Canvas."""
    approved = [_named(plan, approval) for approval in approvals if _fits(plan, approval)]
    whole = any(len(names) == len(plan.changes) for names in approved)
    if verdict.held and not whole:
        return [], list(plan.changes)
    names = frozenset[str]().union(*approved)
    withheld = [change for change in plan.changes if change.subject.course in verdict.courses and fingerprint(change) not in names]
    return [change for change in plan.changes if change not in withheld], withheld


def _fits(plan: Plan, approval: Approval) -> bool:
    asked = (approval.roster_version, approval.scope, approval.base_url)
    return asked == (plan.roster_version, plan.scope, plan.base_url)


def _named(plan: Plan, approval: Approval) -> frozenset[str]:
    return frozenset(fingerprint(change) for change in plan.changes) & approval.fingerprints


def _status(ask: Ask, plan: Plan, verdict: Verdict, going: Sequence[Change], tally: Tally) -> str:
    """Never green while anything was withheld, skipped or failed."""
    if not plan.changes:
        return "held" if verdict.reasons else "converged"
    if not going:
        return "held"
    if ask.dry_run:
        return "planned"
    if tally.stopped == "interrupted":
        return "interrupted"
    return "partial" if tally.failures or tally.withheld else "applied"


def _report(run: int, plan: Plan, verdict: Verdict, tally: Tally, *, status: str, sentence: str = "") -> Report:
    return Report(
        run=run,
        status=status,
        digest=plan.digest,
        roster_version=plan.roster_version,
        counts=plan.counts,
        applied=tally.done,
        failed=len(tally.failures),
        withheld=len(tally.withheld),
        reasons=verdict.reasons,
        sentence=sentence or _SENTENCES[status].format(version=plan.roster_version, n=len(plan.changes), done=tally.done),
        drift=len(plan.drift),
        by_hand=len(plan.by_hand),
        failures=tally.failures,
    )


_SENTENCES = {
    "converged": "Canvas agrees with roster version {version}.",
    "applied": "Canvas agrees with roster version {version}: {done} of {n} changes done.",
    "planned": "{n} changes would bring Canvas to roster version {version}.",
    "held": "{n} changes wait for a person; nothing was written.",
    "partial": "{done} of {n} changes done; the others will be tried again.",
    "interrupted": "Stopped after {done} of {n} changes; the next run goes on from what it finds.",
    "failed": "Stopped by an error after {done} changes.",
}


def _first_line(error: BaseException) -> str:
    return (str(error) or type(error).__name__).splitlines()[0]


def _counted(report: Report, canvas: Canvas) -> Report:
    """The report with the requests that the whole run has made."""
    return replace(report, requests=canvas.traffic.requests, writes=canvas.traffic.writes)

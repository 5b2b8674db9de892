"""One run: read, compare, guard, apply, record."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

import structlog

from ilc_canvas.program.desired import desired, without_roles
from ilc_canvas.program.policy import Policy
from ilc_canvas.program.roster import Roster
from ilc_canvas.program.selection import selected
from ilc_canvas.reconcile.change import Change, Plan, Remove, fingerprint
from ilc_canvas.reconcile.ended import refuse_ended
from ilc_canvas.reconcile.errors import MissingRightError
from ilc_canvas.reconcile.guard import Limits, Verdict, check
from ilc_canvas.reconcile.plan import Frame, active_by_course, make_plan
from ilc_canvas.reconcile.run import Approval, Ask, Report, Tenant
from ilc_canvas.reconcile.state import Key, Kind, Record, State
from ilc_canvas.sync.carry import Pace, Tally, Tools, Watch, carry_out, quiet, settle
from ilc_canvas.sync.ports import Canvas, Journal

log = structlog.get_logger(__name__)


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
    looked, tally = _Looked(Plan((), roster.version, "", ""), Verdict()), Tally()
    try:
        tenant = canvas.tenant()
        journal.pin(tenant)
        _require_sis(tenant, ask)
        _recover(tools)
        looked = _look(_Question(ask, roster, policy, limits, tenant), tools, now())
        journal.planned(run, looked.plan, looked.verdict)
        going, tally.withheld = _permitted(looked, journal.approvals(now()), tools, now())
        if going is not None:
            journal.seen(run, looked.active)
        if going and not ask.dry_run:
            carry_out(run, going, tally, tools)
        report = _report(run, looked, tally, status=_status(ask, looked, going, tally))
    except BaseException as error:
        status = "failed" if isinstance(error, Exception) else "interrupted"
        _close(_report(run, looked, tally, status=status, sentence=_first_line(error)), tools)
        raise
    return _close(report, tools)


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
    if left:
        tools.canvas.observe(tools.journal.ledger())
    settle(left, tools, how="recovered")


@dataclass(frozen=True)
class _Question:
    """What is to be compared: the roster, by which policy and limits, with which Canvas."""

    ask: Ask
    roster: Roster
    policy: Policy
    limits: Limits
    tenant: Tenant

    @property
    def scope(self) -> str:
        return f"{self.policy.prefix}:{self.roster.school_year}"

    def selects(self, record: Record) -> bool:
        """Whether `--only` means this record."""
        only, policy = self.ask.only, self.policy
        return not only or selected(record, only, prefix=policy.prefix, school_year=self.roster.school_year)


@dataclass(frozen=True)
class _Looked:
    """What a look at Canvas has led to."""

    plan: Plan
    verdict: Verdict
    active: Mapping[Key, int] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()


def _look(question: _Question, tools: Tools, now: datetime) -> _Looked:
    """Observe, compare and check; where much of what was there has gone, Canvas is read a second time before anything is concluded."""
    ledger, history = tools.journal.ledger(), tools.journal.history(now)
    for _ in range(2):
        observed = tools.canvas.observe(ledger)
        wanted, warnings = _desired(question, observed)
        frame = Frame(question.roster.version, question.scope, question.tenant.base_url, tools.pace.repair)
        plan = make_plan(wanted, observed, ledger, frame, question.selects)
        verdict = check(plan, observed, ledger, history, question.limits)
        if not any(reason.code == "observed-drop" for reason in verdict.reasons):
            break
    refuse_ended(plan, wanted, observed, question.tenant.now)
    return _Looked(plan, verdict, active_by_course(observed, ledger), warnings)


def _desired(question: _Question, observed: State) -> tuple[State, tuple[str, ...]]:
    """What the roster asks; a custom role that is not there and may not be made gives way to its base type, with a warning."""
    wanted = desired(question.roster, question.policy)
    missing = [role.key.id for role in wanted.of_kind(Kind.ROLE) if role.key not in observed.records]
    if not missing or question.tenant.rights.get("manage_roles", True):
        return wanted, ()
    text = "The role {!r} is not in Canvas and this token may not make it: its base type is used. Ask the Canvas administrator for it."
    return without_roles(wanted, missing), tuple(text.format(label) for label in missing)


def _permitted(looked: _Looked, approvals: Sequence[Approval], tools: Tools, now: datetime) -> tuple[list[Change] | None, list[Change]]:
    """What may be carried out (None: the run is held and nothing may), and what is withheld.

    An approval permits just the changes that it names, for just this roster and Canvas. A removal that nobody approved waits out its grace.
    """
    plan, verdict = looked.plan, looked.verdict
    approved = [_named(plan, approval) for approval in approvals if _fits(plan, approval)]
    whole = any(len(names) == len(plan.changes) for names in approved)
    if verdict.held and not whole:
        return None, list(plan.changes)
    names = frozenset[str]().union(*approved)
    young = _in_grace(plan, tools, now)
    withheld = {
        change.key
        for change in plan.changes
        if fingerprint(change) not in names and (change.subject.course in verdict.courses or change.key in young)
    }
    return [c for c in plan.changes if c.key not in withheld], [c for c in plan.changes if c.key in withheld]


def _in_grace(plan: Plan, tools: Tools, now: datetime) -> frozenset[Key]:
    """Removals that were first planned less than the grace time ago."""
    grace = timedelta(hours=tools.pace.grace_hours)
    if not grace:
        return frozenset()
    since = tools.journal.waiting_since(plan)
    return frozenset(c.key for c in plan.changes if isinstance(c, Remove) and since[fingerprint(c)] + grace > now)


def _fits(plan: Plan, approval: Approval) -> bool:
    asked = (approval.roster_version, approval.scope, approval.base_url)
    return asked == (plan.roster_version, plan.scope, plan.base_url)


def _named(plan: Plan, approval: Approval) -> frozenset[str]:
    return frozenset(fingerprint(change) for change in plan.changes) & approval.fingerprints


def _status(ask: Ask, looked: _Looked, going: Sequence[Change] | None, tally: Tally) -> str:
    """Never green while anything was withheld, skipped or failed."""
    if going is None or (looked.plan.changes and not going):
        return "held"
    if not looked.plan.changes:
        return "converged"
    if ask.dry_run:
        return "planned"
    if tally.stopped == "interrupted":
        return "interrupted"
    return "partial" if tally.failures or tally.withheld else "applied"


def _report(run: int, looked: _Looked, tally: Tally, *, status: str, sentence: str = "") -> Report:
    plan = looked.plan
    return Report(
        run=run,
        status=status,
        digest=plan.digest,
        roster_version=plan.roster_version,
        counts=plan.counts,
        applied=tally.done,
        failed=len(tally.failures),
        withheld=len(tally.withheld),
        reasons=looked.verdict.reasons,
        sentence=sentence or _SENTENCES[status].format(version=plan.roster_version, n=len(plan.changes), done=tally.done),
        drift=len(plan.drift),
        by_hand=len(plan.by_hand),
        warnings=looked.warnings,
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


def _close(report: Report, tools: Tools) -> Report:
    """Record the end of a run, with the requests that it has made."""
    traffic = tools.canvas.traffic
    report = replace(report, requests=traffic.requests, writes=traffic.writes)
    tools.journal.closed(report)
    numbers = {name: getattr(report, name) for name in ("run", "status", "applied", "failed", "withheld", "requests", "writes")}
    log.info("run.closed", **numbers, sentence=report.sentence)
    return report

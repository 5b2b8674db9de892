"""Looking: what the roster asks, what Canvas has, what would be changed, and what the guard says to it."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from ilc_canvas.program.desired import desired, without_roles
from ilc_canvas.program.policy import Policy
from ilc_canvas.program.roster import Roster
from ilc_canvas.program.selection import selected
from ilc_canvas.reconcile.aside import UNDONE, Parked, set_aside, waiting
from ilc_canvas.reconcile.change import Plan
from ilc_canvas.reconcile.ended import refuse_ended
from ilc_canvas.reconcile.guard import History, Limits, Verdict, check
from ilc_canvas.reconcile.identity import Answers, Question, about_people, adopting, as_answered, as_one, questions, remade
from ilc_canvas.reconcile.overlay import Done, overlaid, unfinished
from ilc_canvas.reconcile.plan import Frame, active_by_course, make_plan
from ilc_canvas.reconcile.run import Ask, Tenant
from ilc_canvas.reconcile.state import Key, Kind, Ledger, Record, State
from ilc_canvas.reconcile.undo import kept_back, make_reverse
from ilc_canvas.sync.carry import Tools


@dataclass(frozen=True)
class Inquiry:
    """What is to be compared: the roster, by which policy and limits, with which Canvas; and for whom."""

    ask: Ask
    roster: Roster
    policy: Policy
    limits: Limits
    tenant: Tenant

    def frame(self, *, repair: bool) -> Frame:
        """For what the plan is made."""
        scope = f"{self.policy.prefix}:{self.roster.school_year}"
        return Frame(self.roster.version, scope, self.tenant.base_url, repair)

    def selects(self, record: Record) -> bool:
        """Whether `--only` means this record."""
        only, policy = self.ask.only, self.policy
        return not only or selected(record, only, prefix=policy.prefix, school_year=self.roster.school_year)


@dataclass(frozen=True)
class Memory:
    """What is remembered of earlier runs and of people's words."""

    ledger: Ledger
    history: History
    answers: Answers
    parked: Mapping[Key, Parked]
    recent: Done  # what a lagging reading may not show yet
    undo: Done  # what is to be taken back


@dataclass(frozen=True)
class Looked:
    """What a look at Canvas has led to."""

    plan: Plan
    verdict: Verdict
    asked: tuple[Question, ...] = ()
    parks: tuple[Parked, ...] = ()  # what an undo keeps from being done again
    active: Mapping[Key, int] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()


def look(inquiry: Inquiry, tools: Tools, now: datetime) -> Looked:
    """Observe, compare and check; where much of what was there has gone, Canvas is read a second time before anything is concluded."""
    memory = _remember(inquiry.ask, tools, now)
    for _ in range(2):
        observed = as_one(overlaid(tools.canvas.observe(memory.ledger), memory.recent), memory.answers)
        wanted, warnings = _desired(inquiry, observed)
        wanted = as_answered(wanted, memory.answers)
        observed, ledger = unfinished(observed, wanted, memory.ledger)
        plan = _compared(inquiry, wanted, observed, memory=replace(memory, ledger=ledger), repair=tools.pace.repair)
        asked = questions(wanted, observed, memory.ledger, parked=memory.parked, answers=memory.answers)
        plan = _narrowed(inquiry.ask, plan, asked, memory=memory, now=now)
        verdict = check(plan, observed, memory.ledger, history=memory.history, limits=inquiry.limits)
        if not any(reason.code == "observed-drop" for reason in verdict.reasons):
            break
    refuse_ended(plan, wanted, observed, at=inquiry.tenant.now)
    return Looked(plan, verdict, asked, kept_back(memory.undo, plan, now), active_by_course(observed, memory.ledger), warnings)


def _remember(ask: Ask, tools: Tools, now: datetime) -> Memory:
    journal = tools.journal
    return Memory(
        ledger=journal.ledger(),
        history=journal.history(now),
        answers=journal.answers(),
        parked=journal.parked(),
        recent=journal.recent(now - timedelta(seconds=tools.pace.settle_seconds)),
        undo=journal.done(ask.undo) if ask.undo is not None else (),
    )


def _compared(inquiry: Inquiry, wanted: State, observed: State, *, memory: Memory, repair: bool) -> Plan:
    """What makes Canvas as the roster asks; or what takes back a run."""
    frame = inquiry.frame(repair=repair)
    if inquiry.ask.undo is not None:
        return make_reverse(memory.undo, observed, frame)
    ledger = remade(memory.ledger, observed, memory.answers)
    return adopting(make_plan(wanted, observed, ledger, frame=frame, selected=inquiry.selects), memory.ledger, memory.answers)


def _narrowed(ask: Ask, plan: Plan, asked: tuple[Question, ...], *, memory: Memory, now: datetime) -> Plan:
    """Without what is parked, and without people about whom somebody must decide, or has decided that they are left out."""
    parked = {key: park for key, park in memory.parked.items() if not (ask.redo if park.reason == UNDONE else ask.retry)}
    why = {} if ask.undo is not None else waiting(plan.changes, parked, now)
    return set_aside(plan, why, people=about_people(asked, memory.answers))


def _desired(inquiry: Inquiry, observed: State) -> tuple[State, tuple[str, ...]]:
    """What the roster asks; a custom role that is not there and may not be made gives way to its base type, with a warning."""
    wanted = desired(inquiry.roster, inquiry.policy)
    missing = [role.key.id for role in wanted.of_kind(Kind.ROLE) if role.key not in observed.records]
    if not missing or inquiry.tenant.rights.get("manage_roles", True):
        return wanted, ()
    text = "The role {!r} is not in Canvas and this token may not make it: its base type is used. Ask the Canvas administrator for it."
    return without_roles(wanted, missing), tuple(text.format(label) for label in missing)

"""Looking: what the roster asks, what Canvas has, what would be changed, and what the guard says to it."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from functools import cached_property
from zoneinfo import ZoneInfo

from ilc_canvas.program.desired import desired, without_roles
from ilc_canvas.program.policy import Policy
from ilc_canvas.program.roster import Roster
from ilc_canvas.program.selection import meant
from ilc_canvas.program.settings_changed import Former, reasons
from ilc_canvas.reconcile.accounts import Found, Sought
from ilc_canvas.reconcile.aside import Parked, keeping_places, set_aside, waiting, without_causes_that_passed
from ilc_canvas.reconcile.basis import Basis
from ilc_canvas.reconcile.change import Plan
from ilc_canvas.reconcile.comparing import Frame
from ilc_canvas.reconcile.declined import Declined, left_undone
from ilc_canvas.reconcile.ended import defer_ended
from ilc_canvas.reconcile.errors import MissingRightError, SettingsError
from ilc_canvas.reconcile.guard import History, Limits, Reason, Verdict, check, with_held_before
from ilc_canvas.reconcile.identity import CHANGED, Answers, Question, Resolution, about_people, is_made_by_others, resolve, sought_people
from ilc_canvas.reconcile.kinds import Kind
from ilc_canvas.reconcile.logins import in_login_order
from ilc_canvas.reconcile.lost import Ours, with_lost
from ilc_canvas.reconcile.overlay import Done, overlaid
from ilc_canvas.reconcile.people import as_answered, changed_people, people_records, remade, reviving, without_former_accounts
from ilc_canvas.reconcile.plan import active_by_course, make_plan
from ilc_canvas.reconcile.precedence import newest_of
from ilc_canvas.reconcile.publishing import unpublished
from ilc_canvas.reconcile.run import Ask, Tenant
from ilc_canvas.reconcile.standing import things_of
from ilc_canvas.reconcile.state import Key, Ledger, Record, State
from ilc_canvas.reconcile.undo import make_reverse
from ilc_canvas.reconcile.unread import readable, unread
from ilc_canvas.sync.tools import Tools


@dataclass(frozen=True)
class Inquiry:
    """What is to be compared: the roster, by which policy and limits, with which Canvas; and for whom."""

    ask: Ask
    basis: Basis
    roster: Roster
    policy: Policy
    limits: Limits
    tenant: Tenant
    former: Former | None = None  # the settings before, if others hold now
    undo: Done = ()  # what is to be taken back
    repair: bool = False  # whether what people changed by hand is put back

    @cached_property
    def desired(self) -> State:
        """What the roster asks for by this policy."""
        return desired(self.roster, self.policy)

    @property
    def frame(self) -> Frame:
        """For what the plan is made."""
        scope = f"{self.policy.prefix}:{self.roster.school_year}"
        return Frame(self.basis, scope, self.tenant.base_url, self.repair, self.policy.existing_write)

    @cached_property
    def _selected(self) -> frozenset[Key]:
        return frozenset(meant(word, prefix=self.policy.prefix, school_year=self.roster.school_year) for word in self.ask.only)

    def selects(self, record: Record) -> bool:
        """Whether `--only` means this record."""
        return not self.ask.only or record.course in self._selected or record.user in self._selected


@dataclass(frozen=True)
class Memory:
    """What is remembered of earlier runs and of people's words."""

    ledger: Ledger
    history: History
    answers: Answers
    parked: Mapping[Key, Parked]
    declined: Mapping[Key, Declined]
    recent: Done  # what a lagging reading may not show yet


@dataclass(frozen=True)
class Who:
    """The people of the roster, and what was found out about their accounts."""

    keys: frozenset[Key]
    found: Found
    resolution: Resolution


@dataclass(frozen=True)
class Looked:
    """What a look at Canvas has led to."""

    plan: Plan
    verdict: Verdict
    asked: tuple[Question, ...] = ()
    active: Mapping[Key, int] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    newest: int = 0  # the highest number of an enrollment that was seen
    unpublished: frozenset[Key] = frozenset()

    @property
    def waiting(self) -> int:
        """About how many people nothing is done before somebody decides."""
        return sum(question.kind != CHANGED for question in self.asked)


def look(inquiry: Inquiry, tools: Tools, now: datetime) -> Looked:
    """Find who is who, observe, compare and check; if much of what was there has gone, Canvas is read again after a while."""
    memory = _remember(tools, now)
    who = _who(inquiry, memory, tools)
    memory = replace(memory, ledger=without_former_accounts(memory.ledger, who.resolution))
    for attempt in range(2):
        if attempt:
            tools.sleep(tools.pace.reread_seconds)
        observed = _observed(inquiry, memory, who, tools=tools)
        made = _made(inquiry, observed, who=who, memory=memory, now=now)
        verdict = check(made.plan, observed, memory.ledger, history=_without_unread(memory.history, observed), limits=inquiry.limits)
        if not any(reason.code == "observed-drop" for reason in verdict.reasons):
            break
    by_settings, shown = _by_settings(inquiry, made.plan, observed, who=who, memory=memory, now=now)
    verdict = Verdict((*verdict.reasons, *by_settings))
    return Looked(
        made.plan,
        with_held_before(verdict, made.plan, tools.journal.held_before(made.plan), limits=inquiry.limits),
        made.asked,
        {**_unread_before(memory.history, observed), **active_by_course(observed, memory.ledger)},
        (*made.warnings, *shown),
        newest_of(observed),
        unpublished(filter(inquiry.selects, inquiry.desired), observed),
    )


@dataclass(frozen=True)
class _Made:
    """A plan, and what was met on the way."""

    plan: Plan
    asked: tuple[Question, ...]
    warnings: tuple[str, ...]


def _made(inquiry: Inquiry, observed: State, *, who: Who, memory: Memory, now: datetime) -> _Made:
    """The plan by the inquiry's policy."""
    wanted, warnings = _desired(inquiry, observed)
    wanted = as_answered(wanted, memory.ledger, memory.answers)
    changed = changed_people(wanted, observed, memory.ledger, answers=memory.answers)
    plan = _compared(inquiry, wanted, observed, who=who, changed=changed, memory=memory)
    asked = _asked(who, changed)
    plan = _narrowed(inquiry.ask, plan, who=who, asked=asked, memory=memory, now=now)
    plan = _possible(inquiry, plan, wanted=wanted, observed=observed)
    return _Made(_with_lost(inquiry, plan, wanted=wanted, observed=observed, memory=memory), asked, warnings)


def _with_lost(inquiry: Inquiry, plan: Plan, *, wanted: State, observed: State, memory: Memory) -> Plan:
    """After a restore: with what the lost runs made."""
    lost, policy = memory.history.lost, inquiry.policy
    if lost is None or inquiry.ask.undo is not None:
        return plan
    ours = Ours(f"{policy.prefix}:p:", plan.scope, frozenset(rule.label for rule in policy.roles.values()))
    return with_lost(plan, wanted, observed, ledger=memory.ledger, lost=lost, ours=ours, selected=inquiry.selects)


def _by_settings(
    inquiry: Inquiry, plan: Plan, observed: State, *, who: Who, memory: Memory, now: datetime
) -> tuple[tuple[Reason, ...], tuple[str, ...]]:
    """Whether changes come from settings that have changed, by a second plan that is made by the former ones: reasons to hold, or a
    sentence where none does.
    """
    former = inquiry.former
    if former is None or inquiry.ask.undo is not None:
        return (), ()
    before = _made(replace(inquiry, policy=former.policy), observed, who=who, memory=memory, now=now)
    held = tuple(reasons(former, plan, before.plan))
    return held, () if held else (f"{former.text} Nothing in this plan comes from that.",)


def _unread_before(history: History, observed: State) -> dict[Key, int]:
    """What the last reading had of courses that could not be read now."""
    closed = unread(observed)
    return {course: active for course, active in history.last_seen.items() if course in closed}


def _without_unread(history: History, observed: State) -> History:
    """What nobody could see has not gone."""
    lost = _unread_before(history, observed)
    return replace(history, last_seen={course: active for course, active in history.last_seen.items() if course not in lost})


def _remember(tools: Tools, now: datetime) -> Memory:
    journal = tools.journal
    return Memory(
        ledger=journal.ledger(),
        history=journal.history(now),
        answers=journal.answers(),
        parked=journal.parked(),
        declined=journal.declined(),
        recent=journal.recent(now - timedelta(seconds=tools.pace.settle_seconds)),
    )


def _who(inquiry: Inquiry, memory: Memory, tools: Tools) -> Who:
    """Everybody in the roster is found in Canvas before anything is compared: by the number that the ledger holds, else by evidence."""
    people = as_answered(inquiry.desired, memory.ledger, memory.answers).people()
    sought = sought_people(people, memory.ledger, answers=memory.answers, write_all=inquiry.policy.existing_write == "all")
    _require_sight(sought, inquiry.tenant)
    numbers = {person.key: person.number for person in sought}
    decided = (answer for key, answer in memory.answers.items() if answer.decision == "adopt" and key in numbers)
    also = {answer.handle for answer in decided if answer.handle is not None and answer.handle != numbers[answer.key]}
    found = tools.canvas.find_people(sought, also)
    resolution = resolve(people, found, memory.ledger, answers=memory.answers, existing=inquiry.policy.existing)
    return Who(frozenset(person.key for person in people), found, resolution)


_SIGHT = {
    "see_people": "Users - view list (read_roster)",
    "see_emails": "Users - view primary email address (read_email_addresses)",
    "see_logins": "Users - view login IDs (view_user_logins)",
    "see_sis": "SIS Data - read (read_sis)",
}


def _require_sight(sought: Sequence[Sought], tenant: Tenant) -> None:
    """Without these rights Canvas finds nobody and says so with an empty list (live-people 1): everybody would be made a second time."""
    missing = [right for need, right in _SIGHT.items() if not tenant.rights.get(need, True)]
    strangers = sum(person.number is None for person in sought)
    if missing and strangers:
        who = "one person of the roster has an account" if strangers == 1 else f"{strangers:,} people of the roster have accounts"
        raise MissingRightError(
            f"Whether {who} in Canvas cannot be seen with this token. Nothing was written. "
            f'Ask the Canvas administrator for "{", ".join(missing)}" on the account "{tenant.account_name}".'
        )


def _observed(inquiry: Inquiry, memory: Memory, who: Who, *, tools: Tools) -> State:
    """What Canvas has: people by the accounts that were found, all else as it is read now."""
    owner = {number: key for key, number in who.resolution.links.items()}
    people = people_records(who.resolution, who.found, memory.ledger, roster=who.keys)
    read = tools.canvas.observe(owner, things_of(memory.ledger, inquiry.desired.records.keys()))
    return overlaid(State.of([*read, *people], read.at), memory.recent)


def _compared(inquiry: Inquiry, wanted: State, observed: State, *, who: Who, changed: frozenset[Key], memory: Memory) -> Plan:
    """What makes Canvas as the roster asks; or what takes back a run."""
    if inquiry.ask.undo is not None:
        return make_reverse(inquiry.undo, observed, inquiry.frame)
    ledger = remade(memory.ledger, observed, memory.answers)
    legible = readable(wanted, observed, ledger)
    plan = make_plan(
        legible.desired, legible.observed, ledger, frame=inquiry.frame, selected=inquiry.selects, matched=who.resolution.matched
    )
    plan = replace(plan, aside=(*plan.aside, *(each for each in legible.aside if inquiry.selects(each.change.subject))))
    return replace(reviving(plan, who.resolution.revived, memory.ledger), decided=who.resolution.decided, renamed=changed)


def _asked(who: Who, changed: Collection[Key]) -> tuple[Question, ...]:
    """What somebody must decide, and ids that perhaps somebody else has by now."""
    known = {question.key for question in who.resolution.questions}
    links = who.resolution.links
    perhaps = (Question(key, CHANGED, (links[key],)) for key in sorted(set(changed) - known) if key in links)
    return tuple(sorted((*who.resolution.questions, *perhaps), key=lambda question: question.key))


def _narrowed(ask: Ask, plan: Plan, *, who: Who, asked: tuple[Question, ...], memory: Memory, now: datetime) -> Plan:
    """Without what is parked or declined, and without people about whom somebody must decide, or has decided that they are left out."""
    parked = {} if ask.retry else without_causes_that_passed(memory.parked, memory.ledger)
    why = {**waiting(plan.changes, parked, now), **left_undone(plan.changes, memory.declined, redo=ask.redo)} if ask.undo is None else {}
    others = {q.key: "asked-changed" for q in asked if q.kind == CHANGED and is_made_by_others(memory.ledger.get(q.key))}
    kept = {other: f"asked-{question.kind}" for question in asked for other in question.others}
    return set_aside(plan, why, people={**about_people(who.resolution, memory.answers), **others}, kept=kept)


def _possible(inquiry: Inquiry, plan: Plan, *, wanted: State, observed: State) -> Plan:
    """Without whom Canvas would refuse by its clock, and without taking places whose successors cannot be given; in an order that works."""
    left = defer_ended(plan, wanted, observed, tenant=inquiry.tenant, zone=ZoneInfo(inquiry.policy.time_zone))
    return left if inquiry.ask.undo is not None else in_login_order(keeping_places(left), observed)


def _desired(inquiry: Inquiry, observed: State) -> tuple[State, tuple[str, ...]]:
    """What the roster asks; a custom role that is not there and may not be made gives way to its base type, with a warning."""
    wanted = inquiry.desired
    _require_types(wanted, observed)
    missing = [role.key.id for role in wanted.of_kind(Kind.ROLE) if role.key not in observed.records]
    if not missing or inquiry.tenant.rights.get("manage_roles", True):
        return wanted, ()
    text = "The role {!r} is not in Canvas and this token may not make it: its base type is used. Ask the Canvas administrator for it."
    return without_roles(wanted, missing), tuple(text.format(label) for label in missing)


def _require_types(wanted: State, observed: State) -> None:
    """The type of a custom role is what it was made with: Canvas takes no other one (contract-core 10)."""
    for role in wanted.of_kind(Kind.ROLE):
        seen = observed.get(role.key)
        if seen and seen.fields.get("base") != role.fields["base"]:
            raise SettingsError(
                f'The role "{role.key.id}" has the type {seen.fields.get("base")} in Canvas, which cannot be changed, and the settings say '
                f"{role.fields['base']}. Nothing was written. Give it another label in the settings, under [roles]."
            )

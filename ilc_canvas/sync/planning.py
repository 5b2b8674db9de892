"""Planning: what the roster asks for, what Canvas has, what would change, and what the guard says about it."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from ilc_canvas.program import names
from ilc_canvas.program.courses.content_records import with_first_texts
from ilc_canvas.program.courses.opening import without_closed
from ilc_canvas.program.desired import without_roles
from ilc_canvas.program.settings_changed import reasons
from ilc_canvas.reconcile.change import Plan
from ilc_canvas.reconcile.compare.boxes import edited_boxes, with_boxes
from ilc_canvas.reconcile.compare.editors import new_edits, with_editors
from ilc_canvas.reconcile.compare.expected_objects import things_of
from ilc_canvas.reconcile.compare.lost_objects import OwnedScope, with_lost
from ilc_canvas.reconcile.compare.publication import unpublished
from ilc_canvas.reconcile.compare.recent_writes import with_recent_writes
from ilc_canvas.reconcile.compare.recognition import recognized
from ilc_canvas.reconcile.compare.unread import readable, unread
from ilc_canvas.reconcile.deferral.closed_terms import defer_ended
from ilc_canvas.reconcile.deferral.declined import left_undone
from ilc_canvas.reconcile.deferral.deferral import defer, drop_passed_causes, keep_placements, waiting
from ilc_canvas.reconcile.deferral.missing_rights import lacking, without_kinds
from ilc_canvas.reconcile.errors import MissingRightError, SettingsError
from ilc_canvas.reconcile.guards.guard import History, Reason, Verdict, check, with_held_before
from ilc_canvas.reconcile.kinds import Kind
from ilc_canvas.reconcile.near import desired_near, is_leaving, is_simple, ledger_near, sections_near
from ilc_canvas.reconcile.people.accounts import WantedPerson
from ilc_canvas.reconcile.people.identity import (
    CHANGED,
    Question,
    about_people,
    is_made_by_others,
    resolve,
    sought_people,
)
from ilc_canvas.reconcile.people.logins import in_login_order
from ilc_canvas.reconcile.people.records import (
    apply_login_decisions,
    changed_people,
    forget_replaced_accounts,
    people_records,
    reviving,
    without_former_accounts,
)
from ilc_canvas.reconcile.plan import active_by_course, make_plan
from ilc_canvas.reconcile.precedence import newest_of
from ilc_canvas.reconcile.run.values import RunRequest, Tenant
from ilc_canvas.reconcile.state import Key, State
from ilc_canvas.reconcile.undo import make_reverse
from ilc_canvas.reconcile.words.wording import count
from ilc_canvas.sync.context import RunContext
from ilc_canvas.sync.plan_values import PeopleFound, PlanInputs, PlanResult, StoredState


def make_checked_plan(inputs: PlanInputs, context: RunContext, now: datetime) -> PlanResult:
    """Find who is who, observe, compare and check; if much of what was there has gone, Canvas is read again after a while."""
    stored = _remember(context, now)
    result = _near(inputs, stored, context=context, now=now) or _whole(inputs, stored, context=context, now=now)
    return replace(result, warnings=(*result.warnings, *context.journal.unrecorded_approvals(now)))


def _near(inputs: PlanInputs, stored: StoredState, *, context: RunContext, now: datetime) -> PlanResult | None:
    """A plan for one person whose account is in the ledger, from a few requests.

    None if everything must be read: somebody must decide, something would be ended or held, people changed something, or Canvas did not
    show it all.
    """
    user, history = inputs.one, stored.history
    account = stored.ledger.get(user) if user else None
    if not user or not account or account.handle is None or history.first or history.restored or context.journal.questions():
        return None
    inputs = replace(inputs, near=desired_near(user, inputs.desired))
    if is_leaving(user, inputs.desired, stored.ledger):
        return None
    newest = max((owned.handle or 0 for key, owned in stored.ledger.items() if key.rule.is_upserted), default=0)
    stored = replace(stored, ledger=ledger_near(user, stored.ledger, inputs.desired), history=replace(history, last_seen={}))
    who = _who(inputs, stored, context)
    if who.resolution.links.get(user) != account.handle:
        return None
    ours = things_of(stored.ledger, inputs.desired.records.keys())
    read = context.canvas.observe_person(user, account.handle, ours, standing=sections_near(stored.ledger))
    if read is None:
        return None
    people = people_records(who.resolution, who.found, stored.ledger, roster=who.keys)
    observed = with_recent_writes(State.of([*read, *people], read.at), stored.recent)
    made = _made(inputs, observed, who=who, stored=stored, now=now)
    verdict = check(made.plan, observed, stored.ledger, history=stored.history, limits=inputs.limits)
    if made.asked or verdict.reasons or not is_simple(made.plan):
        return None
    held = with_held_before(verdict, made.plan, context.journal.held_before(made.plan), limits=inputs.limits)
    open_ones = unpublished(filter(inputs.selects, inputs.desired), observed)
    return PlanResult(made.plan, held, (), history.last_seen, made.warnings, max(newest, newest_of(observed)), open_ones)


def _whole(inputs: PlanInputs, stored: StoredState, *, context: RunContext, now: datetime) -> PlanResult:
    who = _who(inputs, stored, context)
    stored = replace(stored, ledger=without_former_accounts(stored.ledger, who.resolution))
    for attempt in range(2):
        if attempt:
            context.sleep(context.apply_settings.reread_seconds)
        observed = _observed(inputs, stored, who, context=context)
        made = _made(inputs, observed, who=who, stored=stored, now=now)
        verdict = check(made.plan, observed, stored.ledger, history=_without_unread(stored.history, observed), limits=inputs.limits)
        if not any(reason.code == "observed-drop" for reason in verdict.reasons):
            break
    edits = context.journal.known_edits()
    asked = new_edits(made.plan, observed, edits)
    made = replace(made, plan=with_editors(made.plan, edits, context.canvas.editors(asked) if asked else {}))
    by_settings, shown = _by_settings(inputs, made.plan, observed, who=who, stored=stored, now=now)
    verdict = Verdict((*verdict.reasons, *by_settings))
    return PlanResult(
        made.plan,
        with_held_before(verdict, made.plan, context.journal.held_before(made.plan), limits=inputs.limits),
        made.asked,
        {**_unread_before(stored.history, observed), **active_by_course(observed, stored.ledger)},
        (*made.warnings, *shown),
        newest_of(observed),
        unpublished(filter(inputs.selects, inputs.desired), observed),
        observed,
        inputs.tenant.token_user,
        who.found,
    )


@dataclass(frozen=True)
class _Made:
    """A plan, and what was met on the way."""

    plan: Plan
    asked: tuple[Question, ...]
    warnings: tuple[str, ...]


def _made(inputs: PlanInputs, observed: State, *, who: PeopleFound, stored: StoredState, now: datetime) -> _Made:
    """The plan by the inquiry's policy."""
    wanted, warnings = _desired(inputs, observed)
    wanted = apply_login_decisions(with_first_texts(wanted, stored.ledger, inputs.content.texts.once), stored.ledger, stored.answers)
    changed = changed_people(wanted, observed, stored.ledger, answers=stored.answers)
    plan = _compared(inputs, wanted, observed, who=who, changed=changed, stored=stored)
    asked = _asked(who, changed)
    plan = _narrowed(inputs.ask, plan, who=who, asked=asked, stored=stored, now=now)
    plan = _possible(inputs, plan, wanted=wanted, observed=observed)
    plan = without_closed(plan, wanted, observed, ledger=stored.ledger, openings=inputs.openings)
    return _Made(_with_lost(inputs, plan, wanted=wanted, observed=observed, stored=stored), asked, warnings)


def _with_lost(inputs: PlanInputs, plan: Plan, *, wanted: State, observed: State, stored: StoredState) -> Plan:
    """After a restore: with what the lost runs made."""
    lost, policy = stored.history.lost, inputs.policy
    if lost is None or inputs.ask.undo is not None:
        return plan
    ours = OwnedScope(names.people_prefix(policy.prefix), plan.scope, frozenset(rule.label for rule in policy.roles.values()))
    return with_lost(plan, wanted, observed, ledger=stored.ledger, lost=lost, ours=ours, selected=inputs.selects)


def _by_settings(
    inputs: PlanInputs, plan: Plan, observed: State, *, who: PeopleFound, stored: StoredState, now: datetime
) -> tuple[tuple[Reason, ...], tuple[str, ...]]:
    """Whether changes come from settings that have changed, by a second plan that is made by the former ones: reasons to hold, or a
    sentence where none does.
    """
    former = inputs.former
    if former is None or inputs.ask.undo is not None:
        return (), ()
    before = _made(replace(inputs, policy=former.policy), observed, who=who, stored=stored, now=now)
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


def _remember(context: RunContext, now: datetime) -> StoredState:
    journal = context.journal
    return StoredState(
        ledger=journal.ledger(),
        history=journal.history(now),
        answers=journal.answers(),
        parked=journal.parked(),
        declined=journal.declined(),
        drift=journal.drift_decisions(),
        recent=journal.recent(now - timedelta(seconds=context.apply_settings.settle_seconds)),
    )


def _who(inputs: PlanInputs, stored: StoredState, context: RunContext) -> PeopleFound:
    """Everybody in the roster is found in Canvas before anything is compared: by the number that the ledger holds, else by evidence."""
    people = apply_login_decisions(inputs.desired, stored.ledger, stored.answers).people()
    sought = sought_people(people, stored.ledger, answers=stored.answers, write_all=inputs.policy.existing_write == "all")
    _require_sight(sought, inputs.tenant)
    numbers = {person.key: person.number for person in sought}
    decided = (answer for key, answer in stored.answers.items() if answer.decision == "adopt" and key in numbers)
    also = {answer.handle for answer in decided if answer.handle is not None and answer.handle != numbers[answer.key]}
    found = context.canvas.find_people(sought, also)
    resolution = resolve(people, found, stored.ledger, answers=stored.answers, existing=inputs.policy.existing)
    return PeopleFound(frozenset(person.key for person in people), found, resolution)


_SIGHT = {
    "see_people": "Users - view list (read_roster)",
    "see_emails": "Users - view primary email address (read_email_addresses)",
    "see_logins": "Users - view login IDs (view_user_logins)",
    "see_sis": "SIS Data - read (read_sis)",
}


def _require_sight(sought: Sequence[WantedPerson], tenant: Tenant) -> None:
    """Without these rights Canvas finds nobody and says so with an empty list (live-people 1): everybody would be made a second time."""
    missing = [right for need, right in _SIGHT.items() if not tenant.rights.get(need, True)]
    strangers = sum(person.number is None for person in sought)
    if missing and strangers:
        who = count(strangers, "person of the roster has an account", "people of the roster have accounts")
        raise MissingRightError(
            f"Whether {who} in Canvas cannot be seen with this token. Nothing was written. "
            f'Ask the Canvas administrator for "{", ".join(missing)}" on the account "{tenant.account_name}".'
        )


def _observed(inputs: PlanInputs, stored: StoredState, who: PeopleFound, *, context: RunContext) -> State:
    """What Canvas has: people by the accounts that were found, all else as it is read now."""
    owner = {number: key for key, number in who.resolution.links.items()}
    people = people_records(who.resolution, who.found, stored.ledger, roster=who.keys)
    read = context.canvas.observe(owner, things_of(stored.ledger, inputs.desired.records.keys()))
    observed = recognized(State.of([*read, *people], read.at), stored.ledger)
    edited = edited_boxes(inputs.desired, observed, stored.ledger)
    observed = with_boxes(observed, stored.ledger, inputs.desired, boxes=context.canvas.boxes(edited) if edited else {})
    return with_recent_writes(observed, stored.recent)


def _compared(
    inputs: PlanInputs, wanted: State, observed: State, *, who: PeopleFound, changed: frozenset[Key], stored: StoredState
) -> Plan:
    """What makes Canvas as the roster asks; or what takes back a run."""
    if inputs.ask.undo is not None:
        return make_reverse(inputs.undo, observed, inputs.frame)
    ledger = forget_replaced_accounts(stored.ledger, observed, stored.answers)
    legible = without_kinds(readable(wanted, observed, ledger), ledger, lacking(inputs.tenant.rights))
    frame = replace(inputs.frame, decisions=stored.drift)
    plan = make_plan(legible.desired, legible.observed, ledger, frame=frame, selected=inputs.selects, matched=who.resolution.matched)
    plan = replace(plan, deferred=(*plan.deferred, *(each for each in legible.deferred if inputs.selects(each.change.subject))))
    return replace(reviving(plan, who.resolution.revived, stored.ledger), decided=who.resolution.decided, renamed=changed)


def _asked(who: PeopleFound, changed: Collection[Key]) -> tuple[Question, ...]:
    """What somebody must decide, and ids that perhaps somebody else has by now."""
    known = {question.key for question in who.resolution.questions}
    links = who.resolution.links
    perhaps = (Question(key, CHANGED, (links[key],)) for key in sorted(set(changed) - known) if key in links)
    return tuple(sorted((*who.resolution.questions, *perhaps), key=lambda question: question.key))


def _narrowed(ask: RunRequest, plan: Plan, *, who: PeopleFound, asked: tuple[Question, ...], stored: StoredState, now: datetime) -> Plan:
    """Without what is parked or declined, and without people about whom somebody must decide, or has decided that they are left out."""
    parked = {} if ask.retry else drop_passed_causes(stored.parked, stored.ledger)
    why = {**waiting(plan.changes, parked, now), **left_undone(plan.changes, stored.declined, redo=ask.redo)} if ask.undo is None else {}
    others = {q.key: "asked-changed" for q in asked if q.kind == CHANGED and is_made_by_others(stored.ledger.get(q.key))}
    kept = {other: f"asked-{question.kind}" for question in asked for other in question.others}
    return defer(plan, why, people={**about_people(who.resolution, stored.answers), **others}, kept=kept)


def _possible(inputs: PlanInputs, plan: Plan, *, wanted: State, observed: State) -> Plan:
    """Without whom Canvas would refuse by its clock, and without taking places whose successors cannot be given; in an order that works."""
    left = defer_ended(plan, wanted, observed, tenant=inputs.tenant, zone=ZoneInfo(inputs.policy.time_zone))
    return left if inputs.ask.undo is not None else in_login_order(keep_placements(left), observed)


def _desired(inputs: PlanInputs, observed: State) -> tuple[State, tuple[str, ...]]:
    """What the roster asks; a custom role that is not there and may not be made gives way to its base type, with a warning."""
    wanted, without_course = inputs.desired, inputs.unplaced
    _require_types(wanted, observed)
    missing = [role.key.id for role in wanted.of_kind(Kind.ROLE) if role.key not in observed.records]
    if not missing or inputs.tenant.rights.get("manage_roles", True):
        return wanted, without_course
    text = "The role {!r} is not in Canvas and this token may not make it: its base type is used. Ask the Canvas administrator for it."
    return without_roles(wanted, missing), (*without_course, *(text.format(label) for label in missing))


def _require_types(wanted: State, observed: State) -> None:
    """The type of a custom role is what it was made with: Canvas takes no other one (contract-core 10)."""
    for role in wanted.of_kind(Kind.ROLE):
        seen = observed.get(role.key)
        if seen and seen.fields.get("base") != role.fields["base"]:
            raise SettingsError(
                f'The role "{role.key.id}" has the type {seen.fields.get("base")} in Canvas, which cannot be changed, and the settings say '
                f"{role.fields['base']}. Nothing was written. Give it another label in the settings, under [roles]."
            )

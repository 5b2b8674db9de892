"""What a plan leaves out: changes that are parked, wait for an answer, or were declined by a person, and whatever depends on them."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from ilc_canvas.clock import TOLERATED
from ilc_canvas.reconcile.change import Adopt, Change, Create, Deferred, Plan, Remove, desired_digest, slot
from ilc_canvas.reconcile.compare.fields import is_live
from ilc_canvas.reconcile.deferral.reasons import is_open
from ilc_canvas.reconcile.state import Key, Ledger, Record, person_of

RETRIES = (timedelta(hours=6), timedelta(hours=12), timedelta(hours=24))
"""The wait after each refusal in turn; the last one applies from then on."""
KEPT = "kept-place"
"""Why somebody stays in a place that the roster no longer gives them."""


@dataclass(frozen=True, slots=True)
class Parked:
    """A change that Canvas refused for good: not tried again until its row changes, its time comes or somebody asks."""

    key: Key
    wants: str  # `change.desired_digest`
    verb: str
    reason: str  # keys only
    since: datetime
    attempts: int
    next_at: datetime

    def waits(self, change: Change, now: datetime) -> bool:
        """Whether this is the parked change and its time has not come. A wait longer than the longest one was written while the clock was
        wrong, and does not count.
        """
        is_it = (slot(change), desired_digest(change)) == (self.key, self.wants)
        return is_it and now < self.next_at <= now + RETRIES[-1] + TOLERATED


def retry_after(attempts: int) -> timedelta:
    """How long to leave a change alone after this many refusals: 6, 12, 24 hours, then a day each."""
    return RETRIES[min(attempts, len(RETRIES)) - 1]


def waiting(changes: Iterable[Change], parked: Mapping[Key, Parked], now: datetime) -> dict[Key, str]:
    """The parked changes among these, by slot, with the reason."""
    pairs = ((change, parked.get(slot(change))) for change in changes)
    return {slot(change): park.reason for change, park in pairs if park and park.waits(change, now)}


def drop_passed_causes(parked: Mapping[Key, Parked], ledger: Ledger) -> dict[Key, Parked]:
    """Without what was refused for a person before we knew their current account: the cause may have passed."""
    return {key: park for key, park in parked.items() if not _is_older(park, ledger)}


def _is_older(park: Parked, ledger: Ledger) -> bool:
    owned = ledger.get(person_of(park.key))
    return park.key.rule.is_placement and owned is not None and owned.at > park.since


def defer(plan: Plan, why: Mapping[Key, str], *, people: Mapping[Key, str], kept: Mapping[Key, str] | None = None) -> Plan:
    """The plan without the changes of these keys, without anything about these people, and without what needs a missing object.

    People in `kept` lose nothing: a question about somebody else may be about them.
    """
    going: list[Change] = []
    deferred = [replace(each, why=_about(each.change, people) or each.why) for each in plan.deferred]
    missing: dict[Key, str] = {}
    for change in plan.changes:  # parents come first
        reason = _about(change, people) or _taken_from(change, kept or {}) or why.get(slot(change)) or _above(change, missing)
        if reason is None:
            going.append(change)
            continue
        deferred.append(Deferred(change, reason))
        if isinstance(change, Create | Adopt) or change.key.rule.is_stepwise:
            missing[change.key] = reason
    settled = tuple(record for record in plan.settled if record.user not in people)
    over = tuple(key for key in plan.over if person_of(key) not in people)
    return replace(plan, changes=tuple(going), deferred=tuple(deferred), settled=settled, over=over)


def keep_placements(plan: Plan) -> Plan:
    """Nobody loses a place while its replacement is deferred: another place in that course, or one of that kind elsewhere."""
    coming = {
        (deferred.change.subject.user, each)
        for deferred in plan.deferred
        if _is_to_come(deferred)
        for each in _instead_of(deferred.change.subject)
    }
    keys = {change.key for change in plan.changes if _is_replaced(change, coming)}
    going = tuple(change for change in plan.changes if change.key not in keys)
    return replace(
        plan, changes=going, deferred=(*plan.deferred, *(Deferred(change, KEPT) for change in plan.changes if change.key in keys))
    )


def _is_to_come(deferred: Deferred) -> bool:
    change = deferred.change
    joins = isinstance(change, Create) and change.key.rule.is_placement and not is_live(change.before)
    return joins and is_open(deferred.why)


def _instead_of(place: Record) -> tuple[object, object]:
    return place.course, place.fields.get("base")


def _is_replaced(change: Change, coming: Collection[tuple[Key | None, object]]) -> bool:
    if not isinstance(change, Remove) or not change.key.rule.is_placement:
        return False
    return any((change.before.user, each) in coming for each in _instead_of(change.before))


def _about(change: Change, people: Mapping[Key, str]) -> str | None:
    user = change.subject.user
    return people.get(user) if user else None


def _taken_from(change: Change, kept: Mapping[Key, str]) -> str | None:
    return kept.get(person_of(change.key)) if isinstance(change, Remove) else None


def _above(change: Change, missing: Mapping[Key, str]) -> str | None:
    return next((missing[parent] for parent in change.subject.parents if parent in missing), None)

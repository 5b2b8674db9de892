"""What a plan leaves out: changes that are parked, that wait for an answer, or that a person wants left undone; and what stands on them."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from ilc_canvas.reconcile.change import Adopt, Aside, Change, Create, Plan, Remove, slot, wanted
from ilc_canvas.reconcile.comparing import is_live
from ilc_canvas.reconcile.deferral import is_open
from ilc_canvas.reconcile.state import Key, Ledger, Record, person_of

RETRIES = (timedelta(hours=6), timedelta(hours=12), timedelta(hours=24))
"""After each refusal in turn; the last one from then on."""
KEPT = "kept-place"
"""Why somebody stays where the roster has them no more."""


@dataclass(frozen=True, slots=True)
class Parked:
    """A change that Canvas refused for good: not tried again until its row changes, its time comes, or by hand."""

    key: Key
    wants: str  # `change.wanted`
    verb: str
    reason: str  # keys only
    since: datetime
    attempts: int
    next_at: datetime

    def waits(self, change: Change, now: datetime) -> bool:
        """Whether this is that change, and its time has not come."""
        return (slot(change), wanted(change)) == (self.key, self.wants) and now < self.next_at


def retry_after(attempts: int) -> timedelta:
    """How long a change is left alone after so many refusals: 6, 12, 24 hours, then a day each."""
    return RETRIES[min(attempts, len(RETRIES)) - 1]


def waiting(changes: Iterable[Change], parked: Mapping[Key, Parked], now: datetime) -> dict[Key, str]:
    """The parked among these changes, with the reason."""
    found = ((change, parked.get(slot(change))) for change in changes)
    return {slot(change): park.reason for change, park in found if park and park.waits(change, now)}


def without_causes_that_passed(parked: Mapping[Key, Parked], ledger: Ledger) -> dict[Key, Parked]:
    """What was refused about a person before we knew the account that they have now is not parked any more: its cause may be gone."""
    return {key: park for key, park in parked.items() if not _is_older(park, ledger)}


def _is_older(park: Parked, ledger: Ledger) -> bool:
    owned = ledger.get(person_of(park.key))
    return park.key.rule.is_placement and owned is not None and owned.at > park.since


def set_aside(plan: Plan, why: Mapping[Key, str], *, people: Mapping[Key, str], kept: Mapping[Key, str] | None = None) -> Plan:
    """The plan without the changes of these keys, without anything about these people, and without what needs an object that is missing.

    From people who are `kept` nothing is taken away: a question about somebody else may be about them.
    """
    going: list[Change] = []
    aside = [replace(each, why=_about(each.change, people) or each.why) for each in plan.aside]
    missing: dict[Key, str] = {}
    for change in plan.changes:  # parents come first
        reason = _about(change, people) or _taken_from(change, kept or {}) or why.get(slot(change)) or _above(change, missing)
        if reason is None:
            going.append(change)
            continue
        aside.append(Aside(change, reason))
        if isinstance(change, Create | Adopt) or change.key.rule.is_stepwise:
            missing[change.key] = reason
    settled = tuple(record for record in plan.settled if record.user not in people)
    over = tuple(key for key in plan.over if person_of(key) not in people)
    return replace(plan, changes=tuple(going), aside=tuple(aside), settled=settled, over=over)


def keeping_places(plan: Plan) -> Plan:
    """Nobody loses a place while the one that comes instead is deferred: another in that course, or one of that kind elsewhere."""
    coming = {(aside.change.subject.user, each) for aside in plan.aside if _is_to_come(aside) for each in _instead_of(aside.change.subject)}
    kept = {change.key for change in plan.changes if _is_replaced(change, coming)}
    going = tuple(change for change in plan.changes if change.key not in kept)
    return replace(plan, changes=going, aside=(*plan.aside, *(Aside(change, KEPT) for change in plan.changes if change.key in kept)))


def _is_to_come(aside: Aside) -> bool:
    change = aside.change
    joins = isinstance(change, Create) and change.key.rule.is_placement and not is_live(change.before)
    return joins and is_open(aside.why)


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

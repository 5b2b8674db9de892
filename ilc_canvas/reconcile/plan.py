"""Turns desired and observed state into a plan."""

from collections.abc import Callable, Iterable, Iterator, Mapping

from ilc_canvas.reconcile.change import Adopt, Change, Create, Drift, Plan, ordered
from ilc_canvas.reconcile.compare.drift_decisions import divided_drift
from ilc_canvas.reconcile.compare.ended_with_course import back_by_hand, lost, theirs_back
from ilc_canvas.reconcile.compare.fields import CompareInputs, CompareSettings, Selected, compare
from ilc_canvas.reconcile.compare.removals import removals_of
from ilc_canvas.reconcile.deferral.blocked import DELETED, GONE, cause_of, divided
from ilc_canvas.reconcile.state import Key, Ledger, Record, State


def make_plan(
    desired: State,
    observed: State,
    ledger: Ledger,
    *,
    frame: CompareSettings,
    selected: Selected = lambda _: True,
    matched: Mapping[Key, str] | None = None,
) -> Plan:
    """The changes that bring `observed` to `desired`, touching only what is ours.

    A field that people changed by hand (observed differs from what the ledger says we left) is drift: listed, not changed,
    unless `frame.repair` is set and it is selected. What would go inside something that people deleted or concluded is deferred.
    `selected` narrows the plan and what it reports about Canvas; missing parents are included. `matched` are people whose
    account was found in this run: adopted or matched, as in `Adopt`.
    """
    inputs = CompareInputs(desired, observed, ledger, frame, matched or {}, lost(observed, ledger), selected)
    differences = [compare(record, observed.get(record.key), inputs) for record in desired]
    blocked = {difference.key: difference.block for difference in differences if difference.block}
    theirs = list(theirs_back(desired, observed, ledger))
    going, deferred = divided([*(change for difference in differences for change in difference.changes), *theirs], blocked)
    going = with_parents((change for change in going if selected(change.subject)), _builders(going))
    ending, not_ended = removals_of(desired, observed, ledger)
    removals = [removal for removal in ending if selected(removal.before)]
    closing = {removal.key for removal in removals}
    by_hand = list(_by_hand(desired, observed, ledger))
    reported = [difference for difference in differences if selected(desired.records[difference.key])]
    drift, kept = divided_drift(_folded(desired, (each for difference in reported for each in difference.drift), blocked), frame.decisions)
    coming_back = {*inputs.lost, *(change.key for change in theirs)}
    return Plan(
        changes=ordered([*going, *removals]),
        basis=frame.basis,
        scope=frame.scope,
        base_url=frame.base_url,
        drift=drift,
        kept=kept,
        deferred=tuple(deferred for deferred in (*deferred, *not_ended) if selected(deferred.change.subject)),
        by_hand=tuple(row for row in by_hand if selected(row) and row.course not in closing),
        returning=tuple(change.subject for change in going if change.key in coming_back and isinstance(change, Create)),
        settled=(*(difference.settled for difference in differences if difference.settled), *back_by_hand(by_hand, ledger)),
        over=tuple(_over(desired, observed, ledger)),
        not_ours=tuple(drift for difference in reported for drift in difference.not_ours),
    )


def _folded(desired: State, drift: Iterable[Drift], blocked: Mapping[Key, str]) -> Iterator[Drift]:
    """Without content that has gone together with what it belongs to: a page that was deleted has taken its items along."""
    gone = {key for key, why in blocked.items() if cause_of(why)[0] in (GONE, DELETED)}
    for each in drift:
        parents = desired.records[each.key].parents
        if not (each.key in gone and each.key.rule.is_content and any(parent in gone for parent in parents)):
            yield each


def _builders(changes: Iterable[Change]) -> dict[Key, Change]:
    """The first change of each object, by key."""
    return {change.key: change for change in reversed(list(changes))}


def with_parents(changes: Iterable[Change], known: Mapping[Key, Change]) -> list[Change]:
    """The changes plus those `known` changes that create their parents."""
    result = list(changes)
    keys = {change.key for change in result}
    for change in result:  # grows during the loop
        missing = [known[parent] for parent in change.subject.parents if parent in known and parent not in keys and _builds(known[parent])]
        keys |= {parent.key for parent in missing}
        result += missing
    return result


def _builds(change: Change) -> bool:
    return isinstance(change, Create | Adopt)


def _by_hand(desired: State, observed: State, ledger: Ledger) -> Iterator[Record]:
    """Active enrollments in our courses that the roster does not ask for and we did not make: people added them or brought them back."""
    for record in observed.placements():
        owned = ledger.get(record.key)
        if record.key not in desired.records and (owned is None or not owned.removable) and record.is_live:
            yield record


def _over(desired: State, observed: State, ledger: Ledger) -> Iterator[Key]:
    """What people ended and the roster no longer asks for: both agree, and anything that happens to it later is new."""
    for record in observed:
        owned, state = ledger.get(record.key), record.fields.get("state")
        ended = state in record.rule.lapsed
        lapsed = owned and (owned.stands or (owned.how == "theirs" and state != "completed"))
        if ended and lapsed and record.key not in desired.records:
            yield record.key


def active_by_course(observed: State, ledger: Ledger) -> dict[Key, int]:
    """Our active enrollments per course."""
    return _active(observed, ledger, lambda record: record.course)


def active_by_section(observed: State, ledger: Ledger) -> dict[Key, int]:
    """Our active enrollments per section."""
    return _active(observed, ledger, lambda record: record.section)


def _active(observed: State, ledger: Ledger, container: Callable[[Record], Key | None]) -> dict[Key, int]:
    counts: dict[Key, int] = {}
    for record in observed.placements():
        owned, key = ledger.get(record.key), container(record)
        if owned and owned.stands and key and record.is_live:
            counts[key] = counts.get(key, 0) + 1
    return counts

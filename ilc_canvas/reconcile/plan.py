"""Desired and observed state into a plan."""

from collections.abc import Callable, Iterable, Iterator, Mapping

from ilc_canvas.reconcile.blocked import divided
from ilc_canvas.reconcile.change import Adopt, Change, Create, Plan, ordered
from ilc_canvas.reconcile.comparing import Book, Frame, Selected, compare
from ilc_canvas.reconcile.removing import removals_of
from ilc_canvas.reconcile.state import Key, Ledger, Record, State
from ilc_canvas.reconcile.with_course import back_by_hand, lost, theirs_back


def make_plan(
    desired: State,
    observed: State,
    ledger: Ledger,
    *,
    frame: Frame,
    selected: Selected = lambda _: True,
    matched: Mapping[Key, str] | None = None,
) -> Plan:
    """The changes that make `observed` as `desired`, touching only what is ours.

    A field that people changed by hand (observed differs from what the ledger says we left) is drift: said, not changed,
    unless `frame.repair` and it is selected. What was to be made inside of what people deleted or concluded is deferred.
    `selected` narrows the plan and what is said of Canvas; parents that are missing come along. `matched` are people whose
    account was found just now: adopted or matched, as in `Adopt`.
    """
    book = Book(desired, observed, ledger, frame, matched or {}, lost(observed, ledger), selected)
    found = [compare(record, observed.get(record.key), book) for record in desired]
    blocked = {finding.key: finding.block for finding in found if finding.block}
    theirs = list(theirs_back(desired, observed, ledger))
    going, deferred = divided([*(change for finding in found for change in finding.changes), *theirs], blocked)
    going = with_parents((change for change in going if selected(change.subject)), _builders(going))
    ending, kept = removals_of(desired, observed, ledger)
    removals = [removal for removal in ending if selected(removal.before)]
    closing = {removal.key for removal in removals}
    by_hand = list(_by_hand(desired, observed, ledger))
    meant = [finding for finding in found if selected(desired.records[finding.key])]
    back = {*book.lost, *(change.key for change in theirs)}
    return Plan(
        changes=ordered([*going, *removals]),
        basis=frame.basis,
        scope=frame.scope,
        base_url=frame.base_url,
        drift=tuple(drift for finding in meant for drift in finding.drift),
        aside=tuple(aside for aside in (*deferred, *kept) if selected(aside.change.subject)),
        by_hand=tuple(row for row in by_hand if selected(row) and row.course not in closing),
        returning=tuple(change.subject for change in going if change.key in back and isinstance(change, Create)),
        settled=(*(finding.settled for finding in found if finding.settled), *back_by_hand(by_hand, ledger)),
        over=tuple(_over(desired, observed, ledger)),
        not_ours=tuple(drift for finding in meant for drift in finding.not_ours),
    )


def _builders(changes: Iterable[Change]) -> dict[Key, Change]:
    """By key the first change of each thing."""
    return {change.key: change for change in reversed(list(changes))}


def with_parents(wanted: Iterable[Change], known: Mapping[Key, Change]) -> list[Change]:
    """The changes, and those of their parents that have to come first."""
    taken = list(wanted)
    keys = {change.key for change in taken}
    for change in taken:  # grows while it is gone through
        missing = [known[parent] for parent in change.subject.parents if parent in known and parent not in keys and _builds(known[parent])]
        keys |= {parent.key for parent in missing}
        taken += missing
    return taken


def _builds(change: Change) -> bool:
    return isinstance(change, Create | Adopt)


def _by_hand(desired: State, observed: State, ledger: Ledger) -> Iterator[Record]:
    """Active enrollments in our courses that the roster does not ask for and we did not make: people added them, or brought them back."""
    for record in observed.placements():
        ours = ledger.get(record.key)
        if record.key not in desired.records and (ours is None or not ours.removable) and record.is_live:
            yield record


def _over(desired: State, observed: State, ledger: Ledger) -> Iterator[Key]:
    """What people ended, and the roster asks for no more: both agree, and what either does from now on is new."""
    for record in observed:
        ours, state = ledger.get(record.key), record.fields.get("state")
        ended = state in record.rule.lapsed
        lapsed = ours and (ours.stands or (ours.how == "theirs" and state != "completed"))
        if ended and lapsed and record.key not in desired.records:
            yield record.key


def active_by_course(observed: State, ledger: Ledger) -> dict[Key, int]:
    """Our active enrollments per course."""
    return _active(observed, ledger, lambda record: record.course)


def active_by_section(observed: State, ledger: Ledger) -> dict[Key, int]:
    """Our active enrollments per section."""
    return _active(observed, ledger, lambda record: record.section)


def _active(observed: State, ledger: Ledger, place: Callable[[Record], Key | None]) -> dict[Key, int]:
    counts: dict[Key, int] = {}
    for record in observed.placements():
        ours, key = ledger.get(record.key), place(record)
        if ours and ours.stands and key and record.is_live:
            counts[key] = counts.get(key, 0) + 1
    return counts

"""Kinds that the token has no right to write: they wait, and nothing else waits with them."""

from collections.abc import Collection, Mapping

from ilc_canvas.reconcile.change import Create, Deferred
from ilc_canvas.reconcile.compare.unread import Readable
from ilc_canvas.reconcile.kinds import Kind, kinds
from ilc_canvas.reconcile.state import Key, Ledger, Record, State

WITHOUT = "no-right-"
"""What the reason begins with; the need follows."""


def lacking(rights: Mapping[str, bool]) -> frozenset[Kind]:
    """The kinds whose own right this token lacks, by the tenant's rights."""
    return frozenset(kinds(lambda rule: rule.need and not rights.get(rule.need, True)))


def without_kinds(states: Readable, ledger: Ledger, lacked: Collection[Kind]) -> Readable:
    """The states without these kinds; what is asked for of them and not in the ledger is deferred."""
    if not lacked:
        return states
    waiting = {record.key: why for record in states.desired if (why := _lacks(record, ledger, lacked))}
    deferred = (
        Deferred(Create(record), waiting[record.key])
        for record in states.desired
        if record.key in waiting and not _stands(record.key, ledger)
    )
    desired = State.of((record for record in states.desired if record.key not in waiting), states.desired.at)
    return Readable(desired, _left(states.observed, lacked), (*states.deferred, *deferred))


def _lacks(record: Record, ledger: Ledger, lacked: Collection[Kind]) -> str:
    """Why this cannot be written: its own right is lacking, or that of something which it leads to and which is not there."""
    above = (key for key in record.parents if key.kind in lacked and not _stands(key, ledger))
    key = record.key if record.key.kind in lacked else next(above, None)
    return f"{WITHOUT}{key.rule.need}" if key else ""


def _stands(key: Key, ledger: Ledger) -> bool:
    owned = ledger.get(key)
    return owned is not None and owned.stands


def _left(state: State, lacked: Collection[Kind]) -> State:
    return State.of((record for record in state if record.key.kind not in lacked), state.at)

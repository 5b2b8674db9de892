"""Which of our objects must exist in Canvas, regardless of what its lists show."""

from collections.abc import Collection

from ilc_canvas.reconcile.state import Key, Ledger, section_of


def things_of(ledger: Ledger, desired: Collection[Key]) -> dict[Key, int | None]:
    """Our objects that the roster asks for, or in which we still have somebody placed, with their numbers.

    If a list leaves them out, nothing is concluded from that until they have been read one by one. What is found by a marker is among
    them before it is in the ledger: one that is there already must be found.
    """
    new = dict.fromkeys(key for key in desired if key.rule.has_marker and key not in ledger)
    used = {section_of(key) for key, owned in ledger.items() if key.rule.is_placement and owned.how != "ended"}
    return new | {
        key: owned.handle
        for key, owned in ledger.items()
        if _is_thing(key) and (key in desired or key in used or (_is_looked_for(key) and owned.how != "ended"))
    }


def numbers_of(ledger: Ledger) -> dict[Key, int | None]:
    """All our objects except people and their placements, with their numbers."""
    return {key: owned.handle for key, owned in ledger.items() if _is_thing(key)}


def _is_looked_for(key: Key) -> bool:
    return key.rule.is_container or key.rule.has_marker


def _is_thing(key: Key) -> bool:
    return key.rule.person is None

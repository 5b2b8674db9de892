"""What of ours must stand in Canvas, whatever the lists there show."""

from collections.abc import Collection

from ilc_canvas.reconcile.state import Key, Ledger, section_of


def things_of(ledger: Ledger, wanted: Collection[Key]) -> dict[Key, int | None]:
    """Our things that the roster asks for, or in which somebody still has a place by us, with their numbers.

    Nothing is concluded from their absence in a list before they were read singly.
    """
    used = {section_of(key) for key, owned in ledger.items() if key.rule.is_placement and owned.how != "ended"}
    return {
        key: owned.handle
        for key, owned in ledger.items()
        if _is_thing(key) and (key in wanted or key in used or (key.rule.is_container and owned.how != "ended"))
    }


def numbers_of(ledger: Ledger) -> dict[Key, int | None]:
    """All our things but people and their places, with their numbers."""
    return {key: owned.handle for key, owned in ledger.items() if _is_thing(key)}


def _is_thing(key: Key) -> bool:
    return key.rule.person is None

"""What of ours must stand in Canvas, whatever the lists there show."""

from collections.abc import Collection

from ilc_canvas.reconcile.state import Key, Kind, Ledger

_THINGS = frozenset({Kind.ACCOUNT, Kind.TERM, Kind.ROLE, Kind.COURSE, Kind.SECTION})


def things_of(ledger: Ledger, wanted: Collection[Key]) -> dict[Key, int | None]:
    """Our things that the roster asks for, or in which somebody still has a place by us, with their numbers.

    Nothing is concluded from their absence in a list before they were read singly.
    """
    places = [key.id.split("|")[0] for key, owned in ledger.items() if key.kind is Kind.ENROLLMENT and owned.how != "ended"]
    used = {Key(Kind.SECTION, section) for section in places}
    return {
        key: owned.handle
        for key, owned in ledger.items()
        if key.kind in _THINGS and (key in wanted or key in used or (key.kind is Kind.COURSE and owned.how != "ended"))
    }


def numbers_of(ledger: Ledger) -> dict[Key, int | None]:
    """All our things but people and their places, with their numbers."""
    return {key: owned.handle for key, owned in ledger.items() if key.kind in _THINGS}

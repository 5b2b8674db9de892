"""The roster's entry in the basis of a plan."""

from ilc_canvas.reconcile.basis import Basis

ROSTER = "roster"
"""The roster's name in a basis and among the store's documents."""
CALENDAR = "calendar"
"""The calendar's name there."""
TEMPLATES = "templates"
"""The name there of the texts that courses are furnished with."""
OPENINGS = "openings"
"""The name there of the list of courses that somebody wants opened."""
ATTENDANCE = "attendance"
"""The attendance's name among the store's documents."""
INTENTS = "intents"
"""The name there of what was decided about the answers to the form of who continues."""
BESIDE_PLANS = (ATTENDANCE, INTENTS)
"""Documents that no plan is made from, so that they are in no basis."""


def of_roster(version: int) -> Basis:
    """The basis of a plan made only from this version of the roster."""
    return Basis.of({ROSTER: version})


def roster_number(basis: Basis) -> int | None:
    """The roster's version number; None if the basis has no roster."""
    version = basis.get(ROSTER)
    return None if version is None else int(version)


def calendar_number(basis: Basis) -> int | None:
    """The calendar's version number; None if the basis has no calendar."""
    version = basis.get(CALENDAR)
    return None if version is None else int(version)


def opening_number(basis: Basis) -> int | None:
    """The version number of the list of courses to open; None if the basis has none."""
    version = basis.get(OPENINGS)
    return None if version is None else int(version)


def of_contents(basis: Basis) -> Basis:
    """The same without what only says which courses are to be opened."""
    return basis.without(OPENINGS)


def as_json(basis: Basis) -> dict[str, object]:
    """For programs: the roster's version, and beside it the whole basis."""
    return {"roster_version": roster_number(basis), "basis": basis.as_json()}

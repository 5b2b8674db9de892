"""The roster among the versions that a plan is made from."""

from ilc_canvas.reconcile.basis import Basis

ROSTER = "roster"
"""What it is called in a basis, and among the documents of the store."""


def of_roster(version: int) -> Basis:
    """The basis of a plan that is made from this version of the roster and nothing else."""
    return Basis.of({ROSTER: version})


def roster_number(basis: Basis) -> int | None:
    """The number of the roster's version; None if the basis has no roster."""
    version = basis.get(ROSTER)
    return None if version is None else int(version)


def as_json(basis: Basis) -> dict[str, object]:
    """For people's programs: the roster's version, and beside it the versions of everything."""
    return {"roster_version": roster_number(basis), "basis": basis.as_json()}

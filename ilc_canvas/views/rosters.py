"""Versions of the roster, and how they differ."""

from collections.abc import Sequence

from ilc_canvas.program.compare import RosterChange, difference
from ilc_canvas.program.renumbered import known_between
from ilc_canvas.program.roster import Roster
from ilc_canvas.store.db.database import Store
from ilc_canvas.store.documents.versions import VersionInfo
from ilc_canvas.store.rosters import rekey, versions


def info_of(store: Store, number: int) -> VersionInfo:
    """Who signed this version, its files and findings."""
    return next(info for info in versions.listing(store) if info.number == number)


def changes(store: Store, before: Roster, after: Roster) -> Sequence[RosterChange]:
    """All differences; people with a new id are the same people."""
    return difference(before, after, known_between(before, after, rekey.links(store)))

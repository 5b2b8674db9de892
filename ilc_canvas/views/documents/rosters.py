"""Versions of the roster, and how they differ."""

from collections.abc import Sequence

from ilc_canvas.program.diff import RosterChange, roster_diff
from ilc_canvas.program.people.new_ids import known_between
from ilc_canvas.program.roster import Roster
from ilc_canvas.store.db.database import Store
from ilc_canvas.store.rosters import rekey


def changes(store: Store, before: Roster, after: Roster) -> Sequence[RosterChange]:
    """All differences; people with a new id are the same people."""
    return roster_diff(before, after, known_between(before, after, rekey.links(store)))

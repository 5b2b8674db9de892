"""What waits for its time, or for a person."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from ilc_canvas.reconcile.aside import Parked
from ilc_canvas.reconcile.declined import Declined
from ilc_canvas.reconcile.identity import Question
from ilc_canvas.reconcile.quarantine import Quarantine
from ilc_canvas.settings import Settings
from ilc_canvas.store.db.database import Store
from ilc_canvas.store.runs import declines, identities, parked
from ilc_canvas.views import years


@dataclass(frozen=True)
class Waiting:
    """What waits for its time, or for a person."""

    quarantine: Quarantine | None = None
    parked: Sequence[Parked] = ()
    asked: Sequence[Question] = ()
    declined: Sequence[Declined] = ()


def waiting(settings: Settings, store: Store, at: datetime) -> Waiting:
    """What waits in the school years that are cared for. RosterError if nothing is finalized."""
    places = years.places(settings, store, at)
    back = [parked.held_back(store, place) for place in places]
    quarantine = next((trouble for trouble, _ in back if trouble), None)
    rows = [row for _, found in back for row in found.values()]
    return Waiting(quarantine, rows, identities.open_questions(store, places), declines.listing(store, places))

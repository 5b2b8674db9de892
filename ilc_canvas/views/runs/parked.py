"""What waits for a set time or for a person."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from ilc_canvas.reconcile.deferral.declined import Declined
from ilc_canvas.reconcile.deferral.deferral import Parked
from ilc_canvas.reconcile.people.identity import Question
from ilc_canvas.reconcile.run.quarantine import Quarantine
from ilc_canvas.settings import Settings
from ilc_canvas.store.db.database import Store
from ilc_canvas.store.runs import parked
from ilc_canvas.store.runs.decisions import declines, identities
from ilc_canvas.views import years


@dataclass(frozen=True)
class ParkedView:
    """What waits for a set time or for a person."""

    quarantine: Quarantine | None = None
    parked: Sequence[Parked] = ()
    questions: Sequence[Question] = ()
    declined: Sequence[Declined] = ()


def parked_view(settings: Settings, store: Store, at: datetime) -> ParkedView:
    """What waits in the current school years. RosterError if no roster is finalized."""
    canvas_scopes = years.canvas_scopes(settings, store, at)
    held_back = [parked.held_back(store, canvas_scope) for canvas_scope in canvas_scopes]
    quarantine = next((trouble for trouble, _ in held_back if trouble), None)
    rows = [row for _, changes in held_back for row in changes.values()]
    return ParkedView(quarantine, rows, identities.open_questions(store, canvas_scopes), declines.listing(store, canvas_scopes))

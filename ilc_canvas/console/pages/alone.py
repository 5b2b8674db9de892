"""What differs from the roster and is left alone: changed by hand, refused by Canvas, left undone by a decision."""

from starlette.responses import Response

from ilc_canvas.console.pages.plans import has_roster
from ilc_canvas.console.rendering import page
from ilc_canvas.console.visit import Visit
from ilc_canvas.reconcile.run.messages import SAID
from ilc_canvas.views import plan
from ilc_canvas.views.drift import drift_items, kept
from ilc_canvas.views.names import known_names
from ilc_canvas.views.parked import parked_view
from ilc_canvas.views.sentences import decision, place_of


def show(visit: Visit) -> Response:
    """All of it."""
    if not has_roster(visit):
        return page(visit, "no_roster.html", {"title": "Left alone"})
    names = known_names(visit.settings, visit.store)
    waits = parked_view(visit.settings, visit.store, visit.at)
    drift = drift_items(visit.settings, visit.store, visit.at)
    values = {
        "drift": [(item, plan.drift_text(item.found.row.key, item.found.row.field, names)) for item in drift],
        "kept": [(each, plan.drift_text(each.key, each.field, names)) for each in kept(visit.settings, visit.store, visit.at)],
        "parked": [(row, place_of(row.key, names), SAID.get(row.reason, row.reason)) for row in waits.parked],
        "declined": [(each, place_of(each.key, names), decision(each)) for each in waits.declined],
    }
    return page(visit, "alone.html", values)

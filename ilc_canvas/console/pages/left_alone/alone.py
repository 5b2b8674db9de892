"""What differs from the roster and is left alone: changed by hand, refused by Canvas, left undone by a decision."""

import hashlib

from starlette.responses import Response

from ilc_canvas import clock
from ilc_canvas.console.pages.runs.plans import has_roster
from ilc_canvas.console.rendering import page
from ilc_canvas.console.visit import Visit
from ilc_canvas.reconcile.deferral.declined import Declined
from ilc_canvas.reconcile.run.messages import SAID
from ilc_canvas.store.runs.decisions.drift import FoundDrift
from ilc_canvas.views.names import Names, known_names
from ilc_canvas.views.runs import plan
from ilc_canvas.views.runs.drift import DriftItem, drift_items, kept
from ilc_canvas.views.runs.parked import parked_view
from ilc_canvas.views.selectors import word_of
from ilc_canvas.views.sentences import decision, place_of


def show(visit: Visit) -> Response:
    """All of it."""
    if not has_roster(visit):
        return page(visit, "no_roster.html", {"title": "Left alone"})
    return page(visit, "alone.html", alone_values(visit))


def alone_values(visit: Visit, **changed: object) -> dict[str, object]:
    """What the page shows, and how its forms are filled in."""
    names = known_names(visit.settings, visit.store)
    waits = parked_view(visit.settings, visit.store, visit.at)
    items = drift_items(visit.settings, visit.store, visit.at)
    values = {
        "drift": [_drift_row(item, names) for item in items],
        "names": names,
        "kept": [(each, plan.drift_text(each.key, each.field, names)) for each in kept(visit.settings, visit.store, visit.at)],
        "parked": [(row, place_of(row.key, names), SAID.get(row.reason, row.reason), word_of(row.key)) for row in waits.parked],
        "declined": [(name_of_decline(each), each, place_of(each.key, names), decision(each)) for each in waits.declined],
        "errors": {},
        "ticked": (),
        "typed": {},
    }
    return {**values, **changed}


def _drift_row(item: DriftItem, names: Names) -> tuple[str, DriftItem, str, str]:
    return name_of_drift(item), item, plan.drift_text(item.found.row.key, item.found.row.field, names), _when(item.found)


def _when(found: FoundDrift) -> str:
    """Between which two runs it was changed."""
    by, after = clock.at(found.by), clock.at(found.after) if found.after else ""
    if after == by:
        return f"about {by}"
    return f"between {after} and {by}" if after else f"before {by}"


def name_of_drift(item: DriftItem) -> str:
    """Names one thing as it is now, in a form."""
    return _digest(item.canvas_scope.scope, item.found.row.key, item.found.row.field, item.stamp)


def name_of_decline(each: Declined) -> str:
    """Names one decision as it is now, in a form."""
    return _digest(each.why, each.key, each.wants, each.at.isoformat())


def _digest(*parts: object) -> str:
    return hashlib.sha256("\n".join(map(str, parts)).encode()).hexdigest()[:16]

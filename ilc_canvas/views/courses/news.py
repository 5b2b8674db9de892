"""Who has come into a course, and who has gone, by what was done in Canvas."""

from dataclasses import dataclass
from datetime import datetime

from ilc_canvas.reconcile.state import Key
from ilc_canvas.store.audit.place_history import deeds
from ilc_canvas.store.db.database import Store
from ilc_canvas.store.db.scope import CanvasScope
from ilc_canvas.views.names import Names
from ilc_canvas.views.roles import role_of


@dataclass(frozen=True)
class News:
    """Somebody has become, or is no longer, participant or facilitator since a time."""

    name: str
    role: str
    section: str
    came: bool
    at: datetime


def news(store: Store, canvas_scope: CanvasScope, course: Key, *, names: Names, since: datetime) -> list[News]:
    """Since then, the newest first; of each place the last that was done about it."""
    last = {deed.enrollment: deed for deed in deeds(store, canvas_scope.scope, course=course, since=since)}
    found = [
        News(names[place.user], role_of(place.key), names[place.section], deed.given, deed.at)
        for place, deed in last.items()
        if not deed.found
    ]
    return sorted(found, key=lambda each: (each.at, each.name), reverse=True)

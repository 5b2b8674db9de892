"""Sync requests and the pause: what is asked for, and what keeps it waiting."""

from starlette.responses import Response

from ilc_canvas.console.rendering import page
from ilc_canvas.console.visit import Visit
from ilc_canvas.program.selection import words_of
from ilc_canvas.store.rosters import school_years
from ilc_canvas.store.worker import pauses, sync_requests
from ilc_canvas.views import years
from ilc_canvas.views.halt import why_halted


def show(visit: Visit) -> Response:
    """The page as it stands."""
    return page(visit, "sync.html", sync_values(visit))


def sync_values(visit: Visit, **changed: object) -> dict[str, object]:
    """What the page shows, and how its forms are filled in."""
    values: dict[str, object] = {
        "requests": sync_requests.open_requests(visit.store),
        "pause": pauses.paused(visit.store, visit.at),
        "halted": why_halted(visit.settings, visit.store, visit.at),
        "courses": _courses(visit),
        "only": visit.asked("only"),
        "errors": {},
        "reason": "",
        "kind": visit.asked("kind") or "sync",
        "why": "",
        "until": "",
    }
    return {**values, **changed}


def _courses(visit: Visit) -> list[str]:
    """The words of all courses."""
    if not school_years.signed_years(visit.store):
        return []
    rosters = [school_years.roster(visit.store, year) for year in years.current_years(visit.settings, visit.store, visit.at)]
    return list(dict.fromkeys(word for roster in rosters for word in words_of(roster) if not word.startswith("person:")))

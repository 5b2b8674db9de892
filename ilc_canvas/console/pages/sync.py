"""Sync requests and the pause: what is asked for, and what keeps it waiting."""

from starlette.responses import Response

from ilc_canvas.console.rendering import page
from ilc_canvas.console.visit import Visit
from ilc_canvas.program.selection import words_of
from ilc_canvas.store.rosters import school_years
from ilc_canvas.store.runs import details
from ilc_canvas.store.worker import heartbeat, pauses, sync_requests
from ilc_canvas.views import years
from ilc_canvas.views.halt import why_halted
from ilc_canvas.views.requests import request_text

_LAST = 10


def show(visit: Visit) -> Response:
    """The page as it stands."""
    return page(visit, "sync.html", sync_values(visit))


def sync_values(visit: Visit, **changed: object) -> dict[str, object]:
    """What the page shows, and how its forms are filled in."""
    running = details.running(visit.store)
    values: dict[str, object] = {
        "requests": sync_requests.open_requests(visit.store),
        "ended": sync_requests.latest(visit.store, _LAST),
        "request_text": request_text,
        "run": running,
        "is_attended": bool(heartbeat.alive(visit.store, visit.at)),
        "progress": details.run_progress(visit.store, running) if running else None,
        "pause": pauses.paused(visit.store, visit.at),
        "halted": why_halted(visit.settings, visit.store, visit.at),
        "courses": _courses(visit),
        "only": visit.asked("only"),
        "retry": visit.asked("retry") == "yes",
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

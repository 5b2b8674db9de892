"""Workers, jobs, the store, and notices."""

from starlette.responses import Response

from ilc_canvas.console.rendering import page
from ilc_canvas.console.visit import Visit
from ilc_canvas.store.db import schema
from ilc_canvas.store.worker import heartbeat, jobs, outbox
from ilc_canvas.store.worker.sync_requests import RequestKind, SyncRequest
from ilc_canvas.views.clock_doubt import clock_doubt
from ilc_canvas.views.requests import asked, last_examination
from ilc_canvas.views.status import current_status


def show(visit: Visit) -> Response:
    """What is at work, and what is not."""
    return page(visit, "health.html", health_values(visit))


def health_values(visit: Visit, **changed: object) -> dict[str, object]:
    """What the page shows, and how its forms are filled in."""
    status = current_status(visit.settings, visit.store, visit.at)
    return {
        "alive": heartbeat.alive(visit.store, visit.at),
        "holder": status.holder,
        "quarantine": status.waits.quarantine,
        "halted": status.halted,
        "kind": "SQLite" if visit.store.sqlite else "PostgreSQL",
        "schema": schema.current(visit.store),
        "doubt": clock_doubt(visit.store, visit.settings.address, visit.at),
        "jobs": jobs.newest(visit.store),
        "notices": [(each, each.state(visit.at)) for each in outbox.listing(visit.store)],
        "address": visit.settings.address,
        "errors": {},
        "reason": "",
        "doctor": asked(visit.store, SyncRequest(RequestKind.DOCTOR, visit.actor)),
        "test": asked(visit.store, SyncRequest(RequestKind.TEST, visit.actor)),
        "examined": last_examination(visit.store),
        **changed,
    }

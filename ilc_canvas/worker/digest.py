"""The digest: what has changed in Canvas since the last one, and how far the courses are."""

from datetime import datetime, timedelta

from ilc_canvas import clock
from ilc_canvas.notices import texts
from ilc_canvas.reconcile.errors import RosterError
from ilc_canvas.settings import Settings
from ilc_canvas.store.db.database import Store
from ilc_canvas.store.runs import details
from ilc_canvas.store.worker import outbox
from ilc_canvas.views import years
from ilc_canvas.worker.notices import notify
from ilc_canvas.worker.ready_courses import ready_courses


def send_digest(settings: Settings, store: Store, now: datetime) -> str:
    """Queue a notice of what has changed since the last digest, or since yesterday if there was none; none if nothing has. Says which."""
    last = outbox.last_at(store, "digest")
    since = last if last and not clock.from_fast_clock(last, now) else now - timedelta(days=1)
    try:
        rows = details.changed(store, years.newest(settings, store), since)
    except RosterError:
        rows = []
    ready = [str(each) for each in ready_courses(settings, store, now)] if rows else []
    notice = texts.digest(rows, since, now, last=details.last_report(store), ready=ready)
    if notice is None:
        return "Nothing has changed since the last digest."
    notify(store, notice, now)
    return f"The digest lists {notice.lines[0].rstrip(':')}."

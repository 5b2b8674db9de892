"""Whether this machine's clock can be believed, before anything is done that nobody can take back."""

from datetime import datetime, timedelta

from ilc_canvas import clock
from ilc_canvas.reconcile.run.canvas_clock import FAR
from ilc_canvas.store.audit import reader
from ilc_canvas.store.audit.reader import Wanted
from ilc_canvas.store.db.database import Store
from ilc_canvas.store.rosters.school_years import canvas_ahead

LONGEST_SILENCE = timedelta(days=14)
"""A worker that is at work leaves events every day. After a longer silence the next run shows whether the clock is fast."""


def clock_doubt(store: Store, base_url: str, now: datetime) -> str:
    """Why it cannot, as a sentence: Canvas, or the audit log, has another time. Empty if nothing speaks against it."""
    ahead, newest = canvas_ahead(store, base_url), reader.newest(store, Wanted(), limit=1)
    other = ""
    if ahead is not None and abs(ahead) > FAR:
        other = f"Canvas's says {clock.at(now + ahead)}"
    elif newest and newest[0].at > now + FAR:
        other = f"the audit log has an event of {clock.at(newest[0].at)}"
    elif newest and now - newest[0].at > LONGEST_SILENCE:
        other = f"the last event of the audit log is of {clock.at(newest[0].at)}"
    return f"This machine's clock says {clock.at(now)}, and {other}: one of the two is wrong." if other else ""

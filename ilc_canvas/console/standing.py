"""What stands at the top of every page: the standing in one line, and what waits by the menu."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from ilc_canvas.console.banner import Banner, banner_of
from ilc_canvas.console.visit import Visit
from ilc_canvas.reconcile.errors import RosterError
from ilc_canvas.reconcile.words.wording import count
from ilc_canvas.store.people.sessions import IDLE
from ilc_canvas.store.runs.decisions import identities
from ilc_canvas.store.runs.decisions.waiting import waiting_plans
from ilc_canvas.store.runs.details import RunInfo
from ilc_canvas.store.worker import heartbeat
from ilc_canvas.views import years


@dataclass(frozen=True, slots=True)
class Standing:
    """What every page says."""

    year: str  # of the newest roster; empty before there is one
    worker: str
    banner: Banner | None
    plans: tuple[RunInfo, ...]
    questions: int
    ends: datetime

    @property
    def mark(self) -> str:
        """The shape of the state."""
        return "wait" if self.plans or self.questions else "done"

    @property
    def text(self) -> str:
        """In one line, what waits for a person."""
        if self.plans:
            return f"{count(len(self.plans), 'plan waits', 'plans wait')} for approval"
        if self.questions:
            return "Somebody must decide who is who"
        return "Nothing waits for a person" if self.year else "There is no roster yet"


def standing_of(visit: Visit) -> Standing:
    """How things stand now."""
    settings, store, at = visit.settings, visit.store, visit.at
    try:
        scopes = years.canvas_scopes(settings, store, at)
    except RosterError:
        scopes = ()
    beats = heartbeat.alive(store, at)
    plans = tuple(info for scope in scopes for info in waiting_plans(store, scope, at))
    asked = len(identities.open_questions(store, scopes)) if scopes else 0
    year = scopes[-1].school_year if scopes else ""
    return Standing(year, _worker(max((beat.at for beat in beats), default=None), at), banner_of(visit), plans, asked, at + IDLE)


def _worker(seen: datetime | None, at: datetime) -> str:
    if seen is None:
        return "No worker is running"
    return f"Worker running, seen {max(0, round((at - seen) / timedelta(seconds=1)))} s ago"

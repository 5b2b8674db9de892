"""Whether the audit log holds, by the last check of all its events; and what has come since."""

from dataclasses import dataclass
from datetime import datetime

from ilc_canvas.store.audit import reader
from ilc_canvas.store.audit.chain import BROKEN
from ilc_canvas.store.db.database import Store
from ilc_canvas.store.worker import jobs, sync_requests
from ilc_canvas.store.worker.sync_requests import RequestKind

JOB = "audit"
"""The worker's job that checks every event, each day."""


@dataclass(frozen=True, slots=True)
class Check:
    """A check of every event; before the first one there is no `at`."""

    at: datetime | None
    text: str  # how it ended, in a sentence

    @property
    def is_broken(self) -> bool:
        """Whether an event is missing, or not as it was written."""
        return self.text.startswith(BROKEN)

    @property
    def holds(self) -> bool:
        """Whether all events up to then were as they were written."""
        return self.at is not None and not self.is_broken


def last_check(store: Store) -> Check:
    """The worker's daily check, or one that somebody asked for after it."""
    daily = [(cycle.at, cycle.sentence) for cycle in jobs.newest(store) if cycle.job == JOB]
    asked = sync_requests.newest_ended(store, RequestKind.VERIFY)
    at, text = max([*daily, *([asked] if asked else [])], default=(None, ""))
    return Check(at, text)


def events_since(store: Store, check: Check) -> int:
    """How many have come after it."""
    return reader.how_many(store, reader.Wanted(since=check.at))

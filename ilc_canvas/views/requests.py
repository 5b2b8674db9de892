"""What was asked of workers, in words, and what they have found."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from ilc_canvas.reconcile.state import Key
from ilc_canvas.store.db.codec import loads
from ilc_canvas.store.db.database import Store
from ilc_canvas.store.worker import sync_requests
from ilc_canvas.store.worker.sync_requests import RequestKind, SyncRequest, SyncRequestInfo

_AT_ONCE = {
    RequestKind.VERIFY: "verify the audit log",
    RequestKind.TEST: "a test notice",
    RequestKind.DOCTOR: "an examination of what works",
}


def request_text(request: SyncRequest) -> str:
    """A plan to undo run 6; a sync of cop:EQ"""
    words, undo = ", ".join(request.only) or "everything", f"undo run {request.undo}"
    if request.kind is RequestKind.UNDO:
        return undo
    if request.kind is RequestKind.PLAN:
        return f"a plan to {undo}" if request.undo is not None else f"a plan of {words}"
    if request.kind is RequestKind.LOOK:
        return f"a look at {words} in Canvas"
    if request.kind is RequestKind.SYNC:
        also = [each for each, is_set in (("what is parked", request.retry), ("what was changed by hand", request.repair)) if is_set]
        return f"a sync of {words}" + (f", with {' and '.join(also)}" if also else "")
    return _AT_ONCE[request.kind]


@dataclass(frozen=True, slots=True)
class Asked:
    """One thing that can be asked for: whether somebody waits for it, and what came of it last."""

    waiting: SyncRequestInfo | None
    last: SyncRequestInfo | None


def asked(store: Store, request: SyncRequest) -> Asked:
    """How it stands with this request, whoever asked."""
    return Asked(sync_requests.same_open(store, request), sync_requests.newest(store, request))


@dataclass(frozen=True, slots=True)
class Check:
    """One line of an examination."""

    what: str
    works: bool
    stops: bool
    text: str


@dataclass(frozen=True, slots=True)
class Examination:
    """What was found when."""

    at: datetime
    checks: Sequence[Check]


def last_examination(store: Store) -> Examination | None:
    """The last one, as long as it is kept."""
    done = sync_requests.newest_done(store, RequestKind.DOCTOR)
    if done is None or done.ended_at is None:
        return None
    return Examination(done.ended_at, [Check(**each) for each in loads(done.details)])


@dataclass(frozen=True, slots=True)
class Look:
    """What Canvas had of one person when it was asked last."""

    at: datetime
    by_year: Mapping[str, tuple[Mapping[Key, str] | None, str]]  # states by enrollment, or why they are not known

    def ask(self, school_year: str, *_: object, **__: object) -> tuple[Mapping[Key, str] | None, str]:
        """The same in place of Canvas."""
        return self.by_year.get(school_year, (None, ""))


def last_look(store: Store, person_id: str) -> Look | None:
    """The last one, as long as it is kept."""
    done = sync_requests.newest_done(store, RequestKind.LOOK, (f"person:{person_id}",))
    if done is None or done.ended_at is None:
        return None
    return Look(done.ended_at, {year: (_states(states), error) for year, (states, error) in loads(done.details).items()})


def _states(states: Mapping[str, str] | None) -> Mapping[Key, str] | None:
    return None if states is None else {Key.parse(key): state for key, state in states.items()}

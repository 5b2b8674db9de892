"""What the last run that read all of Canvas says about one course: what it found changed by hand, what it left out, what it holds."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from ilc_canvas import clock
from ilc_canvas.reconcile.deferral.declined import LEFT_OUT, Declined
from ilc_canvas.reconcile.deferral.deferral import Parked
from ilc_canvas.reconcile.run.messages import SAID
from ilc_canvas.reconcile.state import Key, course_of, person_of
from ilc_canvas.reconcile.words.hints import Next
from ilc_canvas.store.db.database import Store
from ilc_canvas.store.db.scope import CanvasScope
from ilc_canvas.store.runs import details, parked
from ilc_canvas.store.runs.decisions import declines
from ilc_canvas.store.runs.details import RunInfo
from ilc_canvas.views.names import Names
from ilc_canvas.views.runs.outcomes import change_outcomes
from ilc_canvas.views.sentences import decision, deferral_text


@dataclass(frozen=True)
class LastReading:
    """All about one course; without a run so far, nothing."""

    info: RunInfo | None = None
    unpublished: frozenset[Key] = frozenset()
    drift: Mapping[Key, str] = field(default_factory=dict)  # with the fields
    by_hand: frozenset[Key] = frozenset()  # enrollments that somebody else made
    deferred: Mapping[Key, str] = field(default_factory=dict)  # and why
    parked: Mapping[Key, Parked] = field(default_factory=dict)
    declined: Mapping[Key, Declined] = field(default_factory=dict)
    held: Mapping[Key, int] = field(default_factory=dict)  # changes that wait for a person, with the run of their plan

    def why_not_done(self, key: Key, names: Names) -> str:
        """What a change that is still to be made waits for, in a sentence."""
        why = self.deferred.get(key, "")
        decided = self.declined.get(person_of(key) if why == LEFT_OUT else key)
        if decided:
            return f"stays undone: {decision(decided)}"
        if key in self.parked:
            row = self.parked[key]
            return f"{SAID.get(row.reason, row.reason)} Tried again at {clock.at(row.next_at)}."
        if why:
            return deferral_text(why, names)
        if key in self.held:
            return f"waits for a person, see: {Next.SHOW_RUN.of(self.held[key])}"
        return "with the next sync"


def last_reading(store: Store, canvas_scope: CanvasScope, course: Key) -> LastReading:
    """What the store has about this course: the newest plan for everything, parked changes, decisions, held plans."""
    report = details.newest_whole(store, canvas_scope)
    if report is None:
        return LastReading()
    detail = details.run(store, report.run)
    _, waiting = parked.held_back(store, canvas_scope)
    drift: dict[Key, str] = {}
    for key, name in detail.drift:
        if course_of(key) == course:
            drift[key] = ", ".join(filter(None, (drift.get(key), name)))
    return LastReading(
        detail.info,
        frozenset(report.unpublished),
        drift,
        frozenset(key for key, where in detail.by_hand.items() if where == course),
        {key: why for _, key, why in detail.deferred if course_of(key) == course},
        waiting,
        {each.key: each for each in declines.listing(store, [canvas_scope])},
        _held(store, canvas_scope),
    )


def _held(store: Store, canvas_scope: CanvasScope) -> dict[Key, int]:
    """Every change that waits for a person, by key: in the newest plan of each selection."""
    found: dict[Key, int] = {}
    for info in details.held_plans(store, canvas_scope):
        waiting = (each for each in change_outcomes(details.run(store, info.number)) if each.result == "waiting")
        found |= {each.change.key: info.number for each in waiting}
    return found

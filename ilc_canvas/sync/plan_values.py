"""What a plan is made from, and what making it leads to."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

from ilc_canvas.program import names
from ilc_canvas.program.calendars.calendar import Calendar
from ilc_canvas.program.calendars.meeting_records import meeting_records, unplaced
from ilc_canvas.program.courses.content_records import Furnishing
from ilc_canvas.program.courses.opening import Openings, opening_records
from ilc_canvas.program.desired import desired_state
from ilc_canvas.program.policy import Policy
from ilc_canvas.program.roster import Roster
from ilc_canvas.program.selection import meant
from ilc_canvas.program.settings_changed import FormerSettings
from ilc_canvas.reconcile.basis import Basis
from ilc_canvas.reconcile.change import Plan
from ilc_canvas.reconcile.compare.drift_decisions import DriftDecisions
from ilc_canvas.reconcile.compare.fields import CompareSettings
from ilc_canvas.reconcile.compare.recent_writes import Done
from ilc_canvas.reconcile.deferral.declined import Declined
from ilc_canvas.reconcile.deferral.deferral import Parked
from ilc_canvas.reconcile.guards.guard import History, Limits, Verdict
from ilc_canvas.reconcile.people.accounts import AccountSearch
from ilc_canvas.reconcile.people.identity import CHANGED, Answers, Question, Resolution
from ilc_canvas.reconcile.run.values import RunRequest, Tenant
from ilc_canvas.reconcile.state import Key, Ledger, Record, State


@dataclass(frozen=True)
class PlanInputs:
    """What to compare: the roster, under which policy and limits, with which Canvas, and for whom."""

    ask: RunRequest
    basis: Basis
    roster: Roster
    calendar: Calendar | None
    policy: Policy
    limits: Limits
    tenant: Tenant
    former: FormerSettings | None = None  # the previous settings, if they have changed
    undo: Done = ()  # what to take back
    repair: bool = False  # whether to put back what people changed by hand
    content: Furnishing = field(default_factory=Furnishing)  # what the courses hold beside their people
    openings: Openings = field(default_factory=dict)  # the courses that somebody wants opened
    today: date = date.min  # in the program's time zone
    near: State | None = None  # what is desired near one person, if the plan is for that person alone

    @cached_property
    def desired(self) -> State:
        """What roster and calendar ask for under this policy; for a plan about one person, what is near that person."""
        if self.near is not None:
            return self.near
        meetings = meeting_records(self.calendar, self.roster, self.policy) if self.calendar else ()
        plain = desired_state(self.roster, self.policy)
        opening = opening_records(self.openings.values(), plain.records.keys(), self.today)
        return State.of([*plain, *meetings, *self.content.records, *opening])

    @property
    def unplaced(self) -> tuple[str, ...]:
        """A sentence for each meeting that the roster has no course for; none in a plan about one person."""
        without_course = tuple(unplaced(self.calendar, self.roster)) if self.calendar and self.near is None else ()
        return (*without_course, *filter(None, (self.content.fault,)))

    @property
    def one(self) -> Key | None:
        """The one person selected, if nobody else is and it is a plain comparison."""
        plain = not (self.repair or self.former or self.ask.retry or self.ask.redo or self.ask.undo is not None)
        only = next(iter(self._selected)) if plain and len(self._selected) == 1 else None
        return only if only and only.rule.is_person else None

    @property
    def frame(self) -> CompareSettings:
        """The settings of the comparison."""
        scope = names.scope(self.policy.prefix, self.roster.school_year)
        return CompareSettings(self.basis, scope, self.tenant.base_url, self.repair, self.policy.existing_write)

    @cached_property
    def _selected(self) -> frozenset[Key]:
        return frozenset(meant(word, prefix=self.policy.prefix, school_year=self.roster.school_year) for word in self.ask.only)

    def selects(self, record: Record) -> bool:
        """Whether the selected words name this record, or none were given."""
        return not self.ask.only or record.course in self._selected or record.user in self._selected


@dataclass(frozen=True)
class StoredState:
    """What the store remembers of earlier runs and of decisions."""

    ledger: Ledger
    history: History
    answers: Answers
    parked: Mapping[Key, Parked]
    declined: Mapping[Key, Declined]
    drift: DriftDecisions
    recent: Done  # what a lagging reading may not show yet


@dataclass(frozen=True)
class PeopleFound:
    """The people of the roster, and what Canvas shows of their accounts."""

    keys: frozenset[Key]
    found: AccountSearch
    resolution: Resolution


@dataclass(frozen=True)
class PlanResult:
    """The plan, the verdict on it, and what was noticed on the way."""

    plan: Plan
    verdict: Verdict
    asked: tuple[Question, ...] = ()
    active: Mapping[Key, int] = field(default_factory=dict)
    warnings: tuple[str, ...] = ()
    newest: int = 0  # the highest number of an enrollment that was seen
    unpublished: frozenset[Key] = frozenset()
    observed: State = field(default_factory=lambda: State({}))
    author: str = ""  # Canvas's number of the token's user
    found: AccountSearch = field(default_factory=AccountSearch)  # the accounts that people were looked for in

    @property
    def waiting(self) -> int:
        """How many people wait until somebody decides about them."""
        return sum(question.kind != CHANGED for question in self.asked)

"""What a guard decides, by which limits, and what it must know of the past."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from ilc_canvas.reconcile.compare.lost_objects import Lost
from ilc_canvas.reconcile.kinds import Kind
from ilc_canvas.reconcile.state import Key


@dataclass(frozen=True, slots=True)
class Share:
    """A limit: a plan is held if a count is above both a number and a share (0.05 = 5 %) of the total."""

    count: int
    share: float

    def of(self, total: int) -> int:
        """The largest count that still passes."""
        return max(self.count, int(self.share * total))


@dataclass(frozen=True, slots=True)
class Limits:
    """The thresholds; the defaults follow other provisioning tools."""

    removals_per_run: Share = Share(5, 0.05)
    """Removals in one run, against our active enrollments."""
    removals_per_course: Share = Share(2, 0.20)
    """Removals in one course, against our active enrollments there."""
    removals_per_day: Share = Share(10, 0.10)
    """Removals in a rolling day, including this run's."""
    changes_per_run: Share = Share(50, 0.25)
    """Changes of any kind, against everything we own."""
    moved_per_run: Share = Share(10, 0.25)
    """Meetings moved or called off in one run, against all that we own."""
    texts_per_run: Share = Share(20, 0.25)
    """Texts refreshed in one run, against all texts that we own."""
    new_courses: int = 5
    """New courses in one run."""
    new_sections: int = 10
    """New sections in one run."""
    observed_drop: float = 0.20
    """Share of the active enrollments that may be missing since Canvas was last read."""
    adds_go_on: bool = False
    """Whether everything else goes ahead while only removals wait for approval."""

    @property
    def new(self) -> Mapping[Kind, int]:
        """How many new objects of each kind one run may create."""
        return {Kind.COURSE: self.new_courses, Kind.SECTION: self.new_sections}


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason to hold; `course` is set if it holds only that course, not the run."""

    code: str  # first-run, restored, lost-runs, settings-changed, removals, removals-per-day, changes, new-courses, new-sections,
    # raised-role, adopted, reopened, decided, changed-person, observed-drop, course-removals, course-emptied, course-concluded,
    # section-removals, section-emptied, ended-with-course, events-moved, events-open, content-first, content-by-hand, content-open,
    # content-many, opening, held-before
    text: str  # one sentence for a person, with its numbers; keys, no names
    count: int
    limit: int
    keys: tuple[Key, ...] = ()
    course: Key | None = None


_REMOVALS = ("removals", "removals-per-day")
HELD_BEFORE = "held-before"
CONTENT_REASONS = ("content-first", "content-by-hand", "content-open", "content-many")
"""Reasons about what courses hold beside their people."""
OPENING = "opening"
"""Courses that would be opened: always a person's decision."""
_SINGLY = frozenset({HELD_BEFORE, OPENING, "events-moved", "events-open", *CONTENT_REASONS})
"""These hold only the changes that they name."""


@dataclass(frozen=True)
class Verdict:
    """All reasons. One without a course holds the run, one with a course holds that whole course, and some hold only the keys they name."""

    reasons: tuple[Reason, ...] = ()

    @property
    def held(self) -> bool:
        """Whether nothing may be written without approval."""
        return any(reason.course is None and reason.code not in _SINGLY for reason in self.reasons)

    @property
    def about_removals(self) -> bool:
        """Whether the run is held only because of its removals."""
        return self.held and all(reason.code in (*_REMOVALS, *_SINGLY) for reason in self.reasons if reason.course is None)

    @property
    def singly(self) -> frozenset[Key]:
        """The keys of changes that are held one by one."""
        return frozenset(key for reason in self.reasons if reason.code in _SINGLY for key in reason.keys)

    @property
    def courses(self) -> frozenset[Key]:
        """Courses that are held while the others go ahead."""
        return frozenset(reason.course for reason in self.reasons if reason.course is not None)


@dataclass(frozen=True)
class History:
    """What the guard needs to know about earlier runs."""

    first: bool = True
    """No run has changed anything here yet."""
    restored: bool = False
    """The store was restored, and nobody has approved a whole plan since."""
    lost: Lost | None = None
    """Set if the restored store has lost runs."""
    removals_last_day: int = 0
    """Removals applied in the last 24 hours."""
    last_seen: Mapping[Key, int] = field(default_factory=dict)
    """Active enrollments per course when Canvas was last read."""

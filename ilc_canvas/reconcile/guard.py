"""The guard: every reason why a person must look at a plan before it goes ahead."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from ilc_canvas.reconcile.state import Key


@dataclass(frozen=True, slots=True)
class Share:
    """A limit: held if a count is above both a number and a share (0.05 = 5 %) of what there is."""

    count: int
    share: float

    def of(self, whole: int) -> int:
        """The largest count that still passes."""
        return max(self.count, int(self.share * whole))


@dataclass(frozen=True, slots=True)
class Limits:
    """The thresholds; the defaults are those of the providers that this was learnt from."""

    removals_per_run: Share = Share(5, 0.05)
    """Removals in one run, against our active enrollments."""
    removals_per_course: Share = Share(2, 0.20)
    """Removals in one course, against our active enrollments there."""
    removals_per_day: Share = Share(10, 0.10)
    """Removals in a rolling day, this run's included."""
    changes_per_run: Share = Share(50, 0.25)
    """Changes of any kind, against everything that is ours."""
    new_courses: int = 5
    """New courses in one run."""
    new_sections: int = 10
    """New sections in one run."""
    observed_drop: float = 0.20
    """Share of the active enrollments that may be gone since Canvas was last read."""


@dataclass(frozen=True, slots=True)
class Reason:
    """One reason to hold; `course` is set where it holds that course alone and not the run."""

    code: str  # first-run, removals, removals-per-day, changes, new-courses, new-sections, raised-role, adopted, reactivated, observed-drop, course-...
    text: str  # one sentence for a person, with its numbers; keys, no names
    count: int
    limit: int
    keys: tuple[Key, ...] = ()
    course: Key | None = None


@dataclass(frozen=True)
class Verdict:
    """All reasons. A reason without a course holds the whole run; one with a course holds that course whole."""

    reasons: tuple[Reason, ...] = ()

    @property
    def held(self) -> bool:
        """Nothing may be written without a person's yes."""
        return any(reason.course is None for reason in self.reasons)

    @property
    def courses(self) -> frozenset[Key]:
        """Courses that are held while others go on."""
        return frozenset(reason.course for reason in self.reasons if reason.course is not None)


@dataclass(frozen=True)
class History:
    """What the journal remembers, as far as the guard needs it."""

    first: bool = True
    """No run has changed anything here yet (or the store was restored since)."""
    removals_last_day: int = 0
    """Removals applied in the last 24 hours."""
    last_seen: Mapping[Key, int] = field(default_factory=dict)
    """Active enrollments per course when Canvas was last read."""

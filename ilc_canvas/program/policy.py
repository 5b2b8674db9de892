"""What the programme office has settled once for all years: prefix, roles, dates, time zone."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class RoleRule:
    """How a role of ours is called in Canvas: its base type, and the label (a built-in role's label is its base)."""

    base: str
    label: str

    @property
    def custom(self) -> bool:
        """Whether this is a role that has to be made in Canvas."""
        return self.label != self.base


ROLES: Mapping[str, RoleRule] = {
    "teacher": RoleRule("TeacherEnrollment", "TeacherEnrollment"),
    "lead": RoleRule("TaEnrollment", "ILC Team Lead"),
    "student": RoleRule("StudentEnrollment", "StudentEnrollment"),
    "guest": RoleRule("StudentEnrollment", "ILC Guest"),
}


@dataclass(frozen=True, slots=True)
class Policy:
    """The rules by which a roster becomes courses."""

    prefix: str = "ilc"
    """Begins every SIS id of ours: the scope."""
    roles: Mapping[str, RoleRule] = field(default_factory=lambda: dict(ROLES))
    """teacher, lead, student and guest, as Canvas calls them."""
    limited: frozenset[str] = frozenset({"lead"})
    """Roles that see their own section only."""
    time_zone: str = "America/Los_Angeles"
    """Of the term, the courses and the account."""
    account_name: str = "ILC"
    """Of the sub-account that holds all courses."""
    term_starts: tuple[int, int] = (7, 1)
    """Month and day of the first day of a school year."""
    term_ends: tuple[int, int] = (6, 30)
    """Month and day of its last day, a year later."""
    existing: str = "match"
    """What becomes of people who have an account already that fits: match (taken with the plan's yes), ask, or never (not used)."""
    existing_write: str = "never"
    """What may be written to such accounts: never (nothing), sis_id (where they have none), or all."""
    course_dates: bool = False
    """Whether a COP's course has its own dates; otherwise it goes with the term."""

"""What the program office decided for all years: prefix, roles, dates, time zone."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class RoleRule:
    """What one of our roles is in Canvas: its base type and label (a built-in role's label is its base)."""

    base: str
    label: str

    @property
    def custom(self) -> bool:
        """Whether this role has to be created in Canvas."""
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
    """The prefix of all our SIS ids, which defines the scope."""
    roles: Mapping[str, RoleRule] = field(default_factory=lambda: dict(ROLES))
    """teacher, lead, student and guest, as Canvas calls them."""
    limited: frozenset[str] = frozenset({"lead"})
    """Roles that see only their own section."""
    time_zone: str = "America/Los_Angeles"
    """The time zone of the term, the courses and the account."""
    account_name: str = "ILC"
    """The name of the sub-account that contains all courses."""
    term_starts: tuple[int, int] = (7, 1)
    """Month and day of the first day of a school year."""
    term_ends: tuple[int, int] = (6, 30)
    """Month and day of its last day, a year later."""
    existing: str = "match"
    """What happens to people who already have a matching account: match (used once the plan is approved), ask, or never (not used)."""
    existing_write: str = "never"
    """What may be written to such accounts: never (nothing), sis_id (if they have none), or all."""
    course_dates: bool = False
    """Whether a COP's course has its own dates; otherwise it follows the term."""

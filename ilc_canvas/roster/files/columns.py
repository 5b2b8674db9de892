"""The columns of each kind of file, by name; their order is free."""

from collections.abc import Collection
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Layout:
    """What a file of one kind holds."""

    what: str
    required: Collection[str]
    optional: Collection[str] = ()
    if_empty: str = "Nobody is taken to have left."  # what is not concluded from a file without rows

    @property
    def names(self) -> tuple[str, ...]:
        """All names that may stand in the header, in the order of a template."""
        return (*self.required, *self.optional)

    @property
    def known(self) -> frozenset[str]:
        """The same without their order."""
        return frozenset(self.names)


def _names(text: str) -> tuple[str, ...]:
    return tuple(text.split())


ROSTER = Layout(
    "roster",
    _names(
        "person_id given_name family_name suffix display_name sortable_name email role_type affiliation team_id team_name team_role "
        "component region county cds_code district school local_association cop_participant cop_facilitator cop_guest"
    ),
    ("notes",),
)
TEAMS = Layout(
    "teams file",
    _names(
        "team_id team_name component region county district_cds district local_association lead_ids member_count primary_contact_staff_id"
    ),
    ("readiness_score", "readiness_date"),
)
COPS = Layout(
    "COP catalog",
    _names(
        "cop_code school_year title focus_area status start_date end_date open_to_guests capacity partner_institution "
        "lead_facilitator_id facilitator_ids"
    ),
    ("meetings_planned", "cadence", "description"),
)
CALENDAR = Layout(
    "calendar",
    _names(
        "meeting_id audience_type audience title date start_time end_time end_date timezone all_day mode location join_url status sequence"
    ),
    ("description",),
    if_empty="No meeting is taken to be off.",
)
COUNTIES = Layout("county table", ("county", "region_working"), ("county_code", "confidence", "evidence"))
DISTRICTS = Layout("district directory", ("cds_code", "county", "district"), ("county_code", "type_code", "type", "region_working"))
SCHOOLS = Layout("school directory", ("cds_code", "school"), ("county", "district", "school_type"))
ATTENDANCE = Layout(
    "attendance file", ("meeting_id", "person_id", "outside_educators", "recorded_by"), if_empty="No meeting is taken to have been empty."
)
OFFICE_FILES = (ROSTER, TEAMS, COPS, CALENDAR, ATTENDANCE)
"""What an office sends, and names columns of in its settings."""


def known_columns() -> frozenset[str]:
    """All columns that an office may have in one of its files."""
    return frozenset(name for layout in OFFICE_FILES for name in layout.names)


def other_layout(names: Collection[str], given: Layout) -> Layout | None:
    """The other kind of file that has exactly these columns; None if there is none."""
    held = set(names)
    return next((layout for layout in OFFICE_FILES if layout != given and set(layout.required) <= held <= layout.known), None)

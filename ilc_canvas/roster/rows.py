"""Rows become people, teams and COPs, each with the line that it stands on."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Generic, TypeVar

from ilc_canvas.program.roster import Cop, Person, Team
from ilc_canvas.roster.cells import Cells
from ilc_canvas.roster.findings import At, Finding
from ilc_canvas.roster.reading import Table

T = TypeVar("T")

ROLE_TYPES = ("teacher", "site_leader", "administrator", "higher_ed", "ipd_staff", "primary_contact_staff", "partner")
AFFILIATIONS = ("continuing", "pilot", "guest", "partner", "staff")
COMPONENTS = ("network", "pilot")
REGIONS = ("I", "II", "III", "IV")
STATUSES = ("planned", "active", "cancelled", "done")
WORDS: Mapping[str, tuple[str, ...]] = {
    "role_type": ROLE_TYPES,
    "affiliation": AFFILIATIONS,
    "team_role": ("lead", "member"),
    "component": COMPONENTS,
    "region": REGIONS,
    "status": STATUSES,
    "open_to_guests": ("yes", "no"),
}
"""The columns of a roster that hold one of a few words."""


@dataclass(frozen=True, slots=True)
class Sheet(Generic[T]):
    """The values of one file and where each stands."""

    rows: tuple[tuple[At, T], ...]

    def __iter__(self) -> Iterator[tuple[At, T]]:
        return iter(self.rows)

    @property
    def values(self) -> tuple[T, ...]:
        """In the order of the file."""
        return tuple(value for _, value in self.rows)


def sheet(table: Table, read: Callable[[Cells], T], findings: list[Finding]) -> Sheet[T]:
    """Every row of a table as `read` understands it; its findings go to the list."""
    return Sheet(tuple((row.at, read(Cells(row, findings))) for row in table.rows))


def person(cells: Cells) -> Person:
    """A row of the roster."""
    return Person(
        person_id=cells.code("person_id"),
        given_name=cells.text("given_name"),
        family_name=cells.text("family_name"),
        suffix=cells.text("suffix"),
        display_name=cells.name("display_name"),
        sortable_name=cells.name("sortable_name"),
        email=cells.address("email"),
        role_type=cells.word("role_type", ROLE_TYPES),
        affiliation=cells.word("affiliation", AFFILIATIONS),
        team_id=cells.text("team_id"),
        team_role=cells.word("team_role", ("lead", "member", "")),
        component=cells.word("component", (*COMPONENTS, "")),
        region=cells.word("region", (*REGIONS, "")),
        county=cells.text("county"),
        cds_code=cells.cds("cds_code"),
        district=cells.text("district"),
        school=cells.text("school"),
        local_association=cells.text("local_association"),
        participates=cells.codes("cop_participant"),
        facilitates=cells.codes("cop_facilitator"),
        visits=cells.codes("cop_guest"),
        line=cells.row.at.line,
    )


def team(cells: Cells) -> Team:
    """A row of the teams file. A member count that cannot be read is -1."""
    count = cells.number("member_count")
    return Team(
        team_id=cells.code("team_id"),
        name=cells.name("team_name"),
        component=cells.word("component", COMPONENTS),
        region=cells.word("region", REGIONS),
        county=cells.text("county"),
        district_cds=cells.cds("district_cds"),
        district=cells.text("district"),
        local_association=cells.text("local_association"),
        lead_ids=cells.codes("lead_ids"),
        member_count=-1 if count is None else count,
        primary_contact_staff_id=cells.text("primary_contact_staff_id"),
    )


def cop(cells: Cells, first_year: int) -> Cop:
    """A row of the COP catalog. Dates that cannot be read are those of the school year that begins in `first_year`."""
    return Cop(
        code=cells.code("cop_code"),
        school_year=cells.text("school_year"),
        title=cells.name("title"),
        focus_area=cells.text("focus_area"),
        status=cells.word("status", STATUSES),
        start_date=cells.day("start_date", date(first_year, 7, 1)),
        end_date=cells.day("end_date", date(first_year + 1, 6, 30)),
        open_to_guests=cells.word("open_to_guests", ("yes", "no")) != "no",  # another word is an error, not a closed COP
        capacity=cells.number("capacity"),
        lead_facilitator_id=cells.text("lead_facilitator_id"),
        facilitator_ids=cells.codes("facilitator_ids"),
        description=cells.text("description"),
        partner_institution=cells.text("partner_institution"),
    )

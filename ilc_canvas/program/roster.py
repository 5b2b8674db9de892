"""The values of a finalized roster: people, teams, COPs."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property


@dataclass(frozen=True, slots=True)
class Person:
    """One row of the roster file. A person is identified by `person_id`, never by name or e-mail."""

    person_id: str
    given_name: str
    family_name: str
    suffix: str
    display_name: str
    sortable_name: str
    email: str  # trimmed, otherwise as written; compared in lower case
    role_type: str  # profession: teacher, site_leader, ...
    affiliation: str  # continuing, pilot, guest, partner, staff
    team_id: str  # "" for people in no team
    team_role: str  # lead, member or ""
    component: str
    region: str  # I, II, III, IV or ""
    county: str
    cds_code: str  # text, 14 digits or ""
    district: str
    school: str
    local_association: str
    participates: tuple[str, ...] = ()  # COP codes
    facilitates: tuple[str, ...] = ()
    visits: tuple[str, ...] = ()  # COP codes as a guest
    line: int = 0  # physical line in the file, for explanations


@dataclass(frozen=True, slots=True)
class Team:
    """One row of the teams file."""

    team_id: str
    name: str
    component: str  # network or pilot
    region: str
    county: str
    district_cds: str
    district: str
    local_association: str
    lead_ids: tuple[str, ...]
    member_count: int
    primary_contact_staff_id: str = ""


@dataclass(frozen=True, slots=True)
class Cop:
    """One row of the COP catalog."""

    code: str
    school_year: str
    title: str
    focus_area: str
    status: str  # planned, active, cancelled, done
    start_date: date
    end_date: date
    open_to_guests: bool
    capacity: int | None
    lead_facilitator_id: str
    facilitator_ids: tuple[str, ...]
    description: str = ""
    partner_institution: str = ""


@dataclass(frozen=True)
class Roster:
    """One version of one school year, in the order of its files."""

    school_year: str  # 2021-22
    version: int
    people: tuple[Person, ...]
    teams: tuple[Team, ...]
    cops: tuple[Cop, ...]
    signed_by: str = ""
    signed_at: str = ""  # ISO 8601 with offset, as written
    files: Mapping[str, str] = field(default_factory=dict)  # file name -> SHA-256

    @cached_property
    def person_by_id(self) -> Mapping[str, Person]:
        """People by person_id."""
        return {person.person_id: person for person in self.people}

    @cached_property
    def team_by_id(self) -> Mapping[str, Team]:
        """Teams by team_id."""
        return {team.team_id: team for team in self.teams}

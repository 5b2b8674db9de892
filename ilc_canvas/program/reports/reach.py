"""Whom the program reached in a school year: people, and the schools, districts and counties they are from.

People are counted once, by person_id, and attendances apart from them. Schools go by 14-digit, districts by 7-digit CDS code.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Literal

from ilc_canvas.program.calendars.calendar import Calendar
from ilc_canvas.program.names import REGION_CODES
from ilc_canvas.program.placement import networks, pilots
from ilc_canvas.program.reports.attendance import Attendance, Attended, Presence, Unit, attended, units_of
from ilc_canvas.program.reports.directory import Directory, county_code, district_code, is_district
from ilc_canvas.program.roster import Cop, Person, Roster

Group = Literal["educators", "guests", "higher_ed", "partners", "staff"]
GROUPS: tuple[Group, ...] = ("educators", "guests", "higher_ed", "partners", "staff")
WITH_SCHOOLS: tuple[Group, ...] = ("educators", "guests")
"""Groups whose schools, districts and counties are counted."""
Why = Literal["no-code", "district-code", "school-unknown", "district-unknown"]
_STAFF = frozenset({"ipd_staff", "primary_contact_staff"})
_WITH_PEOPLE = frozenset({"active", "done"})
"""COPs that take place or took place."""


@dataclass(frozen=True, slots=True)
class Counts:
    """People, and the schools, districts and counties they are from."""

    people: int
    schools: int
    districts: int
    counties: int


@dataclass(frozen=True, slots=True)
class NotCounted:
    """People who are counted as people, and not, or not wholly, in schools, districts and counties."""

    group: Group
    why: Why
    people: tuple[str, ...]  # ids
    codes: tuple[str, ...]  # CDS codes


@dataclass(frozen=True, slots=True)
class UnitReach:
    """A COP, network, start-up or region."""

    kind: str  # cop, network, start-up, region
    code: str
    name: str
    educators: Counts
    others: Mapping[Group, int]  # people, but for educators
    attended: Attended | None  # at its meetings; of a region: by its people anywhere; None: no attendance is known


@dataclass(frozen=True)
class Reach:
    """The whole year."""

    groups: Mapping[Group, Counts]
    together: Counts  # educators and guests: schools and districts of both are counted once
    not_counted: tuple[NotCounted, ...]
    units: tuple[UnitReach, ...]
    without_people: tuple[Cop, ...]  # COPs that are planned or cancelled: nobody is counted in them
    attended: Attended | None
    by_kind: Mapping[str, Attended]  # attendances at meetings of COPs, networks, start-ups, and of all
    off_calendar: int  # attendances at meetings that the calendar no longer has


def group_of(person: Person) -> Group:
    """The one group that a person is counted in, by affiliation and role."""
    if person.affiliation == "staff" or person.role_type in _STAFF:
        return "staff"
    if "partner" in (person.affiliation, person.role_type):
        return "partners"
    if person.role_type == "higher_ed":
        return "higher_ed"
    return "guests" if person.affiliation == "guest" else "educators"


def reach(roster: Roster, directory: Directory, *, attendance: Attendance | None = None, calendar: Calendar | None = None) -> Reach:
    """The reach of this roster's year; with attendance, which needs the calendar, also who came."""
    of_group = {group: [person for person in roster.people if group_of(person) == group] for group in GROUPS}
    by_meeting = {meeting.meeting_id: units_of(meeting, roster) for meeting in calendar.meetings} if calendar else {}
    rows = [row for row in attendance.rows if row.meeting_id in by_meeting] if attendance else []
    came = _Came(rows, by_meeting, known=attendance is not None, on_roster=roster.person_by_id)
    return Reach(
        groups={group: counts(people, directory) for group, people in of_group.items()},
        together=counts([person for group in WITH_SCHOOLS for person in of_group[group]], directory),
        not_counted=tuple(each for group in WITH_SCHOOLS for each in _not_counted(group, of_group[group], directory)),
        units=tuple(_units(roster, directory, came)),
        without_people=tuple(cop for cop in roster.cops if cop.status not in _WITH_PEOPLE),
        attended=came.at(rows),
        by_kind=came.by_kind(),
        off_calendar=sum(row.number for row in attendance.rows) - sum(row.number for row in rows) if attendance else 0,
    )


def counts(people: Iterable[Person], directory: Directory) -> Counts:
    """These people, and what is in the directory of where they are from."""
    found = list(people)
    codes = {person.cds_code for person in found if district_code(person.cds_code) in directory.districts}
    counties = {county_code(code) for code in codes}
    return Counts(len(found), len(codes & directory.schools.keys()), len(set(map(district_code, codes))), len(counties))


@dataclass(frozen=True)
class _Came:
    """Attendance at the meetings of the calendar."""

    rows: Sequence[Presence]
    by_meeting: dict[str, tuple[Unit, ...]]
    known: bool
    on_roster: Mapping[str, Person]

    def at(self, rows: Iterable[Presence]) -> Attended | None:
        """These rows added up; None if no attendance is known."""
        return attended(rows, self.on_roster) if self.known else None

    def to(self, unit: Unit) -> Attended | None:
        """At the meetings of one unit."""
        return self.at(self._by_unit.get(unit, ()))

    @cached_property
    def _by_unit(self) -> dict[Unit, list[Presence]]:
        """The rows of each unit's meetings, in one pass over the rows."""
        found: dict[Unit, list[Presence]] = {}
        for row in self.rows:
            for unit in self.by_meeting[row.meeting_id]:
                found.setdefault(unit, []).append(row)
        return found

    def of(self, people: Iterable[Person]) -> Attended | None:
        """By these people, wherever it was; nobody knows where outside educators are from."""
        ids = {person.person_id for person in people}
        found = self.at(row for row in self.rows if row.person_id in ids)
        return replace(found, outside=None) if found else None

    def by_kind(self) -> dict[str, Attended]:
        """A joint meeting of two COPs counts once."""
        if not self.known:
            return {}
        kinds = {meeting: units[0][0] for meeting, units in self.by_meeting.items() if units}
        return {
            kind: attended([row for row in self.rows if kinds.get(row.meeting_id) == kind], self.on_roster)
            for kind in ("cop", "network", "start-up", "all")
        }


def _not_counted(group: Group, people: Iterable[Person], directory: Directory) -> Iterator[NotCounted]:
    found: dict[Why, list[Person]] = {}
    for person in people:
        if why := _why_not(person.cds_code, directory):
            found.setdefault(why, []).append(person)
    for reason in ("no-code", "district-code", "school-unknown", "district-unknown"):
        if same := found.get(reason):
            codes = sorted({person.cds_code for person in same if person.cds_code})
            yield NotCounted(group, reason, tuple(person.person_id for person in same), tuple(codes))


def _why_not(cds_code: str, directory: Directory) -> Why | None:
    if not cds_code:
        return "no-code"
    if district_code(cds_code) not in directory.districts:
        return "district-unknown"
    if is_district(cds_code):
        return "district-code"
    return None if cds_code in directory.schools else "school-unknown"


def _units(roster: Roster, directory: Directory, came: _Came) -> Iterator[UnitReach]:
    of_cops = _by_cop(roster)
    for cop in roster.cops:
        if cop.status in _WITH_PEOPLE:
            yield _unit(("cop", cop.code), cop.title, of_cops[cop.code], directory=directory, came=came.to(("cop", cop.code)))
    for region in networks(roster):
        teams = {team.team_id for team in roster.teams if team.component == "network" and team.region == region}
        people = [person for person in roster.people if person.team_id in teams]
        yield _unit(("network", region), f"Region {region} Network", people, directory=directory, came=came.to(("network", region)))
    for team in pilots(roster):
        people = [person for person in roster.people if person.team_id == team.team_id]
        yield _unit(("start-up", team.team_id), team.name, people, directory=directory, came=came.to(("start-up", team.team_id)))
    for region in (*REGION_CODES, ""):
        people = [person for person in roster.people if person.region == region]
        if people:
            yield _unit(
                ("region", region), f"Region {region}" if region else "No region", people, directory=directory, came=came.of(people)
            )


def _unit(unit: Unit, name: str, people: Sequence[Person], *, directory: Directory, came: Attended | None) -> UnitReach:
    groups = Counter(map(group_of, people))
    educators = counts([person for person in people if group_of(person) == "educators"], directory)
    return UnitReach(*unit, name, educators, {group: groups[group] for group in GROUPS if group != "educators"}, came)


def _by_cop(roster: Roster) -> dict[str, list[Person]]:
    """Facilitators, participants and guests of each COP, each once, in one pass over the people."""
    leads: dict[str, set[str]] = {}
    for cop in roster.cops:
        for person_id in cop.facilitator_ids:
            leads.setdefault(person_id, set()).add(cop.code)
    found: dict[str, list[Person]] = {cop.code: [] for cop in roster.cops}
    for person in roster.people:
        for code in {*leads.get(person.person_id, ()), *person.participates, *person.visits} & found.keys():
            found[code].append(person)
    return found

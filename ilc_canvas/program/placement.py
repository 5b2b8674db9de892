"""Who belongs where: each person's placements, one by one."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from ilc_canvas.program.names import region_code
from ilc_canvas.program.roster import Cop, Person, Roster, Team

SECTION_NAMES = {
    "FAC": "Facilitators",
    "GUEST": "Guests",
    "STAFF": "Staff",
    "MEMBERS": "Members",
    "ALL": "Everybody",
    "R1": "Region I",
    "R2": "Region II",
    "R3": "Region III",
    "R4": "Region IV",
    "NR": "No region",
}


@dataclass(frozen=True, slots=True)
class Placement:
    """One person in one section of one course, in one of our roles.

    `course` is ("cop", "EQ"), ("net", "R1"), ("pilot", "P417") or ("hub",).
    """

    course: tuple[str, ...]
    section: str
    person_id: str
    role: str


def placements(roster: Roster) -> Iterator[Placement]:
    """Every placement of every person: COPs, networks, pilots, hub."""
    by_cop = _by_cop(roster)
    for cop in active_cops(roster):
        yield from _cop(cop, by_cop[cop.code])
    members, staff = _by_team(roster), _ipd_staff(roster)
    for team in roster.teams:
        yield from _team(team, members[team.team_id], staff[team.region])
    yield from _network_staff(roster, staff)
    for person in roster.people:
        yield Placement(("hub",), "ALL", person.person_id, "teacher" if person.affiliation == "staff" else "student")


def placements_of(person_id: str, roster: Roster) -> Iterator[Placement]:
    """Every placement of one person. What somebody else's row says places nobody else, so the other rows need not be looked at."""
    own = roster.person_by_id.get(person_id)
    alone = replace(roster, people=(own,) if own else ())
    return (place for place in placements(alone) if place.person_id == person_id)


def active_cops(roster: Roster) -> list[Cop]:
    """COPs that have a course: planned ones do not have one yet, cancelled and done ones no longer do."""
    return [cop for cop in roster.cops if cop.status == "active"]


def networks(roster: Roster) -> list[str]:
    """The regions with a continuing team, in order."""
    return sorted({team.region for team in roster.teams if team.component == "network"}, key=region_code)


def pilots(roster: Roster) -> list[Team]:
    """Start-up teams; each has its own course."""
    return [team for team in roster.teams if team.component == "pilot"]


def _by_cop(roster: Roster) -> Mapping[str, list[Person]]:
    """Who participates in or visits each COP, in one pass over the people."""
    people: defaultdict[str, list[Person]] = defaultdict(list)
    for person in roster.people:
        for code in {*person.participates, *person.visits}:
            people[code].append(person)
    return people


def _by_team(roster: Roster) -> Mapping[str, list[Person]]:
    people: defaultdict[str, list[Person]] = defaultdict(list)
    for person in roster.people:
        people[person.team_id].append(person)
    return people


def _cop(cop: Cop, people: Iterable[Person]) -> Iterator[Placement]:
    """Facilitators in FAC, participants by region, guests in GUEST. Facilitator beats participant, and participant beats guest."""
    course = ("cop", cop.code)
    facilitators = set(cop.facilitator_ids)
    for person_id in cop.facilitator_ids:
        yield Placement(course, "FAC", person_id, "teacher")
    for person in people:
        if person.person_id in facilitators:
            continue
        if cop.code in person.participates:
            yield Placement(course, region_code(person.region) if person.region else "NR", person.person_id, "student")
        else:
            yield Placement(course, "GUEST", person.person_id, "guest")


def _team(team: Team, members: Iterable[Person], staff: Iterable[str]) -> Iterator[Placement]:
    """A continuing team is a section in its region's network; a start-up's members are a section in the team's own course."""
    pilot = team.component == "pilot"
    course, section = (("pilot", team.team_id), "MEMBERS") if pilot else (("net", region_code(team.region)), team.team_id)
    for person in members:
        yield Placement(course, section, person.person_id, "lead" if person.team_role == "lead" else "student")
    if pilot:
        yield from (Placement(course, "STAFF", person_id, "teacher") for person_id in _pilot_staff(team, staff))


def _pilot_staff(team: Team, staff: Iterable[str]) -> list[str]:
    """The region's IPD staff, and the team's Primary Contact Staff."""
    contact = [team.primary_contact_staff_id] if team.primary_contact_staff_id else []
    return list(dict.fromkeys([*staff, *contact]))


def _ipd_staff(roster: Roster) -> Mapping[str, list[str]]:
    """The IPD staff of each region."""
    staff: defaultdict[str, list[str]] = defaultdict(list)
    for person in roster.people:
        if person.role_type == "ipd_staff":
            staff[person.region].append(person.person_id)
    return staff


def _network_staff(roster: Roster, staff: Mapping[str, list[str]]) -> Iterator[Placement]:
    for region in networks(roster):
        for person_id in staff[region]:
            yield Placement(("net", region_code(region)), "STAFF", person_id, "teacher")

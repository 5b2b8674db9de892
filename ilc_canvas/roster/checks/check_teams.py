"""Checks of the teams file against itself and the roster."""

from collections.abc import Collection, Iterator, Mapping, Sequence

from ilc_canvas.program.placement import SECTION_NAMES
from ilc_canvas.program.roster import Person, Team
from ilc_canvas.roster.checks.check_people import county
from ilc_canvas.roster.checks.duplicates import alike, duplicates
from ilc_canvas.roster.findings import At, Finding
from ilc_canvas.roster.rows import Sheet


def check_teams(teams: Sheet[Team], people: Sequence[Person] | None, counties: Mapping[str, str]) -> Iterator[Finding]:
    """Everything about single teams; without a roster only what they say themselves."""
    for two in duplicates(teams, lambda team: team.team_id):
        also = f"is also the id of {two.first.name} (line {two.first_at.line})."
        yield two.at.error("team_id", two.value.team_id, also, fix="Give one of them another id, or take one row out.")
    yield from alike(teams, "team_id", lambda team: team.team_id)
    for at, team in teams:
        yield from _reserved(at, team)
        yield from _led(at, team)
        yield from county(at, team.region, team.county, counties=counties)
    if people is not None:
        yield from _against_roster(teams, people)


def _against_roster(teams: Sheet[Team], people: Sequence[Person]) -> Iterator[Finding]:
    members: dict[str, list[Person]] = {}
    for person in people:
        members.setdefault(person.team_id, []).append(person)
    by_id = {person.person_id: person for person in people}
    known = {team.team_id for team in teams.values}
    unplaced = sum(person.team_id not in known for person in people if person.affiliation in ("continuing", "pilot"))
    for at, team in teams:
        yield from _leads(at, team, by_id, known=known)
        yield from _members(at, team, members.get(team.team_id, []), unplaced=unplaced)
        yield from _contact(at, team, by_id)


def _reserved(at: At, team: Team) -> Iterator[Finding]:
    if team.team_id.upper() in SECTION_NAMES:
        yield at.error("team_id", team.team_id, "is the name of a section that every course may have.", fix="Give the team another id.")


def _led(at: At, team: Team) -> Iterator[Finding]:
    if not team.lead_ids:
        yield at.warning("lead_ids", "", "is empty.", fix="A team has a lead. Name one, in both files.")


def _leads(at: At, team: Team, people: Mapping[str, Person], *, known: Collection[str]) -> Iterator[Finding]:
    """Leads are on the roster, in the team, and leads there too. A person whose team or role is wrong has a finding of their own."""
    for person_id in team.lead_ids:
        person = people.get(person_id)
        if person is None:
            fix = "Correct the id, or see whether the roster is whole."
            yield at.error("lead_ids", person_id, "is not on the roster.", fix=fix)
        elif person.team_id != team.team_id and (person.team_id in known or not person.team_id):
            where = f"is in {person.team_id}" if person.team_id else "is in no team"
            yield at.error("lead_ids", person_id, f"{where}, says the roster (line {person.line}).", fix="Correct one of the two files.")
        elif person.team_id == team.team_id and person.team_role == "member":
            text = f"is not a lead according to the roster (line {person.line})."
            yield at.error("lead_ids", person_id, text, fix="Correct one of the two files.")


def _members(at: At, team: Team, members: Sequence[Person], *, unplaced: int) -> Iterator[Finding]:
    """`unplaced`: how many members of the roster are in no team that is known, and so may belong to this one."""
    for person in members:
        if person.team_role == "lead" and person.person_id not in team.lead_ids:
            text = f"does not name {person.person_id}, who is a lead in the roster (line {person.line})."
            yield at.error("lead_ids", ";".join(team.lead_ids), text, fix="Correct one of the two files.")
    counted = len({person.person_id.casefold() for person in members})
    if team.member_count != -1 and not counted <= team.member_count <= counted + unplaced:
        text = f"is the count here; the roster has {counted} in {team.team_id}."
        yield at.warning("member_count", str(team.member_count), text, fix="Count again. Is the roster whole?")


def _contact(at: At, team: Team, people: Mapping[str, Person]) -> Iterator[Finding]:
    person_id = team.primary_contact_staff_id
    if not person_id:
        return
    person = people.get(person_id)
    if person is None:
        yield at.error("primary_contact_staff_id", person_id, "is not on the roster.", fix="Add the person, or correct the id.")
    elif person.affiliation != "staff":
        text = f"is not of affiliation staff (line {person.line})."
        fix = "The Primary Contact Staff becomes a teacher of the pilot's course. Correct the id or the affiliation."
        yield at.error("primary_contact_staff_id", person_id, text, fix=fix)

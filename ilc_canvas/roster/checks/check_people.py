"""Checks of the roster file against itself, the teams and the COP catalog."""

from collections.abc import Iterator, Mapping, Sequence

from ilc_canvas.program.roster import Cop, Person, Team
from ilc_canvas.reconcile.words.wording import count
from ilc_canvas.roster.cells import nearest
from ilc_canvas.roster.checks.duplicates import alike, duplicates
from ilc_canvas.roster.findings import At, Finding
from ilc_canvas.roster.rows import WORDS, Sheet

MOST_COPS = 3


def check_people(
    people: Sheet[Person], teams: Sequence[Team] | None, cops: Sequence[Cop] | None, *, counties: Mapping[str, str]
) -> Iterator[Finding]:
    """Everything about single people; what only the teams or the catalog could tell is left out where they were not given."""
    yield from _twice(people)
    by_team = None if teams is None else {team.team_id: team for team in reversed(teams)}  # of two, the first
    by_cop = None if cops is None else {cop.code: cop for cop in reversed(cops)}
    for at, person in people:
        yield from _membership(at, person, by_team)
        yield from _rights(at, person)
        yield from _too_much(at, person)
        yield from _cops(at, person, by_cop) if by_cop is not None else ()
        yield from county(at, person.region, person.county, counties=counties)


def _twice(people: Sheet[Person]) -> Iterator[Finding]:
    for two in duplicates(people, lambda person: person.person_id):
        also = f"is also the id of {two.first.display_name} (line {two.first_at.line})."
        fix = "An id belongs to one person forever. Give one of them another, or take one row out."
        yield two.at.error("person_id", two.value.person_id, also, fix=fix)
    yield from alike(people, "person_id", lambda person: person.person_id)
    for two in duplicates(people, lambda person: person.email):
        if two.value.person_id.casefold() == two.first.person_id.casefold():
            continue  # the same row twice, as was said of its id
        also = f"is also the address of {two.first.person_id} (line {two.first_at.line})."
        yield two.at.error("email", two.value.email, also, fix="Two people cannot share an address. Correct one of them.")


def _membership(at: At, person: Person, teams: Mapping[str, Team] | None) -> Iterator[Finding]:
    """Members are in one team, which exists and agrees; nobody else is."""
    member = person.affiliation in ("continuing", "pilot")
    if not person.team_id:
        if member:
            yield at.error("team_id", "", "is missing.", fix="Every member is in one team. Fill it in, or change the affiliation.")
        if person.team_role:
            yield at.error("team_role", person.team_role, "is a role in no team.", fix="Fill in the team, or take the role out.")
        return
    if not member:
        yield at.warning(
            "team_id", person.team_id, f"is the team of a {person.affiliation}.", fix="Only members are in teams. Is it right?"
        )
    if not person.team_role:
        yield at.error("team_role", "", "is missing.", fix="Write lead or member.")
    if teams is None:
        return
    team = teams.get(person.team_id)
    if team is None:
        fix = f"Correct it, or add the team to the teams file.{nearest(person.team_id, teams)}"
        yield at.error("team_id", person.team_id, "is not a team in the teams file.", fix=fix)
        return
    yield from _agrees(at, person, team)


def _agrees(at: At, person: Person, team: Team) -> Iterator[Finding]:
    written = {"component": (person.component, team.component), "region": (person.region, team.region)}
    for column, (mine, theirs) in written.items():
        if theirs and mine != theirs and (mine in WORDS[column] or not mine):  # another word is an error by itself
            fix = "Correct the one that is wrong; the team's decides the course, the person's region the section in a COP."
            yield at.warning(column, mine, f'is not what the teams file says of {team.team_id}: "{theirs}".', fix=fix)
    if team.component and person.affiliation in ("continuing", "pilot") and (person.affiliation == "pilot") != (team.component == "pilot"):
        text = f"does not fit {team.team_id}, which is a {team.component} team."
        yield at.warning("affiliation", person.affiliation, text, fix="Correct the one that is wrong.")


def _rights(at: At, person: Person) -> Iterator[Finding]:
    """IPD staff become teachers of whole regions: the word alone must not do that."""
    if person.role_type != "ipd_staff":
        return
    if person.affiliation != "staff":
        fix = "IPD staff become teachers in their region's courses. Correct the role or the affiliation."
        yield at.error("role_type", person.role_type, f"does not go with the affiliation {person.affiliation}.", fix=fix)
    if not person.region:
        yield at.warning("region", "", "is missing.", fix="IPD staff without a region are in no network's staff section.")


def _cops(at: At, person: Person, cops: Mapping[str, Cop]) -> Iterator[Finding]:
    columns = {"cop_participant": person.participates, "cop_facilitator": person.facilitates, "cop_guest": person.visits}
    for column, codes in columns.items():
        for code in codes:
            if code not in cops:
                fix = f"Correct it, or add the COP to the catalog.{nearest(code, cops)}"
                yield at.error(column, code, "is not a COP in the catalog.", fix=fix)
    yield from _guest(at, person, cops)
    yield from _unlisted(at, person, cops)


def _guest(at: At, person: Person, cops: Mapping[str, Cop]) -> Iterator[Finding]:
    """Guests only where the COP is open to them; somebody of affiliation guest takes part as a guest."""
    taken = {"cop_guest": person.visits, "cop_participant": person.participates if person.affiliation == "guest" else ()}
    for column, codes in taken.items():
        for code in codes:
            if code in cops and not cops[code].open_to_guests:
                fix = "Take the guest out, or open the COP in the catalog."
                yield at.error(column, code, "is closed to guests.", fix=fix)
            elif column == "cop_participant":
                yield at.warning(column, code, "is taken part in by a guest.", fix="Write it under cop_guest, or change the affiliation.")


def _unlisted(at: At, person: Person, cops: Mapping[str, Cop]) -> Iterator[Finding]:
    for code in person.facilitates:
        if code in cops and person.person_id not in cops[code].facilitator_ids:
            text = f"does not name {person.person_id} as a facilitator in the catalog."
            yield at.error("cop_facilitator", code, text, fix="The catalog decides. Add the person there, or take the code out here.")


def _too_much(at: At, person: Person) -> Iterator[Finding]:
    if len(person.participates) > MOST_COPS:
        text = f"are {count(len(person.participates), 'COP')}."
        yield at.warning("cop_participant", ";".join(person.participates), text, fix=f"The limit is {MOST_COPS}. Is that intended?")
    both = sorted(set(person.visits) & set(person.participates))
    if both:
        yield at.warning("cop_guest", ";".join(both), "is under cop_participant too.", fix="The person becomes a participant, not a guest.")


def county(at: At, region: str, name: str, *, counties: Mapping[str, str]) -> Iterator[Finding]:
    """Whether the county is known and lies in the region; where either is not written there is nothing to compare."""
    if not name or not counties:
        return
    expected = counties.get(name)
    if expected is None:
        yield at.warning("county", name, "is not in the county table.", fix=f"Correct it, or add it to the table.{nearest(name, counties)}")
    elif region in WORDS["region"] and region != expected:
        text = f"is Region {expected} in the county table, and Region {region} here."
        yield at.warning("county", name, text, fix="Correct the one that is wrong. The table is a working list.")

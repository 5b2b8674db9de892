"""Why somebody has a place, or has none: the rule of `placement` in words."""

from ilc_canvas.program.names import region_code
from ilc_canvas.program.placement import Place, networks
from ilc_canvas.program.roster import Cop, Person, Roster


def why(place: Place, roster: Roster) -> str:
    """The rule that gives this place, in a few words; the place must be one of this roster's."""
    person, (kind, *code) = roster.person_by_id[place.person_id], place.course
    if kind == "hub":
        return "everybody in the roster is in the hub" + (", staff as teachers" if place.role == "teacher" else "")
    if kind == "cop":
        return _in_cop(place, person, code[0])
    return _in_team(place, person, roster)


def _in_cop(place: Place, person: Person, code: str) -> str:
    if place.section == "FAC":
        return f"facilitates {code}"
    if place.section == "GUEST":
        return f"visits {code} as a guest"
    return f"takes part in {code}, " + (f"from Region {person.region}" if person.region else "and has no region")


def _in_team(place: Place, person: Person, roster: Roster) -> str:
    """In a network or a start-up: a member, its lead, or staff of the region or of the team."""
    if place.section == "STAFF":
        team = roster.team_by_id.get(place.course[1])
        contact = team and team.primary_contact_staff_id == person.person_id and person.region != team.region
        return f"is Primary Contact Staff of team {place.course[1]}" if contact else f"is IPD staff of Region {person.region}"
    team_of = roster.team_by_id[person.team_id]
    what = (
        f"start-up team {team_of.team_id}"
        if team_of.component == "pilot"
        else f"team {team_of.team_id} of Region {team_of.region}'s network"
    )
    return f"is {'lead' if place.role == 'lead' else 'a member'} of {what}"


def why_not(course: tuple[str, ...], person: Person, roster: Roster) -> str:
    """Why this person of the roster has no place in this course: a sentence about the roster."""
    kind, code = course[0], course[-1]
    if kind == "cop":
        return _not_in_cop(next((cop for cop in roster.cops if cop.code == code), None), code, person)
    if kind == "net" and code not in {region_code(region) for region in networks(roster)}:
        return f"There is no network {code}: no continuing team is in that region."
    if kind == "pilot" and (code not in roster.team_by_id or roster.team_by_id[code].component != "pilot"):
        return f"There is no start-up team {code}."
    team = f"is in team {person.team_id}" if person.team_id else "is in no team"
    return f"The row {team}, and is no staff of that region or team."


def _not_in_cop(cop: Cop | None, code: str, person: Person) -> str:
    if cop is None:
        return f"There is no COP {code} in this roster."
    named = code in {*person.participates, *person.facilitates, *person.visits}
    if cop.status != "active":
        return f"COP {code} is {cop.status}, so it has no course" + (", though the row names it." if named else ".")
    return f"The row does not name COP {code}: not as facilitator, participant or guest."

"""Why somebody has a place or not: the rules of `placement` in words."""

from ilc_canvas.program.names import region_code
from ilc_canvas.program.placement import Placement, networks
from ilc_canvas.program.roster import Person, Roster


def why(place: Placement, roster: Roster) -> str:
    """The rule behind this placement, in a few words; it must be one from this roster."""
    person, (kind, *code) = roster.person_by_id[place.person_id], place.course
    if kind == "hub":
        return "everybody in the roster is in the hub" + (", staff as teachers" if place.role == "teacher" else "")
    if kind == "cop":
        return _in_cop(place, person, code[0])
    return _in_team(place, person, roster)


def _in_cop(place: Placement, person: Person, code: str) -> str:
    if place.section == "FAC":
        return f"facilitates {code}"
    if place.section == "GUEST":
        return f"visits {code} as a guest"
    return f"takes part in {code}, " + (f"from Region {person.region}" if person.region else "and has no region")


def _in_team(place: Placement, person: Person, roster: Roster) -> str:
    """In a network or a start-up: a member, its lead, or staff of the region or the team."""
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
    """Why this person in the roster has no place in this course: a sentence about the roster."""
    kind, code = course[0], course[-1]
    named = code in {*person.participates, *person.facilitates, *person.visits}
    no_course = why_no_course(course, roster)
    if no_course and kind == "cop" and named and code in {cop.code for cop in roster.cops}:
        return f"{no_course.removesuffix('.')}, though the row names it."
    if no_course:
        return no_course
    if kind == "cop":
        return f"The row does not name COP {code}: not as facilitator, participant or guest."
    team = f"is in team {person.team_id}" if person.team_id else "is in no team"
    return f"The row {team}, and is not staff of that region or team."


def why_no_course(course: tuple[str, ...], roster: Roster) -> str:
    """Why there is no such course by this roster, in a sentence; empty if there is one."""
    kind, code = course[0], course[-1]
    if kind == "cop":
        cop = next((each for each in roster.cops if each.code == code), None)
        if cop is None:
            return f"There is no COP {code} in this roster."
        return "" if cop.status == "active" else f"COP {code} is {cop.status}, so it has no course."
    if kind == "net" and code not in {region_code(region) for region in networks(roster)}:
        return f"There is no network {code}: no continuing team is in that region."
    if kind == "pilot" and (code not in roster.team_by_id or roster.team_by_id[code].component != "pilot"):
        return f"There is no start-up team {code}."
    return ""

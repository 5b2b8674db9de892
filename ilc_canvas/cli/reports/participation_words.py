"""What people took part in, in words, as tables, and as a page."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from ilc_canvas import clock
from ilc_canvas.cli.output import cut
from ilc_canvas.cli.reports.files import aligned, facts, utc
from ilc_canvas.cli.reports.page import Bar, Cell, Page, Section
from ilc_canvas.program.names import REGION_CODES
from ilc_canvas.reconcile.words.wording import count, listed

if TYPE_CHECKING:
    from ilc_canvas.program.placement import Placement
    from ilc_canvas.program.reports.participation import HeldPlace, PersonParticipation, Span, TeamParticipation
    from ilc_canvas.views.reports.participation import ParticipationReport

NOT_ASKED = "Not known here: last activity and total time in Canvas. Only Canvas can tell, and this report does not ask it."
WHOLE_YEAR = (
    "Meetings are all those of the year in a course or section, whenever a place there began or ended; cancelled ones are left out."
)
FROM_WHEN = (
    "From when to when a place was held is what this program did, by the audit log. Before it did anything, only the version is known."
)
_ROLES = {
    ("cop", "teacher"): "facilitator",
    ("cop", "student"): "participant",
    ("cop", "guest"): "guest",
    ("net", "lead"): "lead",
    ("net", "student"): "member",
    ("net", "teacher"): "staff",
    ("pilot", "lead"): "lead",
    ("pilot", "student"): "member",
    ("pilot", "teacher"): "staff",
    ("hub", "teacher"): "staff",
    ("hub", "student"): "member",
}
_KINDS = {"cop": "COP", "net": "Network", "pilot": "Start-up", "hub": "Hub"}
_REGIONS = {code: region for region, code in REGION_CODES.items()}


def course(place: "Placement") -> str:
    """COP EQ, Region I Network, Start-up P417, Hub"""
    kind, code = place.course[0], place.course[-1]
    if kind == "net":
        return f"Region {_REGIONS[code]} Network"
    return _KINDS[kind] if kind == "hub" else f"{_KINDS[kind]} {code}"


def role(place: "Placement") -> str:
    """What somebody is there."""
    return _ROLES.get((place.course[0], place.role), place.role)


def when(held: "HeldPlace") -> str:
    """Since 16 Aug 2021; or, if the audit log knows nothing of it, since roster version 1."""
    if not held.spans:
        gone = f", until version {held.until_version}" if held.until_version else ""
        return f"since roster version {held.since_version}{gone}"
    gone = f"; roster version {held.until_version} no longer has it" if held.until_version and held.spans[-1].ended is None else ""
    return f"{listed([_span(span) for span in held.spans])}{gone}"


def _span(span: "Span") -> str:
    before = "before " if span.found else ""
    if span.ended is None:
        return f"since {before}{clock.day(span.began)}"
    return f"from {before}{clock.day(span.began)} to {clock.day(span.ended)}"


def name(each: "PersonParticipation") -> str:
    """María García (ILC-0089)"""
    return f"{each.person.display_name or '(name erased)'} ({each.person.person_id})"


def _standing(each: "PersonParticipation") -> str:
    person = each.person
    team = f"{person.team_role or 'member'} of {person.team_id}" if person.team_id else person.affiliation
    return f"{team}; left in roster version {each.left_in}" if each.left_in else team


def lines(report: "ParticipationReport", *, all_rows: bool) -> Iterator[str]:
    """The report for the screen: figures, teams, people with their places."""
    found = report.participation
    yield from facts(report.sources)
    yield from ("", NOT_ASKED, FROM_WHEN, WHOLE_YEAR, "", "Places held now")
    yield from aligned(("", "Places", "People"), _place_rows(found.people))
    yield from ("", "Teams")
    head, *teams = aligned(_TEAM_HEAD, [_team_row(team) for team in found.teams], wide=2)
    yield from (head, *cut(teams, all_rows=all_rows))
    yield from ("", count(len(found.people), "person", "people"))
    shown = cut([name(each) for each in found.people], all_rows=all_rows)
    for each in found.people[: len(shown) - (len(shown) < len(found.people))]:
        yield from ("", *_person(each))
    yield from (["", shown[-1].strip()] if len(shown) < len(found.people) else [])


def _person(each: "PersonParticipation") -> Iterator[str]:
    came = "" if each.attended is None else f", {len(each.attended)} attended"
    more = f" and {len(each.elsewhere)} elsewhere" if each.elsewhere else ""
    yield f"{name(each)}, {_standing(each)}: {count(len(each.meetings), 'meeting')}{came}{more}"
    for held in each.places:
        yield f"  {course(held.place)}, {role(held.place)}, {when(held)}: {count(len(held.meetings), 'meeting')}"


def _place_rows(people: Iterable["PersonParticipation"]) -> list[tuple[Cell, ...]]:
    held = [(_word(place.place), each.person.person_id) for each in people for place in each.places if place.until_version is None]
    places, persons = Counter(word for word, _ in held), Counter(word for word, _ in set(held))
    words = [f"{_KINDS[kind]} {word}" for (kind, _), word in _ROLES.items()]
    return [(word, places[word], persons[word]) for word in words if places[word]]


def _word(place: "Placement") -> str:
    return f"{_KINDS[place.course[0]]} {role(place)}"


_TEAM_HEAD = ("Team", "Name", "People", "Places", "Meetings", "Attended", "Attendances")


def _team_row(team: "TeamParticipation") -> tuple[Cell, ...]:
    came: tuple[Cell, ...] = ("–" if team.attended is None else team.attended, "–" if team.attendances is None else team.attendances)
    return (team.team.team_id, team.team.name, len(team.members), team.places, len(team.meetings), *came)


def page(report: "ParticipationReport") -> Page:
    """The report for paper."""
    found = report.participation
    rows = _place_rows(found.people)
    places = Section(
        "Which places do people hold?",
        ("", "Places", "People"),
        rows,
        [Bar(str(row[0]), int(row[1])) for row in rows],
        "Places",
        (FROM_WHEN,),
    )
    title = f"Participation in the Instructional Leadership Corps, {report.sources.roster.school_year}"
    sections = (places, _how_many(found.people), _attended(found.people), _teams(found.teams), _people(found.people))
    return Page(title, (*facts(report.sources), NOT_ASKED), sections)


def _how_many(people: Sequence["PersonParticipation"]) -> Section:
    now = [sum(1 for held in each.places if held.until_version is None and held.place.course[0] == "cop") for each in people]
    counted = Counter(number for number, each in zip(now, people, strict=True) if each.left_in is None)
    rows: list[tuple[Cell, ...]] = [(count(number, "COP"), counted[number]) for number in sorted(counted)]
    bars = [Bar(count(number, "COP"), counted[number]) for number in sorted(counted)]
    return Section("In how many COPs is a person?", ("", "People"), rows, bars, "People")


def _attended(people: Sequence["PersonParticipation"]) -> Section:
    """How often people came, of the people of the roster."""
    question, here = "How many of their meetings did people attend?", [each for each in people if each.left_in is None]
    if any(each.attended is None for each in here):
        return Section(question, (), (), notes=("No attendance is recorded for this school year, so it is not known who came.",))
    shares = Counter(_share(len(each.attended or ()), len(each.meetings)) for each in here)
    rows: list[tuple[Cell, ...]] = [(word, shares[word]) for word in _SHARES]
    return Section(question, ("", "People"), rows, [Bar(word, shares[word]) for word in _SHARES], "People", (WHOLE_YEAR,))


_SHARES = ("none", "up to a quarter", "up to half", "up to 3 quarters", "more", "had no meeting")


def _share(attended: int, meetings: int) -> str:
    if not meetings or not attended:
        return "none" if meetings else "had no meeting"
    return next((word for limit, word in ((1, _SHARES[1]), (2, _SHARES[2]), (3, _SHARES[3])) if 4 * attended <= limit * meetings), "more")


def _teams(teams: Sequence["TeamParticipation"]) -> Section:
    note = "Meetings are those of the team's network or start-up; attended are those at which at least one member was."
    return Section("What did each team take part in?", _TEAM_HEAD, [_team_row(team) for team in teams], notes=(note,))


def _people(people: Sequence["PersonParticipation"]) -> Section:
    rows: list[tuple[Cell, ...]] = []
    for each in people:
        places = [held for held in each.places if held.place.course[0] != "hub"] or each.places
        for held in places:
            came = "–" if each.attended is None else len(set(held.meetings) & set(each.attended))
            place = f"{course(held.place)}, {role(held.place)}"
            rows.append((name(each), _standing(each), place, when(held), len(held.meetings), came))
    head = ("Person", "Team", "Place", "When", "Meetings", "Attended")
    return Section(
        "What did each person take part in?",
        head,
        rows,
        notes=(WHOLE_YEAR, "The hub, which everybody is in, is left out here if a person has another place."),
    )


CSV_HEAD = (
    "school_year", "as_of", "roster_version", "roster_files", "attendance_version", "person_id", "name", "affiliation", "role_type",
    "team_id", "team_role", "region", "left_in_version", "course", "section", "role", "since_roster_version", "until_roster_version",
    "held_from", "held_to", "held", "meetings", "attended", "attended_elsewhere", "canvas_last_activity", "canvas_total_time",
)  # fmt: skip


def csv_rows(report: "ParticipationReport") -> Iterator[Sequence[Cell]]:
    """A row for each place of each person."""
    given = report.sources
    version = given.attendance_info.number if given.attendance_info else ""
    start = (given.roster.school_year, utc(given.as_of), given.roster.version, given.roster_info.files_digest, version)
    for each in report.participation.people:
        person = each.person
        who = (person.person_id, person.display_name, person.affiliation, person.role_type, person.team_id, person.team_role, person.region)
        for held in each.places:
            place, came = held.place, "" if each.attended is None else len(set(held.meetings) & set(each.attended))
            began, ended = (held.spans[0].began, held.spans[-1].ended) if held.spans else (None, None)
            span = (held.since_version, held.until_version or "", utc(began), utc(ended), when(held))
            where = (course(place), place.section, role(place))
            elsewhere = "" if each.attended is None else len(each.elsewhere)
            yield (*start, *who, each.left_in or "", *where, *span, len(held.meetings), came, elsewhere, "not asked", "not asked")

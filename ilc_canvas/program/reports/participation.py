"""What each person and team took part in: places held and from when to when, and meetings. Neither money nor grades."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import NamedTuple

from ilc_canvas.program.calendars.calendar import Calendar
from ilc_canvas.program.calendars.meeting_events import place_meetings
from ilc_canvas.program.placement import Placement, placements
from ilc_canvas.program.policy import RoleRule
from ilc_canvas.program.reports.attendance import Attendance
from ilc_canvas.program.roster import Person, Roster, Team


class Spot(NamedTuple):
    """One enrollment, as the audit log names it."""

    course: tuple[str, ...]  # as Placement has it
    section: str
    person_id: str
    role: str  # its label in Canvas


@dataclass(frozen=True, slots=True)
class Span:
    """A time during which a place was held in Canvas, by the audit log."""

    began: datetime
    ended: datetime | None = None  # None: it has not
    found: bool = False  # it was there before us, so that it began earlier


@dataclass(frozen=True, slots=True)
class SignedRoster:
    """A version of the year that was signed."""

    roster: Roster
    signed_at: datetime


@dataclass(frozen=True, slots=True)
class HeldPlace:
    """A place that the year's rosters gave somebody."""

    place: Placement
    since_version: int  # the first signed version of the year that has it
    until_version: int | None  # the first one after it that no longer has it; None: it is held
    spans: tuple[Span, ...]  # empty: the audit log knows nothing of it, and the versions are all that is known
    meetings: tuple[str, ...]  # ids of all meetings that the year's calendar has for that course or section


@dataclass(frozen=True, slots=True)
class PersonParticipation:
    """One person of the year."""

    person: Person  # by the newest version that has the row
    left_in: int | None  # the version that no longer names this person
    places: tuple[HeldPlace, ...]
    attended: tuple[str, ...] | None  # meetings of these places; None: no attendance is known
    elsewhere: tuple[str, ...]  # other meetings attended

    @property
    def meetings(self) -> frozenset[str]:
        """Of all places, each once."""
        return frozenset(meeting for held in self.places for meeting in held.meetings)


@dataclass(frozen=True, slots=True)
class TeamParticipation:
    """One team of the newest version."""

    team: Team
    members: tuple[str, ...]  # ids
    places: int  # held by its members now
    meetings: frozenset[str]  # of its network or start-up
    attended: int | None  # meetings of these at which somebody of the team was
    attendances: int | None  # of its members, at any meeting


@dataclass(frozen=True)
class Participation:
    """Everybody, in the order of the newest roster; those who have left come last."""

    people: tuple[PersonParticipation, ...]
    teams: tuple[TeamParticipation, ...]


@dataclass(frozen=True)
class Year:
    """What is known of a school year."""

    rosters: Sequence[SignedRoster]  # in order of signing; the last one is in force
    calendar: Calendar | None
    attendance: Attendance | None
    spans: Mapping[Spot, tuple[Span, ...]]
    roles: Mapping[str, RoleRule]
    present: Mapping[str, str]  # the present id of people whose id has changed

    @property
    def newest(self) -> Roster:
        """The roster in force."""
        return self.rosters[-1].roster


def participation(year: Year) -> Participation:
    """Who held which place, who was in which team, and which meetings they had."""
    held = _held(year)
    came = _came(year.attendance)
    people = tuple(_person(person, left, held.get(person.person_id, ()), came=came) for person, left in _everybody(year))
    by_team: dict[str, list[PersonParticipation]] = {}
    for each in people:
        if each.left_in is None:
            by_team.setdefault(each.person.team_id, []).append(each)
    return Participation(people, tuple(_team(team, by_team.get(team.team_id, []), came) for team in year.newest.teams))


def _everybody(year: Year) -> Iterator[tuple[Person, int | None]]:
    """Each person by the newest row, with the version that no longer has it."""
    yield from ((person, None) for person in year.newest.people)
    seen = set(year.newest.person_by_id)
    for at in range(len(year.rosters) - 2, -1, -1):
        for person in year.rosters[at].roster.people:
            person_id = year.present.get(person.person_id, person.person_id)
            if person_id not in seen:
                seen.add(person_id)
                yield replace(person, person_id=person_id), year.rosters[at + 1].roster.version


def _held(year: Year) -> dict[str, tuple[HeldPlace, ...]]:
    """By person: each place that a version gave, the first one first."""
    first: dict[Placement, int] = {}
    last: dict[Placement, int] = {}
    for at, signed in enumerate(year.rosters):
        for place in placements(signed.roster):
            present = replace(place, person_id=year.present.get(place.person_id, place.person_id))
            first.setdefault(present, at)
            last[present] = at
    meetings = _meetings(year)
    found: dict[str, list[HeldPlace]] = {}
    for place, at in first.items():
        until = year.rosters[last[place] + 1].roster.version if last[place] + 1 < len(year.rosters) else None
        since = year.rosters[at].roster.version
        here = tuple(dict.fromkeys((*meetings.get((place.course, ""), ()), *meetings.get((place.course, place.section), ()))))
        found.setdefault(place.person_id, []).append(HeldPlace(place, since, until, _spans(year, place), here))
    return {person_id: tuple(places) for person_id, places in found.items()}


def _spans(year: Year, place: Placement) -> tuple[Span, ...]:
    """By the role's own label, or by that of its base, which stands in where custom roles cannot be used."""
    rule = year.roles[place.role]
    spots = (Spot(place.course, place.section, place.person_id, label) for label in (rule.label, rule.base))
    return next((year.spans[spot] for spot in spots if spot in year.spans), ())


def _meetings(year: Year) -> dict[tuple[tuple[str, ...], str], list[str]]:
    """Ids by course and section, by date, without cancelled ones; one of several days is one meeting."""
    found: dict[tuple[tuple[str, ...], str], dict[str, datetime]] = {}
    if year.calendar:
        for event in place_meetings(year.calendar, year.newest).events:
            found.setdefault((event.course, event.section), {}).setdefault(event.meeting.meeting_id, event.start)
    return {where: sorted(ids, key=lambda each: ids[each]) for where, ids in found.items()}


def _came(attendance: Attendance | None) -> Mapping[str, list[str]] | None:
    """The meetings that each person attended."""
    if attendance is None:
        return None
    found: dict[str, list[str]] = {}
    for row in attendance.rows:
        if row.person_id:
            found.setdefault(row.person_id, []).append(row.meeting_id)
    return found


def _person(
    person: Person, left: int | None, places: tuple[HeldPlace, ...], *, came: Mapping[str, list[str]] | None
) -> PersonParticipation:
    if came is None:
        return PersonParticipation(person, left, places, None, ())
    own, attended = {meeting for held in places for meeting in held.meetings}, came.get(person.person_id, [])
    inside, outside = [each for each in attended if each in own], [each for each in attended if each not in own]
    return PersonParticipation(person, left, places, tuple(inside), tuple(outside))


def _team(team: Team, members: Iterable[PersonParticipation], came: Mapping[str, list[str]] | None) -> TeamParticipation:
    people = list(members)
    own = [held for each in people for held in each.places if _is_of_team(held, team)]
    meetings = frozenset(meeting for held in own for meeting in held.meetings)
    ids = tuple(each.person.person_id for each in people)
    places = sum(1 for each in people for held in each.places if held.until_version is None)
    attended = [meeting for person_id in ids for meeting in came.get(person_id, [])] if came is not None else None
    if attended is None:
        return TeamParticipation(team, ids, places, meetings, None, None)
    return TeamParticipation(team, ids, places, meetings, len(meetings & set(attended)), len(attended))


def _is_of_team(held: HeldPlace, team: Team) -> bool:
    """Whether this is a member's place in the team's section of the network, or in its start-up."""
    return team.team_id in (held.place.section, held.place.course[-1])

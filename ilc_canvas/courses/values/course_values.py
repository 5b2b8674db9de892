"""The values of each course that a roster asks for."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from ilc_canvas.courses.shelf import Shelf
from ilc_canvas.courses.values.meeting_values import YearMeetings, common_zone
from ilc_canvas.courses.values.values import CopValue, MeetingValue, NetworkValue, Office, PersonValue, TeamValue, ToolValue
from ilc_canvas.courses.values.words import shown
from ilc_canvas.program.calendars.calendar import Calendar
from ilc_canvas.program.calendars.meeting_events import Course
from ilc_canvas.program.names import region_code
from ilc_canvas.program.placement import Placement, active_cops, networks, pilots, placements
from ilc_canvas.program.roster import Cop, Roster, Team

HUB = "ilc:hub"
_COMMON = ("year", "office", "hub_url", "tools")
_MEETINGS = ("meetings", "joint", "zone", "meeting")
KNOWN: Mapping[str, tuple[str, ...]] = {
    "cop": (*_COMMON, *_MEETINGS, "cop", "facilitators"),
    "network": (*_COMMON, *_MEETINGS, "region", "teams", "staff"),
    "pilot": (*_COMMON, *_MEETINGS, "region", "team", "members", "staff"),
    "hub": (*_COMMON, *_MEETINGS, "cops", "networks", "months", "tool"),
    "tools": (*_COMMON, "tool"),
}
"""The names that templates of each kind know; `meeting` and `tool` only those that are repeated for each."""


@dataclass(frozen=True)
class CourseValues:
    """One course: its parts as in its SIS id, which templates it takes, and what they can say."""

    course: Course
    kind: str
    values: Mapping[str, object]
    meetings: tuple[MeetingValue, ...]


@dataclass(frozen=True)
class RosterValues:
    """All courses of a roster with a calendar."""

    roster: Roster
    calendar: Calendar | None
    shelf: Shelf
    office: Office

    def courses(self) -> Iterator[CourseValues]:
        """COPs, networks, start-ups, and the hub."""
        for cop in active_cops(self.roster):
            value = self._cop(cop)
            yield self._course(("cop", cop.code), "cop", {"cop": value, "facilitators": value.facilitators})
        for region in networks(self.roster):
            network = self._network(region)
            values = {"region": region, "teams": network.teams, "staff": network.staff}
            yield self._course(("net", region_code(region)), "network", values)
        for team in pilots(self.roster):
            yield self._course(("pilot", team.team_id), "pilot", self._pilot(team))
        cops = tuple(self._cop(cop) for cop in active_cops(self.roster))
        regions = tuple(self._network(region) for region in networks(self.roster))
        yield self._course(("hub",), "hub", {"cops": cops, "networks": regions, "months": self._year.months()})

    def _course(self, course: Course, kind: str, values: Mapping[str, object]) -> CourseValues:
        meetings = self._meetings(course, kind)
        common = {"year": self.roster.school_year, "office": self.office, "hub_url": HUB, "tools": self.tools}
        joint = self._year.joint(course)
        zone = common_zone((*meetings, *joint))
        return CourseValues(course, kind, {**common, "meetings": meetings, "joint": joint, "zone": zone, **values}, meetings)

    @cached_property
    def tools(self) -> tuple[ToolValue, ...]:
        """The tools that have their credit."""
        return tuple(tool.value for tool in self.shelf.tools if tool.credited)

    @cached_property
    def _year(self) -> YearMeetings:
        return YearMeetings.of(self.calendar, self.roster)

    def _meetings(self, course: Course, kind: str) -> tuple[MeetingValue, ...]:
        return self._year.own(course, self.shelf.designs[kind].outline.meetings)

    @cached_property
    def _places(self) -> Mapping[tuple[Course, str], list[Placement]]:
        found: defaultdict[tuple[Course, str], list[Placement]] = defaultdict(list)
        for place in placements(self.roster):
            found[place.course, place.section].append(place)
        return found

    def _people(self, course: Course, section: str) -> tuple[PersonValue, ...]:
        """The people of a section, leads first."""
        found = self._places.get((course, section), [])
        people = [(place.role != "lead", *self._name(place.person_id)) for place in found]
        return tuple(PersonValue(name, lead=not other) for other, _, name in sorted(people))

    def _name(self, person_id: str) -> tuple[str, str]:
        """What a name is sorted by, and the name."""
        person = self.roster.person_by_id[person_id]
        return person.sortable_name.casefold(), shown(person.display_name)

    def _names(self, person_ids: Iterable[str]) -> tuple[str, ...]:
        return tuple(self._name(each)[1] for each in person_ids if each in self.roster.person_by_id)

    def _cop(self, cop: Cop) -> CopValue:
        ids = sorted(dict.fromkeys(cop.facilitator_ids), key=lambda each: each != cop.lead_facilitator_id)
        known = [each for each in ids if each in self.roster.person_by_id]
        return CopValue(
            code=cop.code,
            title=shown(cop.title),
            focus_area=shown(cop.focus_area),
            description=shown(cop.description),
            partner=shown(cop.partner_institution),
            guests=cop.open_to_guests,
            facilitators=tuple(PersonValue(self._name(each)[1], lead=each == cop.lead_facilitator_id) for each in known),
            meetings=self._meetings(("cop", cop.code), "cop"),
        )

    def _network(self, region: str) -> NetworkValue:
        course = ("net", region_code(region))
        teams = [team for team in self.roster.teams if team.component == "network" and team.region == region]
        ordered = sorted(teams, key=lambda team: (team.district.casefold(), team.name.casefold(), team.team_id))
        return NetworkValue(
            region=region,
            teams=tuple(self._team(team) for team in ordered),
            staff=self._people(course, "STAFF"),
            meetings=self._meetings(course, "network"),
        )

    def _team(self, team: Team) -> TeamValue:
        return TeamValue(shown(team.name), shown(team.district), self._names(team.lead_ids))

    def _pilot(self, team: Team) -> Mapping[str, object]:
        course = ("pilot", team.team_id)
        members, staff = self._people(course, "MEMBERS"), self._people(course, "STAFF")
        return {"region": team.region, "team": self._team(team), "members": members, "staff": staff}


def with_text(tool: ToolValue, text: str) -> ToolValue:
    """A tool with its text as Markdown."""
    return replace(tool, text=text)

"""Meetings of a calendar in words, by course."""

from collections.abc import Iterable
from dataclasses import dataclass

from ilc_canvas.courses.outline import MeetingPlan
from ilc_canvas.courses.values import words
from ilc_canvas.courses.values.numbering import numbered, stages
from ilc_canvas.courses.values.values import MeetingValue, MonthValue, Stage
from ilc_canvas.program.calendars.calendar import Calendar, Meeting
from ilc_canvas.program.calendars.meeting_events import Course, MeetingEvent, place_meetings
from ilc_canvas.program.desired import section_name
from ilc_canvas.program.roster import Roster
from ilc_canvas.reconcile.words.wording import listed

_REGIONS = {"R1": "I", "R2": "II", "R3": "III", "R4": "IV"}


@dataclass(frozen=True)
class YearMeetings:
    """Every meeting that has a course on this roster, cancelled ones too, in order of time."""

    roster: Roster
    events: tuple[MeetingEvent, ...]

    @classmethod
    def of(cls, calendar: Calendar | None, roster: Roster) -> "YearMeetings":
        """Of a calendar; none without one."""
        if calendar is None:
            return cls(roster, ())
        placed = place_meetings(calendar, roster)
        return cls(roster, tuple(sorted((*placed.events, *placed.cancelled), key=_time)))

    def own(self, course: Course, plan: MeetingPlan) -> tuple[MeetingValue, ...]:
        """The meetings of this course alone and as a whole, numbered; joint ones and those of a section have no number."""
        pairs = numbered(each.meeting for each in self._of(course) if len(each.meeting.audience) < 2)
        about = stages(plan, len(pairs))
        last = pairs[-1][0] if pairs else 0
        return tuple(self._value(each, n=number, of=last, stage=stage) for (number, each), stage in zip(pairs, about, strict=True))

    def joint(self, course: Course) -> tuple[MeetingValue, ...]:
        """Its meetings together with other courses."""
        return tuple(self._value(each.meeting) for each in self._of(course) if len(each.meeting.audience) > 1)

    def months(self) -> tuple[MonthValue, ...]:
        """All meetings month by month, but for those of start-ups, which are nobody else's business."""
        found: dict[str, list[MeetingValue]] = {}
        for each in _once(event for event in self.events if event.course[0] != "pilot"):
            found.setdefault(words.month(each.meeting.first_day), []).append(self._value(each.meeting))
        return tuple(MonthValue(name, common_zone(meetings), tuple(meetings)) for name, meetings in found.items())

    def _of(self, course: Course) -> list[MeetingEvent]:
        return _once(event for event in self.events if event.course == course and not event.section)

    def _value(self, meeting: Meeting, *, n: int = 0, of: int = 0, stage: Stage | None = None) -> MeetingValue:
        link = words.open_link(meeting.join_url)
        return MeetingValue(
            id=meeting.meeting_id,
            title=words.safe(meeting.title),
            day=words.days(meeting),
            short_day=words.short_day(meeting.first_day),
            month=words.month(meeting.first_day),
            hours=words.hours(meeting),
            start=words.hour(meeting.starts),
            end=words.hour(meeting.ends),
            zone=words.zone(meeting.zone),
            mode=words.mode(meeting.mode),
            place=words.safe(meeting.location),
            link=link,
            calendar_link=bool(meeting.join_url.strip()) and not link,
            status=meeting.status,
            whom=self._whom(meeting),
            n=n,
            of=of,
            stage=stage,
        )

    def _whom(self, meeting: Meeting) -> str:
        """Everybody; Region I; COP EQ and COP ES; COP MATH (Region II)"""
        places = dict.fromkeys((event.course, event.section) for event in self.events if event.meeting is meeting)
        return listed([self._group(course, section) for course, section in places])

    def _group(self, course: Course, section: str) -> str:
        end = f" ({words.shown(section_name(section, self.roster))})" if section else ""
        match course:
            case ("cop", code):
                return f"COP {code}{end}"
            case ("net", code):
                return f"Region {_REGIONS[code]}{end}"
            case ("pilot", code):
                return f"{words.shown(self.roster.team_by_id[code].name)}{end}"
        return "Everybody"


def _time(event: MeetingEvent) -> tuple[str, str, str, tuple[str, ...], str]:
    meeting = event.meeting
    return meeting.first_day.isoformat(), meeting.start.isoformat(), meeting.meeting_id, event.course, event.key


def _once(events: Iterable[MeetingEvent]) -> list[MeetingEvent]:
    """The first event of each meeting."""
    found: dict[str, MeetingEvent] = {}
    for event in events:
        found.setdefault(event.meeting.meeting_id, event)
    return list(found.values())


def common_zone(meetings: Iterable[MeetingValue]) -> str:
    """The time zone of all these meetings; "" if they differ, so that each must say its own."""
    found = {meeting.zone for meeting in meetings if meeting.hours}
    return found.pop() if len(found) == 1 else ""

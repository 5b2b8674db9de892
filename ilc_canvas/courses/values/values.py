"""What templates can say: the values that each kind of course gives its texts."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Office:
    """The program office, by the settings."""

    name: str = "the program office"
    email: str = ""
    mini_grant: str = ""  # what it says about mini-grants; empty: the text of the template
    honorarium: str = ""


@dataclass(frozen=True, slots=True)
class PersonValue:
    """A person by name; `lead` of a facilitator or a team's member."""

    name: str
    lead: bool = False


@dataclass(frozen=True, slots=True)
class Stage:
    """What a meeting is about, by its place in the year."""

    key: str
    title: str
    before: str
    during: str
    after: str


@dataclass(frozen=True, slots=True)
class MeetingValue:
    """One meeting of a course, in words. Nothing in it holds a passcode."""

    id: str
    title: str
    day: str  # Tuesday, October 5, 2021
    short_day: str  # Oct 5
    month: str  # October 2021
    hours: str  # 4:00-5:30 PM; "" for a whole day
    start: str  # 4:00 PM
    end: str
    zone: str  # Pacific Time
    mode: str  # online, in person, online and in person, or ""
    place: str
    link: str  # an address that needs no passcode, or ""
    calendar_link: bool  # whether there is another link, which only the event in the calendar shows
    status: str  # scheduled, moved, cancelled
    whom: str  # Everybody, Region I, COP EQ
    n: int = 0  # its number among the meetings of its course; 0 for those of others
    of: int = 0
    stage: Stage | None = None


@dataclass(frozen=True, slots=True)
class CopValue:
    """A Community of Practice."""

    code: str
    title: str
    focus_area: str
    description: str
    partner: str
    guests: bool
    facilitators: tuple[PersonValue, ...]
    meetings: tuple[MeetingValue, ...]


@dataclass(frozen=True, slots=True)
class TeamValue:
    """A team, with the names of its leads."""

    name: str
    district: str
    leads: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class NetworkValue:
    """A region's network."""

    region: str
    teams: tuple[TeamValue, ...]
    staff: tuple[PersonValue, ...]
    meetings: tuple[MeetingValue, ...]


@dataclass(frozen=True, slots=True)
class MonthValue:
    """A month of the calendar; `zone` is that of all its meetings, or "" if they differ."""

    name: str
    zone: str
    meetings: tuple[MeetingValue, ...]


@dataclass(frozen=True, slots=True)
class FileValue:
    """A file of a tool."""

    name: str
    url: str
    kind: str
    size: str


@dataclass(frozen=True, slots=True)
class ToolValue:
    """A Tool for Practice that has its credit."""

    key: str  # tool-primary-sources, the key of its page in the hub
    title: str
    whom: str
    takes: str
    language: str
    authors: str
    version: str
    license: str
    files: tuple[FileValue, ...]
    text: str = ""

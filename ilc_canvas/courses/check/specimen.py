"""A made-up roster and calendar with every case that a text can meet: so each branch of each text is tried."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, time

from ilc_canvas.courses.shelf import Shelf
from ilc_canvas.courses.values.values import FileValue, Office
from ilc_canvas.program.calendars.calendar import Calendar, Meeting
from ilc_canvas.program.roster import Cop, Person, Roster, Team

OFFICE = Office("the program office", "office@example.org", "Ask your regional staff.", "Ask your regional staff.")
_YEAR = "2021-22"
_ZONE = "America/Los_Angeles"
_MOST = 8  # meetings of a community
_LONG = "Mathematics, Bilingual Families, and Community (Matemáticas en Comunidad)"


_NOBODY = Person("", "", "", "", "", "", "", "teacher", "continuing", "", "", "", "I", "", "", "", "", "")


def _person(person_id: str, name: str, **fields: str) -> Person:
    given, _, family = name.partition(" ")
    named = replace(
        _NOBODY, person_id=person_id, given_name=given, family_name=family, display_name=name, sortable_name=f"{family}, {given}"
    )
    return replace(named, **fields)  # type: ignore[arg-type]


def _team(team_id: str, component: str, leads: tuple[str, ...]) -> Team:
    return Team(team_id, f"Lakeport Unified – {team_id}", component, "I", "Lake", "", "Lakeport Unified", "", leads, 2)


def _cop(code: str, **fields: object) -> Cop:
    plain = Cop(code, _YEAR, _LONG, "Equity", "active", date(2021, 10, 5), date(2022, 4, 30), True, None, "P1", ("P2", "P1"))
    return replace(plain, **fields)  # type: ignore[arg-type]


def roster() -> Roster:
    """Communities with one meeting, two, and more; one of them bare; a network; a start-up."""
    people = (
        _person("P1", "Ana Ruiz"),
        _person("P2", "Vy Phạm"),
        _person("P3", "Eve Lund", team_id="T1", team_role="lead"),
        _person("P4", "Bo Lee", team_id="S1", team_role="lead", affiliation="pilot"),
        _person("P5", "Mai Vang", team_id="S1", affiliation="pilot"),
        _person("P6", "Tam Mensah", role_type="ipd_staff", affiliation="staff"),
    )
    teams = (_team("T1", "network", ("P3",)), _team("T2", "network", ()), replace(_team("T3", "network", ()), region="II"))
    cops = (_cop("C0", partner_institution="Example State University", description="Learn together."), *(_cop(f"C{n}") for n in _numbers()))
    bare = _cop("BARE", focus_area="", open_to_guests=False, lead_facilitator_id="", facilitator_ids=())
    return Roster(_YEAR, 1, people, (*teams, _team("S1", "pilot", ("P4",))), (*cops, bare))


def _numbers() -> range:
    return range(1, _MOST + 1)


def calendar() -> Calendar:
    """Meetings of every kind: moved, cancelled, of whole days, without a place, and with a link that only the calendar shows."""
    return Calendar(_YEAR, 1, (*_communities(), *_others()))


def _meeting(meeting_id: str, audience_type: str, audience: tuple[str, ...], *, n: int = 1) -> Meeting:
    day = date(2021, 9, 1 + n)
    plain = Meeting(meeting_id, audience_type, audience, f"Meeting {n}", day, day, time(16), time(17, 30), _ZONE)
    return replace(plain, mode="virtual", location="Zoom", join_url="https://meet.example.org/j/1")


def _communities() -> Iterator[Meeting]:
    for number in _numbers():
        for n in range(1, number + 1):
            yield _meeting(f"C{number}-{n}", "cop", (f"C{number}",), n=n)


def _others() -> Iterator[Meeting]:
    for audience_type, name in (("cop", "C0"), ("region", "I"), ("pilot", "S1"), ("all", "")):
        audience = (name,) if name else ()
        plain = _meeting(f"{audience_type}-1", audience_type, audience)
        yield plain
        yield replace(plain, meeting_id=f"{audience_type}-2", status="moved", join_url="https://meet.example.org/j/1?pwd=7")
        yield replace(plain, meeting_id=f"{audience_type}-3", status="cancelled")
        yield replace(plain, meeting_id=f"{audience_type}-4", location="", mode="", join_url="", starts=None, ends=None)
    yield _meeting("BOTH", "cop", ("C0", "C1"))


def credited(shelf: Shelf) -> Shelf:
    """The same texts, as if each tool had its credit and a file."""
    file = (FileValue("Slides", "https://files.example.org/slides", "PDF", "2 MB"),)
    tools = (
        replace(
            tool,
            value=replace(
                tool.value,
                authors=tool.value.authors or "Ana Ruiz",
                version=tool.value.version or "1",
                license=tool.value.license or "CC BY 4.0",
                files=tool.value.files or file,
            ),
        )
        for tool in shelf.tools
    )
    return replace(shelf, tools=tuple(tools))

"""A small programme: two COPs, a network team, a start-up, seven people; and its second version, with moves, leaves and edits."""

from dataclasses import fields, replace
from datetime import date

from ilc_canvas.program.roster import Cop, Person, Roster, Team

YEAR = "2021-22"


def person(number: int, family: str, **given: object) -> Person:
    """One row of the roster, in Region I."""
    text = dict.fromkeys((each.name for each in fields(Person) if each.type in (str, "str")), "")
    named = {
        "person_id": f"P{number}",
        "given_name": "Ada",
        "family_name": family,
        "display_name": f"Ada {family}",
        "sortable_name": f"{family}, Ada",
        "email": f"p{number}@example.org",
        "role_type": "teacher",
        "affiliation": "continuing",
        "region": "I",
    }
    return Person(**{**text, **named, **given}, line=number + 1)  # type: ignore[arg-type]


def cop(code: str, title: str, facilitator: str) -> Cop:
    """An active COP."""
    return Cop(code, YEAR, title, "equity", "active", date(2021, 9, 1), date(2022, 5, 31), True, None, facilitator, (facilitator,))


def team(team_id: str, name: str, component: str, lead: str, members: int) -> Team:
    """A team of Region I."""
    return Team(team_id, name, component, "I", "Alameda", "0161119", "Alameda Unified", "", (lead,), members)


STAFF = {"role_type": "ipd_staff", "affiliation": "staff"}
FIRST = Roster(
    YEAR,
    0,
    (
        person(1, "Núñez", **STAFF, facilitates=("EQ",)),
        person(2, "Lead", team_id="T1", team_role="lead", component="network", participates=("EQ",)),
        person(3, "Member", team_id="T1", team_role="member", component="network", participates=("EQ", "AI")),
        person(4, "Leaver", team_id="T1", team_role="member", component="network", participates=("AI",)),
        person(5, "Pilot", team_id="P417", team_role="lead", component="pilot", affiliation="pilot", participates=("AI",)),
        person(6, "Guest", affiliation="guest", visits=("EQ",)),
        person(7, "Partner", affiliation="partner", region="", facilitates=("AI",)),
    ),
    (team("T1", "Alameda Team", "network", "P2", 3), team("P417", "Lakeport Team", "pilot", "P5", 1)),
    (cop("EQ", "Equity & Justice", "P1"), cop("AI", "Arts Integration", "P7")),
)


def _second() -> Roster:
    """P4 leaves, P5 moves from AI to EQ, P6 visits no more, P3 has a new address, P8 is new, the team and a COP are renamed."""
    one, two, three, _, five, six, seven = FIRST.people
    people = (
        one,
        two,
        replace(three, email="member@example.org"),
        replace(five, participates=("EQ",)),
        replace(six, visits=()),
        seven,
        person(8, "New", team_id="T1", team_role="member", component="network", participates=("AI",)),
    )
    teams = (replace(FIRST.teams[0], name="Alameda & Oakland Team"), FIRST.teams[1])
    return replace(FIRST, people=people, teams=teams, cops=(FIRST.cops[0], replace(FIRST.cops[1], title="Arts Everywhere")))


SECOND = _second()

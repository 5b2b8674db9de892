"""A tiny roster as plain choices, edits of it, and the roster that it means: always one that a person could sign."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from ilc_canvas.program.roster import Cop, Person, Roster, Team
from tests.sync.roster import STAFF, YEAR, cop, person, team

NUMBERS = (1, 2, 3, 4, 5)  # 1 and 2 are staff and facilitate
STAFF_NUMBERS = (1, 2)
CODES = ("EQ", "AI")
TEAMS = {"T1": ("network", "Alameda Team"), "P417": ("pilot", "Lakeport Team")}
SHARED = "office@example.org"  # an address that moves from one person to another


@dataclass(frozen=True)
class Row:
    """What is chosen for one person."""

    here: bool = False
    name: int = 0
    address: int = 0  # 0 or 1: the own ones; 2: the shared one, where nobody before has it
    team: str = ""
    lead: bool = False
    cops: Mapping[str, str] = field(default_factory=dict)  # code -> in, visits


@dataclass(frozen=True)
class Catalog:
    """What is chosen for one COP."""

    status: str = "absent"  # absent, active, cancelled
    title: int = 0
    facilitator: int = 1


@dataclass(frozen=True)
class Sheet:
    """All choices."""

    rows: Mapping[int, Row] = field(default_factory=lambda: dict.fromkeys(NUMBERS, Row()))
    cops: Mapping[str, Catalog] = field(default_factory=lambda: dict.fromkeys(CODES, Catalog()))
    names: Mapping[str, int] = field(default_factory=lambda: dict.fromkeys(TEAMS, 0))

    def row(self, number: int, **change: object) -> "Sheet":
        """Another choice for one person."""
        return replace(self, rows={**self.rows, number: replace(self.rows[number], **change)})  # type: ignore[arg-type]

    def cop(self, code: str, **change: object) -> "Sheet":
        """Another choice for one COP."""
        return replace(self, cops={**self.cops, code: replace(self.cops[code], **change)})  # type: ignore[arg-type]

    def into(self, number: int, code: str, how: str) -> "Sheet":
        """A person into a COP ("in", "visits") or out of it ("")."""
        cops = {**self.rows[number].cops, code: how}
        return self.row(number, cops={code: how for code, how in cops.items() if how})

    def renamed(self, team_id: str) -> "Sheet":
        """Another name for a team."""
        return replace(self, names={**self.names, team_id: 1 - self.names[team_id]})

    def swapped(self, one: int, other: int) -> "Sheet":
        """Two people change everything but their names and addresses."""
        first, second = self.rows[one], self.rows[other]
        return self.row(one, team=second.team, lead=second.lead, cops=second.cops).row(
            other, team=first.team, lead=first.lead, cops=first.cops
        )

    def meant(self) -> Roster:
        """The roster of these choices; staff 1 is always there, so that it is never empty."""
        here = [number for number in NUMBERS if self.rows[number].here or number == 1]
        people = tuple(self._person(number, here) for number in here)
        return Roster(YEAR, 0, people, self._teams(people), tuple(self._cops(here)))

    def _person(self, number: int, here: list[int]) -> Person:
        row = self.rows[number]
        given: dict[str, object] = dict(STAFF) if number in STAFF_NUMBERS else {}
        if row.team and number not in STAFF_NUMBERS:
            component = TEAMS[row.team][0]
            given = {"team_id": row.team, "team_role": "lead" if row.lead else "member", "component": component}
        cops = {code: how for code, how in row.cops.items() if self.cops[code].status != "absent"}
        inside = {word: tuple(sorted(code for code, how in cops.items() if how == word)) for word in ("in", "visits")}
        family = f"{('Abel', 'Bell', 'Cole', 'Dorn', 'Ekow')[number - 1]}{'-Ruiz' * row.name}"
        email = {"email": self._address(number, here)}
        return person(number, family, participates=inside["in"], visits=inside["visits"], **given, **email)

    def _address(self, number: int, here: list[int]) -> str:
        row = self.rows[number]
        first = next((other for other in here if self.rows[other].address == 2), None)
        if row.address == 2 and first == number:
            return SHARED
        return f"p{number}{'-new' * (row.address == 1)}@example.org"

    def _teams(self, people: tuple[Person, ...]) -> tuple[Team, ...]:
        """A team exists while somebody is in it; its first member leads where nobody does."""
        found = []
        for team_id, (component, name) in TEAMS.items():
            members = [each for each in people if each.team_id == team_id]
            leads = [each.person_id for each in members if each.team_role == "lead"] or [each.person_id for each in members]
            if members:
                found.append(team(team_id, f"{name}{' & Friends' * self.names[team_id]}", component, leads[0], len(members)))
        return tuple(found)

    def _cops(self, here: list[int]) -> list[Cop]:
        found = []
        for code, choice in self.cops.items():
            facilitator = choice.facilitator if choice.facilitator in here else 1
            row = cop(code, f"COP {code}{' Everywhere' * choice.title}", f"P{facilitator}")
            if choice.status != "absent":
                found.append(replace(row, status=choice.status))
        return found


@dataclass(frozen=True)
class Edit:
    """One thing that is different in the next version."""

    what: str
    number: int
    code: str
    team: str
    choice: int

    def of(self, sheet: Sheet) -> Sheet:
        """The sheet after it."""
        n, row, cop_row = self.number, sheet.rows[self.number], sheet.cops[self.code]
        done = {
            "join": lambda: sheet.row(n, here=True, team=self.team, cops={self.code: ("in", "visits")[self.choice % 2]}),
            "leave": lambda: sheet.row(n, here=False),
            "name": lambda: sheet.row(n, name=1 - row.name),
            "address": lambda: sheet.row(n, address=self.choice),
            "team": lambda: sheet.row(n, team=self.team if self.choice else ""),
            "lead": lambda: sheet.row(n, lead=not row.lead),
            "cop": lambda: sheet.into(n, self.code, ("", "in", "visits")[self.choice]),
            "title": lambda: sheet.cop(self.code, title=1 - cop_row.title),
            "status": lambda: sheet.cop(self.code, status=("absent", "active", "cancelled")[self.choice]),
            "facilitator": lambda: sheet.cop(self.code, facilitator=3 - cop_row.facilitator),
            "team-name": lambda: sheet.renamed(self.team),
            "swap": lambda: sheet.swapped(n, NUMBERS[-1]),
        }
        return done[self.what]()


WHAT = ("join", "leave", "name", "address", "team", "lead", "cop", "title", "status", "facilitator", "team-name", "swap")


def edits(most: int = 4) -> SearchStrategy[list[Edit]]:
    """A few edits at once."""
    one = st.builds(
        Edit, st.sampled_from(WHAT), st.sampled_from(NUMBERS[1:]), st.sampled_from(CODES), st.sampled_from(sorted(TEAMS)), st.integers(0, 2)
    )
    return st.lists(one, min_size=2, max_size=most)


def edited(sheet: Sheet, changes: list[Edit]) -> Sheet:
    """One after the other."""
    for change in changes:
        sheet = change.of(sheet)
    return sheet


FEW = (
    Sheet()
    .cop("EQ", status="active")
    .row(1, here=True)
    .row(3, here=True, team="T1", lead=True, cops={"EQ": "in"})
    .row(4, here=True, team="T1", cops={"EQ": "visits"})
)
"""Three people, a COP, a team: what a sequence that starts in a filled Canvas finds there."""

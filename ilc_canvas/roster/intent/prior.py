"""Last year's roster: who may continue, and what is known about them."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ilc_canvas.roster.files.columns import Layout
from ilc_canvas.roster.files.rules import ReadingRules
from ilc_canvas.roster.intent.fields import folded, name_key
from ilc_canvas.roster.reading import File, read_table

PRIOR = Layout(
    "list of last year's members",
    ("person_id", "name", "email", "role_type", "region", "county", "district", "cds_code", "team_id", "team_name"),
    ("notes",),
)


@dataclass(frozen=True, slots=True)
class Member:
    """A member of last year."""

    person_id: str
    name: str
    email: str
    role_type: str
    region: str
    county: str
    district: str
    cds_code: str
    team_id: str
    team_name: str


@dataclass(frozen=True, slots=True)
class Prior:
    """All of them, by address, by the words of their name, and the names of all teams."""

    members: Sequence[Member]
    by_email: Mapping[str, Member]
    by_name: Mapping[frozenset[str], Sequence[Member]]
    teams: frozenset[str]


def read_prior(file: File, rules: ReadingRules) -> Prior:
    """From a table. RosterError if it cannot be read."""
    table = read_table(file, PRIOR, rules)
    members = [Member(**{name: row.cells[name] for name in PRIOR.required}) for row in table.rows]
    by_name: defaultdict[frozenset[str], list[Member]] = defaultdict(list)
    for member in members:
        by_name[name_key(member.name)].append(member)
    teams = frozenset(folded(member.team_name) for member in members)
    return Prior(members, {member.email.casefold(): member for member in members}, by_name, teams)

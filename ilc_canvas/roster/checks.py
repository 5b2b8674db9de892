"""All checks that look at more than one cell: every finding at once, never only the first."""

from collections.abc import Iterator, Mapping

from ilc_canvas.program.roster import Cop, Person, Team
from ilc_canvas.roster.check_cops import check_cops
from ilc_canvas.roster.check_people import check_people
from ilc_canvas.roster.check_teams import check_teams
from ilc_canvas.roster.findings import Finding
from ilc_canvas.roster.rows import Sheet


def check(
    people: Sheet[Person], teams: Sheet[Team], cops: Sheet[Cop], *, school_year: str, counties: Mapping[str, str]
) -> Iterator[Finding]:
    """What contradicts itself, within a file or between the three; `counties` is region by county."""
    yield from check_people(people, teams.values, cops.values, counties=counties)
    yield from check_teams(teams, people.values, counties)
    yield from check_cops(cops, people.values, school_year)

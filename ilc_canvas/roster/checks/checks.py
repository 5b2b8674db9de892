"""All checks that look at more than one cell: every finding at once, never only the first."""

from collections.abc import Iterator, Mapping

from ilc_canvas.program.roster import Cop, Person, Team
from ilc_canvas.roster.checks.check_cops import check_cops
from ilc_canvas.roster.checks.check_people import check_people
from ilc_canvas.roster.checks.check_teams import check_teams
from ilc_canvas.roster.findings import Finding
from ilc_canvas.roster.rows import Sheet


def check(
    people: Sheet[Person] | None, teams: Sheet[Team] | None, cops: Sheet[Cop] | None, *, school_year: str, counties: Mapping[str, str]
) -> Iterator[Finding]:
    """What contradicts itself, within a file or between those that were given; `counties` is region by county."""
    if people:
        yield from check_people(people, teams.values if teams else None, cops.values if cops else None, counties=counties)
    if teams:
        yield from check_teams(teams, people.values if people else None, counties)
    if cops:
        yield from check_cops(cops, people.values if people else None, school_year)

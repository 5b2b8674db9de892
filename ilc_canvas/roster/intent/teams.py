"""Last year's teams after the answers: which of them have nobody left who leads them."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from ilc_canvas.program.roster import Team
from ilc_canvas.reconcile.errors import RosterError
from ilc_canvas.roster.files.columns import TEAMS
from ilc_canvas.roster.files.rules import ReadingRules
from ilc_canvas.roster.findings import Finding
from ilc_canvas.roster.intent.resolution import Resolved
from ilc_canvas.roster.reading import File, read_table
from ilc_canvas.roster.rows import sheet, team


@dataclass(frozen=True, slots=True)
class TeamWithoutLead:
    """A team in which somebody continues, or may, and of whose leads nobody surely does."""

    team: Team
    leads: tuple[Resolved, ...]  # last year's, as far as they are members
    continuing: int  # members who continue


def read_teams(file: File, rules: ReadingRules) -> tuple[Team, ...]:
    """Last year's teams. RosterError if the file has an error in it."""
    table = read_table(file, TEAMS, rules)
    findings: list[Finding] = list(table.findings)
    teams = sheet(table, team, findings).values
    wrong = [finding for finding in findings if finding.severity == "error"]
    if wrong:
        raise RosterError(f"The teams file has errors, the first one: {wrong[0]}")
    return teams


def without_lead(teams: Sequence[Team], resolved: Sequence[Resolved]) -> Iterator[TeamWithoutLead]:
    """The teams that need a lead. One of which everybody leaves needs none."""
    by_id = {each.member.person_id: each for each in resolved}
    members: defaultdict[str, list[Resolved]] = defaultdict(list)
    for each in resolved:
        members[each.member.team_id].append(each)
    for each_team in teams:
        leads = tuple(by_id[person_id] for person_id in each_team.lead_ids if person_id in by_id)
        if any(lead.result == "continue" for lead in leads):
            continue
        if any(each.result not in ("leave", "guest") for each in members[each_team.team_id]):
            continuing = sum(each.result == "continue" for each in members[each_team.team_id])
            yield TeamWithoutLead(each_team, leads, continuing)


def with_roles(draft: Sequence[Mapping[str, str]], teams: Sequence[Team]) -> list[dict[str, str]]:
    """The draft with last year's roles in the teams."""
    leads = {person_id for each in teams for person_id in each.lead_ids}
    known = {each.team_id for each in teams}
    role = {True: "lead", False: "member"}
    return [{**row, "team_role": role[row["person_id"] in leads] if row["team_id"] in known else ""} for row in draft]

"""What intent import says of teams without a lead."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from ilc_canvas.cli.output import cut
from ilc_canvas.reconcile.words.wording import count, listed

if TYPE_CHECKING:
    from ilc_canvas.roster.intent.teams import TeamWithoutLead

_SAYS = {
    "leave": "does not continue",
    "guest": "would like to be a guest",
    "review": "waits for a decision",
    "no answer": "has not answered",
}


def teams_lines(teams: "Sequence[TeamWithoutLead]", *, all_rows: bool) -> list[str]:
    """How many teams have no lead so far, and why."""
    if not teams:
        return []
    return [f"{count(len(teams), 'team')} without a lead so far:", *cut(map(_line, teams), all_rows=all_rows)]


def _line(each: "TeamWithoutLead") -> str:
    leads = [f"{lead.member.name} ({lead.member.person_id}) {_SAYS[lead.result]}" for lead in each.leads]
    why = listed(leads) if leads else "last year's lead is no member"
    return f"  {each.team.team_id} {each.team.name}: {why}; {count(each.continuing, 'member continues', 'members continue')}."


def teams_json(teams: "Sequence[TeamWithoutLead]") -> list[dict[str, Any]]:
    """For programs."""
    return [
        {
            "team_id": each.team.team_id,
            "team_name": each.team.name,
            "leads": [{"person_id": lead.member.person_id, "result": lead.result} for lead in each.leads],
            "continuing": each.continuing,
        }
        for each in teams
    ]

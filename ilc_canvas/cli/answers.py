"""people decide: the answers of a table"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ilc_canvas.cli.options import Json, Reason
from ilc_canvas.cli.output import EXIT_ERROR, say, say_json
from ilc_canvas.cli.people import noted_json, noted_lines, require_reason
from ilc_canvas.reconcile.words import count

if TYPE_CHECKING:
    from ilc_canvas.actions.identities import Noted
    from ilc_canvas.program.deciding import Refusal
    from ilc_canvas.roster.findings import Finding


def decide(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="The table of people review --csv, filled in.")],
    reason: Reason = "",
    as_json: Json = False,
) -> None:
    """Note all answers of a table, or none if one of them cannot be. Rows without an answer are skipped."""
    from ilc_canvas import bootstrap
    from ilc_canvas.actions import identities
    from ilc_canvas.cli.answer_file import read_lines, refused, understood
    from ilc_canvas.cli.asking import accounts
    from ilc_canvas.cli.beginning import begin
    from ilc_canvas.roster.reading import read_file
    from ilc_canvas.views.people import read_basis

    require_reason(reason)
    lines = read_lines(read_file(file))
    answered = [line for line in lines if line.answer or line.surplus]
    settings = begin()
    with bootstrap.opened(settings) as store:
        look, at = accounts(settings), bootstrap.now()
        given, findings = understood(answered, read_basis(settings, store, at))
        decisions = list(given.values())
        noted: Sequence[Noted] = ()
        refusals: Mapping[int, Refusal] = {}
        if findings:
            refusals = identities.refusals(settings, store, decisions, look=look, at=at)
        else:
            try:
                noted = identities.decide(
                    settings, store, decisions, look=look, holder=bootstrap.holder(), actor=bootstrap.actor(), reason=reason, at=at
                )
            except identities.RefusedDecisionError as error:
                refusals = error.refusals
    findings += [refused([*given][position], refusal) for position, refusal in refusals.items()]
    _say(noted, sorted(findings, key=lambda finding: finding.line), skipped=len(lines) - len(answered), as_json=as_json)
    if findings:
        raise typer.Exit(EXIT_ERROR)


def _say(noted: "Sequence[Noted]", findings: "Sequence[Finding]", *, skipped: int, as_json: bool) -> None:
    if as_json:
        found = [finding.as_json() for finding in findings]
        say_json({"noted": [noted_json(each) for each in noted], "skipped": skipped, "findings": found})
    elif findings:
        say(*map(str, findings), f"{count(len(findings), 'error')}. Nothing was noted. Correct the file, and give it again.")
    else:
        more = f" {count(skipped, 'row has', 'rows have')} no answer yet." if skipped else ""
        *lines, next_step = noted_lines(noted) if noted else [""]
        say(*lines, f"{count(len(noted), 'answer was', 'answers were')} noted.{more}", *filter(None, [next_step]))

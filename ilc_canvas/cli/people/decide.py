"""people decide: decisions from a filled-in table"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ilc_canvas.cli.options import Json, Reason
from ilc_canvas.cli.output import EXIT_ERROR, say, say_json
from ilc_canvas.cli.people.decisions import decision_json, decision_lines, require_reason
from ilc_canvas.reconcile.words.wording import count

if TYPE_CHECKING:
    from ilc_canvas.actions.identities import RecordedDecision
    from ilc_canvas.program.people.decisions import Refusal
    from ilc_canvas.roster.findings import Finding


def decide(
    file: Annotated[Path, typer.Argument(exists=True, dir_okay=False, help="The table of people review --csv, filled in.")],
    reason: Reason = "",
    as_json: Json = False,
) -> None:
    """Note all answers of a table, or none if one of them cannot be. Rows without an answer are skipped."""
    from ilc_canvas import bootstrap, process
    from ilc_canvas.actions import identities
    from ilc_canvas.cli.people.canvas_accounts import accounts
    from ilc_canvas.cli.people.decision_table import parse_rows, read_lines, refusal_finding
    from ilc_canvas.cli.startup import begin
    from ilc_canvas.roster.reading import read_file
    from ilc_canvas.views.people.review import read_context

    require_reason(reason)
    lines = read_lines(read_file(file))
    answer_rows = [line for line in lines if line.answer or line.surplus]
    settings = begin()
    with bootstrap.open_store(settings) as store:
        look, at = accounts(settings), process.now()
        decision_rows, findings = parse_rows(answer_rows, read_context(settings, store, at))
        decisions = list(decision_rows.values())
        recorded: Sequence[RecordedDecision] = ()
        refusals: Mapping[int, Refusal] = {}
        if findings:
            refusals = identities.refusals(settings, store, decisions, look=look, at=at)
        else:
            try:
                recorded = identities.decide(
                    settings, store, decisions, look=look, holder=process.holder(), actor=process.actor(), reason=reason, at=at
                )
            except identities.RefusedDecisionError as error:
                refusals = error.refusals
    findings += [refusal_finding([*decision_rows][position], refusal) for position, refusal in refusals.items()]
    _say(recorded, sorted(findings, key=lambda finding: finding.line), skipped=len(lines) - len(answer_rows), as_json=as_json)
    if findings:
        raise typer.Exit(EXIT_ERROR)


def _say(recorded: "Sequence[RecordedDecision]", findings: "Sequence[Finding]", *, skipped: int, as_json: bool) -> None:
    if as_json:
        rows = [finding.as_json() for finding in findings]
        say_json({"noted": [decision_json(each) for each in recorded], "skipped": skipped, "findings": rows})
    elif findings:
        say(
            *(line for finding in findings for line in finding.lines),
            f"{count(len(findings), 'error')}. Nothing was recorded. Correct the file, then run the command again.",
        )
    else:
        more = f" {count(skipped, 'row has', 'rows have')} no answer yet." if skipped else ""
        *lines, next_step = decision_lines(recorded) if recorded else [""]
        say(*lines, f"{count(len(recorded), 'answer was', 'answers were')} recorded.{more}", *filter(None, [next_step]))

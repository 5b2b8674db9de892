"""The outcome of each change in a run, in words, open changes first."""

from collections.abc import Iterator

from ilc_canvas.cli.output import cut
from ilc_canvas.reconcile.words.wording import count
from ilc_canvas.store.runs.details import RunDetail
from ilc_canvas.views.names import Names
from ilc_canvas.views.runs.outcomes import HEADS, change_outcomes
from ilc_canvas.views.sentences import tried


def outcome_lines(detail: RunDetail, names: Names, *, all_rows: bool) -> Iterator[str]:
    """The open changes by result, each with its reason, then how many are done."""
    outcomes = change_outcomes(detail)
    for head in dict.fromkeys(HEADS.values()):
        group = [outcome for outcome in outcomes if HEADS.get(outcome.result) == head]
        if group:
            yield f"{head}: {count(len(group), 'change')}."
            yield from cut(
                (f"  {tried(outcome.change, names)}{f': {outcome.why}' if outcome.why else ''}" for outcome in group), all_rows=all_rows
            )
    done = sum(not outcome.is_open for outcome in outcomes)
    if done:
        yield f"Done: {count(done, 'change')}."


def outcome_rows(detail: RunDetail) -> list[dict[str, str]]:
    """The outcomes for programs, open changes first."""
    return [{"verb": f.change.verb, "key": str(f.change.key), "result": f.result, "why": f.why} for f in change_outcomes(detail)]

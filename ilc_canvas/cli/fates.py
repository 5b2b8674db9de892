"""What became of each change of a run, told: the open ones first."""

from collections.abc import Iterator

from ilc_canvas.cli.output import cut
from ilc_canvas.reconcile.words import count
from ilc_canvas.store.runs.details import RunDetail
from ilc_canvas.views.fates import HEADS, fates
from ilc_canvas.views.names import Names
from ilc_canvas.views.sentences import tried


def told_fates(detail: RunDetail, names: Names, *, all_rows: bool) -> Iterator[str]:
    """What is open by result, each with its reason; how many are done."""
    found = fates(detail)
    for head in dict.fromkeys(HEADS.values()):
        group = [fate for fate in found if HEADS.get(fate.result) == head]
        if group:
            yield f"{head}: {count(len(group), 'change')}."
            yield from cut((f"  {tried(fate.change, names)}{f': {fate.why}' if fate.why else ''}" for fate in group), all_rows=all_rows)
    done = sum(not fate.is_open for fate in found)
    if done:
        yield f"Done: {count(done, 'change')}."


def as_rows(detail: RunDetail) -> list[dict[str, str]]:
    """For programs, the open ones first."""
    return [{"verb": f.change.verb, "key": str(f.change.key), "result": f.result, "why": f.why} for f in fates(detail)]

"""How to put back what people changed by hand, for one person or course."""

from collections.abc import Sequence

from ilc_canvas.reconcile.run.values import REPAIR
from ilc_canvas.reconcile.state import Key
from ilc_canvas.store.runs.details import RunDetail
from ilc_canvas.views.selectors import word_of


def how_to_repair(drift: Sequence[Key]) -> list[str]:
    """The command that puts the first of these back; empty if no word names any of them."""
    word = next(filter(None, map(word_of, drift)), "")
    return [f'  To put it back, one person or course at a time: ilc-canvas sync --only {word} --repair --reason "..."'] if word else []


def repairing(detail: RunDetail) -> str:
    """The extra option that the approving command needs for such a plan."""
    return " --repair" if detail.info.trigger == REPAIR else ""

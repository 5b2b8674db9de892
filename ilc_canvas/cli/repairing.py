"""How what people changed by hand is put back, for one person or course."""

from collections.abc import Sequence

from ilc_canvas.reconcile.run import REPAIR
from ilc_canvas.reconcile.state import Key, course_of, person_of
from ilc_canvas.store.runs.details import RunDetail


def how_to_repair(drift: Sequence[Key]) -> list[str]:
    """The command that puts the first of these back; nothing where no word names one of them."""
    word = next(filter(None, map(word_of, drift)), "")
    return [f'  To put it back, one person or course at a time: ilc-canvas sync --only {word} --repair --reason "..."'] if word else []


def word_of(key: Key) -> str:
    """person:ILC-0001 or cop:EQ, as --only takes it; empty for what belongs to all."""
    owner = person_of(key)
    if owner.rule.is_person:
        return f"person:{owner.id.rpartition(':')[2]}"
    course = course_of(key)
    return ":".join(course.id.split(":")[2:]) if course else ""


def repairing(detail: RunDetail) -> str:
    """What the command that permits such a plan needs besides."""
    return " --repair" if detail.info.trigger == REPAIR else ""

"""What a course holds beside its people and meetings: pages, discussions, modules; and how each of them stands."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from ilc_canvas.program.courses.readiness import CourseReadiness
from ilc_canvas.reconcile.kinds import plural
from ilc_canvas.reconcile.state import Key, State

HoldingState = Literal["in", "comes", "differs", "by-hand"]
_GAPS: Mapping[str, HoldingState] = {"missing": "comes", "different": "differs", "by-hand": "by-hand", "conflict": "by-hand"}


@dataclass(frozen=True)
class Holding:
    """One page, discussion or module: in the course, will come, is not as it is asked for, or was touched by hand."""

    key: Key
    name: str
    state: HoldingState


@dataclass(frozen=True)
class Holdings:
    """All of one kind."""

    noun: str  # pages
    items: tuple[Holding, ...]


def holdings(desired: State, course: CourseReadiness, names: Mapping[Key, str], *, edited: Collection[Key]) -> Iterator[Holdings]:
    """Kind by kind, in the order in which they are made. `edited` are those of which people have changed something in Canvas."""
    wanted = [record.key for record in desired if record.rule.is_content and not record.rule.is_detail and record.course == course.course]
    states = {key: _GAPS[gap.code] for gap in course.gaps if gap.code in _GAPS for key in gap.keys}
    absent = any(gap.code == "not-made" for gap in course.gaps)
    for kind in sorted({key.kind for key in wanted}, key=lambda kind: kind.rule.rank):
        every = (key for key in wanted if key.kind == kind)
        yield Holdings(plural(kind), tuple(_holding(key, names, states=states, edited=edited, absent=absent) for key in every))


def _holding(key: Key, names: Mapping[Key, str], *, states: Mapping[Key, HoldingState], edited: Collection[Key], absent: bool) -> Holding:
    there: HoldingState = "comes" if absent else states.get(key, "by-hand" if key in edited else "in")
    return Holding(key, names.get(key) or key.id.rpartition(":")[2], there)

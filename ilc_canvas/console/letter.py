"""A plan as a page reads it: course by course, each change with its sign, whom it is about, and what happens."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from ilc_canvas import clock
from ilc_canvas.program.basis import roster_number
from ilc_canvas.reconcile.change import Change, Remove, without_steps
from ilc_canvas.reconcile.state import Key
from ilc_canvas.settings import Settings
from ilc_canvas.store.db.database import Store
from ilc_canvas.store.rosters import versions
from ilc_canvas.store.runs.details import RunDetail, Step
from ilc_canvas.views.names import Names, known_names
from ilc_canvas.views.runs import plan
from ilc_canvas.views.runs.outcomes import marks
from ilc_canvas.views.selectors import word_of
from ilc_canvas.views.sentences import heading

MANY = 200
"""Above so many changes a page has a box for each course, and rows where somebody asks for them."""


@dataclass(frozen=True, slots=True)
class Line:
    """One change."""

    fingerprint: str
    sign: str  # plus, minus, tilde
    word: str  # joins, leaves, new, ends, changes
    name: str
    text: str
    is_raise: bool  # more rights than before
    is_end: bool  # a place ends
    mark: str  # what has become of it; empty if nothing, or if all have the same
    along: tuple[str, ...] = ()  # whose place ends with it

    @property
    def ends(self) -> int:
        """How many places end."""
        return 1 if self.is_end else len(self.along)


@dataclass(frozen=True, slots=True)
class Course:
    """The changes in one course, or those of people, term and roles."""

    word: str  # cop:EQ; empty for the latter
    title: str
    lines: tuple[Line, ...]  # empty where nobody has asked for them
    summary: str
    size: int  # how many changes
    ends: int  # how many places end


def names_of(settings: Settings, store: Store, detail: RunDetail) -> Names:
    """The names of the things in a run."""
    return known_names(settings, store, [step.change for step in detail.steps], version=roster_number(detail.info.basis))


def letter(detail: RunDetail, names: Names, steps: Sequence[Step] | None = None, *, rows: bool = True) -> list[Course]:
    """The plan of a run, or some of its steps, by course; each change has a line of its own only with `rows`."""
    groups = by_course(detail.steps if steps is None else steps)
    lines = _lines(detail, names, groups) if rows else {}
    return [_course(key, [step.change for step in each], names, lines=lines.get(key, ())) for key, each in groups.items()]


def by_course(steps: Sequence[Step]) -> dict[Key | None, list[Step]]:
    """The steps that people see as changes, by course: first those of people, term and roles, which are in none."""
    shown = {id(change) for change in without_steps([step.change for step in steps])}
    groups: dict[Key | None, list[Step]] = defaultdict(list)
    for step in steps:
        if id(step.change) in shown:
            groups[step.change.subject.course].append(step)
    return dict(sorted(groups.items(), key=lambda each: (each[0] is not None, each[0].id if each[0] else "")))


def _course(key: Key | None, changes: Sequence[Change], names: Names, *, lines: tuple[Line, ...]) -> Course:
    title = heading(key, names) if key else "People, term and roles"
    return Course(word_of(key) if key else "", title, lines, plan.filled(changes), len(changes), sum(map(_places, changes)))


def _places(change: Change) -> int:
    """How many places end with it."""
    if not isinstance(change, Remove):
        return 0
    return 1 if change.key.rule.is_placement else len(change.others) + len(change.ends)


def _lines(detail: RunDetail, names: Names, groups: Mapping[Key | None, Sequence[Step]]) -> dict[Key | None, tuple[Line, ...]]:
    raised, known = plan.with_more_rights(detail.reasons), marks(detail)
    return {key: tuple(_line(step, names, raised=raised, known=known) for step in steps) for key, steps in groups.items()}


def _line(step: Step, names: Names, *, raised: Collection[Key], known: Mapping[str, str]) -> Line:
    change, is_place = step.change, step.change.key.rule.is_placement
    name, text = plan.placement_words(change, names) if is_place else ("", plan.change_text(change, names)[2:])
    sign, word = _sign(change)
    return Line(
        step.fingerprint,
        sign,
        word,
        name,
        text,
        change.key in raised,
        is_place and change.verb == "remove",
        known.get(step.fingerprint, ""),
        tuple(plan.with_it(change, names)) if isinstance(change, Remove) else (),
    )


def _sign(change: Change) -> tuple[str, str]:
    is_place = change.key.rule.is_placement
    signs = {
        "create": ("plus", "joins" if is_place else "new"),
        "remove": ("minus", "leaves" if is_place else "ends"),
        "adopt": ("tilde", "taken over"),
    }
    return signs.get(change.verb, ("tilde", "changes"))


def roster_line(store: Store, detail: RunDetail) -> str:
    """Which roster a plan was made from, and who signed it."""
    if detail.info.undo is not None:
        return f"To undo run {detail.info.undo}."
    roster = versions.read(store, roster_number(detail.info.basis))
    signed = f", signed by {roster.signed_by} on {clock.day(datetime.fromisoformat(roster.signed_at))}" if roster.signed_at else ""
    return f"Roster {roster.school_year}, version {roster.version}{signed}."

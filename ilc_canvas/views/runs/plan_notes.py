"""What else whoever approves a plan should know: texts that change, courses that are opened, who hears of it."""

from collections.abc import Sequence
from dataclasses import dataclass

from ilc_canvas.program.basis import OPENINGS
from ilc_canvas.program.courses.opening import Opening
from ilc_canvas.reconcile.change import Change, Update
from ilc_canvas.reconcile.run.sentence import hearing
from ilc_canvas.reconcile.state import Key
from ilc_canvas.store.db.database import Store
from ilc_canvas.store.openings import versions
from ilc_canvas.store.runs.details import RunDetail
from ilc_canvas.views.names import Names
from ilc_canvas.views.sentences import heading


@dataclass(frozen=True, slots=True)
class TextChange:
    """A page or discussion that gets other words."""

    course: Key
    where: str  # the course by name
    what: str  # page "Home"


def text_changes(changes: Sequence[Change], names: Names) -> list[TextChange]:
    """The texts that a plan would rewrite, course by course."""
    found = [change for change in changes if isinstance(change, Update) and _is_text(change)]
    return [
        TextChange(course, heading(course, names), f"{change.key.rule.noun} “{names[change.key]}”")
        for change in found
        if (course := change.subject.course)
    ]


def _is_text(change: Update) -> bool:
    return bool((change.key.rule.rewritten or {}).keys() & change.fields.keys())


def openings(store: Store, detail: RunDetail, changes: Sequence[Change], *, names: Names) -> list[tuple[str, Opening]]:
    """The courses that a plan would open, and who has asked for that."""
    version = detail.info.basis.get(OPENINGS)
    opened = {change.subject.course for change in changes if change.key.rule.is_opening and change.subject.fields.get("open")}
    if not isinstance(version, int) or not opened:
        return []
    asked = versions.newest(store, detail.info.scope.rpartition(":")[2], version)
    return [(heading(course, names), each) for course, each in sorted(asked.items()) if course in opened]


def who_hears(detail: RunDetail) -> str:
    """How many people Canvas would notify, in one sentence; empty if nobody hears of it."""
    forecast = detail.report.forecast if detail.report else None
    return hearing(forecast) if forecast and forecast.notified else ""

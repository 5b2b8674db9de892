"""One run for somebody who was not there: what was done, what was not, what waits, who approved it, and why."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

from ilc_canvas.program.basis import roster_number
from ilc_canvas.reconcile.change import without_steps
from ilc_canvas.reconcile.run.values import Report
from ilc_canvas.reconcile.state import Key, course_of, person_of
from ilc_canvas.settings import Settings
from ilc_canvas.store.db.database import Store
from ilc_canvas.store.documents.versions import VersionInfo
from ilc_canvas.store.rosters import versions
from ilc_canvas.store.runs import details
from ilc_canvas.store.runs.decisions import approvals
from ilc_canvas.store.runs.decisions.approvals import PlanDecision
from ilc_canvas.store.runs.details import RunDetail, RunInfo
from ilc_canvas.views.names import Names, known_names
from ilc_canvas.views.runs.outcomes import HEADS, ChangeOutcome, change_outcomes
from ilc_canvas.views.runs.plan import change_text, reason_text
from ilc_canvas.views.sentences import about, deferral_text, heading, place_of

Group = Literal["done", "not-done", "waiting", "planned", "left-out"]
GROUPS: tuple[Group, ...] = ("done", "not-done", "waiting", "planned", "left-out")
"""In the order in which a report shows them."""
_GROUP: Mapping[str, Group] = {"waiting": "waiting", "resting": "waiting", "planned": "planned"}


@dataclass(frozen=True, slots=True)
class ReportRow:
    """One change, or one thing that the plan left out."""

    group: Group
    course: str  # as people call it; empty for accounts, term and roles
    subject: str  # the person or thing
    person_id: str  # empty for things
    what: str
    why: str  # why it is not done, in plain words; empty if it is
    at: datetime | None = None  # when it was done, or last tried


@dataclass(frozen=True)
class RunReport:
    """One run with everything that its report needs."""

    info: RunInfo
    school_year: str
    detail: RunDetail
    report: Report | None  # None: the run was cut off
    roster: VersionInfo | None
    decisions: tuple[PlanDecision, ...]
    reasons: tuple[str, ...]  # why the plan was held
    rows: tuple[ReportRow, ...]

    @property
    def times(self) -> tuple[timedelta, timedelta] | None:
        """How long it took to look and plan, and from then on to its end; None if it has made no plan, or was cut off."""
        info = self.info
        return (info.planned_at - info.began_at, info.closed_at - info.planned_at) if info.planned_at and info.closed_at else None

    def of(self, group: Group) -> list[ReportRow]:
        """The rows of one group."""
        return [row for row in self.rows if row.group == group]


def run_report(settings: Settings, store: Store, number: int) -> RunReport:
    """The report of this run. StoreError if there is none of this number."""
    detail = details.run(store, number)
    version = roster_number(detail.info.basis)
    names = known_names(settings, store, [step.change for step in detail.steps], version=version)
    rows = sorted([*_changes(detail, names), *_left_out(detail, names)], key=lambda row: (GROUPS.index(row.group), row.course))
    return RunReport(
        detail.info,
        detail.info.scope.rpartition(":")[2],
        detail,
        detail.report,
        versions.info(store, version) if version else None,
        tuple(approvals.plan_decisions(store, number)),
        tuple(reason_text(reason, names) for reason in detail.reasons),
        tuple(rows),
    )


def _changes(detail: RunDetail, names: Names) -> Iterator[ReportRow]:
    """Each change; the steps of a new address count as one, unless one of them is still open."""
    whole = set(map(id, without_steps(step.change for step in detail.steps)))
    for outcome in change_outcomes(detail):
        if id(outcome.change) in whole or outcome.is_open:
            what = " ".join(change_text(outcome.change, names)[2:].split())
            row = _row(outcome.change.key, names, what=what, group=_group(outcome), why=_why(outcome))
            yield replace(row, at=outcome.step.at)


def _group(outcome: ChangeOutcome) -> Group:
    return _GROUP.get(outcome.result, "not-done") if outcome.is_open else "done"


def _why(outcome: ChangeOutcome) -> str:
    if not outcome.is_open:
        return ""
    head = HEADS[outcome.result]
    return outcome.why or f"{head[:1].lower()}{head[1:]}"


def _left_out(detail: RunDetail, names: Names) -> Iterator[ReportRow]:
    for _, key, why in detail.deferred:
        yield _row(key, names, what=place_of(key, names), group="left-out", why=deferral_text(why, names))


def _row(key: Key, names: Names, *, what: str, group: Group, why: str) -> ReportRow:
    course, person = course_of(key), person_of(key)
    person_id = person.id.rpartition(":")[2] if person.rule.is_person else ""
    return ReportRow(group, heading(course, names) if course else "", names[about(key)], person_id, what, why)

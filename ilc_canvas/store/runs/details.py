"""Reading runs: what was asked, planned, held and done."""

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, func, select

from ilc_canvas.reconcile.basis import Basis
from ilc_canvas.reconcile.change import Change, Outcome
from ilc_canvas.reconcile.deferral.declined import LEFT_OUT, Declined
from ilc_canvas.reconcile.errors import ApprovalError, StoreError
from ilc_canvas.reconcile.guards.guard import Reason
from ilc_canvas.reconcile.kinds import Kind
from ilc_canvas.reconcile.run.notice import Changed
from ilc_canvas.reconcile.run.values import Report
from ilc_canvas.reconcile.state import Key, person_of
from ilc_canvas.reconcile.words.hints import Next
from ilc_canvas.store.audit.change_events import outcome_in
from ilc_canvas.store.audit.tables import EVENT
from ilc_canvas.store.db.codec import basis_from_json, loads, places_from_json, report_from_json
from ilc_canvas.store.db.database import Store
from ilc_canvas.store.db.scope import CanvasScope
from ilc_canvas.store.runs.decisions.declines import everything
from ilc_canvas.store.runs.decisions.drift import rows_from_json
from ilc_canvas.store.runs.history import recent_of_all_years
from ilc_canvas.store.runs.plans import change_of, reasons_by_run, reasons_of
from ilc_canvas.store.runs.tables import CHANGE, RUN

_RECENT = 200  # runs that are looked through


@dataclass(frozen=True, slots=True)
class RunInfo:
    """One run without its plan."""

    number: int
    status: str  # running, or that of its report
    trigger: str
    actor: str
    reason: str
    dry_run: bool
    only: tuple[str, ...]
    basis: Basis
    scope: str
    base_url: str
    digest: str
    began_at: datetime
    planned_at: datetime | None
    closed_at: datetime | None
    undo: int | None = None  # the run that this one takes back


@dataclass(frozen=True, slots=True)
class Step:
    """One planned change and what became of it (None: it was not tried, or has no answer)."""

    position: int
    change: Change
    fingerprint: str
    outcome: Outcome | None = None  # without what Canvas gave back
    begun: bool = False  # whether it was to be sent: without an outcome, nobody knows what became of it
    at: datetime | None = None  # when its outcome was recorded


@dataclass(frozen=True, slots=True)
class RunDetail:
    """One run with everything that is kept of it."""

    info: RunInfo
    report: Report | None  # None if it did not end by itself
    steps: tuple[Step, ...]
    reasons: tuple[Reason, ...]
    drift: tuple[tuple[Key, str], ...]  # key and field
    by_hand: Mapping[Key, Key | None]  # enrollments that others made, and the course; None: an older version did not keep it
    deferred: tuple[tuple[str, Key, str], ...] = ()  # verb (ask: somebody must decide), key, why
    not_ours: tuple[tuple[Key, str], ...] = ()  # key and field, of accounts that others made
    conflicts: frozenset[tuple[Key, str]] = frozenset()  # of `drift`: what roster or calendar have changed as well
    edited: Mapping[tuple[Key, str], datetime] = field(default_factory=dict)  # of `drift`: when, where Canvas tells
    decided: Mapping[tuple[str, Key], Declined] = field(default_factory=dict)  # why, and about what: decisions in force by now

    def decision(self, key: Key, why: str) -> Declined | None:
        """By which decision nothing is done about this, if it is in force; a person's login and SIS id are decided on apart."""
        about = person_of(key) if why == LEFT_OUT else key
        slots = (about, about._replace(id=f"{about.id}|login"), about._replace(id=f"{about.id}|sis_id"))
        return next((self.decided[why, slot] for slot in slots if (why, slot) in self.decided), None)


def runs(store: Store, limit: int = 20, *, up_to: int | None = None) -> list[RunInfo]:
    """The last runs, or the last ones up to a number, newest first."""
    query = select(RUN).order_by(RUN.c.number.desc()).limit(limit)
    with store.read() as connection:
        return [info_of(row) for row in connection.execute(query if up_to is None else query.where(RUN.c.number <= up_to))]


def last_of(store: Store, canvas_scope: CanvasScope) -> RunInfo | None:
    """The newest run of this place; None if there was none."""
    with store.read() as connection:
        row = connection.execute(select(RUN).where(canvas_scope.of(RUN)).order_by(RUN.c.number.desc()).limit(1)).first()
    return info_of(row) if row else None


def newest(store: Store) -> int:
    """The number of the newest run; 0 where there was none."""
    with store.read() as connection:
        return int(connection.execute(select(func.max(RUN.c.number))).scalar() or 0)


def last_report(store: Store) -> Report | None:
    """How the newest run that has ended came out; None if there was none."""
    with store.read() as connection:
        return _first(connection, select(RUN).where(RUN.c.report != "").order_by(RUN.c.number.desc()).limit(1))


def held_plans(store: Store, canvas_scope: CanvasScope) -> list[RunInfo]:
    """Of each selection the newest plan here, where it waits for a person; a plan for everything replaces all that are older."""
    recent = select(RUN).where(canvas_scope.of(RUN), RUN.c.planned_at.is_not(None)).order_by(RUN.c.number.desc()).limit(_RECENT)
    newest: dict[tuple[tuple[str, ...], int | None], RunInfo] = {}
    with store.read() as connection:
        for info in map(info_of, connection.execute(recent)):
            newest.setdefault((info.only, info.undo), info)
            if (info.only, info.undo) == ((), None):
                break
    return [info for info in newest.values() if info.status == "held"]


def report_of(store: Store, number: int) -> Report | None:
    """What one run came to; None if it has not ended by itself."""
    with store.read() as connection:
        return _first(connection, select(RUN).where(RUN.c.number == number, RUN.c.report != ""))


def reports(store: Store, numbers: Collection[int]) -> dict[int, Report]:
    """What each of these runs came to that has ended by itself, by its number."""
    with store.read() as connection:
        rows = connection.execute(select(RUN.c.number, RUN.c.report).where(RUN.c.number.in_(numbers), RUN.c.report != "")).all()
        reasons = reasons_by_run(connection, [row.number for row in rows])
    return {row.number: report_from_json(row.report, reasons.get(row.number, ())) for row in rows}


def newest_whole(store: Store, canvas_scope: CanvasScope) -> Report | None:
    """What the newest plan here for everything came to; None if there was none."""
    here = (canvas_scope.of(RUN), RUN.c.planned_at.is_not(None), RUN.c.report != "", RUN.c.only == "[]", RUN.c.undo.is_(None))
    with store.read() as connection:
        return _first(connection, select(RUN).where(*here).order_by(RUN.c.number.desc()).limit(1))


def _first(connection: Connection, query: Select[tuple[object, ...]]) -> Report | None:
    row = connection.execute(query).first()
    return report_from_json(row.report, reasons_of(connection, row.number)) if row else None


def planned(store: Store, digest: str, canvas_scope: CanvasScope) -> RunDetail:
    """The newest run here whose plan has this digest. ApprovalError where there is none."""
    with store.read() as connection:
        here = (
            RUN.c.digest == digest,
            RUN.c.scope == canvas_scope.scope,
            RUN.c.base_url == canvas_scope.base_url,
            RUN.c.planned_at.is_not(None),
        )
        number = connection.execute(select(func.max(RUN.c.number)).where(*here)).scalar()
    if number is None:
        raise ApprovalError(f"No plan here has the digest {digest}. Nothing was changed. See `{Next.RUNS}` for the one that waits.")
    return run(store, number)


def scope_of(store: Store, digest: str, canvas_scope: CanvasScope) -> str | None:
    """The scope, of whatever school year, of the newest plan with this digest; None if there is none."""
    query = select(RUN.c.scope).where(RUN.c.digest == digest, canvas_scope.all_years(RUN), RUN.c.planned_at.is_not(None))
    with store.read() as connection:
        found: str | None = connection.execute(query.order_by(RUN.c.number.desc()).limit(1)).scalar()
    return found


def run(store: Store, number: int) -> RunDetail:
    """One run; StoreError if there is none of this number."""
    with store.read() as connection:
        row = connection.execute(select(RUN).where(RUN.c.number == number)).first()
        if row is None:
            raise StoreError(f"There is no run {number}. See: {Next.RUNS}")
        reasons = reasons_of(connection, number)
        drift = rows_from_json(row.drift)
        return RunDetail(
            info=info_of(row),
            report=report_from_json(row.report, reasons) if row.report else None,
            steps=_steps(connection, number),
            reasons=reasons,
            drift=tuple((each.key, each.field) for each in drift),
            conflicts=frozenset((each.key, each.field) for each in drift if each.conflict),
            edited={(each.key, each.field): datetime.fromisoformat(each.edited_at) for each in drift if each.edited_at},
            by_hand=places_from_json(row.by_hand),
            deferred=tuple((verb, Key.parse(key), why) for verb, key, why in loads(row.deferred)),
            not_ours=tuple((Key.parse(key), name) for key, name in loads(row.not_ours)),
            decided={(each.why, each.key): each for each in everything(connection, CanvasScope(row.base_url, row.scope))},
        )


def _steps(connection: Connection, number: int) -> tuple[Step, ...]:
    outcomes, unanswered = _outcomes(connection, number), _unanswered(connection, number)
    rows = connection.execute(select(CHANGE).where(CHANGE.c.run == number).order_by(CHANGE.c.position))
    return tuple(
        Step(
            row.position,
            change_of(row),
            row.fingerprint,
            (ended := outcomes.get(row.fingerprint, (None, None)))[0],
            bool(ended[0]) or row.fingerprint in unanswered,
            ended[1],
        )
        for row in rows
    )


def _unanswered(connection: Connection, number: int) -> frozenset[str]:
    """By fingerprint: the changes of this run that were to be sent, and have no outcome."""
    answer = EVENT.alias("answer")
    query = select(EVENT.c.body).outerjoin(answer, answer.c.intent == EVENT.c.seq).where(EVENT.c.run == number, EVENT.c.kind == "intended")
    return frozenset(loads(body)["fingerprint"] for body in connection.execute(query.where(answer.c.seq.is_(None))).scalars())


def _outcomes(connection: Connection, number: int) -> dict[str, tuple[Outcome, datetime]]:
    """The last outcome of each change, without personal values, and when it was recorded, by fingerprint."""
    query = select(EVENT.c.at, EVENT.c.body).where(EVENT.c.run == number, EVENT.c.kind == "happened").order_by(EVENT.c.seq)
    rows = ((row.at, loads(row.body)) for row in connection.execute(query))
    return {body["fingerprint"]: (outcome_in(body), at) for at, body in rows}


def info_of(row: Row[Any]) -> RunInfo:
    """The run of a row."""
    return RunInfo(
        number=row.number,
        status=row.status,
        trigger=row.trigger,
        actor=row.actor,
        reason=row.reason,
        scope=row.scope,
        base_url=row.base_url,
        digest=row.digest,
        began_at=row.began_at,
        planned_at=row.planned_at,
        closed_at=row.closed_at,
        undo=row.undo,
        basis=basis_from_json(row.basis),
        dry_run=bool(row.dry_run),
        only=tuple(loads(row.only)),
    )


@dataclass(frozen=True, slots=True)
class RunProgress:
    """How far a run has come: calls that have an outcome, of those that are planned (a new address takes several)."""

    done: int
    total: int


def run_progress(store: Store, number: int) -> RunProgress:
    """How far this run is, or was; nothing of nothing before its plan is made."""
    with store.read() as connection:
        done = select(func.count()).where(EVENT.c.run == number, EVENT.c.kind == "happened")
        total = select(func.count()).where(CHANGE.c.run == number)
        return RunProgress(connection.execute(done).scalar_one(), connection.execute(total).scalar_one())


def running(store: Store) -> int | None:
    """The number of the run under way; None if there is none."""
    with store.read() as connection:
        return connection.execute(select(func.max(RUN.c.number)).where(RUN.c.status == "running")).scalar()


def changed(store: Store, canvas_scope: CanvasScope, since: datetime) -> list[Changed]:
    """How much was changed since then, in whatever school year, by course, kind and verb."""
    with store.read() as connection:
        done = [change for change, outcome in recent_of_all_years(connection, canvas_scope, since) if outcome.result == "applied"]
    counts = Counter((each.subject.course.id if each.subject.course else "", each.key.kind, each.verb) for each in done)
    return [Changed(course, str(kind), verb, number) for (course, kind, verb), number in sorted(counts.items(), key=_by_rank)]


def _by_rank(each: tuple[tuple[str, Kind, str], int]) -> tuple[str, int, str]:
    (course, kind, verb), _ = each
    return course, kind.rule.rank, verb

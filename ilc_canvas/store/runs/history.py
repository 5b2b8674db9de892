"""What a run needs to know of earlier runs."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import takewhile
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, func, or_, select

from ilc_canvas.clock import TOLERATED
from ilc_canvas.reconcile.change import Change, Outcome, Plan, fingerprint
from ilc_canvas.reconcile.compare.lost_objects import Lost
from ilc_canvas.reconcile.guards.guard import History
from ilc_canvas.reconcile.kinds import Kind, kinds
from ilc_canvas.reconcile.run.values import Intent, Report
from ilc_canvas.reconcile.state import Key
from ilc_canvas.store.audit.change_events import intent_of, outcome_of
from ilc_canvas.store.audit.tables import AUDIT_PERSONAL, EVENT
from ilc_canvas.store.db.codec import basis_to_json, loads, places_from_json, report_from_json
from ilc_canvas.store.db.scope import CanvasScope
from ilc_canvas.store.runs.plans import reasons_of
from ilc_canvas.store.runs.tables import CHANGE, COURSE_COUNT, RUN

_DAY = timedelta(hours=24)
_BATCH = 500  # values in one statement


def unfinished(connection: Connection, *, besides: int | None) -> list[int]:
    """Runs that began and never ended, but for this one."""
    return [n for n in connection.execute(select(RUN.c.number).where(RUN.c.status == "running")).scalars() if n != besides]


def open_intents(connection: Connection, canvas_scope: CanvasScope, *, besides: int | None) -> list[Intent]:
    """Intents at this place that have no outcome, but for those of this run; about people, those of other school years' runs too."""
    answer = EVENT.alias("answer")
    query = (
        select(EVENT, AUDIT_PERSONAL.c.content)
        .join(RUN, RUN.c.number == EVENT.c.run)
        .outerjoin(AUDIT_PERSONAL, AUDIT_PERSONAL.c.seq == EVENT.c.seq)
        .outerjoin(answer, answer.c.intent == EVENT.c.seq)
        .where(EVENT.c.kind == "intended", answer.c.seq.is_(None), _here_or_shared(canvas_scope))
        .order_by(EVENT.c.seq)
    )
    return [_with_newest(connection, intent_of(row)) for row in connection.execute(query) if row.run != besides]


def _with_newest(connection: Connection, intent: Intent) -> Intent:
    """With the highest number of an enrollment that its run had been answered before it was intended."""
    answered = select(EVENT.c.body).where(EVENT.c.run == intent.run, EVENT.c.kind == "happened", EVENT.c.seq < intent.seq)
    upserted = _of_kinds(kinds(lambda rule: rule.is_upserted))
    bodies = map(loads, connection.execute(answered.where(upserted)).scalars())
    return replace(intent, newest=max((body["handle"] or 0 for body in bodies), default=0))


def _here_or_shared(canvas_scope: CanvasScope) -> ColumnElement[bool]:
    """What is about this school year, or, by whatever year's run, about what belongs to all of them: people, our sub-account, roles."""
    shared = _of_kinds(kinds(lambda rule: rule.is_shared))
    return or_(canvas_scope.of(RUN), and_(canvas_scope.all_years(RUN), shared))


def _of_kinds(these: Iterable[Kind]) -> ColumnElement[bool]:
    return or_(*(EVENT.c.key.startswith(f"{kind}=") for kind in these))


def last_closed(connection: Connection, runs: Collection[int]) -> datetime | None:
    """When the last of these runs was closed."""
    closed: datetime | None = connection.execute(select(func.max(RUN.c.closed_at)).where(RUN.c.number.in_(runs))).scalar()
    return closed


def recent(connection: Connection, canvas_scope: CanvasScope, *, since: datetime, now: datetime) -> list[tuple[Change, Outcome]]:
    """What was done here since then, and about people in other school years, oldest first, each change with its outcome; but for what was
    done while a clock was fast.
    """
    return _done(connection, (EVENT.c.at >= since, EVENT.c.at <= now + TOLERATED, _here_or_shared(canvas_scope)))


def recent_of_all_years(connection: Connection, canvas_scope: CanvasScope, since: datetime) -> list[tuple[Change, Outcome]]:
    """What was done since then in whatever school year, oldest first, each change with its outcome."""
    return _done(connection, (EVENT.c.at >= since, canvas_scope.all_years(RUN)))


def done(connection: Connection, canvas_scope: CanvasScope, run: int) -> list[tuple[Change, Outcome]]:
    """What one run has done here, oldest first."""
    return _done(connection, (EVENT.c.run == run, *_here(canvas_scope)))


def _done(connection: Connection, where: tuple[Any, ...]) -> list[tuple[Change, Outcome]]:
    """Intents with an outcome that is done, by the order of the outcomes."""
    columns = select(EVENT, AUDIT_PERSONAL.c.content).outerjoin(AUDIT_PERSONAL, AUDIT_PERSONAL.c.seq == EVENT.c.seq)
    happened = columns.join(RUN, RUN.c.number == EVENT.c.run).where(EVENT.c.kind == "happened", *where).order_by(EVENT.c.seq)
    outcomes = {row.intent: outcome_of(row) for row in connection.execute(happened)}
    wanted = [seq for seq, outcome in outcomes.items() if outcome.done]
    intents: dict[int, Change] = {}
    for start in range(0, len(wanted), _BATCH):
        rows = connection.execute(columns.where(EVENT.c.seq.in_(wanted[start : start + _BATCH])))
        intents |= {row.seq: intent_of(row).change for row in rows}
    return [(intents[seq], outcomes[seq]) for seq in wanted]


def recoveries(connection: Connection, canvas_scope: CanvasScope) -> int:
    """How often recovery has begun here since it was last finished, or a person ended a quarantine."""
    kinds = ("recovering", "recovered", "released")
    query = select(EVENT.c.kind).outerjoin(RUN, RUN.c.number == EVENT.c.run).where(EVENT.c.kind.in_(kinds))
    query = query.where(or_(RUN.c.number.is_(None), and_(*_here(canvas_scope)))).order_by(EVENT.c.seq.desc()).limit(100)
    return len(list(takewhile(lambda kind: kind == "recovering", connection.execute(query).scalars())))


def _here(canvas_scope: CanvasScope) -> tuple[Any, Any]:
    return (RUN.c.base_url == canvas_scope.base_url, RUN.c.scope == canvas_scope.scope)


def history(connection: Connection, canvas_scope: CanvasScope, now: datetime) -> History:
    """Whether anything was ever changed here, how much was removed since yesterday, and what was seen last."""
    seen = select(COURSE_COUNT.c.course, COURSE_COUNT.c.active).where(
        COURSE_COUNT.c.base_url == canvas_scope.base_url, COURSE_COUNT.c.scope == canvas_scope.scope
    )
    accepted = _restored(connection, canvas_scope)
    return History(
        first=_first(connection, canvas_scope),
        restored=accepted is not None,
        lost=_lost(connection, canvas_scope, accepted) if accepted and _has_lost(accepted) else None,
        removals_last_day=_removals(connection, canvas_scope, now),
        last_seen={Key.parse(row.course): row.active for row in connection.execute(seen)},
    )


def _first(connection: Connection, canvas_scope: CanvasScope) -> bool:
    """No run of any school year has changed anything (one that found all converged counts only beside a change that was applied)."""
    real = (canvas_scope.all_years(RUN), RUN.c.dry_run == 0)
    statuses = set(connection.execute(select(RUN.c.status).where(*real).distinct()).scalars())
    if statuses & {"applied", "partial"}:
        return False
    return "converged" not in statuses or not any(_applied(row) for row in connection.execute(_outcomes(canvas_scope.all_years(RUN))))


def _restored(connection: Connection, canvas_scope: CanvasScope) -> Row[Any] | None:
    """The event that a restored store is gone on with, unless a run for everything has ended well here since: one that a person has
    said yes to, or that found nothing to do.
    """
    accepted = connection.execute(select(EVENT).where(EVENT.c.kind == "accepted").order_by(EVENT.c.seq.desc()).limit(1)).first()
    if accepted is None:
        return None
    since = select(EVENT.c.seq).join(RUN, RUN.c.number == EVENT.c.run).where(EVENT.c.kind == "closed", EVENT.c.seq > accepted.seq)
    whole = since.where(RUN.c.dry_run == 0, RUN.c.only == "[]", RUN.c.undo.is_(None), *_here(canvas_scope)).add_columns(
        RUN.c.status, RUN.c.report
    )
    ended = any(_leaves_nothing(row.status, row.report) for row in connection.execute(whole))
    return None if ended else accepted


def _leaves_nothing(status: str, report: str) -> bool:
    """Whether a run has left no change for another one: what is parked or asked is not a change that waits for a yes."""
    told = loads(report) if report else {}
    return status in ("applied", "converged") or (status == "partial" and not told["failed"] and not told["withheld"])


def _has_lost(accepted: Row[Any]) -> bool:
    """Whether the kept head knew of events that the store lacks; where no head was kept, nobody knows."""
    body = loads(accepted.body)
    return bool(body["expected"] != body["found"])


def _lost(connection: Connection, canvas_scope: CanvasScope, accepted: Row[Any]) -> Lost:
    """What the last plan for everything before the backup said of what people had added by hand."""
    began = select(EVENT.c.run).where(EVENT.c.kind == "planned", EVENT.c.seq < accepted.seq)
    plans = select(RUN.c.by_hand).where(canvas_scope.of(RUN), RUN.c.number.in_(began), RUN.c.only == "[]", RUN.c.undo.is_(None))
    by_hand = connection.execute(plans.order_by(RUN.c.number.desc()).limit(1)).scalar()
    return Lost(frozenset(places_from_json(by_hand)) if by_hand else frozenset())


def _outcomes(here: ColumnElement[bool]) -> Select[Any]:
    return select(EVENT.c.body).join(RUN, RUN.c.number == EVENT.c.run).where(EVENT.c.kind == "happened", here)


def _applied(row: Any) -> bool:
    return bool(loads(row.body)["result"] == "applied")


def _removals(connection: Connection, canvas_scope: CanvasScope, now: datetime) -> int:
    rows = connection.execute(_outcomes(canvas_scope.of(RUN)).where(EVENT.c.at > now - _DAY))
    bodies = [loads(row.body) for row in rows if _applied(row)]
    return sum(body["covers"] for body in bodies if body["verb"] == "remove")


def waiting_since(connection: Connection, canvas_scope: CanvasScope, plan: Plan, *, now: datetime) -> Mapping[str, datetime]:
    """By fingerprint: when each change of this plan was first planned from this basis; dry runs do not count, nor does a fast clock."""
    names = [fingerprint(change) for change in plan.changes]
    since: dict[str, datetime] = {}
    for start in range(0, len(names), _BATCH):
        query = select(CHANGE.c.fingerprint, func.min(RUN.c.planned_at).label("since")).join(RUN, RUN.c.number == CHANGE.c.run)
        query = query.where(*_here(canvas_scope), RUN.c.basis == basis_to_json(plan.basis), RUN.c.dry_run == 0)
        query = query.where(RUN.c.planned_at <= now + TOLERATED)
        query = query.where(CHANGE.c.fingerprint.in_(names[start : start + _BATCH])).group_by(CHANGE.c.fingerprint)
        since |= {row.fingerprint: row.since for row in connection.execute(query)}
    return since


_TOLD = ("held", "planned", "applied", "partial")
"""How runs end in which somebody could read what waits and what goes."""


def held_before(connection: Connection, canvas_scope: CanvasScope, plan: Plan) -> frozenset[str]:
    """By fingerprint: the changes of this plan that the last run to plan them, dry or not, has held for a person.

    Where nothing but a reading that may have been wrong held them, the next reading decides.
    """
    keys = {fingerprint(change): change.key for change in plan.changes}
    newest: dict[str, int] = {}
    for start in range(0, len(keys), _BATCH):
        query = select(CHANGE.c.fingerprint, func.max(RUN.c.number).label("run")).join(RUN, RUN.c.number == CHANGE.c.run)
        query = query.where(*_here(canvas_scope), RUN.c.status.in_(_TOLD), CHANGE.c.fingerprint.in_(list(keys)[start : start + _BATCH]))
        newest |= {row.fingerprint: row.run for row in connection.execute(query.group_by(CHANGE.c.fingerprint))}
    held = select(RUN.c.number, RUN.c.report).where(RUN.c.number.in_(set(newest.values())), RUN.c.status == "held")
    rows = {row.number: report_from_json(row.report, reasons_of(connection, row.number)) for row in connection.execute(held).all()}
    reports = {number: report for number, report in rows.items() if {reason.code for reason in report.reasons} != {"observed-drop"}}
    return frozenset(name for name, run in newest.items() if run in reports and _was_held(reports[run], keys[name]))


def _was_held(report: Report, key: Key) -> bool:
    return report.waits.get(key) == "waiting" if report.waits else True

"""A person's yes or no to one plan: these changes, once, within a day; and what is not approved stays undone."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, and_, func, insert, or_, select, update

from ilc_canvas import clock
from ilc_canvas.reconcile.basis import differences
from ilc_canvas.reconcile.change import Change, without_steps
from ilc_canvas.reconcile.deferral.declined import DECLINED
from ilc_canvas.reconcile.errors import ApprovalError, OutrunError
from ilc_canvas.reconcile.run.values import Approval
from ilc_canvas.reconcile.words.hints import Next
from ilc_canvas.store.audit.chain import Entry, append, said
from ilc_canvas.store.audit.tables import EVENT
from ilc_canvas.store.db.codec import basis_from_json, dumps, loads
from ilc_canvas.store.db.database import Store
from ilc_canvas.store.db.scope import CanvasScope
from ilc_canvas.store.documents.versions import newest_basis
from ilc_canvas.store.runs.decisions import declines
from ilc_canvas.store.runs.decisions.recorded import not_used, seal, split_by_record
from ilc_canvas.store.runs.plans import change_of
from ilc_canvas.store.runs.tables import APPROVAL, CHANGE, REASON, RUN

GOOD_FOR = timedelta(hours=24)
"""How old a plan may be when it is approved, and how long its approval is good."""
Selection = Mapping[str, Sequence[str]]
"""The words of `only` and `except`."""
_AGAIN = f"Make the plan again and look at it: {Next.PLAN}"


@dataclass(frozen=True, slots=True)
class _PlanAnswer:
    """Who says yes or no to what, why, where and when."""

    digest: str
    actor: str
    reason: str
    canvas_scope: CanvasScope
    now: datetime
    selection: Selection = field(default_factory=dict)
    seen: int | None = None  # how many decisions about it were shown; None: whatever there are


def approve(
    store: Store,
    digest: str,
    *,
    actor: str,
    reason: str,
    scope: str,
    base_url: str,
    now: datetime,
    fingerprints: frozenset[str] | None = None,
    selection: Selection | None = None,
    spared: frozenset[str] = frozenset(),
    seen: int | None = None,
) -> Approval:
    """Permit the plan of this digest, or those of its changes that `fingerprints` names, for 24 hours; `selection` tells how
    they were chosen.

    What the plan has besides, and no approval in force names, is declined; so is what somebody has `spared` by name, whatever was approved
    before. Raises ApprovalError: digest unknown, plan older than 24 hours, spent, out of date, nothing in it; or it goes against
    a decline and has no reason. OutrunError if more was decided about the plan than the number of decisions `seen`.
    """
    word = _PlanAnswer(digest, actor, reason, CanvasScope(base_url, scope), now, selection or {}, seen)
    with store.write() as connection:
        run = _approvable(connection, word)
        changes = _changes(connection, run)
        names = frozenset(changes) if fingerprints is None else frozenset(changes) & fingerprints
        if not names and (fingerprints is not None or not _has_reasons(connection, run)):
            raise ApprovalError(f"The plan {digest} has no such changes: there is nothing to approve. {_AGAIN}")
        _overrule(connection, word, run, changes=[changes[name] for name in names])
        kept = _named(connection, word, run) - spared
        decided = _decide(connection, word, run, decision="approved", names=names)
        _decline(connection, word, run, decided=decided, changes=[changes[name] for name in changes if name not in names | kept])
        return _approval(decided)


def reject(store: Store, digest: str, *, actor: str, reason: str, scope: str, base_url: str, now: datetime, seen: int | None = None) -> int:
    """Decline the plan of this digest whole, and take back a yes that is still in force; how many changes stay undone.

    Raises ApprovalError as `approve` does, or where it was declined already.
    """
    word = _PlanAnswer(digest, actor, reason, CanvasScope(base_url, scope), now, seen=seen)
    with store.write() as connection:
        run = _approvable(connection, word)
        _refuse_twice(connection, word, run)
        connection.execute(update(APPROVAL).where(APPROVAL.c.digest == digest, *_in_force(word.canvas_scope, now)).values(ended_at=now))
        decided = _decide(connection, word, run, decision="rejected", names=frozenset())
        changes = list(_changes(connection, run).values())
        _decline(connection, word, run, decided=decided, changes=changes)
    return len(without_steps(changes))


def _changes(connection: Connection, run: Row[Any]) -> dict[str, Change]:
    """The changes of a plan, by fingerprint, in their order."""
    rows = connection.execute(select(CHANGE).where(CHANGE.c.run == run.number).order_by(CHANGE.c.position))
    return {row.fingerprint: change_of(row) for row in rows}


def _named(connection: Connection, word: _PlanAnswer, run: Row[Any]) -> frozenset[str]:
    """What approvals in force permit that were given for the same basis."""
    here = [each.fingerprints for each in in_force(connection, word.canvas_scope, word.now) if each.basis == basis_from_json(run.basis)]
    return frozenset[str]().union(*here)


def _overrule(connection: Connection, word: _PlanAnswer, run: Row[Any], *, changes: Sequence[Change]) -> None:
    """A yes to what somebody has declined, or taken back, ends that; it is a decision of its own, with a reason."""
    against = declines.about(connection, word.canvas_scope, changes)
    before = next(iter(against), None) or _refused(connection, word, run)
    if before and not word.reason.strip():
        what = f"{len(against):,} of these changes" if len(against) > 1 else "one of these changes" if against else "this plan"
        raise ApprovalError(
            f"{before.actor} declined {what} on {clock.day(before.at)}{f': {before.reason}' if before.reason else ''}. "
            "Nothing was changed. To approve it all the same, say why: --reason TEXT"
        )
    declines.drop(connection, word.canvas_scope, [each.key for each in against])


def _decline(connection: Connection, word: _PlanAnswer, run: Row[Any], *, decided: Row[Any], changes: Sequence[Change]) -> None:
    """These stay undone. The way back of a run is made only when somebody asks for it, so there is nothing to keep from being made."""
    if run.undo is None:
        declines.keep(
            connection, word.canvas_scope, changes, why=DECLINED, run=run.number, at=word.now, actor=word.actor, decision=decided.number
        )


def _has_reasons(connection: Connection, run: Row[Any]) -> bool:
    """Whether something is to be approved although nothing is to be done: that much has gone from Canvas."""
    return connection.execute(select(REASON.c.position).where(REASON.c.run == run.number).limit(1)).first() is not None


def _approvable(connection: Connection, word: _PlanAnswer) -> Row[Any]:
    """The newest run with this digest, if it may still be decided on."""
    run = _planned(connection, word)
    _require_seen(connection, word, run)
    if clock.from_fast_clock(run.planned_at, word.now):
        raise ApprovalError(
            f"The plan {word.digest} is dated {clock.day(run.planned_at)}, when a clock was fast. Nothing was changed. {_AGAIN}"
        )
    if word.now - run.planned_at > GOOD_FOR:
        raise ApprovalError(f"The plan {word.digest} is older than 24 hours: run {run.number} made it. Nothing was changed. {_AGAIN}")
    differs = differences(basis_from_json(run.basis), newest_basis(connection, word.canvas_scope.school_year))
    if differs:
        raise ApprovalError(f"The plan {word.digest} is out of date: {differs}. Nothing was changed. {_AGAIN}")
    last = _last_word(connection, word)
    if last and last.spent_by is not None and last.spent_by >= run.number:
        raise ApprovalError(f"The approval of {word.digest} is spent: run {last.spent_by} carried it out. Nothing was changed. {_AGAIN}")
    return run


def _require_seen(connection: Connection, word: _PlanAnswer, run: Row[Any]) -> None:
    """In the transaction of the decision itself: of two people who decide at once, the second one learns of the first."""
    made = _decisions(connection, run.number)
    if word.seen is not None and len(made) != word.seen:
        last = f" {made[-1].actor} has decided about it on {clock.at(made[-1].at)}." if made else ""
        raise OutrunError(f"The plan {word.digest} is not as it was shown.{last} Nothing was changed.")


def _refuse_twice(connection: Connection, word: _PlanAnswer, run: Row[Any]) -> None:
    last = _refused(connection, word, run)
    if last:
        raise ApprovalError(f"The plan {word.digest} was declined by {last.actor} already. Nothing was changed.")


def _refused(connection: Connection, word: _PlanAnswer, run: Row[Any]) -> Row[Any] | None:
    """The no to this plan, if that was the last word about it."""
    last = _last_word(connection, word)
    return last if last and last.decision == "rejected" and last.run >= run.number else None


def _planned(connection: Connection, word: _PlanAnswer) -> Row[Any]:
    here = (RUN.c.digest == word.digest, RUN.c.scope == word.canvas_scope.scope, RUN.c.base_url == word.canvas_scope.base_url)
    query = select(RUN).where(*here, RUN.c.planned_at.is_not(None)).order_by(RUN.c.number.desc()).limit(1)
    run = connection.execute(query).first()
    if run is None:
        raise ApprovalError(f"No plan here has the digest {word.digest}. Nothing was changed. See `{Next.RUNS}` for the one that waits.")
    return run


def _last_word(connection: Connection, word: _PlanAnswer) -> Row[Any] | None:
    here = (
        APPROVAL.c.digest == word.digest,
        APPROVAL.c.scope == word.canvas_scope.scope,
        APPROVAL.c.base_url == word.canvas_scope.base_url,
    )
    return connection.execute(select(APPROVAL).where(*here).order_by(APPROVAL.c.number.desc()).limit(1)).first()


def _decide(connection: Connection, word: _PlanAnswer, run: Row[Any], *, decision: str, names: frozenset[str]) -> Row[Any]:
    selection = _selection(word, run)
    _end_unrecorded(connection, word)
    values = {
        "number": (connection.execute(select(func.max(APPROVAL.c.number))).scalar() or 0) + 1,
        "digest": word.digest,
        "decision": decision,
        "run": run.number,
        "actor": word.actor,
        "reason": word.reason,
        "fingerprints": dumps(sorted(names)),
        "selection": dumps(selection),
        "basis": run.basis,
        "scope": word.canvas_scope.scope,
        "base_url": word.canvas_scope.base_url,
        "at": word.now,
        "expires": word.now + GOOD_FOR,
    }
    connection.execute(insert(APPROVAL).values(**values))
    body = {"digest": word.digest, "changes": len(names), "basis": loads(run.basis), "row": seal(values), **selection}
    append(connection, Entry(decision, word.now, word.actor, body, run=run.number, personal=said(reason=word.reason)))
    return connection.execute(select(APPROVAL).where(APPROVAL.c.number == values["number"])).one()


def _end_unrecorded(connection: Connection, word: _PlanAnswer) -> None:
    """What the log does not have is cleared away by the next decision of a person."""
    for row in _split(connection, word.canvas_scope, word.now)[1]:
        connection.execute(update(APPROVAL).where(APPROVAL.c.number == row.number).values(ended_at=word.now))


def _selection(word: _PlanAnswer, run: Row[Any]) -> dict[str, list[str]]:
    """The words that narrow it: those that were given, within those that the plan was made for."""
    only = list(word.selection.get("only") or loads(run.only))
    but = list(word.selection.get("except") or ())
    return {name: words for name, words in (("only", only), ("except", but)) if words}


@dataclass(frozen=True, slots=True)
class PlanDecision:
    """A yes or no to the plan of a run."""

    decision: str  # approved, rejected
    actor: str
    at: datetime
    reason: str
    changes: int
    selection: Selection


def plan_decisions(store: Store, run: int) -> list[PlanDecision]:
    """What was decided about the plan that this run made, and what this run has carried out; the oldest first."""
    with store.read() as connection:
        return _decisions(connection, run)


def _decisions(connection: Connection, run: int) -> list[PlanDecision]:
    of = select(RUN.c.digest, RUN.c.scope, RUN.c.base_url).where(RUN.c.number == run).subquery()
    same = and_(APPROVAL.c.digest == of.c.digest, APPROVAL.c.scope == of.c.scope, APPROVAL.c.base_url == of.c.base_url)
    used = or_(same, APPROVAL.c.spent_by == run)
    rows = connection.execute(select(APPROVAL).join(of, used).order_by(APPROVAL.c.number)).all()
    return [_plan_decision(row) for row in rows]


def _plan_decision(row: Row[Any]) -> PlanDecision:
    return PlanDecision(row.decision, row.actor, row.at, row.reason, len(loads(row.fingerprints)), loads(row.selection))


def in_force(connection: Connection, canvas_scope: CanvasScope, now: datetime) -> list[Approval]:
    """Approvals for this place that are neither spent, nor taken back, nor expired, and are as the audit log recorded them."""
    return [_approval(row) for row in _split(connection, canvas_scope, now)[0]]


def unrecorded(connection: Connection, canvas_scope: CanvasScope, now: datetime) -> list[str]:
    """A sentence about each row that looks like an approval in force and is none by the audit log."""
    return not_used(_split(connection, canvas_scope, now)[1])


def _split(connection: Connection, canvas_scope: CanvasScope, now: datetime) -> tuple[list[Row[Any]], list[Row[Any]]]:
    rows = connection.execute(select(APPROVAL).where(*_in_force(canvas_scope, now)).order_by(APPROVAL.c.number)).all()
    good, bad = split_by_record(connection, rows)
    return [row for row in good if row.expires <= now + GOOD_FOR + clock.TOLERATED], bad  # a longer one is of a fast clock


def spend(connection: Connection, canvas_scope: CanvasScope, run: int, *, status: str, now: datetime) -> list[int]:
    """End the approvals that this run has used up; their numbers."""
    row = connection.execute(select(RUN.c.number, RUN.c.only, RUN.c.dry_run, RUN.c.digest).where(RUN.c.number == run)).one()
    used = set(connection.execute(select(CHANGE.c.fingerprint).where(CHANGE.c.run == run)).scalars())
    given = () if row.dry_run else connection.execute(select(APPROVAL).where(*_open(canvas_scope)).order_by(APPROVAL.c.number)).all()
    spent = [decision.number for decision in given if _used_up(connection, decision, row, used=used, status=status)]
    connection.execute(update(APPROVAL).where(APPROVAL.c.number.in_(spent)).values(ended_at=now, spent_by=run))
    return spent


def _used_up(connection: Connection, decision: Row[Any], run: Any, *, used: set[str], status: str) -> bool:
    """It was used by a run that left nothing undone; that run found all as it shall be; or each of its changes has been carried out."""
    names = set(loads(decision.fingerprints))
    if status in ("applied", "converged") and (used & names or decision.digest == run.digest):
        return True
    return (status == "converged" and run.only == "[]") or (bool(names) and names <= _done(connection, decision))


def _done(connection: Connection, decision: Row[Any]) -> set[str]:
    """The changes, by fingerprint, that were carried out since this was approved."""
    query = select(EVENT.c.body).where(EVENT.c.kind == "happened", EVENT.c.at >= decision.at)
    bodies = (loads(body) for body in connection.execute(query).scalars())
    return {body["fingerprint"] for body in bodies if body["result"] in ("applied", "noop")}


def _open(canvas_scope: CanvasScope) -> tuple[Any, ...]:
    here = (APPROVAL.c.scope == canvas_scope.scope, APPROVAL.c.base_url == canvas_scope.base_url)
    return (*here, APPROVAL.c.decision == "approved", APPROVAL.c.ended_at.is_(None))


def _in_force(canvas_scope: CanvasScope, now: datetime) -> tuple[Any, ...]:
    return (*_open(canvas_scope), APPROVAL.c.expires > now)


def _approval(row: Row[Any]) -> Approval:
    return Approval(
        digest=row.digest,
        actor=row.actor,
        reason=row.reason,
        fingerprints=frozenset(loads(row.fingerprints)),
        basis=basis_from_json(row.basis),
        scope=row.scope,
        base_url=row.base_url,
        expires=row.expires,
    )

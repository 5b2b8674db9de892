"""What people want left undone: a change that was declined, or taken back, stays undone until its row changes or somebody says otherwise.

Who and why stand with the plan's decision, or with the run that took it back: so a text is kept, and erased, in one place.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, bindparam, delete, select

from ilc_canvas.program.basis import ROSTER
from ilc_canvas.reconcile.change import Change, Plan, desired_digest, slot
from ilc_canvas.reconcile.deferral.declined import LEFT_OUT, Declined, named
from ilc_canvas.reconcile.errors import ChainError, DecisionError
from ilc_canvas.reconcile.state import Key
from ilc_canvas.reconcile.words.hints import Next
from ilc_canvas.store.audit.chain import Entry, append, said
from ilc_canvas.store.audit.recorded import BY_OTHER_MEANS, digest_of, recorded
from ilc_canvas.store.db.database import Store
from ilc_canvas.store.db.scope import CanvasScope
from ilc_canvas.store.documents.versions import signed_years
from ilc_canvas.store.rosters.rekey import renamed
from ilc_canvas.store.runs.tables import APPROVAL, DECLINED, IDENTITY_DECISION, RUN

_WORDS = (APPROVAL.c.actor, APPROVAL.c.reason, APPROVAL.c.digest, RUN.c.actor.label("by"), RUN.c.reason.label("because"))
_AMONG = select(DECLINED.c.key).where(DECLINED.c.key.in_(bindparam("keys", expanding=True)))


def in_force(connection: Connection, canvas_scope: CanvasScope) -> dict[Key, Declined]:
    """All of them here, by key."""
    query = select(DECLINED, *_WORDS).outerjoin(APPROVAL, APPROVAL.c.number == DECLINED.c.decision)
    rows = connection.execute(
        query.outerjoin(RUN, RUN.c.number == DECLINED.c.run).where(canvas_scope.of(DECLINED)).order_by(DECLINED.c.key)
    )
    return {each.key: each for each in map(_declined, rows)}


def recorded_in_force(connection: Connection, canvas_scope: CanvasScope) -> dict[Key, Declined]:
    """The same, before anything is left undone by it. ChainError if the audit log does not have one of them so."""
    found = in_force(connection, canvas_scope)
    known = _recorded(connection) if found else {}
    wrong = (each for key, each in found.items() if known.get(str(key)) != _seal(each.wants, each.verb, each.why))
    for each in wrong:
        if each.run is None or not _is_older(connection, each.run):
            raise ChainError(
                f"That {each.key} is to be left undone is not what the audit log recorded. {BY_OTHER_MEANS} Nothing was changed. "
                f"Find out by whom ({Next.VERIFY_LOG}), take it back, and decide again: {Next.DECLINED}"
            )
    return found


def _recorded(connection: Connection) -> dict[str, str]:
    """By key, under the id that its person has now: the last such decision that the log has and nobody took back, sealed."""
    known: dict[str, str] = {}
    for event in recorded(connection, "declined", "decline-forgotten", "person-renamed"):
        if event.kind == "declined":
            known |= event.body["rows"]
        elif event.kind == "decline-forgotten":
            known = {key: seal for key, seal in known.items() if key not in event.body["keys"]}
        else:
            old, new = Key.parse(event.body["old"]), Key.parse(event.body["new"])
            known = {renamed(key, old, new): seal for key, seal in known.items()}
    return known


def _seal(wants: str, verb: str, why: str) -> str:
    """Names what a row says, beside its key."""
    return digest_of([wants, verb, why])[:16]


def _is_older(connection: Connection, run: int) -> bool:
    """Whether the run was begun by a version of this program that did not record such rows."""
    return any(event.run == run and "sealed" not in event.body for event in recorded(connection, "began"))


def _declined(row: Row[Any]) -> Declined:
    """Who declined is in the decision; who took back, in the run."""
    who = (row.actor, row.reason, row.digest) if row.decision else (row.by or "", row.because or "", "")
    return Declined(Key.parse(row.key), row.wants, row.verb, row.why, row.at, *who[:2], run=row.run, digest=who[2])


def keep(
    connection: Connection,
    canvas_scope: CanvasScope,
    changes: Iterable[Change],
    *,
    why: str,
    run: int,
    at: datetime,
    actor: str,
    decision: int | None = None,
) -> None:
    """Leave these undone from now on: `run` has planned them, or takes them back; `decision` is the word about its plan. What belongs to
    all school years is left undone in each of them. The audit log has what each row says.
    """
    years, chosen = _years(connection, canvas_scope), named(changes)
    if chosen:
        rows = {str(key): _seal(desired_digest(change), change.verb, why) for key, change in chosen.items()}
        append(connection, Entry("declined", at, actor, {"rows": rows}, run=run))
    for key, change in chosen.items():
        row = {
            "key": str(key),
            "wants": desired_digest(change),
            "verb": change.verb,
            "why": why,
            "at": at,
            "run": run,
            "decision": decision,
        }
        for each in years if key.rule.is_shared else [canvas_scope]:
            each.put(connection, DECLINED, row)


def _years(connection: Connection, canvas_scope: CanvasScope) -> list[CanvasScope]:
    """This place in every school year that has a finalized roster, and in its own."""
    return list({canvas_scope, *(canvas_scope.in_year(year) for year in signed_years(connection, ROSTER))})


def about(connection: Connection, canvas_scope: CanvasScope, changes: Iterable[Change]) -> list[Declined]:
    """Those of these changes that are left undone now."""
    there = in_force(connection, canvas_scope)
    return [there[key] for key, change in named(changes).items() if key in there and there[key].means(change)]


def end(connection: Connection, canvas_scope: CanvasScope, changes: Sequence[Change]) -> None:
    """These changes are made, so nobody leaves them undone any more."""
    found = connection.execute(_AMONG, {"keys": [str(slot(change)) for change in changes]}).scalars().all() if changes else ()
    for change in changes:
        key = slot(change)
        if str(key) in found:
            connection.execute(
                delete(DECLINED).where(_here(canvas_scope, key), DECLINED.c.key == str(key), DECLINED.c.wants == desired_digest(change))
            )


def _here(canvas_scope: CanvasScope, key: Key) -> ColumnElement[bool]:
    return canvas_scope.all_years(DECLINED) if key.rule.is_shared else canvas_scope.of(DECLINED)


def forget_unasked(connection: Connection, canvas_scope: CanvasScope, plan: Plan) -> None:
    """What the whole plan asks for no more, or otherwise than it was declined, is not declined any more."""
    asked = named((*plan.changes, *(deferred.change for deferred in plan.deferred)))
    lapsed = [key for key, each in in_force(connection, canvas_scope).items() if key not in asked or not each.means(asked[key])]
    for key in lapsed:
        connection.execute(delete(DECLINED).where(canvas_scope.of(DECLINED), DECLINED.c.key == str(key)))


def drop(connection: Connection, canvas_scope: CanvasScope, keys: Iterable[Key]) -> None:
    """These decisions are in force no more."""
    for key in keys:
        connection.execute(delete(DECLINED).where(_here(canvas_scope, key), DECLINED.c.key == str(key)))


def forget(store: Store, canvas_scopes: Sequence[CanvasScope], keys: Sequence[Key], *, actor: str, reason: str, at: datetime) -> None:
    """A person takes these decisions back: the next plan has the changes again. DecisionError if one is not in force; then none is."""
    with store.write() as connection:
        there = {key for canvas_scope in canvas_scopes for key in in_force(connection, canvas_scope)}
        missing = next((key for key in keys if key not in there), None)
        if missing or not keys:
            raise DecisionError(f"Nothing is declined about {missing or 'that'}. Nothing was changed. See: {Next.DECLINED}")
        for canvas_scope in canvas_scopes:
            drop(connection, canvas_scope, keys)
        body = {"keys": [str(key) for key in keys]}
        append(connection, Entry("decline-forgotten", at, actor, body, personal=said(reason=reason)))


def listing(store: Store, canvas_scopes: Iterable[CanvasScope]) -> list[Declined]:
    """Every decision in force by which something stays undone in these school years, the newest first."""
    with store.read() as connection:
        found = {(each.why, each.key): each for canvas_scope in canvas_scopes for each in everything(connection, canvas_scope)}
    return sorted(found.values(), key=lambda each: each.at, reverse=True)


def everything(connection: Connection, canvas_scope: CanvasScope) -> list[Declined]:
    """The same of one, in order of key: changes, and people who are left out."""
    rows = connection.execute(
        select(IDENTITY_DECISION)
        .where(canvas_scope.shared.of(IDENTITY_DECISION), IDENTITY_DECISION.c.decision == "leave-out")
        .order_by(IDENTITY_DECISION.c.key)
    )
    people = [Declined(Key.parse(row.key), "", "leave-out", LEFT_OUT, row.at, row.actor, row.reason) for row in rows]
    return [*in_force(connection, canvas_scope).values(), *people]

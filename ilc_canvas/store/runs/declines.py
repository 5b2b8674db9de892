"""What people want left undone: a change that was declined, or taken back, stays undone until its row changes or somebody says otherwise.

Who and why stand with the plan's decision, or with the run that took it back: so a text is kept, and erased, in one place.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, delete, select

from ilc_canvas.program.basis import ROSTER
from ilc_canvas.reconcile.change import Change, Plan, slot, wanted
from ilc_canvas.reconcile.declined import LEFT_OUT, Declined, named
from ilc_canvas.reconcile.errors import DecisionError
from ilc_canvas.reconcile.hints import Next
from ilc_canvas.reconcile.state import Key
from ilc_canvas.store.audit.chain import Entry, append, said
from ilc_canvas.store.db.database import Store
from ilc_canvas.store.db.scope import Place
from ilc_canvas.store.documents.versions import signed_years
from ilc_canvas.store.runs.tables import ANSWER, DECISION, DECLINED, RUN

_WORDS = (DECISION.c.actor, DECISION.c.reason, DECISION.c.digest, RUN.c.actor.label("by"), RUN.c.reason.label("because"))


def in_force(connection: Connection, place: Place) -> dict[Key, Declined]:
    """All of them here, by key."""
    query = select(DECLINED, *_WORDS).outerjoin(DECISION, DECISION.c.number == DECLINED.c.decision)
    rows = connection.execute(query.outerjoin(RUN, RUN.c.number == DECLINED.c.run).where(place.of(DECLINED)).order_by(DECLINED.c.key))
    return {each.key: each for each in map(_declined, rows)}


def _declined(row: Row[Any]) -> Declined:
    """Who declined is in the decision; who took back, in the run."""
    who = (row.actor, row.reason, row.digest) if row.decision else (row.by or "", row.because or "", "")
    return Declined(Key.parse(row.key), row.wants, row.verb, row.why, row.at, *who[:2], run=row.run, digest=who[2])


def keep(
    connection: Connection, place: Place, changes: Iterable[Change], *, why: str, run: int, at: datetime, decision: int | None = None
) -> None:
    """Leave these undone from now on: `run` has planned them, or takes them back; `decision` is the word about its plan. What belongs to
    all school years is left undone in each of them.
    """
    years = _years(connection, place)
    for key, change in named(changes).items():
        row = {"key": str(key), "wants": wanted(change), "verb": change.verb, "why": why, "at": at, "run": run, "decision": decision}
        for each in years if key.rule.is_shared else [place]:
            each.put(connection, DECLINED, row)


def _years(connection: Connection, place: Place) -> list[Place]:
    """This place in every school year that has a finalized roster, and in its own."""
    return list({place, *(place.in_year(year) for year in signed_years(connection, ROSTER))})


def about(connection: Connection, place: Place, changes: Iterable[Change]) -> list[Declined]:
    """Those of these changes that are left undone now."""
    there = in_force(connection, place)
    return [there[key] for key, change in named(changes).items() if key in there and there[key].means(change)]


def end(connection: Connection, place: Place, change: Change) -> None:
    """This change is made, so nobody leaves it undone any more."""
    key = slot(change)
    connection.execute(delete(DECLINED).where(_here(place, key), DECLINED.c.key == str(key), DECLINED.c.wants == wanted(change)))


def _here(place: Place, key: Key) -> ColumnElement[bool]:
    return place.all_years(DECLINED) if key.rule.is_shared else place.of(DECLINED)


def forget_unasked(connection: Connection, place: Place, plan: Plan) -> None:
    """What the whole plan asks for no more, or otherwise than it was declined, is not declined any more."""
    asked = named((*plan.changes, *(aside.change for aside in plan.aside)))
    lapsed = [key for key, each in in_force(connection, place).items() if key not in asked or not each.means(asked[key])]
    for key in lapsed:
        connection.execute(delete(DECLINED).where(place.of(DECLINED), DECLINED.c.key == str(key)))


def drop(connection: Connection, place: Place, keys: Iterable[Key]) -> None:
    """These decisions are in force no more."""
    for key in keys:
        connection.execute(delete(DECLINED).where(_here(place, key), DECLINED.c.key == str(key)))


def forget(store: Store, places: Sequence[Place], keys: Sequence[Key], *, actor: str, reason: str, at: datetime) -> None:
    """A person takes these decisions back: the next plan has the changes again. DecisionError if one is not in force; then none is."""
    with store.write() as connection:
        there = {key for place in places for key in in_force(connection, place)}
        missing = next((key for key in keys if key not in there), None)
        if missing or not keys:
            raise DecisionError(f"Nothing is declined about {missing or 'that'}. Nothing was changed. See: {Next.DECLINED}")
        for place in places:
            drop(connection, place, keys)
        body = {"keys": [str(key) for key in keys]}
        append(connection, Entry("decline-forgotten", at, actor, body, personal=said(reason=reason)))


def listing(store: Store, places: Iterable[Place]) -> list[Declined]:
    """Every decision in force by which something stays undone in these school years, the newest first."""
    with store.read() as connection:
        found = {(each.why, each.key): each for place in places for each in everything(connection, place)}
    return sorted(found.values(), key=lambda each: each.at, reverse=True)


def everything(connection: Connection, place: Place) -> list[Declined]:
    """The same of one, in order of key: changes, and people who are left out."""
    rows = connection.execute(select(ANSWER).where(place.shared.of(ANSWER), ANSWER.c.decision == "leave-out").order_by(ANSWER.c.key))
    people = [Declined(Key.parse(row.key), "", "leave-out", LEFT_OUT, row.at, row.actor, row.reason) for row in rows]
    return [*in_force(connection, place).values(), *people]

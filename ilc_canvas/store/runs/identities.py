"""Questions about people, and what somebody has decided."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, delete, insert, or_, select

from ilc_canvas.reconcile.errors import RosterError
from ilc_canvas.reconcile.hints import Next
from ilc_canvas.reconcile.identity import Answer, Question
from ilc_canvas.reconcile.state import Key
from ilc_canvas.store.audit.chain import Entry, append, said
from ilc_canvas.store.db.codec import dumps, keys_from_json, keys_to_json, loads
from ilc_canvas.store.db.database import Store
from ilc_canvas.store.db.scope import Place
from ilc_canvas.store.rosters.former_holder import set_apart
from ilc_canvas.store.rosters.rekey import rekey
from ilc_canvas.store.runs.sequence import after_ledger
from ilc_canvas.store.runs.tables import ANSWER, QUESTION


def answers(connection: Connection, place: Place) -> dict[Key, Answer]:
    """What was decided here, by person, in whatever school year."""
    rows = connection.execute(select(ANSWER).where(place.shared.of(ANSWER)).order_by(ANSWER.c.key))
    return {Key.parse(row.key): _answer(row) for row in rows}


def _answer(row: Row[Any]) -> Answer:
    return Answer(Key.parse(row.key), row.decision, row.at, row.handle, row.login, bool(row.administrator))


def keep_questions(connection: Connection, place: Place, asked: Iterable[Question], *, at: datetime) -> None:
    """The open questions of this school year, in place of those before; since when each has been open is kept."""
    here = or_(place.of(QUESTION), place.shared.of(QUESTION))  # an older version kept those of all years in one place
    since = {row.key: row.since for row in connection.execute(select(QUESTION.c.key, QUESTION.c.since).where(here))}
    connection.execute(delete(QUESTION).where(here))
    rows = [place.row(**_question_row(question), since=since.get(str(question.key), at)) for question in asked]
    if rows:
        connection.execute(insert(QUESTION), rows)


def _question_row(question: Question) -> dict[str, object]:
    shown = {"handle": question.accounts[0] if question.accounts else None, "accounts": dumps(list(question.accounts))}
    return {"key": str(question.key), "kind": question.kind, "others": keys_to_json(question.others), **shown}


def open_questions(store: Store, places: Iterable[Place]) -> list[Question]:
    """Those of these school years that have no answer yet, in order of key: one for each person."""
    here = or_(*(each.of(QUESTION) for place in places for each in (place, place.shared)))
    with store.read() as connection:
        rows = connection.execute(select(QUESTION).where(here).order_by(QUESTION.c.key, QUESTION.c.scope)).all()
    return [_question(row) for row in {row.key: row for row in rows}.values()]


def _question(row: Row[Any]) -> Question:
    return Question(Key.parse(row.key), row.kind, tuple(loads(row.accounts)), keys_from_json(row.others))


def about(place: Place, key: Key) -> ColumnElement[bool]:
    """The questions about one person, in whatever school year."""
    return and_(or_(place.all_years(QUESTION), place.shared.of(QUESTION)), QUESTION.c.key == str(key))


def decided(store: Store, place: Place) -> dict[Key, Answer]:
    """All answers here, to be shown."""
    with store.read() as connection:
        return answers(connection, place)


def decide(store: Store, place: Place, given: Sequence[Answer], *, actor: str, reason: str) -> None:
    """Remember answers, in place of earlier ones, all in one transaction; the questions are answered by them."""
    with store.write() as connection:
        _put(connection, place, given, actor=actor, reason=reason)


def forget(store: Store, place: Place, people: Sequence[Key], *, actor: str, reason: str, at: datetime) -> None:
    """Take answers back: the next run asks again. RosterError if there is none; then none is taken back."""
    with store.write() as connection:
        _take_back(connection, place, people, actor=actor, reason=reason, at=at)


@dataclass(frozen=True, slots=True)
class Decided:
    """What is stored together, or not at all."""

    answers: Sequence[Answer] = ()
    again: Sequence[Key] = ()  # people whose answers are taken back
    apart: Sequence[Key] = ()  # ids, of those who are answered for, that belong to somebody else from now on
    joined: Mapping[Key, Key] = field(default_factory=dict)  # ids of earlier rosters that are people of this one, and whose they are


def note(store: Store, place: Place, decided: Decided, *, actor: str, reason: str, at: datetime) -> dict[Key, Key]:
    """Store all of this in one transaction; under which key the former holder of each id `apart` goes on. Needs the lease for those."""
    with store.write() as connection:
        for key in decided.apart:
            connection.execute(delete(QUESTION).where(about(place, key)))
        former = {key: set_apart(connection, key, actor=actor, at=at) for key in decided.apart}
        for old, new in decided.joined.items():
            rekey(connection, old, new, actor=actor, at=at)
        _put(connection, place, decided.answers, actor=actor, reason=reason)
        _take_back(connection, place, decided.again, actor=actor, reason=reason, at=at)
    return former


def _put(connection: Connection, place: Place, given: Iterable[Answer], *, actor: str, reason: str) -> None:
    for answer in given:
        at = after_ledger(connection, place, answer.at)
        values = {"key": str(answer.key), "decision": answer.decision, "at": at, "handle": answer.handle, "login": answer.login}
        more = {"administrator": int(answer.administrator), "actor": actor, "reason": reason}
        place.shared.put(connection, ANSWER, {**values, **more})
        connection.execute(delete(QUESTION).where(about(place, answer.key)))
        body = {"decision": answer.decision, "handle": answer.handle, "administrator": answer.administrator}
        append(connection, Entry("identity-decided", answer.at, actor, body, key=answer.key, personal=said(reason=reason)))


def _take_back(connection: Connection, place: Place, people: Iterable[Key], *, actor: str, reason: str, at: datetime) -> None:
    for person in people:
        here = place.shared.of(ANSWER), ANSWER.c.key == str(person)
        if not connection.execute(delete(ANSWER).where(*here)).rowcount:
            raise RosterError(f"Nothing was decided about {person.id}. Nothing was changed. See: {Next.REVIEW_PEOPLE}")
        body = {"decision": "asked again"}
        append(connection, Entry("identity-decided", at, actor, body, key=person, personal=said(reason=reason)))

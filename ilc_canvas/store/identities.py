"""Questions about people, and what somebody has decided."""

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import Connection, delete, select

from ilc_canvas.reconcile.errors import RosterError
from ilc_canvas.reconcile.identity import Answer, Question
from ilc_canvas.reconcile.state import Key
from ilc_canvas.store.codec import keys_from_json, keys_to_json
from ilc_canvas.store.database import Store
from ilc_canvas.store.events import Entry, append
from ilc_canvas.store.place import Place
from ilc_canvas.store.tables import ANSWER, QUESTION


def answers(connection: Connection, place: Place) -> dict[Key, Answer]:
    """What was decided here, by person."""
    rows = connection.execute(select(ANSWER).where(place.of(ANSWER)).order_by(ANSWER.c.key))
    return {Key.parse(row.key): Answer(Key.parse(row.key), row.decision, row.at, row.handle, row.login) for row in rows}


def keep_questions(connection: Connection, place: Place, asked: Iterable[Question], *, at: datetime) -> None:
    """The open questions, in place of those before; since when each has been open is kept."""
    since = {row.key: row.since for row in connection.execute(select(QUESTION.c.key, QUESTION.c.since).where(place.of(QUESTION)))}
    connection.execute(delete(QUESTION).where(place.of(QUESTION)))
    for question in asked:
        key = str(question.key)
        values = {"key": key, "kind": question.kind, "handle": question.handle, "since": since.get(key, at)}
        place.put(connection, QUESTION, {**values, "others": keys_to_json(question.others)})


def open_questions(store: Store, place: Place) -> list[Question]:
    """Those that have no answer yet, in order of key."""
    with store.read() as connection:
        rows = connection.execute(select(QUESTION).where(place.of(QUESTION)).order_by(QUESTION.c.key)).all()
    return [Question(Key.parse(row.key), row.kind, row.handle, keys_from_json(row.others)) for row in rows]


def decided(store: Store, place: Place) -> dict[Key, Answer]:
    """All answers here, to be shown."""
    with store.read() as connection:
        return answers(connection, place)


def decide(store: Store, place: Place, answer: Answer, *, actor: str, reason: str) -> None:
    """Remember an answer, in place of an earlier one; the question is answered by it."""
    values = {"key": str(answer.key), "decision": answer.decision, "at": answer.at, "handle": answer.handle, "login": answer.login}
    with store.write() as connection:
        place.put(connection, ANSWER, {**values, "actor": actor, "reason": reason})
        connection.execute(delete(QUESTION).where(place.of(QUESTION), QUESTION.c.key == str(answer.key)))
        body = {"decision": answer.decision, "handle": answer.handle, "reason": reason}
        append(connection, Entry("identity-decided", answer.at, actor, body, key=answer.key))


def forget(store: Store, place: Place, person: Key, *, actor: str, reason: str, at: datetime) -> None:
    """Take an answer back: the next run asks again. RosterError where there is none."""
    with store.write() as connection:
        if not connection.execute(delete(ANSWER).where(place.of(ANSWER), ANSWER.c.key == str(person))).rowcount:
            raise RosterError(f"Nothing was decided about {person.id}. Nothing was changed. See: ilc-canvas people review")
        append(connection, Entry("identity-decided", at, actor, {"decision": "asked again", "reason": reason}, key=person))

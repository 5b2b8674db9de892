"""Questions about people, and what somebody has decided."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, and_, delete, insert, or_, select

from ilc_canvas.reconcile.errors import OutrunError, RosterError
from ilc_canvas.reconcile.people.accounts import AccountReading
from ilc_canvas.reconcile.people.identity import Answer, Question
from ilc_canvas.reconcile.state import Key
from ilc_canvas.reconcile.words.hints import Next
from ilc_canvas.store.audit.chain import Entry, append, said
from ilc_canvas.store.audit.recorded import Recorded
from ilc_canvas.store.db.codec import dumps, keys_from_json, keys_to_json, loads
from ilc_canvas.store.db.database import Store
from ilc_canvas.store.db.scope import CanvasScope
from ilc_canvas.store.rosters.former_holder import keep_former_holder
from ilc_canvas.store.rosters.rekey import rekey
from ilc_canvas.store.runs.decisions import account_readings
from ilc_canvas.store.runs.decisions.recorded import decision_body, last_decisions, require_recorded_decisions
from ilc_canvas.store.runs.sequence import after_ledger
from ilc_canvas.store.runs.tables import IDENTITY_DECISION, IDENTITY_QUESTION, TENANT


def answers(connection: Connection, canvas_scope: CanvasScope) -> dict[Key, Answer]:
    """What was decided here, by person, in whatever school year. ChainError if that is not what the audit log recorded."""
    rows = _rows(connection, canvas_scope)
    require_recorded_decisions(connection, rows, prefix=canvas_scope.prefix, elsewhere=_elsewhere(connection, canvas_scope))
    return {Key.parse(row.key): _answer(row) for row in rows}


def _rows(connection: Connection, canvas_scope: CanvasScope) -> Sequence[Row[Any]]:
    here = canvas_scope.shared.of(IDENTITY_DECISION)
    return connection.execute(select(IDENTITY_DECISION).where(here).order_by(IDENTITY_DECISION.c.key)).all()


def _elsewhere(connection: Connection, canvas_scope: CanvasScope) -> set[str]:
    """Keys with a decision at another address, if the store is not that of this address: the log does not tell them apart."""
    if connection.execute(select(TENANT.c.base_url)).scalar() == canvas_scope.base_url:
        return set()
    return set(connection.execute(select(IDENTITY_DECISION.c.key).where(IDENTITY_DECISION.c.base_url != canvas_scope.base_url)).scalars())


def _answer(row: Row[Any]) -> Answer:
    return Answer(Key.parse(row.key), row.decision, row.at, row.handle, row.login, bool(row.administrator))


def keep_questions(
    connection: Connection, canvas_scope: CanvasScope, asked: Iterable[Question], *, at: datetime, shown: AccountReading | None = None
) -> None:
    """The open questions of this school year, in place of those before; since when each has been open is kept, and what Canvas showed of
    its accounts unless it was asked again."""
    here = or_(
        canvas_scope.of(IDENTITY_QUESTION), canvas_scope.shared.of(IDENTITY_QUESTION)
    )  # an older version kept those of all years in one place
    before = {row.key: row for row in connection.execute(select(IDENTITY_QUESTION).where(here))}
    connection.execute(delete(IDENTITY_QUESTION).where(here))
    rows = [canvas_scope.row(**_question_row(question, shown, before.get(str(question.key)), at=at)) for question in asked]
    if rows:
        connection.execute(insert(IDENTITY_QUESTION), rows)


def _question_row(question: Question, shown: AccountReading | None, before: Row[Any] | None, *, at: datetime) -> dict[str, object]:
    numbers = {"handle": question.accounts[0] if question.accounts else None, "accounts": dumps(list(question.accounts))}
    since = before.since if before else at
    row = {"key": str(question.key), "kind": question.kind, "others": keys_to_json(question.others), "since": since, **numbers}
    if shown:
        return {**row, "shown": account_readings.to_json(shown.of(question.accounts)), "read_at": shown.read_at}
    is_same = before is not None and before.accounts == numbers["accounts"]
    return {**row, "shown": before.shown if before and is_same else "", "read_at": before.read_at if before and is_same else None}


def open_questions(store: Store, canvas_scopes: Iterable[CanvasScope]) -> list[Question]:
    """Those of these school years that have no answer yet, in order of key: one for each person."""
    return [_question(row) for row in _open_rows(store, canvas_scopes)]


def _open_rows(store: Store, canvas_scopes: Iterable[CanvasScope]) -> list[Row[Any]]:
    here = or_(*(each.of(IDENTITY_QUESTION) for canvas_scope in canvas_scopes for each in (canvas_scope, canvas_scope.shared)))
    with store.read() as connection:
        rows = connection.execute(select(IDENTITY_QUESTION).where(here).order_by(IDENTITY_QUESTION.c.key, IDENTITY_QUESTION.c.scope)).all()
    return list({row.key: row for row in rows}.values())


def account_readings_of(store: Store, canvas_scopes: Iterable[CanvasScope]) -> dict[Key, AccountReading]:
    """What Canvas showed of the accounts in each open question, the last time it was asked; without those that were never shown."""
    rows = _open_rows(store, canvas_scopes)
    return {Key.parse(row.key): account_readings.from_json(row.shown, row.read_at) for row in rows if row.shown and row.read_at}


def _question(row: Row[Any]) -> Question:
    return Question(Key.parse(row.key), row.kind, tuple(loads(row.accounts)), keys_from_json(row.others))


def about(canvas_scope: CanvasScope, key: Key) -> ColumnElement[bool]:
    """The questions about one person, in whatever school year."""
    return and_(
        or_(canvas_scope.all_years(IDENTITY_QUESTION), canvas_scope.shared.of(IDENTITY_QUESTION)), IDENTITY_QUESTION.c.key == str(key)
    )


def reasons(store: Store, canvas_scope: CanvasScope) -> dict[Key, tuple[str, str]]:
    """Who has given each answer in force, and why."""
    with store.read() as connection:
        return {Key.parse(row.key): (row.actor, row.reason) for row in _rows(connection, canvas_scope)}


def decided(store: Store, canvas_scope: CanvasScope) -> dict[Key, Answer]:
    """All answers here, to be shown and decided again, as the table has them; what was deleted from it, as the log has it."""
    with store.read() as connection:
        return _decided(connection, canvas_scope)


def _decided(connection: Connection, canvas_scope: CanvasScope) -> dict[Key, Answer]:
    found = {Key.parse(row.key): _answer(row) for row in _rows(connection, canvas_scope)}
    known = last_decisions(connection, canvas_scope.prefix)
    gone = known.keys() - {str(key) for key in found} - _elsewhere(connection, canvas_scope)
    return {**found, **{Key.parse(key): _as_recorded(known[key]) for key in sorted(gone)}}


def _as_recorded(event: Recorded) -> Answer:
    body, login = event.body, str(event.personal.get("login", ""))
    return Answer(Key.parse(str(event.key)), body["decision"], event.at, body["handle"], login, bool(body.get("administrator")))


def decide(store: Store, canvas_scope: CanvasScope, given: Sequence[Answer], *, actor: str, reason: str) -> None:
    """Remember answers, in place of earlier ones, all in one transaction; the questions are answered by them."""
    with store.write() as connection:
        _put(connection, canvas_scope, given, actor=actor, reason=reason)


def forget(store: Store, canvas_scope: CanvasScope, people: Sequence[Key], *, actor: str, reason: str, at: datetime) -> None:
    """Take answers back: the next run asks again. RosterError if there is none; then none is taken back."""
    with store.write() as connection:
        _take_back(connection, canvas_scope, people, actor=actor, reason=reason, at=at)


@dataclass(frozen=True, slots=True)
class Decided:
    """What is stored together, or not at all."""

    answers: Sequence[Answer] = ()
    again: Sequence[Key] = ()  # people whose answers are taken back
    apart: Sequence[Key] = ()  # ids, of those who are answered for, that belong to somebody else from now on
    joined: Mapping[Key, Key] = field(default_factory=dict)  # ids of earlier rosters that are people of this one, and whose they are
    seen: Mapping[Key, datetime | None] = field(default_factory=dict)  # of people: when the answer was given that was there before


def note(store: Store, canvas_scope: CanvasScope, decided: Decided, *, actor: str, reason: str, at: datetime) -> dict[Key, Key]:
    """Store all of this in one transaction; under which key the former holder of each id `apart` goes on. Needs the lease for those.

    OutrunError if there is another answer about somebody than was `seen`.
    """
    with store.write() as connection:
        _require_seen(_decided(connection, canvas_scope), decided.seen)
        for key in decided.apart:
            connection.execute(delete(IDENTITY_QUESTION).where(about(canvas_scope, key)))
        former = {key: keep_former_holder(connection, key, actor=actor, at=at) for key in decided.apart}
        for old, new in decided.joined.items():
            rekey(connection, old, new, actor=actor, at=at)
        _put(connection, canvas_scope, decided.answers, actor=actor, reason=reason)
        _take_back(connection, canvas_scope, decided.again, actor=actor, reason=reason, at=at)
    return former


def _require_seen(now: Mapping[Key, Answer], seen: Mapping[Key, datetime | None]) -> None:
    """In the transaction of the decision itself: of two people who decide at once, the second one learns of the first."""
    for key, at in seen.items():
        made = now.get(key)
        if (made.at if made else None) != at:
            did = "decided" if made else "took back what was decided"
            raise OutrunError(f"Somebody else {did} about {key.id.rpartition(':')[2]} meanwhile. Nothing was changed.")


def _put(connection: Connection, canvas_scope: CanvasScope, given: Iterable[Answer], *, actor: str, reason: str) -> None:
    for answer in given:
        at = after_ledger(connection, canvas_scope, answer.at)
        values = {"key": str(answer.key), "decision": answer.decision, "at": at, "handle": answer.handle, "login": answer.login}
        more = {"administrator": int(answer.administrator), "actor": actor, "reason": reason}
        canvas_scope.shared.put(connection, IDENTITY_DECISION, {**values, **more})
        connection.execute(delete(IDENTITY_QUESTION).where(about(canvas_scope, answer.key)))
        body = decision_body(answer.decision, answer.handle, administrator=answer.administrator, at=at, login=answer.login or "")
        personal = said(reason=reason, login=answer.login)
        append(connection, Entry("identity-decided", answer.at, actor, body, key=answer.key, personal=personal))


def _take_back(connection: Connection, canvas_scope: CanvasScope, people: Iterable[Key], *, actor: str, reason: str, at: datetime) -> None:
    for person in people:
        here = canvas_scope.shared.of(IDENTITY_DECISION), IDENTITY_DECISION.c.key == str(person)
        deleted = connection.execute(delete(IDENTITY_DECISION).where(*here)).rowcount
        if not deleted and str(person) not in last_decisions(connection, canvas_scope.prefix):
            raise RosterError(f"Nothing was decided about {person.id}. Nothing was changed. See: {Next.REVIEW_PEOPLE}")
        body = {"decision": "asked again"}
        append(connection, Entry("identity-decided", at, actor, body, key=person, personal=said(reason=reason)))

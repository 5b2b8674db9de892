"""What the store knows of one person: what is ours, what was done, what is left alone."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, Connection, Table, or_, select

from ilc_canvas.program.roster import Person, Roster
from ilc_canvas.reconcile.deferral.declined import Declined
from ilc_canvas.reconcile.deferral.deferral import Parked
from ilc_canvas.reconcile.state import Key, person_of
from ilc_canvas.store.audit.mentions import about
from ilc_canvas.store.audit.tables import EVENT
from ilc_canvas.store.db.codec import loads, places_from_json, report_from_json
from ilc_canvas.store.db.database import Store
from ilc_canvas.store.db.scope import CanvasScope
from ilc_canvas.store.documents.versions import VersionInfo
from ilc_canvas.store.rosters import rekey, versions
from ilc_canvas.store.runs import parked
from ilc_canvas.store.runs.decisions import declines, identities
from ilc_canvas.store.runs.decisions.drift import rows_from_json
from ilc_canvas.store.runs.tables import IDENTITY_QUESTION, LEDGER, RUN

_EVENTS = 200


@dataclass(frozen=True, slots=True)
class Attempt:
    """One change that was tried: when, by which run, and what became of it."""

    key: Key
    run: int
    at: datetime
    verb: str
    result: str
    reason: str


@dataclass(frozen=True)
class PersonHistory:
    """One person at one Canvas and scope, by key of account and enrollments."""

    ours: Mapping[Key, tuple[str, datetime]]  # how it came to be ours, and when that was noted last
    number: int | None  # of the account in Canvas
    deeds: Sequence[Attempt]  # oldest first, the last 200
    parked: Mapping[Key, Parked]
    declined: Mapping[Key, Declined]  # by change.slot; the person's own key: left out whole
    asked: str  # the kind of the open question; empty: there is none
    decided: str
    deferred: Mapping[Key, str]  # what the newest plan left out, and why
    drift: Mapping[Key, str]  # what the newest plan found changed by hand, with the fields; courses and sections of anybody too
    by_hand: frozenset[Key]  # what somebody else put there
    unpublished: frozenset[Key]  # courses that were not published at the newest run

    def since(self, key: Key) -> Attempt | None:
        """The deed that made what is there."""
        made = [deed for deed in self.deeds if deed.key == key and deed.verb in ("create", "adopt") and deed.result in ("applied", "noop")]
        return made[-1] if made else None


def person_history(store: Store, canvas_scope: CanvasScope, user: Key) -> PersonHistory:
    """All about this person here. StoreError if the store cannot be read."""
    with store.read() as connection:
        former = [key for key in rekey.keys_of(connection, user) if key != user]
        here = or_(canvas_scope.of(LEDGER), canvas_scope.shared.of(LEDGER))
        ledger = connection.execute(
            select(LEDGER.c.key, LEDGER.c.how, LEDGER.c.at, LEDGER.c.handle).where(here, _about(LEDGER, user))
        ).all()
        question = select(IDENTITY_QUESTION.c.kind).where(identities.about(canvas_scope, user)).limit(1)
        answer = identities.answers(connection, canvas_scope).get(user)
        newest = _newest(connection, canvas_scope, user)
        return PersonHistory(
            ours={Key.parse(row.key): (row.how, row.at) for row in ledger},
            number=next((row.handle for row in ledger if row.key == str(user)), None),
            deeds=_deeds(connection, canvas_scope, user, former=former),
            parked={key: row for key, row in parked.parked(connection, canvas_scope).items() if _is_about(key, user)},
            declined={each.key: each for each in declines.everything(connection, canvas_scope) if _is_about(each.key, user)},
            asked=connection.execute(question).scalar() or "",
            decided=answer.decision if answer else "",
            deferred=newest.deferred,
            drift=newest.drift,
            by_hand=newest.by_hand,
            unpublished=newest.unpublished,
        )


def _about(table: Table, user: Key) -> ColumnElement[bool]:
    """The account, its addresses and the enrollments of this person."""
    return or_(about(table, user), table.c.key.contains(f"|{user.id}|", autoescape=True))


def _is_about(key: Key, user: Key) -> bool:
    return person_of(key) == user


def _deeds(connection: Connection, canvas_scope: CanvasScope, user: Key, *, former: Sequence[Key]) -> list[Attempt]:
    """What was done under the ids that the person had before, too; told by the present one.

    The keys are found first, in the index alone: the events themselves are many times as large.
    """
    about = or_(*(_about(EVENT, each) for each in (user, *former)))
    keys = connection.execute(select(EVENT.c.key).where(EVENT.c.key.is_not(None), about).distinct()).scalars().all()
    query = select(EVENT.c.key, EVENT.c.run, EVENT.c.at, EVENT.c.body).join(RUN, RUN.c.number == EVENT.c.run)
    query = query.where(EVENT.c.kind == "happened", canvas_scope.of(RUN), EVENT.c.key.in_(keys)).order_by(EVENT.c.seq.desc()).limit(_EVENTS)
    return [_deed(row, user, former) for row in reversed(connection.execute(query).all())]


def _deed(row: Any, user: Key, former: Sequence[Key]) -> Attempt:
    body, key = loads(row.body), row.key
    for each in former:
        key = rekey.renamed(key, each, user)
    return Attempt(Key.parse(key), row.run, row.at, body["verb"], body["result"], body["reason"])


class _Newest(NamedTuple):
    """What the newest plan here for everything says about a person."""

    deferred: Mapping[Key, str]
    drift: Mapping[Key, str]
    by_hand: frozenset[Key]
    unpublished: frozenset[Key]


def _newest(connection: Connection, canvas_scope: CanvasScope, user: Key) -> _Newest:
    plans = select(RUN.c.deferred, RUN.c.drift, RUN.c.by_hand, RUN.c.report).where(canvas_scope.of(RUN), RUN.c.planned_at.is_not(None))
    row = connection.execute(plans.where(RUN.c.only == "[]", RUN.c.undo.is_(None)).order_by(RUN.c.number.desc()).limit(1)).first()
    if row is None:
        return _Newest({}, {}, frozenset(), frozenset())
    deferred = ((Key.parse(key), why) for _, key, why in loads(row.deferred))
    drift: dict[Key, str] = {}
    for key, field in ((each.key, each.field) for each in rows_from_json(row.drift)):
        if _is_about(key, user) or _is_around(key):
            drift[key] = ", ".join(filter(None, (drift.get(key), field)))
    return _Newest(
        {key: why for key, why in deferred if _is_about(key, user)},
        drift,
        frozenset(key for key in places_from_json(row.by_hand) if _is_about(key, user)),
        frozenset(report_from_json(row.report, ()).unpublished) if row.report else frozenset(),
    )


def _is_around(key: Key) -> bool:
    """Whether this is a course, or something in one that is nobody's."""
    return key.rule.course is not None and key.rule.person is None


def last_in(store: Store, person_id: str) -> tuple[Person, VersionInfo, VersionInfo | None] | None:
    """The newest signed version that names this person, with the row, and the version after it, which does not; None: none ever did."""
    after = None
    for info in _signed(store):
        person = versions.read(store, info.number).person_by_id.get(person_id)
        if person:
            return person, info, after
        after = info
    return None


def signed_rosters(store: Store) -> Iterator[Roster]:
    """All signed versions, the newest first."""
    return (versions.read(store, info.number) for info in _signed(store))


def _signed(store: Store) -> list[VersionInfo]:
    signed = [info for info in versions.listing(store) if info.signed_at]
    return sorted(signed, key=lambda info: info.signed_at or info.imported_at, reverse=True)

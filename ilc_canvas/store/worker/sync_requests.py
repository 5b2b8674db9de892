"""Requests to a worker, from whatever process or machine: a sync, a plan, an undo; a worker takes each once."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, func, insert, select, update

from ilc_canvas.reconcile.errors import SyncRequestError
from ilc_canvas.reconcile.run.values import REPAIR, RunRequest
from ilc_canvas.reconcile.words.hints import Next
from ilc_canvas.store.audit.chain import Entry, append, said
from ilc_canvas.store.db.codec import dumps, loads
from ilc_canvas.store.db.database import Store
from ilc_canvas.store.worker.tables import SYNC_REQUEST

OPEN = ("waiting", "taken")
MOST_TAKES = 5
"""So many workers may die over one sync request before it is given up."""


class RequestKind(StrEnum):
    """What can be asked of a worker."""

    SYNC = "sync"
    PLAN = "plan"  # of a sync, or of taking back the run that `undo` names
    UNDO = "undo"
    VERIFY = "verify"  # of the audit log
    TEST = "test"  # of the ways that notices go
    DOCTOR = "doctor"  # what works, and what to ask for
    LOOK = "look"  # at one person in Canvas


DRY = (RequestKind.PLAN, RequestKind.VERIFY, RequestKind.TEST, RequestKind.DOCTOR, RequestKind.LOOK)
"""Nothing is written to Canvas for these, so a pause does not hold them back."""


@dataclass(frozen=True, slots=True)
class SyncRequest:
    """What somebody asks for, and how far it may go."""

    kind: RequestKind
    actor: str
    reason: str = ""
    only: tuple[str, ...] = ()  # the words of --only
    undo: int | None = None  # the run to take back
    retry: bool = False  # what is parked is tried as well
    redo: bool = False  # what was undone is done again
    repair: bool = False  # what people changed by hand is put back

    @property
    def ask(self) -> RunRequest:
        """The run that is asked for."""
        dry = self.kind is RequestKind.PLAN
        if self.undo is not None:
            return RunRequest(self.actor, "undo", self.reason, dry_run=dry, undo=self.undo)
        trigger = REPAIR if self.repair else "plan" if dry else "resync"
        return RunRequest(self.actor, trigger, self.reason, dry_run=dry, only=self.only, retry=self.retry, redo=self.redo)


@dataclass(frozen=True, slots=True)
class SyncRequestInfo:
    """One request and what has become of it."""

    number: int
    at: datetime
    request: SyncRequest
    state: str  # waiting, taken, done, failed, cancelled
    taken_by: str
    run: int | None
    result: str  # how it ended: one sentence
    ended_at: datetime | None = None
    details: str = ""  # JSON: what a look or a check has found


def submit(store: Store, request: SyncRequest, *, at: datetime) -> SyncRequestInfo:
    """Ask for this; SyncRequestError if the same is asked for already, and waits or runs."""
    with store.write() as connection:
        there = connection.execute(select(SYNC_REQUEST).where(*_same(request))).first()
        if there:
            raise SyncRequestError(
                f"That is asked for already: no. {there.number} by {there.actor}, {_TOLD[there.state]}. Nothing was added."
            )
        number: int = (connection.execute(select(func.max(SYNC_REQUEST.c.number))).scalar() or 0) + 1
        blank = {"priority": _priority(request), "state": "waiting", "taken_by": "", "takes": 0, "result": ""}
        who = {"number": number, "at": at, "actor": request.actor, "reason": request.reason}
        connection.execute(insert(SYNC_REQUEST).values(**who, **_wanted(request), **blank))
        append(connection, Entry("wished", at, request.actor, _body(number, request), personal=said(reason=request.reason)))
        return _info(connection.execute(select(SYNC_REQUEST).where(SYNC_REQUEST.c.number == number)).one())


def _wanted(request: SyncRequest) -> dict[str, Any]:
    """The columns that make two requests the same."""
    flags = {"retry": int(request.retry), "redo": int(request.redo), "repair": int(request.repair)}
    return {"kind": request.kind.value, "only": dumps(request.only), "undo": request.undo, **flags}


def _same(request: SyncRequest) -> tuple[ColumnElement[bool], ...]:
    """What asks for just that, and is not done yet."""
    return (SYNC_REQUEST.c.state.in_(OPEN), *(SYNC_REQUEST.c[name].is_not_distinct_from(value) for name, value in _wanted(request).items()))


def _body(number: int, request: SyncRequest) -> dict[str, object]:
    undo = {} if request.undo is None else {"undo": request.undo}
    flags = {"full": request.retry, "redo": request.redo, "repair": request.repair}
    return {"wish": number, "asked": request.kind.value, "only": list(request.only), **flags, **undo}


_TOLD = {"waiting": "which waits for a worker", "taken": "which runs now"}


def _priority(request: SyncRequest) -> int:
    """What takes a moment, and people, first, since somebody waits for them; then single courses and runs; then everything."""
    if request.kind in (RequestKind.TEST, RequestKind.DOCTOR) or (
        request.only and all(word.startswith("person:") for word in request.only)
    ):
        return 0
    return 1 if request.only or request.undo is not None else 2


def take(store: Store, worker: str) -> SyncRequestInfo | None:
    """The most urgent request that waits, now this worker's; None if there is none. Two workers never get the same one."""
    number = take_number(store, worker)
    return None if number is None else read(store, number)


def take_number(store: Store, worker: str, *, dry: bool = False) -> int | None:
    """As `take`, its number alone: so it is known even if what it asks for cannot be read. `dry`: for which nothing is written."""
    with store.write() as connection:
        waiting = (
            select(SYNC_REQUEST.c.number)
            .where(SYNC_REQUEST.c.state == "waiting", *_of(dry=dry))
            .order_by(SYNC_REQUEST.c.priority, SYNC_REQUEST.c.number)
            .limit(1)
        )
        number: int | None = connection.execute(waiting.with_for_update(skip_locked=True)).scalar()
        if number is not None:
            taken = {"state": "taken", "taken_by": worker, "takes": SYNC_REQUEST.c.takes + 1}
            connection.execute(update(SYNC_REQUEST).where(SYNC_REQUEST.c.number == number).values(taken))
    return number


def _of(*, dry: bool) -> tuple[ColumnElement[bool], ...]:
    return (SYNC_REQUEST.c.kind.in_(DRY),) if dry else ()


def waits(store: Store, *, dry: bool = False) -> bool:
    """Whether anybody waits: for a worker, or for one that may be no more. `dry`: for something that writes nothing."""
    with store.read() as connection:
        return (
            connection.execute(select(SYNC_REQUEST.c.number).where(SYNC_REQUEST.c.state.in_(OPEN), *_of(dry=dry)).limit(1)).first()
            is not None
        )


def open_requests(store: Store) -> list[SyncRequestInfo]:
    """What waits, or is under way, the oldest first."""
    with store.read() as connection:
        return [
            _info(row)
            for row in connection.execute(select(SYNC_REQUEST).where(SYNC_REQUEST.c.state.in_(OPEN)).order_by(SYNC_REQUEST.c.number))
        ]


def newest_ended(store: Store, kind: RequestKind) -> tuple[datetime, str] | None:
    """When the last request of this kind ended that was not taken back, and how; None if there was none."""
    ended = (SYNC_REQUEST.c.kind == kind.value, SYNC_REQUEST.c.state.in_(("done", "failed")))
    query = select(SYNC_REQUEST.c.ended_at, SYNC_REQUEST.c.result).where(*ended).order_by(SYNC_REQUEST.c.ended_at.desc()).limit(1)
    with store.read() as connection:
        row = connection.execute(query).first()
    return (row.ended_at, row.result) if row else None


def give_back(store: Store, number: int) -> None:
    """A sync request that could not be begun waits again, as if nobody had taken it."""
    _set(store, number, state="waiting", taken_by="", takes=SYNC_REQUEST.c.takes - 1)


def ended(store: Store, number: int, state: str, *, run: int | None, result: str, at: datetime, details: str = "") -> None:
    """It is done, or failed."""
    _set(store, number, state=state, run=run, result=result, ended_at=at, details=details)


def _set(store: Store, number: int, **values: object) -> None:
    with store.write() as connection:
        connection.execute(update(SYNC_REQUEST).where(SYNC_REQUEST.c.number == number).values(**values))


def orphans(store: Store) -> int:
    """Requests that are taken wait again; how many. For whoever has the lease: then nobody else is at one, and who took it is no more."""
    with store.write() as connection:
        lost = update(SYNC_REQUEST).where(SYNC_REQUEST.c.state == "taken").values(state="waiting", taken_by="")
        return int(connection.execute(lost).rowcount)


def give_up(store: Store, at: datetime) -> list[tuple[int, str]]:
    """End what `MOST_TAKES` workers have taken and not survived; each number, and what is told. For whoever has the lease."""
    lost = (SYNC_REQUEST.c.state == "taken", SYNC_REQUEST.c.takes >= MOST_TAKES)
    with store.write() as connection:
        rows = connection.execute(select(SYNC_REQUEST.c.number, SYNC_REQUEST.c.actor).where(*lost)).all()
        told = [(row.number, _GIVEN_UP.format(number=row.number, actor=row.actor, takes=MOST_TAKES)) for row in rows]
        for number, text in told:
            values = {"state": "failed", "result": text, "ended_at": at}
            connection.execute(update(SYNC_REQUEST).where(SYNC_REQUEST.c.number == number).values(values))
    return told


_GIVEN_UP = (
    "Request {number} of {actor} is given up: {takes} workers died while they were at it. See why in their logs, then ask again: "
    f"{Next.ASK_AGAIN_FOR_SYNC}"
)


def cancel(
    store: Store, *, actor: str, at: datetime, number: int | None = None, only: tuple[str, ...] | None = None, own: bool = False
) -> list[int]:
    """Take back what waits: all of it, or that of this number, with these words, or the actor's own; the numbers.

    SyncRequestError if nothing of that waits.
    """
    same = [] if only is None else [SYNC_REQUEST.c.only == dumps(only)]
    same += [] if number is None else [SYNC_REQUEST.c.number == number]
    same += [SYNC_REQUEST.c.actor == actor] if own else []
    with store.write() as connection:
        query = select(SYNC_REQUEST.c.number).where(SYNC_REQUEST.c.state == "waiting", *same).order_by(SYNC_REQUEST.c.number)
        numbers = list(connection.execute(query).scalars())
        if not numbers:
            raise SyncRequestError("Nothing waits that could be cancelled; what runs already ends by itself. Nothing was changed.")
        values = {"state": "cancelled", "result": f"cancelled by {actor}", "ended_at": at}
        connection.execute(update(SYNC_REQUEST).where(SYNC_REQUEST.c.number.in_(numbers)).values(**values))
        append(connection, Entry("wish-cancelled", at, actor, {"wishes": numbers}))
    return numbers


def read(store: Store, number: int) -> SyncRequestInfo:
    """One sync request. SyncRequestError where there is none of this number."""
    with store.read() as connection:
        return _one(connection, number)


def newest_done(store: Store, kind: RequestKind, only: tuple[str, ...] = ()) -> SyncRequestInfo | None:
    """The last request of this kind, with just these words, that was fulfilled and whose details are still kept."""
    done = (SYNC_REQUEST.c.state == "done", SYNC_REQUEST.c.details != "")
    same = (SYNC_REQUEST.c.kind == kind.value, SYNC_REQUEST.c.only == dumps(only))
    with store.read() as connection:
        row = connection.execute(select(SYNC_REQUEST).where(*same, *done).order_by(SYNC_REQUEST.c.number.desc()).limit(1)).first()
    return _info(row) if row else None


def newest(store: Store, request: SyncRequest) -> SyncRequestInfo | None:
    """The last request for just that which has ended, however it did."""
    same = (SYNC_REQUEST.c[name].is_not_distinct_from(value) for name, value in _wanted(request).items())
    with store.read() as connection:
        query = select(SYNC_REQUEST).where(*same, SYNC_REQUEST.c.state.not_in(OPEN)).order_by(SYNC_REQUEST.c.number.desc()).limit(1)
        row = connection.execute(query).first()
    return _info(row) if row else None


def latest(store: Store, limit: int) -> list[SyncRequestInfo]:
    """The last ones that have ended, the newest first."""
    with store.read() as connection:
        query = select(SYNC_REQUEST).where(SYNC_REQUEST.c.state.not_in(OPEN)).order_by(SYNC_REQUEST.c.number.desc()).limit(limit)
        return [_info(row) for row in connection.execute(query)]


def same_open(store: Store, request: SyncRequest) -> SyncRequestInfo | None:
    """The sync request for just that, whoever has it, that waits or runs."""
    with store.read() as connection:
        row = connection.execute(select(SYNC_REQUEST).where(*_same(request))).first()
    return _info(row) if row else None


def _one(connection: Connection, number: int) -> SyncRequestInfo:
    row = connection.execute(select(SYNC_REQUEST).where(SYNC_REQUEST.c.number == number)).first()
    if row is None:
        raise SyncRequestError(f"There is no sync request {number}.")
    return _info(row)


def _info(row: Row[Any]) -> SyncRequestInfo:
    request = SyncRequest(
        RequestKind(row.kind),
        row.actor,
        row.reason,
        only=tuple(loads(row.only)),
        undo=row.undo,
        retry=bool(row.retry),
        redo=bool(row.redo),
        repair=bool(row.repair),
    )
    return SyncRequestInfo(row.number, row.at, request, row.state, row.taken_by, row.run, row.result, row.ended_at, row.details)

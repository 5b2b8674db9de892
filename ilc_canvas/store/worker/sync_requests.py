"""Wishes: runs that somebody asks for, from whatever process or machine; a worker takes each once."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, func, insert, select, update

from ilc_canvas.reconcile.errors import WishError
from ilc_canvas.reconcile.hints import Next
from ilc_canvas.reconcile.run import Ask
from ilc_canvas.store.audit.chain import Entry, append, said
from ilc_canvas.store.db.codec import dumps, loads
from ilc_canvas.store.db.database import Store
from ilc_canvas.store.worker.tables import WISH

OPEN = ("waiting", "taken")
MOST_TAKES = 5
"""So many workers may die over one wish before it is given up."""


@dataclass(frozen=True, slots=True)
class WishInfo:
    """One wish and what has become of it."""

    number: int
    at: datetime
    actor: str
    reason: str
    only: tuple[str, ...]
    full: bool  # what is parked is tried as well
    state: str  # waiting, taken, done, failed, cancelled
    taken_by: str
    run: int | None
    result: str  # how far it is, or how it ended: one sentence
    trigger: str = "resync"  # or repair

    @property
    def ask(self) -> Ask:
        """The run that is asked for."""
        return Ask(self.actor, self.trigger, self.reason, only=self.only, retry=self.full)


def wish(store: Store, ask: Ask, *, full: bool, at: datetime) -> WishInfo:
    """Ask for a run; WishError where the same one is asked for already, and waits or runs."""
    with store.write() as connection:
        there = connection.execute(select(WISH).where(*_same(ask, full=full))).first()
        if there:
            raise WishError(f"That is asked for already: no. {there.number} by {there.actor}, {_TOLD[there.state]}. Nothing was added.")
        number: int = (connection.execute(select(func.max(WISH.c.number))).scalar() or 0) + 1
        asked = {"number": number, "at": at, "actor": ask.actor, "trigger": ask.trigger, "reason": ask.reason, "only": dumps(ask.only)}
        blank = {"full": int(full), "priority": _priority(ask), "state": "waiting", "taken_by": "", "takes": 0, "result": ""}
        connection.execute(insert(WISH).values(**asked, **blank))
        body = {"wish": number, "only": list(ask.only), "full": full, "repair": ask.repair}
        append(connection, Entry("wished", at, ask.actor, body, personal=said(reason=ask.reason)))
        return _info(connection.execute(select(WISH).where(WISH.c.number == number)).one())


def _same(ask: Ask, *, full: bool) -> tuple[ColumnElement[bool], ...]:
    """What asks for just that, and is not done yet."""
    words = (WISH.c.only == dumps(ask.only), WISH.c.trigger == ask.trigger)
    return (WISH.c.state.in_(OPEN), *words, WISH.c.full == int(full))


_TOLD = {"waiting": "which waits for a worker", "taken": "which runs now"}


def _priority(ask: Ask) -> int:
    """People first, since somebody waits for them; then single courses; then everything."""
    if not ask.only:
        return 2
    return 0 if all(word.startswith("person:") for word in ask.only) else 1


def take(store: Store, worker: str) -> WishInfo | None:
    """The most urgent wish that waits, now this worker's; None where there is none. Two workers never get the same one."""
    number = take_number(store, worker)
    return None if number is None else read(store, number)


def take_number(store: Store, worker: str) -> int | None:
    """As `take`, its number alone: so it is known even where what it asks for cannot be read."""
    with store.write() as connection:
        waiting = select(WISH.c.number).where(WISH.c.state == "waiting").order_by(WISH.c.priority, WISH.c.number).limit(1)
        number: int | None = connection.execute(waiting.with_for_update(skip_locked=True)).scalar()
        if number is not None:
            taken = {"state": "taken", "taken_by": worker, "takes": WISH.c.takes + 1}
            connection.execute(update(WISH).where(WISH.c.number == number).values(taken))
    return number


def waits(store: Store) -> bool:
    """Whether anybody waits: for a worker, or for one that may be no more."""
    with store.read() as connection:
        return connection.execute(select(WISH.c.number).where(WISH.c.state.in_(OPEN)).limit(1)).first() is not None


def open_wishes(store: Store) -> list[WishInfo]:
    """What waits, or is under way, the oldest first."""
    with store.read() as connection:
        return [_info(row) for row in connection.execute(select(WISH).where(WISH.c.state.in_(OPEN)).order_by(WISH.c.number))]


def give_back(store: Store, number: int) -> None:
    """A wish that could not be begun waits again, as if nobody had taken it."""
    _set(store, number, state="waiting", taken_by="", takes=WISH.c.takes - 1)


def told(store: Store, number: int, sentence: str) -> None:
    """How far it is."""
    _set(store, number, result=sentence)


def ended(store: Store, number: int, state: str, *, run: int | None, result: str, at: datetime) -> None:
    """It is done, or failed."""
    _set(store, number, state=state, run=run, result=result, ended_at=at)


def _set(store: Store, number: int, **values: object) -> None:
    with store.write() as connection:
        connection.execute(update(WISH).where(WISH.c.number == number).values(**values))


def orphans(store: Store) -> int:
    """Wishes that are taken wait again; how many. For whoever has the lease: then nobody else is at one, and who took it is no more."""
    with store.write() as connection:
        lost = update(WISH).where(WISH.c.state == "taken").values(state="waiting", taken_by="")
        return int(connection.execute(lost).rowcount)


def give_up(store: Store, at: datetime) -> list[tuple[int, str]]:
    """End what `MOST_TAKES` workers have taken and not survived; each number, and what is told. For whoever has the lease."""
    lost = (WISH.c.state == "taken", WISH.c.takes >= MOST_TAKES)
    with store.write() as connection:
        rows = connection.execute(select(WISH.c.number, WISH.c.actor).where(*lost)).all()
        told = [(row.number, _GIVEN_UP.format(number=row.number, actor=row.actor, takes=MOST_TAKES)) for row in rows]
        for number, text in told:
            values = {"state": "failed", "result": text, "ended_at": at}
            connection.execute(update(WISH).where(WISH.c.number == number).values(values))
    return told


_GIVEN_UP = (
    "Request {number} of {actor} is given up: {takes} workers died while they were at it. See why in their logs, then ask again: "
    f"{Next.ASK_AGAIN_FOR_SYNC}"
)


def cancel(store: Store, *, actor: str, only: tuple[str, ...] | None, at: datetime) -> list[int]:
    """Take back what waits (all, or with these words); their numbers. WishError where nothing waits."""
    with store.write() as connection:
        same = [] if only is None else [WISH.c.only == dumps(only)]
        numbers = list(connection.execute(select(WISH.c.number).where(WISH.c.state == "waiting", *same)).scalars())
        if not numbers:
            raise WishError("Nothing waits that could be cancelled; what runs already ends by itself. Nothing was changed.")
        values = {"state": "cancelled", "result": f"cancelled by {actor}", "ended_at": at}
        connection.execute(update(WISH).where(WISH.c.number.in_(numbers)).values(**values))
        append(connection, Entry("wish-cancelled", at, actor, {"wishes": numbers}))
    return numbers


def read(store: Store, number: int) -> WishInfo:
    """One wish. WishError where there is none of this number."""
    with store.read() as connection:
        return _one(connection, number)


def same_open(store: Store, ask: Ask, *, full: bool) -> WishInfo | None:
    """The wish for just that, whoever has it, that waits or runs."""
    with store.read() as connection:
        row = connection.execute(select(WISH).where(*_same(ask, full=full))).first()
    return _info(row) if row else None


def _one(connection: Connection, number: int) -> WishInfo:
    row = connection.execute(select(WISH).where(WISH.c.number == number)).first()
    if row is None:
        raise WishError(f"There is no wish {number}.")
    return _info(row)


def _info(row: Row[Any]) -> WishInfo:
    same = ("number", "at", "actor", "reason", "state", "taken_by", "run", "result", "trigger")
    return WishInfo(**{name: getattr(row, name) for name in same}, only=tuple(loads(row.only)), full=bool(row.full))

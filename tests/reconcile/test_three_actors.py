"""Roster, people and runs take turns over one enrollment, course, section or person: tables list what a run makes of it."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import product

import pytest
from sqlalchemy import Connection, create_engine, delete, insert, select

from ilc_canvas.reconcile.change import Create, Outcome, Plan, Remove, Update
from ilc_canvas.reconcile.kinds import Kind
from ilc_canvas.reconcile.plan import make_plan
from ilc_canvas.reconcile.state import Ledger, Owned, Record, State
from ilc_canvas.store.db.scope import CanvasScope
from ilc_canvas.store.runs.ledger import book, read_ledger, take_note
from ilc_canvas.store.runs.tables import LEDGER
from tests.reconcile.cast import FRAME, NOON, course, enrollment, owned, person, section

HERE = CanvasScope(FRAME.base_url, FRAME.scope)
MOVES = ("asks", "drops", "adds", "ends", "run")
"""The roster asks for it or drops it; somebody adds it in Canvas, or brings it back, or ends it by hand; a run."""

Case = tuple[bool, str, str]
"""Whether the roster asks for it; what Canvas has: none, live, over; what the ledger says: -, created, adopted, ended."""

SEAT_TABLE: dict[Case, tuple[str, str, str]] = {
    # asked  Canvas  ledger        Canvas   ledger     told
    (True, "none", "-"): ("live", "created", "done"),
    (True, "live", "-"): ("live", "adopted", ""),  # people made it, and the roster agrees
    (True, "live", "created"): ("live", "created", ""),
    (True, "live", "adopted"): ("live", "adopted", ""),
    (True, "live", "ended"): ("live", "created", ""),  # brought back by hand, and asked for again: it is ours as before
    (True, "over", "-"): ("live", "created", "done"),  # it was over before we knew of it
    (True, "over", "created"): ("over", "created", "drift"),
    (True, "over", "adopted"): ("over", "adopted", "drift"),
    (True, "over", "ended"): ("live", "created", "done"),
    (False, "none", "-"): ("none", "-", ""),
    (False, "live", "-"): ("live", "-", "by hand"),
    (False, "live", "created"): ("over", "ended", "done"),
    (False, "live", "adopted"): ("live", "adopted", "by hand"),
    (False, "live", "ended"): ("live", "ended", "by hand"),
    (False, "over", "-"): ("over", "-", ""),
    (False, "over", "created"): ("over", "ended", ""),  # people ended it before the roster did: both agree
    (False, "over", "adopted"): ("over", "-", ""),
    (False, "over", "ended"): ("over", "ended", ""),
}
COURSE_TABLE: dict[Case, tuple[str, str, str]] = {
    **SEAT_TABLE,
    (True, "live", "-"): ("live", "adopted", "done"),  # under our SIS id: taken by a yes
    (True, "over", "-"): ("over", "-", "drift"),  # it was concluded before we knew of it
    (False, "live", "-"): ("live", "-", ""),
    (False, "live", "adopted"): ("live", "adopted", ""),
    (False, "live", "ended"): ("live", "ended", ""),
}


Standing = tuple[bool, str, tuple[tuple[object, ...], ...]]
"""What the roster wants, the thing's state in Canvas, and the ledger."""


@dataclass
class Turns:
    """One thing, wanted or not, and the Canvas and the ledger around it."""

    connection: Connection
    thing: Record
    around: tuple[Record, ...]
    over: str  # its state when people have ended it
    asked: bool = False
    state: str = ""  # of the thing in Canvas; empty: it is not there

    def move(self, name: str) -> None:
        """One move of the roster or of people."""
        self.asked = {"asks": True, "drops": False}.get(name, self.asked)
        if name == "adds":
            self.state = "active" if self.thing.key.kind is Kind.ENROLLMENT else "available"
        if name == "ends" and self.state:
            self.state = self.over

    def seen(self) -> Record:
        """The thing as Canvas has it."""
        return replace(self.thing, fields={**self.thing.fields, "state": self.state}, handle=7)

    def case(self) -> Case:
        """The row of the table that holds now."""
        ours, live = self.ledger().get(self.thing.key), self.state in ("active", "available", "unpublished")
        return self.asked, ("live" if live else "over") if self.state else "none", ours.how if ours else "-"

    def ledger(self) -> Ledger:
        return read_ledger(self.connection, HERE)

    def run(self) -> str:
        """Runs and approves a plan; returns what it reports about the object."""
        desired = State.of([*self.around, *([self.thing] if self.asked else [])])
        observed = State.of([*self.around, *([self.seen()] if self.state else [])])
        plan = make_plan(desired, observed, self.ledger(), frame=FRAME)
        for change in plan.changes:
            if isinstance(change, Remove):
                self.state = change.key.rule.ended_as
            elif isinstance(change, Create | Update):
                self.state = str(change.after.fields.get("state", "unpublished"))
            book(self.connection, HERE, change, outcome=Outcome("applied", handle=7), at=NOON)
        take_note(self.connection, HERE, plan, at=NOON)
        return self.told(plan)

    def told(self, plan: Plan) -> str:
        """How the plan names it."""
        found = {change.key: "done" for change in plan.changes}
        found |= {drift.key: "drift" for drift in plan.drift} | {record.key: "by hand" for record in plan.by_hand}
        return found.get(self.thing.key, "")

    def standing(self) -> Standing:
        """Everything that the next move depends on."""
        rows = self.connection.execute(select(LEDGER).order_by(LEDGER.c.key))
        return self.asked, self.state, tuple(tuple(row) for row in rows)

    def stand(self, standing: Standing) -> None:
        """Go on from there."""
        self.asked, self.state, rows = standing
        self.connection.execute(delete(LEDGER))
        self.connection.execute(insert(LEDGER), [dict(zip(LEDGER.c.keys(), row, strict=True)) for row in rows])


@contextmanager
def turns(thing: Record, *around: Record, over: str) -> Iterator[Turns]:
    """A ledger that owns everything around the object."""
    with create_engine("sqlite://").begin() as connection:
        LEDGER.create(connection)
        for record in (person(9), *around):
            book(connection, HERE, Create(record), outcome=Outcome("applied"), at=NOON)
        yield Turns(connection, thing, around, over)


def check_all(game: Turns, table: dict[Case, tuple[str, str, str]]) -> None:
    """Every sequence of moves, however long: each standing is gone on from once, by each move; each run goes by the table."""
    seen: set[Case] = set()
    left: dict[Standing, tuple[str, ...]] = {game.standing(): ()}
    known = dict(left)
    while left:
        standing, moves = left.popitem()
        for move in MOVES:
            game.stand(standing)
            if move == "run":
                case = game.case()
                seen.add(case)
                assert (game.run(), *game.case()[1:]) == (table[case][2], *table[case][:2]), (*moves, case)
            else:
                game.move(move)
            if game.standing() not in known:
                left[game.standing()] = known[game.standing()] = (*moves, move)
    assert seen == set(table)


@pytest.mark.parametrize("over", ["inactive", "completed", "deleted"])
def test_turns_over_enrollment(over: str) -> None:
    """Whoever brings it back, and however people end it: ours is what we made, theirs what they did since, and asking again counts."""
    with turns(enrollment(1), person(1), course(), section(), over=over) as game:
        check_all(game, SEAT_TABLE)


def test_turns_over_course() -> None:
    """A course that we or people concluded comes back when the roster asks again, and can be concluded again."""
    with turns(course(), over="completed") as game:
        check_all(game, COURSE_TABLE)


NAMES_OF: dict[Kind, Record] = {Kind.SECTION: section(), Kind.USER: person(1), Kind.COURSE: course()}
NAME_TABLE = {
    # as the roster says, as we left it: done, drift, noted
    (True, True): (False, False, False),
    (True, False): (False, False, True),  # people gave it the name that the roster asks for: from now on it is as if we had
    (False, True): (True, False, False),
    (False, False): (False, True, False),
}


@pytest.mark.parametrize("kind", list(NAMES_OF))
def test_turns_over_name(kind: Kind) -> None:
    """A name that people changed stays until the roster agrees with it, or they put ours back; then the roster's changes go on."""
    for wanted, seen, left in product("ABC", repeat=3):
        thing = NAMES_OF[kind]
        around = [course()] if kind is Kind.SECTION else []
        desired, observed = (State.of([*around, replace(called(thing, name), handle=7)]) for name in (wanted, seen))
        ledger = {thing.key: Owned(thing.key, called(thing, left).fields, "created", NOON, 7), **owned(around)}
        plan = make_plan(desired, observed, ledger, frame=FRAME)
        done, drift = thing.key in {c.key for c in plan.changes}, thing.key in {d.key for d in plan.drift}
        noted = thing.key in {record.key for record in plan.settled}
        assert (done, drift, noted) == NAME_TABLE[wanted == seen, seen == left], (wanted, seen, left)


def called(thing: Record, name: str) -> Record:
    """The object with this name."""
    return replace(thing, fields={key: name if key.endswith("name") else value for key, value in thing.fields.items()})

"""What people look at is found by index, however long the log is."""

import pytest
from sqlalchemy import event

from ilc_canvas.reconcile.change import Create
from ilc_canvas.store.audit.tables import EVENT
from ilc_canvas.store.db.database import Store
from ilc_canvas.store.db.scope import CanvasScope
from ilc_canvas.store.runs import details, ledger
from ilc_canvas.store.runs import plans as plans_of_runs
from ilc_canvas.store.runs.person_history import person_history
from tests.store.cast import BASE, EQUITY, NOON, ROSA, SCOPE, Desk, seat

HERE = CanvasScope(BASE, SCOPE)


def plans(store: Store, table: str) -> list[str]:
    """How SQLite goes about the statements on this table that the story of one person takes."""
    asked: list[tuple[str, object]] = []

    def note(_connection: object, _cursor: object, statement: str, given: object, *_: object) -> None:
        asked.append((statement, given))

    event.listen(store.engine, "before_cursor_execute", note)
    person_history(store, HERE, ROSA.key)
    event.remove(store.engine, "before_cursor_execute", note)
    with store.read() as connection:
        found = (connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {text}", given) for text, given in asked if f"FROM {table}" in text)  # type: ignore[arg-type]
        return [row.detail for rows in found for row in rows if table in row.detail]


def test_story_is_found_by_key(desk: Desk) -> None:
    """No event is read to see whom it is about: the keys are found in their index, the events by their keys."""
    if not desk.store.sqlite:
        pytest.skip("it asks how SQLite goes about it")
    desk.carried(Create(ROSA), *(Create(seat(n)) for n in range(1, 40)))
    steps = [step for step in plans(desk.store, str(EVENT)) if "kind" not in step]
    assert steps
    assert all("INDEX ix_audit_event_key" in step for step in steps), steps


def test_story_of_one_among_many(desk: Desk) -> None:
    """One person's deeds, oldest first, and nobody else's."""
    desk.carried(Create(ROSA), *(Create(seat(n)) for n in range(1, 40)))
    told = person_history(desk.store, HERE, ROSA.key)
    assert [(deed.key, deed.verb, deed.result) for deed in told.deeds] == [
        (ROSA.key, "create", "applied"),
        (seat(1).key, "create", "applied"),
    ]


def test_numbers_of_things_alone(desk: Desk) -> None:
    """Canvas's numbers of what is nobody's, without people and their places."""
    desk.carried(Create(EQUITY), Create(ROSA), Create(seat(1)))
    assert ledger.numbers(desk.store, HERE) == {EQUITY.key: EQUITY.handle}


def test_begun_without_answer_is_told(desk: Desk) -> None:
    """A change that was to be sent is told as begun, with its outcome or without one; one that was not tried is not."""
    changes = [Create(seat(n)) for n in (1, 2, 3)]
    run = desk.run(*changes)
    desk.do(run, changes[0])
    desk.journal.intended(run, changes[1], NOON)
    steps = {step.change.key: (step.begun, step.outcome is not None) for step in details.run(desk.store, run).steps}
    assert [steps[change.key] for change in changes] == [(True, True), (True, False), (False, False)]


def test_plan_in_batches_is_whole(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """A plan that takes several statements is kept whole, in its order."""
    monkeypatch.setattr(plans_of_runs, "_BATCH", 3)
    changes = [Create(seat(n)) for n in range(1, 9)]
    steps = details.run(desk.store, desk.run(*changes)).steps
    assert [(step.position, step.change) for step in steps] == list(enumerate(changes))

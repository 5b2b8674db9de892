"""What a run costs its store: few transactions, few statements, however many changes."""

from dataclasses import replace

import pytest
from sqlalchemy import Engine, event

from ilc_canvas.program.roster import Roster
from tests.bench.counted import Spent
from tests.sync.roster import FIRST
from tests.sync.world import World


def crowded(people: int) -> Roster:
    """The first roster, with so many more people like the first one."""
    first = FIRST.people[0]
    more = (replace(first, person_id=f"M{n}", email=f"m{n}@example.org", line=100 + n) for n in range(people))
    return replace(FIRST, people=(*FIRST.people, *more))


@pytest.fixture
def spent(world: World) -> Spent:
    """By a run that carries out hundreds of changes."""
    world.finalize(crowded(120))
    world.approve(world.run().digest)
    spent = Spent()
    spent.on_progress()
    try:
        report = world.run()
    finally:
        spent.leave()
    assert report.status == "applied"
    spent.code = report.applied
    return spent


def test_fill_takes_few_transactions(spent: Spent) -> None:
    """With six calls under way there is one commit for three changes at most, and six statements for each change."""
    assert spent.code > 300
    assert spent.commits / spent.code <= 1 / 3, spent
    assert spent.statements / spent.code <= 6, spent


def test_run_reads_roster_and_ledger_once(filled: World) -> None:
    """However many steps look at them, a run with nothing to do asks the store for each of them once."""
    asked: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        asked.append(statement)

    event.listen(Engine, "before_cursor_execute", note)
    try:
        assert filled.run().status == "converged"
    finally:
        event.remove(Engine, "before_cursor_execute", note)
    assert sum("FROM document_content" in statement for statement in asked) == 1
    assert sum("FROM ledger" in statement for statement in asked) == 1

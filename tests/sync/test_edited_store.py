"""A store that somebody has edited by hand: a run does not act on what nobody decided."""

import pytest

from ilc_canvas.reconcile.errors import ChainError
from ilc_canvas.reconcile.guards.guard import Limits, Share
from tests.sync.roster import SECOND
from tests.sync.world import World, opened

NO_REMOVALS = Limits(removals_per_run=Share(0, 0.0))


def _sql(world: World, statement: str) -> None:
    with opened(world.store) as store, store.write() as connection:
        connection.exec_driver_sql(statement)


def test_widened_approval_permits_nothing(filled: World) -> None:
    """An approval that was widened by hand is not used: the plan is held as before, the run says so, and approving again works."""
    filled.finalize(SECOND)
    held = filled.run(limits=NO_REMOVALS)
    filled.approve(held.digest)
    _sql(filled, "UPDATE approval SET expires = '2099-01-01T00:00:00.000000Z' WHERE ended_at IS NULL")
    again = filled.run(limits=NO_REMOVALS)
    assert (again.status, again.writes) == ("held", 0)
    assert [text.partition(".")[0] for text in again.warnings] == [
        f"The approval of {held.digest} in the store is not as the audit log recorded it, and was not used"
    ]
    filled.approve(again.digest)
    done = filled.run(limits=NO_REMOVALS)
    assert (done.status, done.warnings) == ("applied", ())


def test_edited_roster_moves_nobody(filled: World) -> None:
    """A signed roster with an address changed in the database stops the run before anything is read or written."""
    _sql(filled, "UPDATE document_content SET content = replace(content, 'p1@', 'mallory@')")
    before = len(filled.sandbox.requests())
    with pytest.raises(ChainError, match=r"Roster version 1 in the store is not as the audit log recorded it \(its content\)"):
        filled.run()
    assert len(filled.sandbox.requests()) == before

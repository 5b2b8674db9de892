"""What is not done for now: refused changes are parked, troubles put everything into quarantine; both end by themselves or by a person."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from ilc_canvas.reconcile.errors import CanvasError, QuarantineError, RecoveryError, TokenError
from ilc_canvas.reconcile.kinds import Kind
from ilc_canvas.reconcile.run.quarantine import Quarantine
from ilc_canvas.reconcile.run.values import Report, RunRequest
from ilc_canvas.reconcile.state import Key
from ilc_canvas.store.db.scope import CanvasScope
from ilc_canvas.store.runs import parked
from tests.sync.crash import Crash, Forge
from tests.sync.roster import FIRST, person
from tests.sync.world import SCOPE, World, now, opened

SCHEDULE = RunRequest("schedule", "schedule")
NEW = Key(Kind.USER, "ilc:p:P8")
CODED = "refused: "


def at(hours: float) -> dict[str, Any]:
    """The clock of a run, so many hours from now."""
    return {"now": lambda: now() + timedelta(hours=hours)}


def quarantine(world: World) -> Quarantine | None:
    """The trouble of this world."""
    with opened(world.store) as store:
        return parked.held_back(store, CanvasScope(world.sandbox.url, SCOPE))[0]


def kinds(world: World, kind: str) -> list[dict[str, Any]]:
    """What the events of one kind say."""
    return [dict(event.body) for event in world.log() if event.kind == kind]


@pytest.fixture
def refused(filled: World) -> World:
    """Canvas refuses to rename a team's section, for good, while the roster also brings a new person."""
    people = (*FIRST.people, replace(person(8, "New"), participates=("EQ",)))
    filled.finalize(replace(FIRST, people=people, teams=(replace(FIRST.teams[0], name="A" * 300), FIRST.teams[1])))
    report = filled.sync()
    assert (report.status, report.failed, report.applied) == ("partial", 1, 3)
    return filled


def tries(world: World) -> int:
    """How often the section was to be renamed, by the requests since they were forgotten."""
    return sum(row["method"] == "PUT" and "/sections/" in row["path"] for row in world.sandbox.requests())


def test_refused_change_is_parked(refused: World) -> None:
    """It is not tried again at once, stops nobody else, and no run is green meanwhile."""
    refused.sandbox.forget_requests()
    report = refused.run()
    assert (report.status, report.parked, report.writes, tries(refused)) == ("partial", 1, 0, 0)


@pytest.mark.parametrize(("hours", "tried"), [(5.9, 0), (6.1, 1)])
def test_parked_change_has_its_time(refused: World, hours: float, tried: int) -> None:
    """It is tried again after six hours."""
    refused.sandbox.forget_requests()
    refused.run(**at(hours))
    assert tries(refused) == tried


def test_parked_change_waits_longer(refused: World) -> None:
    """After a second refusal it waits twelve hours, after the third a day."""
    refused.sandbox.forget_requests()
    counts = []
    for hours in (6.1, 18.0, 18.2, 42.1, 42.3, 66.2, 66.4):
        refused.run(**at(hours))
        counts.append(tries(refused))
    assert counts == [1, 1, 2, 2, 3, 3, 4]


def test_parked_change_by_hand(refused: World) -> None:
    """A person can have it tried at any time."""
    refused.sandbox.forget_requests()
    refused.run(ask=RunRequest("ana", "sync", "Canvas was put right", retry=True))
    assert tries(refused) == 1


def test_changed_row_is_tried(refused: World) -> None:
    """When its row in the roster changes it is another change; done, it is parked no more."""
    refused.finalize(replace(refused.roster, teams=(replace(FIRST.teams[0], name="Alameda Crew"), FIRST.teams[1])))
    assert refused.sync().status == "applied"
    again = refused.run()
    assert (again.status, again.parked) == ("converged", 0)


@pytest.mark.parametrize("token", ["revoked"])
def test_refused_token_means_quarantine(filled: World, token: str) -> None:
    """Nothing is written, the schedule looks again at its times only, and says so once."""
    filled.finalize(replace(FIRST, cops=(replace(FIRST.cops[0], title="Justice"), FIRST.cops[1])))
    with pytest.raises(TokenError):
        filled.run(ask=SCHEDULE, token=token)
    for hours in (0.01, 0.08):
        with pytest.raises(QuarantineError, match="token"):
            filled.run(ask=SCHEDULE, token=token, **at(hours))
    with pytest.raises(TokenError):
        filled.run(ask=SCHEDULE, token=token, **at(0.09))
    with pytest.raises(QuarantineError):
        filled.run(ask=SCHEDULE, token=token, **at(0.3))
    assert [body["trouble"] for body in kinds(filled, "quarantined")] == ["token"]


def test_quarantine_ends_by_itself(filled: World) -> None:
    """With a token that works the next run goes on, and the quarantine is over."""
    with pytest.raises(TokenError):
        filled.run(ask=SCHEDULE, token="revoked")
    filled.finalize(replace(FIRST, cops=(replace(FIRST.cops[0], title="Justice"), FIRST.cops[1])))
    assert filled.run(ask=SCHEDULE, **at(0.1)).status == "applied"
    assert quarantine(filled) is None


def test_person_may_look_at_any_time(filled: World) -> None:
    """A person who asks is not told to wait for the schedule; a plan can always be made."""
    with pytest.raises(CanvasError):
        filled.run(token="revoked")
    assert quarantine(filled) is not None
    assert filled.run(ask=RunRequest("ana", "plan", dry_run=True)).status == "converged"
    assert quarantine(filled) is not None
    assert filled.run().status == "converged"
    assert quarantine(filled) is None


def test_read_only_canvas_means_quarantine(world: World) -> None:
    """Canvas can be read and takes no writes: five failures, then it is left alone; nothing is lost."""
    world.sandbox.fault("503", method="POST", times=500)
    report = world.run()
    found = quarantine(world)
    assert (report.status, report.trouble, found and found.trouble) == ("partial", "writes", "writes")
    with pytest.raises(QuarantineError, match="looked at again"):
        world.run(ask=SCHEDULE)
    world.sandbox.mend()
    assert (world.heal(3).status, quarantine(world), world.complaints()) == ("applied", None, [])


def test_foreign_canvas_needs_a_person(filled: World) -> None:
    """Another Canvas answers: nothing is written until a person says that all is well."""
    with opened(filled.store) as store, store.write() as connection:
        connection.exec_driver_sql("UPDATE tenant_pin SET account_uuid = 'of another school'")
    with pytest.raises(CanvasError, match="another account uuid"):
        filled.run()
    with pytest.raises(QuarantineError, match="‹release›"):
        filled.run()
    with opened(filled.store) as store:
        parked.release(store, [CanvasScope(filled.sandbox.url, SCOPE)], actor="ana", reason="it was copied", at=now())
        with store.write() as connection:
            connection.exec_driver_sql("DELETE FROM tenant_pin")
    assert filled.run().status == "converged"


def test_recovery_in_vain_is_no_loop(world: World, forge: Forge) -> None:
    """A recovery that dies five times is not begun a sixth time: a person must look."""
    assert forge.run(world.sandbox.url, world.store, Crash("apply", "after", 9, in_flight=1)) == -9
    for _ in range(5):
        assert forge.run(world.sandbox.url, world.store, Crash("look", "before")) == -9
    with pytest.raises(RecoveryError, match="5 times"):
        world.run()
    with pytest.raises(QuarantineError):
        world.run()
    with opened(world.store) as store:
        parked.release(store, [CanvasScope(world.sandbox.url, SCOPE)], actor="ana", reason="memory was added", at=now())
    assert (world.heal().status, world.complaints()) == ("applied", [])


def test_good_runs_leave_no_trace(filled: World) -> None:
    """Without a trouble there is no quarantine, no parking, and no event of either."""
    report: Report = filled.run()
    assert (report.trouble, report.parked, quarantine(filled)) == ("", 0, None)
    assert not kinds(filled, "quarantined")
    assert not kinds(filled, "recovering")

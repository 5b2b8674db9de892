"""Runs from end to end: what is held, what goes, what stops, and what the next run makes of it."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any, cast

import pytest
from structlog.testing import capture_logs

from ilc_canvas.canvas.client import CanvasClient
from ilc_canvas.program.basis import of_roster
from ilc_canvas.reconcile.change import Change, Outcome, Remove
from ilc_canvas.reconcile.errors import LeaseError, StoreError, TokenError
from ilc_canvas.reconcile.kinds import Kind
from ilc_canvas.reconcile.run.values import Intent, Report, RunRequest
from ilc_canvas.reconcile.state import Key, Record, State
from ilc_canvas.store.db.lease import take_lease
from ilc_canvas.sync import Canvas, Journal
from ilc_canvas.sync.progress import Progress
from tests.sandbox.process import Sandbox, start_sandbox
from tests.stores import new_store
from tests.sync.conftest import Reference
from tests.sync.crash import Crash, Forge
from tests.sync.mutants import Wrapped
from tests.sync.roster import FIRST, SECOND
from tests.sync.world import NOW, SWIFT, Setting, World, fresh, keys_in, now, opened, prepared, seat

ONE_BY_ONE = replace(SWIFT, in_flight=1)
EQUITY, ARTS, NETWORK = "ilc:2021-22:cop:EQ", "ilc:2021-22:cop:AI", "ilc:2021-22:net:R1"


def statuses(world: World) -> list[str]:
    """How the runs of this world were closed, in order."""
    return [str(event.body["status"]) for event in world.log() if event.kind == "closed"]


def sent(world: World, *methods: str) -> list[str]:
    """The paths that were asked for with these methods."""
    return [row["path"] for row in world.sandbox.requests() if row["method"] in methods]


def removals(world: World) -> list[str]:
    """The enrollments that a run wanted to end."""
    return [path for path in sent(world, "DELETE") if "/enrollments/" in path]


def row_state(world: World, key: str) -> str:
    """The state of the enrollment `course:section|person|role`."""
    state = world.sandbox.state()
    return next(str(row["enrollment_state"]) for row in state["enrollments"] if seat(row, state).id == key)


def test_first_run_waits_for_yes(canvas: Sandbox, folder: Path) -> None:
    """Nothing is written before a person has seen the first plan."""
    canvas.reset()
    world = World(canvas, new_store(folder / "first"))
    world.finalize(FIRST)
    assert [world.run().status, world.run().status] == ["held", "held"]
    assert not sent(world, "POST", "PUT", "DELETE")
    report = world.sync()
    assert (report.status, report.applied, report.counts) == ("applied", 47, {"create": 47, "update": 0, "remove": 0})
    again = world.run()
    assert (again.status, again.writes, world.complaints()) == ("converged", 0, [])


def test_dry_run_writes_nothing(world: World) -> None:
    """A dry run asks Canvas, and changes nothing there."""
    report = world.run(ask=RunRequest("ana", "plan", dry_run=True))
    assert (report.status, report.writes) == ("planned", 0)
    assert not sent(world, "POST", "PUT", "DELETE")
    assert world.run().digest == report.digest


def test_second_roster_moves_and_ends(filled: World, second_reference: Reference) -> None:
    """Who moved, joined or left by the next roster is where it says, and nobody is deleted."""
    filled.finalize(SECOND)
    report = filled.run()
    assert (report.status, report.counts, report.by_hand) == ("applied", {"create": 5, "update": 3, "remove": 5}, 1)
    assert row_state(filled, f"{ARTS}:R1|ilc:p:P5|StudentEnrollment") == "inactive"
    assert row_state(filled, f"{EQUITY}:R1|ilc:p:P5|StudentEnrollment") == "active"
    assert "ilc:p:P4" in {key.id for key in keys_in(filled.sandbox.state())}  # who leaves keeps the account
    assert (filled.run().writes, filled.complaints(second_reference)) == (0, [])


def test_removals_come_last(filled: World) -> None:
    """All joins are done before the first removal."""
    filled.finalize(SECOND)
    filled.sandbox.forget_requests()
    filled.run()
    rows = [row["method"] for row in filled.sandbox.requests() if "/enrollments" in row["path"] and row["method"] != "GET"]
    assert rows == ["POST"] * 4 + ["DELETE"] * 5


def test_back_to_first_roster(filled: World) -> None:
    """Going back to an earlier roster revives the same enrollments."""
    filled.finalize(SECOND)
    filled.run()
    filled.finalize(FIRST)
    assert filled.sync().status == "applied"
    again = filled.run()
    assert (again.status, again.writes) == ("converged", 0)
    assert [found for found in filled.complaints() if "P8" not in found] == []


def test_account_that_was_made_is_booked(world: World, reference: Reference) -> None:
    """The account is made, then the token is refused: the run stops at that, and what was made is known to be ours."""
    world.sandbox.fault("401", method="PUT", times=2)
    with pytest.raises(TokenError):
        world.run()
    assert world.applied()["create", "account=ilc"] == 1
    assert (world.heal().status, world.complaints(reference)) == ("applied", [])


def test_children_of_failed_parent_are_withheld(world: World) -> None:
    """What lies below something that failed is not tried."""
    world.sandbox.fault("500", "accounts/.*/courses", method="POST", nth=1)  # the first course, and its second try after the others
    world.sandbox.fault("500", "accounts/.*/courses", method="POST", nth=6)
    report = world.run(apply_settings=ONE_BY_ONE)
    assert (report.status, report.failed, report.withheld, report.applied) == ("partial", 1, 6, 40)
    assert list(report.failures) == [Key(Kind.COURSE, ARTS)]
    assert not [key for key in keys_in(world.sandbox.state()) if key.id.startswith(ARTS)]
    assert (world.sync().status, world.complaints()) == ("applied", [])


def test_removals_are_withheld_where_something_failed(filled: World, second_reference: Reference) -> None:
    """Nobody is removed from a course in which something failed."""
    filled.finalize(SECOND)
    filled.sandbox.fault("500", "cop.*AI/enrollments", method="POST", times=8)
    report = filled.run(apply_settings=ONE_BY_ONE)
    assert (report.status, report.failed, report.withheld) == ("partial", 1, 2)
    assert row_state(filled, f"{ARTS}:R1|ilc:p:P4|StudentEnrollment") == "active"
    assert row_state(filled, f"{NETWORK}:T1|ilc:p:P4|StudentEnrollment") == "inactive"
    assert filled.run().status == "applied"
    assert filled.complaints(second_reference) == []


def test_five_failures_in_a_row_stop(world: World) -> None:
    """After five failures in a row nothing more is tried."""
    world.sandbox.fault("500", "/enrollments", method="POST", times=20)
    report = world.run(apply_settings=ONE_BY_ONE)
    assert (report.status, report.failed, report.withheld, report.applied) == ("partial", 5, 16, 26)
    assert (world.heal().status, world.complaints()) == ("applied", [])


@pytest.mark.parametrize(
    ("pattern", "stopped"),
    [("ffff", ""), ("fffff", "failures"), ("ffffdf", ""), ("ddddddddff", ""), ("dddddddfff", "failures"), ("ffddddddf", ""),
     ("ffdddddddf", "failures"), ("ffddddddddf", "failures"), ("ffddddddddddddf", "")],
)  # fmt: skip
def test_failures_that_stop(pattern: str, stopped: str) -> None:
    """The limit itself passes, one more stops."""
    tally = Progress()
    for number, letter in enumerate(pattern):
        change = Remove(Record(Key(Kind.ENROLLMENT, str(number)), {}))
        tally.count(change, Outcome("applied" if letter == "d" else "refused"))
    assert tally.stopping.reason == stopped


def test_stopped_run_is_gone_on_with(world: World, reference: Reference) -> None:
    """A run that was asked to stop is finished by the next."""
    done: list[str] = []
    report = world.run(apply_settings=ONE_BY_ONE, on_progress=lambda *seen: done.append(seen[2]), stop=lambda: len(done) >= 20)
    assert (report.status, report.applied, report.withheld) == ("interrupted", 20, 27)
    assert len(keys_in(world.sandbox.state())) == 20
    assert (world.sync().applied, world.complaints(reference)) == (27, [])


def test_stopped_run_removes_nobody(filled: World) -> None:
    """A stop in mid-run leaves removals undone."""
    filled.finalize(SECOND)
    filled.sandbox.forget_requests()
    done: list[str] = []
    report = filled.run(on_progress=lambda *seen: done.append(seen[2]), stop=lambda: bool(done))
    assert (report.status, removals(filled)) == ("interrupted", [])


def test_removals_wait_out_their_grace(filled: World, second_reference: Reference) -> None:
    """A removal that nobody approved waits for its grace to end."""
    filled.finalize(SECOND)
    patient = replace(SWIFT, grace_hours=24.0)
    report = filled.run(apply_settings=patient)
    assert (report.status, report.applied, report.withheld) == ("partial", 8, 5)
    early = filled.run(apply_settings=patient, now=lambda: now() + timedelta(hours=23))
    assert (early.status, early.writes) == ("partial", 0)
    late = filled.run(apply_settings=patient, now=lambda: now() + timedelta(hours=24, minutes=1))
    assert (late.status, late.applied) == ("applied", 5)
    assert filled.complaints(second_reference) == []


def test_yes_ends_the_grace(filled: World) -> None:
    """An approved removal does not wait."""
    filled.finalize(SECOND)
    patient = replace(SWIFT, grace_hours=24.0)
    filled.run(apply_settings=patient)
    filled.approve(filled.run(apply_settings=patient).digest)
    assert (filled.run(apply_settings=patient).status, filled.complaints()) == ("applied", [])


def test_held_course_lets_others_go(filled: World) -> None:
    """A course that is held does not hold the others."""
    people = tuple(replace(each, participates=tuple(code for code in each.participates if code != "AI")) for each in FIRST.people)
    teams = (replace(FIRST.teams[0], name="Renamed"), FIRST.teams[1])
    filled.finalize(replace(FIRST, people=people, teams=teams))
    report = filled.run()
    codes = ["course-removals", "section-removals", "section-emptied"]
    assert [(reason.code, reason.course) for reason in report.reasons] == [(code, Key(Kind.COURSE, ARTS)) for code in codes]
    assert (report.status, report.applied, report.withheld) == ("held", 1, 3)
    assert row_state(filled, f"{ARTS}:R1|ilc:p:P4|StudentEnrollment") == "active"
    held = filled.run()
    assert (held.status, held.writes) == ("held", 0)
    filled.approve(held.digest)
    assert (filled.run().status, filled.complaints()) == ("applied", [])


def test_refused_token_ends_the_run(filled: World, second_reference: Reference) -> None:
    """Once the token is refused nothing more is sent, and no removal follows."""
    filled.finalize(SECOND)
    filled.sandbox.forget_requests()
    filled.sandbox.fault("401", "/enrollments", method="POST", nth=2, times=3)  # three are under way at once
    with pytest.raises(TokenError):
        filled.run()
    assert statuses(filled)[-1] == "failed"
    assert removals(filled) == []
    filled.heal(3)
    assert (filled.run().writes, filled.complaints(second_reference)) == (0, [])


def test_refused_token_leaves_nothing_open(world: World) -> None:
    """Several refusals come at once, while the store is slow: all are booked before the run ends."""

    class Slow(Wrapped):
        def happened(self, intent: Intent, outcome: Outcome) -> None:
            time.sleep(0.05)
            self.real.happened(intent, outcome)

    world.sandbox.fault("401", "/users", method="POST", nth=3, times=5)
    with pytest.raises(TokenError):
        world.run(journal=lambda real: cast(Journal, Slow(real)))
    assert [found for found in world.complaints() if "outcomes" in found] == []


def test_one_worker_at_a_time(filled: World) -> None:
    """While one holds the lease another is told so, and does nothing."""
    before = len(filled.log())
    with opened(filled.store) as store, take_lease(store, "another", renewal=None), pytest.raises(LeaseError, match="another"):
        filled.run()
    assert len(filled.log()) == before


def test_lost_lease_stops_the_run(world: World, reference: Reference) -> None:
    """A worker whose lease has gone to another writes no more."""

    def lose(done: int, total: int, last: str) -> None:
        del total, last
        if done == 9:
            world.lose_lease()

    with pytest.raises(LeaseError):
        world.run(apply_settings=ONE_BY_ONE, on_progress=lose)
    assert len(keys_in(world.sandbox.state())) == 9
    world.heal()
    assert (world.run().writes, world.complaints(reference)) == (0, [])


def test_running_roster_is_pinned(world: World) -> None:
    """A roster that is signed during a run waits for the next one."""

    def finalize(done: int, total: int, last: str) -> None:
        del total, last
        if done == 5:
            world.finalize(SECOND)

    first = world.run(apply_settings=ONE_BY_ONE, on_progress=finalize)
    assert (first.status, first.basis, first.applied) == ("applied", of_roster(1), 47)
    second = world.run()
    assert (second.status, second.basis, second.applied) == ("applied", of_roster(2), 13)
    assert world.complaints() == []


def rename(world: World) -> None:
    """Somebody gives a course another name by hand."""
    course = next(row for row in world.sandbox.state()["courses"] if row["sis_course_id"] == EQUITY)
    world.human().ask("PUT", f"courses/{course['id']}", {"course[name]": "Justice first"})


def test_edit_by_hand_is_left(filled: World) -> None:
    """What people changed by hand stays, and is counted."""
    rename(filled)
    report = filled.run()
    assert (report.status, report.writes, report.drift) == ("converged", 0, 1)
    assert filled.complaints() == [f"converged: course={EQUITY} has another name"]


def test_edit_by_hand_is_repaired_on_demand(filled: World) -> None:
    """With repair on, it is set back."""
    rename(filled)
    report = filled.run(apply_settings=replace(SWIFT, repair=True))
    assert (report.status, report.applied, filled.complaints()) == ("applied", 1, [])


def test_intent_is_committed_before_the_call(world: World) -> None:
    """When Canvas receives a write, another process can read its intent in the store."""

    class Suspicious(Wrapped):
        """Looks into the store, as another process would, before each call."""

        def apply(self, change: Change) -> Outcome:
            question = (
                "SELECT count(*) FROM audit_event AS asked WHERE kind = 'intended' AND key = :key "
                "AND NOT EXISTS (SELECT * FROM audit_event AS answer WHERE answer.intent = asked.seq)"
            )
            ((found,),) = world.rows(question, key=str(change.key))
            assert found == 1
            outcome: Outcome = self.real.apply(change)
            return outcome

    assert world.run(canvas=lambda client: cast(Canvas, Suspicious(client))).status == "applied"


class Forgetful(Wrapped):
    """Its first readings lack every second enrollment."""

    wrong = 1
    readings = 0

    def observe(self, owners: Mapping[int, Key], ours: Mapping[Key, int | None]) -> State:
        state: State = self.real.observe(owners, ours)
        self.readings += 1
        if self.readings > self.wrong:
            return state
        rows = state.of_kind(Kind.ENROLLMENT)
        return State.of([record for record in state if record not in rows[::2]], state.at)


def forgetful(world: World, wrong: int) -> tuple[Report, int]:
    """A run with so many wrong readings; the report, and how often Canvas was read."""
    made: list[Forgetful] = []

    def canvas(client: CanvasClient) -> Canvas:
        made.append(Forgetful(client))
        made[0].wrong = wrong
        return cast(Canvas, made[0])

    report = world.run(canvas=canvas)
    return report, made[0].readings


def test_one_wrong_reading_is_not_believed(filled: World) -> None:
    """Half an answer is read again before anything is concluded."""
    filled.run()  # which remembers how many there are
    filled.finalize(SECOND)
    report, readings = forgetful(filled, wrong=1)
    assert (report.status, readings, filled.complaints()) == ("applied", 2, [])


def test_two_wrong_readings_hold_the_run(filled: World, second_reference: Reference) -> None:
    """If the second reading is as small, a person must look."""
    filled.run()  # which remembers how many there are
    filled.finalize(SECOND)
    report, readings = forgetful(filled, wrong=2)
    assert (report.status, report.writes, readings) == ("held", 0, 2)
    assert "observed-drop" in {reason.code for reason in report.reasons}
    assert (filled.run().status, filled.complaints(second_reference)) == ("applied", [])


@dataclass
class Broken(Wrapped):
    """A store whose disk is full at the nth call of one kind, and from then on for so many."""

    method: str
    nth: int
    times: int = 1

    def __getattr__(self, name: str) -> Any:
        if name != self.method:
            return getattr(self.real, name)
        self.nth -= 1
        if -self.times < self.nth <= 0:
            raise StoreError("The disk is full.")
        return getattr(self.real, name)


@pytest.mark.parametrize("times", [1, 1000])
@pytest.mark.parametrize(
    ("method", "nth"),
    [
        ("intended", 1),
        ("intended", 12),
        ("intended", 40),
        ("happened", 1),
        ("happened", 13),
        ("happened", 47),
        ("planned", 1),
        ("closed", 1),
    ],
)
def test_failing_store_stops_the_run(world: World, reference: Reference, method: str, nth: int, times: int) -> None:
    """A store that fails stops the run before the next call."""
    with pytest.raises(StoreError, match="full"):
        world.run(journal=lambda real: cast(Journal, Broken(real, method, nth, times)))
    assert not world.unannounced(world.sandbox.state())
    world.heal()
    assert (world.run().writes, world.complaints(reference)) == (0, [])


def test_outcome_is_not_lost_in_silence(world: World) -> None:
    """Whatever Canvas did, and the store cannot take, is said in the log, by its key, before the run stops."""
    done: set[str] = set()

    class Noting(Wrapped):
        def apply(self, change: Change) -> Outcome:
            done.add(str(change.key))
            outcome: Outcome = self.real.apply(change)
            return outcome

    with capture_logs() as logs, pytest.raises(StoreError):
        world.run(journal=lambda real: cast(Journal, Broken(real, "happened", 9, 1)), canvas=lambda real: cast(Canvas, Noting(real)))
    said = [line for line in logs if line["event"] == "outcome.not_stored"]
    assert {(line["result"], "=" in line["key"], line["run"]) for line in said} == {("applied", True, 2)}
    booked = {str(event.key) for event in world.log() if event.kind == "happened" and event.body["result"] == "applied"}
    assert {line["key"] for line in said} == done - booked


@pytest.mark.parametrize("years", [-10, 10])
def test_odd_clock_loses_nothing(filled: World, second_reference: Reference, years: int) -> None:
    """A clock that is ten years off loses and doubles nothing."""
    filled.finalize(SECOND)
    assert filled.run(now=lambda: now() + timedelta(days=365 * years)).status == "applied"
    assert (filled.run().writes, filled.complaints(second_reference)) == (0, [])


def test_lagging_lists_double_nothing(forge: Forge, folder: Path, reference: Reference) -> None:
    """The lag, and a second by which Canvas's clock may be misread: its Date header gives whole seconds."""
    with start_sandbox("--now", NOW, "--lag", "30") as canvas:
        patient = Setting(apply_settings=replace(SWIFT, settle_seconds=60.0, reread_seconds=10.0), sleep=canvas.forward)
        template = prepared(canvas, folder / "lag-template")
        for crash in (Crash("apply", "after", 4), Crash("apply", "after", 40)):
            world = replace(fresh(canvas, template, folder / f"lag-{crash.position}"), setting=patient)
            assert forge.run(canvas.url, world.store, crash) == -9
            world.heal()
            canvas.forward(30.0)
            assert (world.run().writes, world.complaints(reference)) == (0, [])

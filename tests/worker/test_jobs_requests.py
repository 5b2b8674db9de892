"""What a worker is asked for besides a sync: a plan, the way back, the log, a test notice."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from pydantic import SecretStr

from ilc_canvas.actions.sync_requests import request
from ilc_canvas.reconcile.errors import StoreError, SyncRequestError
from ilc_canvas.reconcile.kinds import Kind
from ilc_canvas.reconcile.state import Key
from ilc_canvas.store.db.codec import loads
from ilc_canvas.store.db.database import Store
from ilc_canvas.store.runs import details
from ilc_canvas.store.worker import outbox, pauses, sync_requests
from ilc_canvas.store.worker.sync_requests import RequestKind, SyncRequest
from ilc_canvas.worker.at_once import AtOnce
from tests.sandbox.process import Sandbox, start_sandbox
from tests.sync.roster import SECOND
from tests.sync.world import opened
from tests.worker.day import Day
from tests.worker.test_loop_day import day_of

pytestmark = pytest.mark.timeout(600)


@pytest.fixture(scope="module")
def canvas() -> Iterator[Sandbox]:
    """A Canvas in November 2021."""
    with start_sandbox("--now", "2021-11-06T12:00:00Z") as sandbox:
        yield sandbox


def _done(day: Day, store: Store, kind: RequestKind, **more: object) -> sync_requests.SyncRequestInfo:
    """Asked for, and fulfilled by a worker within a minute."""
    number = day.ask(store, kind, **more)
    with day.worker() as worker:
        day.pass_by(worker, minutes=1)
    return sync_requests.read(store, number)


def test_plan_is_made_during_a_pause(canvas: Sandbox, tmp_path: Path) -> None:
    """During a blackout a plan can be made and approved, no mail is sent, and a sync waits."""
    day = day_of(canvas, tmp_path, "2021-11-08T10:00")
    day.world.finalize(SECOND)
    with opened(day.world.store) as store:
        pauses.pause(store, until=None, actor="ana", reason="lunch", at=day.clock)
        day.request(store)
        before = len(outbox.listing(store))
        plan = _done(day, store, RequestKind.PLAN)
        assert plan.state == "done"
        assert plan.result.startswith("13 changes are to be done for roster version 2.")
        assert [request.request.kind for request in sync_requests.open_requests(store)] == ["sync"]
        assert plan.run
        made = details.run(store, plan.run)
        assert (made.info.dry_run, len(outbox.listing(store))) == (True, before)
        assert details.run_progress(store, plan.run) == details.RunProgress(0, len(made.steps))


def test_run_is_taken_back_on_request(canvas: Sandbox, tmp_path: Path) -> None:
    """The plan to take a run back is shown first; approved, the same is carried out."""
    day = day_of(canvas, tmp_path, "2021-11-08T10:00")
    day.world.finalize(SECOND)
    with opened(day.world.store) as store:
        run = _done(day, store, RequestKind.SYNC).run
        plan = _done(day, store, RequestKind.PLAN, undo=run)
        assert plan.run
        day.approve(details.run(store, plan.run).info.digest)
        undone = _done(day, store, RequestKind.UNDO, undo=run)
        assert undone.run
        done = details.run_progress(store, undone.run)
        assert (undone.state, f"run {run} is taken back" in undone.result, done.done == done.total > 0) == ("done", True, True)


def test_log_and_channels_on_request(canvas: Sandbox, tmp_path: Path) -> None:
    """The audit log is verified, and a test notice goes through each channel, without a request to Canvas."""
    day = day_of(canvas, tmp_path, "2021-11-08T10:00")
    with opened(day.world.store) as store:
        canvas.forget_requests()
        found = [_done(day, store, kind) for kind in (RequestKind.VERIFY, RequestKind.TEST)]
        assert [each.state for each in found] == ["done", "done"]
        assert "events verifies." in found[0].result
        assert found[1].result.startswith("Sent: the log alone")
    assert not canvas.requests()


def test_examination_on_request(canvas: Sandbox, tmp_path: Path) -> None:
    """What works and what does not is kept line by line; it is done during a pause, and writes nothing."""
    day = day_of(canvas, tmp_path, "2021-11-08T10:00")
    with opened(day.world.store) as store:
        pauses.pause(store, until=None, actor="ana", reason="lunch", at=day.clock)
        canvas.forget_requests()
        done = _done(day, store, RequestKind.DOCTOR)
        checks = loads(done.details)
        assert (done.state, done.ended_at is not None) == ("done", True)
        assert {"Store", "Audit", "Roster", "Canvas", "Token", "Account", "Rights", "Roles", "Clock"} <= {each["what"] for each in checks}
        assert sync_requests.newest_done(store, RequestKind.DOCTOR) == done
    assert {each["method"] for each in canvas.requests()} == {"GET"}


def test_examination_tells_what_is_wrong(canvas: Sandbox, tmp_path: Path) -> None:
    """A token that is not valid is a line of its own, and the request is done all the same."""
    day = day_of(canvas, tmp_path, "2021-11-08T10:00")
    day.settings = day.settings.model_copy(update={"token": SecretStr("stale")})
    with opened(day.world.store) as store:
        done = _done(day, store, RequestKind.DOCTOR)
        assert (done.state, "not all works" in done.result) == ("done", True), done.result
        assert not all(each["works"] for each in loads(done.details))


def test_examination_keeps_the_token_at_home(canvas: Sandbox, tmp_path: Path) -> None:
    """At an address that the token was never used at, and nobody has allowed, a request of the console sends it nowhere."""
    day = day_of(canvas, tmp_path, "2021-11-08T10:00")
    with opened(day.world.store) as store:
        _done(day, store, RequestKind.PLAN)
        day.settings = day.settings.model_copy(update={"url": canvas.url.replace("127.0.0.1", "localhost")})
        canvas.forget_requests()
        (check,) = loads(_done(day, store, RequestKind.DOCTOR).details)
        assert (check["what"], check["works"]) == ("Settings", False)
    assert canvas.requests() == []


def test_look_at_one_person(canvas: Sandbox, tmp_path: Path) -> None:
    """Where Canvas has a person is kept, by enrollment; one whose account is not known is told so; it needs one person."""
    day = day_of(canvas, tmp_path, "2021-11-08T10:00")
    with opened(day.world.store) as store:
        done = _done(day, store, RequestKind.LOOK, only=("person:P1",))
        states, error = loads(done.details)["2021-22"]
        assert (error, set(states.values())) == ("", {"active"})
        assert done.result == f"2021-22: Canvas has P1 in {len(states)} places, and 0 places that ended."
        assert sync_requests.newest_done(store, RequestKind.LOOK, ("person:P1",)) == done
        assert sync_requests.newest_done(store, RequestKind.LOOK, ("person:P2",)) is None
        unknown = _done(day, store, RequestKind.LOOK, only=("person:P99",))
        assert unknown.result == "2021-22: No Canvas account is known for this person."
        for words in ((), ("cop:EQ",), ("person:P1", "person:P2")):
            with pytest.raises(SyncRequestError, match="Which one person"):
                request(day.settings, store, SyncRequest(RequestKind.LOOK, "ana", only=words), at=day.clock)


def test_invited_people_are_not_said_to_be_gone(canvas: Sandbox, tmp_path: Path) -> None:
    """Whoever is invited, or whose account is still being made, is in a place; whoever was taken out or has said no was in one."""
    day = day_of(canvas, tmp_path, "2021-11-08T10:00")
    words = ("active", "invited", "creation_pending", "inactive", "completed", "deleted", "rejected")
    states = {Key(Kind.ENROLLMENT, f"ilc:2021-22:cop:{word}:I|ilc:p:P1|student"): word for word in words}
    with opened(day.world.store) as store:
        at_once = AtOnce(day.settings, store, lambda: day.clock, list, lambda *_, **__: (states, ""))
        done = at_once.fulfill(SyncRequest(RequestKind.LOOK, "ana", only=("person:P1",)))
    assert done.result == "2021-22: Canvas has P1 in 3 places, and 4 places that ended."


def test_senseless_request_is_refused(canvas: Sandbox, tmp_path: Path) -> None:
    """A run that there is none of cannot be taken back, nor none at all: nothing waits afterwards."""
    day = day_of(canvas, tmp_path, "2021-11-08T10:00")
    with opened(day.world.store) as store:
        with pytest.raises(StoreError, match="There is no run 99"):
            request(day.settings, store, SyncRequest(RequestKind.UNDO, "ana", undo=99), at=day.clock)
        with pytest.raises(SyncRequestError, match="Which run"):
            request(day.settings, store, SyncRequest(RequestKind.UNDO, "ana"), at=day.clock)
        assert not sync_requests.waits(store)

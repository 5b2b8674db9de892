"""A day in the life of a worker, in simulated time: the test sets the clock; Canvas and the store are real."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from ilc_canvas.store.runs import details
from ilc_canvas.store.worker import pauses
from tests.sandbox.process import Sandbox, start_sandbox
from tests.stores import new_store
from tests.sync.roster import FIRST, SECOND
from tests.sync.world import World, opened
from tests.worker.day import Day

pytestmark = pytest.mark.timeout(600)


@pytest.fixture(scope="module")
def canvas() -> Iterator[Sandbox]:
    """A Canvas in November 2021."""
    with start_sandbox("--now", "2021-11-06T12:00:00Z") as sandbox:
        yield sandbox


def day_of(canvas: Sandbox, folder: Path, start: str, **settings: object) -> Day:
    """A day that begins with the first roster held, approved, and filled a quarter of an hour later."""
    canvas.reset()
    day = Day(canvas, World(canvas, new_store(folder)), start, **settings)
    day.world.finalize(FIRST)
    with day.worker() as worker:
        with opened(day.world.store) as store:
            digest = details.runs(store, 1)[0].digest
        day.approve(digest)
        day.pass_by(worker, minutes=15)
    return day


def test_day_reads_as_a_story(canvas: Sandbox, tmp_path: Path) -> None:
    """The day on which the clock is set back: fill, quiet, a blackout, an outage of three hours, a forced sync, a deploy."""
    day = day_of(canvas, tmp_path, "2021-11-06T18:00", full="30 1 * * *", blackout=("2021-11-07T08:00/2021-11-07T10:00",))
    with day.worker("one") as worker:
        day.until(worker, "2021-11-07T08:20")  # the night of the repeated hour
        day.world.finalize(SECOND)
        day.until(worker, "2021-11-07T10:40")  # nothing is written until ten
        canvas.fault("503", times=100_000)
        day.world.finalize(FIRST)
        day.until(worker, "2021-11-07T12:05")
    with day.worker("two") as worker:  # the deploy, while Canvas is away
        day.until(worker, "2021-11-07T13:40")
        canvas.mend()
        with opened(day.world.store) as store:
            day.request(store)
        day.until(worker, "2021-11-07T18:00")
    story = "\n".join(day.story())
    told = [
        "Sat 18:00 full: 47 changes wait for a person; nothing was written.",
        "Sat 18:15 quick: Canvas agrees with roster version 1: 47 of 47 changes done.",
        "Sun 01:30 full: Canvas agrees with roster version 1.",
        "Sun 05:00 audit: The audit log of",
        "Sun 08:30 quick: The calendar allows no writing until 7 Nov 2021, 18:00 UTC.",
        "Sun 10:00 quick: Canvas agrees with roster version 2: 13 of 13 changes done.",
        "Sun 10:45 quick: Canvas",
        "Sun 11:00 quick: In quarantine since 7 Nov 2021, 18:45 UTC",
        "Sun 13:41 resync: Request 1 of ana:",
    ]
    places = [story.find(line) for line in told]
    assert -1 not in places, (told[places.index(-1)], story)
    assert places == sorted(places), story


def test_repeated_hour_runs_once(canvas: Sandbox, tmp_path: Path) -> None:
    """A job at 01:30 is done once on the day on which that time comes twice."""
    day = day_of(canvas, tmp_path, "2021-11-07T00:40", full="30 1 * * *")
    with day.worker() as worker:
        day.until(worker, "2021-11-07T04:00")
    assert [at for at, job, _ in day.told if job == "full"][1:] == ["Sun 01:30"]


def test_quiet_cycle_asks_canvas_nothing(canvas: Sandbox, tmp_path: Path) -> None:
    """While roster, settings and ledger are as at the last good run, a quick sync makes no request at all."""
    day = day_of(canvas, tmp_path, "2021-11-08T10:00")
    with day.worker() as worker:
        day.until(worker, "2021-11-08T12:00")
    quick = [count for (_, job, _), count in zip(day.told, day.requests, strict=True) if job == "quick"]
    assert len(quick) >= 8
    assert quick[-7:] == [0] * 7


def test_missed_times_are_made_up_once(canvas: Sandbox, tmp_path: Path) -> None:
    """After three days without a worker each job is done once, and not for each time that was missed."""
    day = day_of(canvas, tmp_path, "2021-11-08T10:00")
    day.told.clear()
    day.clock = day.clock.replace(day=11)  # a Thursday
    with day.worker():
        pass
    assert [job for _, job, _ in day.told] == ["full", "quick", "audit", "digest"]  # no Sunday was missed


def test_pause_holds_wishes_back(canvas: Sandbox, tmp_path: Path) -> None:
    """While a person has paused it nothing is written, sync requests wait, and after the pause they are fulfilled."""
    day = day_of(canvas, tmp_path, "2021-11-08T10:00")
    with day.worker() as worker, opened(day.world.store) as store:
        pauses.pause(store, until=None, actor="ana", reason="lunch", at=day.clock)
        day.world.finalize(SECOND)
        day.request(store)
        canvas.forget_requests()
        day.until(worker, "2021-11-08T10:50")
        assert not canvas.requests()
        pauses.resume(store, actor="ana", reason="", at=day.clock)
        day.until(worker, "2021-11-08T10:52")
    assert day.told[-1][1:] == ("resync", day.told[-1][2])
    assert "13 of 13 changes done" in day.told[-1][2]


def test_quarantine_ends_by_its_probe(canvas: Sandbox, tmp_path: Path) -> None:
    """When Canvas is down and comes back, the worker checks by itself after five minutes, and the quarantine ends."""
    day = day_of(canvas, tmp_path, "2021-11-08T10:00")
    with day.worker() as worker:
        canvas.fault("503", times=100_000)
        day.world.finalize(SECOND)
        day.until(worker, "2021-11-08T10:32")
        canvas.mend()
        day.until(worker, "2021-11-08T10:37")
    told = [(at, sentence) for at, job, sentence in day.told if job == "quick"][-1]
    assert told[0] == "Mon 10:35"
    assert "13 of 13 changes done" in told[1]


def test_forced_sync_skips_no_guard(canvas: Sandbox, tmp_path: Path) -> None:
    """A requested sync needs approval like any other."""
    canvas.reset()
    day = Day(canvas, World(canvas, new_store(tmp_path)), "2021-11-08T10:00")
    day.world.finalize(FIRST)
    with day.worker() as worker, opened(day.world.store) as store:
        day.request(store)
        day.pass_by(worker, minutes=1)
    assert day.told[-1][1:] == ("resync", "Request 1 of ana: 47 changes wait for a person; nothing was written. 10 requests, 0 writes.")
    assert not [row for row in canvas.requests() if row["method"] != "GET"]

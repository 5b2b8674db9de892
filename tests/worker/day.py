"""Simulated time for a worker: the clock is moved from one due time to the next, everything else is real."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from structlog.testing import capture_logs

from ilc_canvas.bootstrap import worker_jobs
from ilc_canvas.cli.commands import with_commands
from ilc_canvas.settings import Settings, read_settings
from ilc_canvas.store.db.database import Store
from ilc_canvas.store.runs.decisions.approvals import approve
from ilc_canvas.store.worker import sync_requests
from ilc_canvas.store.worker.sync_requests import RequestKind, SyncRequest
from ilc_canvas.worker.crontab import Crontab
from ilc_canvas.worker.loop import JOBS, Worker
from tests.sandbox.process import TOKEN, Sandbox
from tests.sync.world import World, opened

ZONE = ZoneInfo("America/Los_Angeles")
SCHEDULE = {"quick": "*/15 * * * *", "full": "30 4 * * *", "audit": "0 5 * * *", "retention": "30 5 * * 0", "digest": "0 7 * * *"}


class Day:
    """A worker, its clock, and what it says, each sentence with its local time."""

    def __init__(self, sandbox: Sandbox, world: World, start: str, **settings: Any) -> None:
        self.sandbox, self.world = sandbox, world
        self.clock = datetime.fromisoformat(start).replace(tzinfo=ZONE).astimezone(UTC)
        given = {"url": sandbox.url, "token": TOKEN, "store": world.store, "settle_seconds": 0, "reread_seconds": 0}
        self.settings: Settings = read_settings(**given, schedule={**SCHEDULE, **settings})
        self.told: list[tuple[str, str, str]] = []
        self.requests: list[int] = []  # of Canvas, at each cycle

    def now(self) -> datetime:
        """The simulated moment."""
        return self.clock

    @contextmanager
    def worker(self, name: str = "one") -> Iterator[Worker]:
        """A worker comes to work, catches up, and goes home."""
        with opened(self.world.store) as store:
            schedule = {job: getattr(self.settings.schedule, job) for job in JOBS}
            worker = Worker(worker_jobs(self.settings, store, name=name, words=with_commands, now=self.now), schedule, ZONE, self.now)
            worker.catch_up()
            self._turn(worker)
            yield worker
            worker.stop.set()

    def until(self, worker: Worker, local: str) -> None:
        """Time goes by until then, a minute at a time."""
        end = datetime.fromisoformat(local).replace(tzinfo=ZONE)
        self.pass_by(worker, minutes=(end - self.clock).total_seconds() / 60)

    def pass_by(self, worker: Worker, *, minutes: float) -> None:
        """So many minutes go by."""
        end = self.clock + timedelta(minutes=minutes)
        while self.clock < end:
            before = self.clock
            self.clock = min(end, before + timedelta(minutes=1))
            for job in JOBS:
                fires = Crontab(worker.schedule[job], ZONE).get_next_fire_time(None, before + timedelta(microseconds=1))
                if fires <= self.clock:
                    worker.due(job)
            worker.minute()
            if not worker.waiting.empty() or worker.jobs.has_request():
                self._turn(worker)

    def _turn(self, worker: Worker) -> None:
        before = len(self.sandbox.requests())
        with capture_logs() as logs:
            worker.turn()
        asked = len(self.sandbox.requests()) - before
        local = f"{self.clock.astimezone(ZONE):%a %H:%M}"
        for line in logs:
            if line["event"] == "worker.cycle":
                self.told.append((local, line["job"], line["sentence"]))
                self.requests.append(asked)

    def request(self, store: Store, *only: str) -> None:
        """Somebody forces a sync."""
        sync_requests.submit(store, SyncRequest(RequestKind.SYNC, "ana", "a call came in", only=only), at=self.clock)

    def ask(self, store: Store, kind: RequestKind, **more: Any) -> int:
        """Somebody asks for something else; its number."""
        return sync_requests.submit(store, SyncRequest(kind, "ana", "a call came in", **more), at=self.clock).number

    def approve(self, digest: str) -> None:
        """Somebody says yes."""
        with opened(self.world.store) as store:
            yes = {"actor": "ana", "reason": "seen", "scope": "ilc:2021-22", "base_url": self.sandbox.url, "now": self.clock}
            approve(store, digest, **yes)  # type: ignore[arg-type]

    def story(self) -> list[str]:
        """The logged lines, without cycles that found nothing to do, and each repeated sentence once."""
        lines = [f"{at} {job}: {sentence}" for at, job, sentence in self.told if "Canvas was not read" not in sentence]
        return [line for line, before in zip(lines, ["", *lines], strict=False) if line.split(" ", 2)[2] != before.split(" ", 2)[-1]]


def fresh_world(sandbox: Sandbox, folder: Path, store: str) -> World:
    """An empty Canvas and an empty store."""
    sandbox.reset()
    folder.mkdir(parents=True, exist_ok=True)
    return World(sandbox, store)

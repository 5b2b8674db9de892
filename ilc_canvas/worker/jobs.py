"""The worker's jobs, using the store, Canvas and mail from the settings. Implements `loop.Jobs`."""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from importlib.metadata import version
from typing import Protocol

from ilc_canvas import clock
from ilc_canvas.actions import verify_store
from ilc_canvas.logs import trace
from ilc_canvas.notices import texts
from ilc_canvas.reconcile.errors import IlcError, LeaseError, PausedError, RosterError, StoreError, UnforeseenError, foreseen
from ilc_canvas.reconcile.run.notice import Notice
from ilc_canvas.reconcile.run.quarantine import Quarantine
from ilc_canvas.reconcile.run.values import Report, RunRequest
from ilc_canvas.reconcile.words.hints import Words
from ilc_canvas.reconcile.words.wording import count
from ilc_canvas.settings import Settings, noted
from ilc_canvas.store.audit import settings_and_exports as noted_settings
from ilc_canvas.store.db.database import Store
from ilc_canvas.store.db.lease import Lease, take_lease
from ilc_canvas.store.privacy import retention
from ilc_canvas.store.rosters import school_years
from ilc_canvas.store.runs import details, parked
from ilc_canvas.store.worker import heartbeat, jobs, outbox, sync_requests
from ilc_canvas.store.worker.sync_requests import SyncRequest
from ilc_canvas.views import years
from ilc_canvas.views.clock_doubt import clock_doubt
from ilc_canvas.views.halt import why_halted
from ilc_canvas.worker.at_once import AT_ONCE, AtOnce, Fulfilled, verified
from ilc_canvas.worker.digest import send_digest
from ilc_canvas.worker.loop import Due
from ilc_canvas.worker.notices import notify, send_notices


class RunOnce(Protocol):
    """Runs one school year under the lease; raises what `bootstrap.run_with` raises."""

    def __call__(self, lease: Lease, settings: Settings, ask: RunRequest, *, school_year: str, stop: Callable[[], bool]) -> Report: ...


class WorkerJobs:
    """The jobs of one worker."""

    def __init__(
        self,
        settings: Settings,
        store: Store,
        *,
        name: str,
        words: Words,
        now: Callable[[], datetime],
        run: RunOnce,
        at_once: AtOnce,
    ) -> None:
        self._settings, self._store, self._name, self._now, self._run_once = settings, store, name, now, run
        self._at_once = at_once
        self._started, self._words, self._token = now(), words, settings.newest_token

    def do(self, due: Due, stop: Callable[[], bool]) -> str | None:
        """Do a job for a due time under the lease, and record it."""
        with take_lease(self._store, self._name) as lease:
            if jobs.done(self._store, due.job, due.at):
                return None
            before = details.newest(self._store)
            try:
                with foreseen():
                    sentence = self._job(due.job, lease, stop)
            except UnforeseenError as error:
                self._stopped(error, before)
                raise
            if not stop():
                self.note(due, sentence)
        return sentence

    def _job(self, job: str, lease: Lease, stop: Callable[[], bool]) -> str:
        if job == "quick":
            return self._quick(lease, stop)
        if job == "full":
            return self._each(lambda year: self._run(lease, year, RunRequest("schedule", "schedule", "full verification"), stop=stop), stop)
        return {
            "audit": self._audit,
            "retention": self._retention,
            "digest": self._digest,
        }[job]()

    def _each(self, do: Callable[[str], str], stop: Callable[[], bool]) -> str:
        """Do this for each school year, even if an earlier one failed. Names the years if there are several."""
        try:
            current = self._years()
        except RosterError:
            return "No roster is finalized yet, so there is nothing to do."
        if len(current) == 1:
            return do(current[0])
        sentences: list[str] = []
        for year in current:
            if not stop():
                sentences.append(f"{year}: {self._or_why(do, year)}")
        return " ".join(sentences)

    def _or_why(self, do: Callable[[str], str], year: str) -> str:
        """What was done for a year, or why it failed. Raises LeaseError and StoreError, which concern all years."""
        before = details.newest(self._store)
        try:
            with foreseen():
                return do(year)
        except (LeaseError, StoreError):
            raise
        except UnforeseenError as error:
            self._stopped(error, before, year)
            return str(error)
        except IlcError as error:
            return str(error)

    def _stopped(self, error: UnforeseenError, before: int, year: str = "") -> None:
        """Log an unforeseen error with its traceback, and send one notice."""
        trace(error)
        self._failed(str(error), before, year)

    def _years(self) -> tuple[str, ...]:
        return years.current_years(self._settings, self._store, self._now())

    def note(self, due: Due, sentence: str) -> None:
        """Record that the job was tried for this due time."""
        jobs.note(self._store, due.job, due.at, worker=self._name, sentence=sentence, at=self._now())

    def _quick(self, lease: Lease, stop: Callable[[], bool]) -> str:
        """Run if roster, settings or ledger have changed; otherwise Canvas is not read."""
        differ = noted_settings.differ(self._store, noted(self._settings))

        def look(year: str) -> str:
            since = jobs.unchanged_since(self._store, self._settings.canvas_scope(year), self._now())
            if since and not differ:
                return f"Nothing to do: roster, settings and ledger have not changed since {clock.at(since)}. Canvas was not read."
            return self._run(lease, year, RunRequest("schedule", "schedule"), stop=stop)

        return self._each(look, stop)

    def _run(self, lease: Lease, year: str, ask: RunRequest, *, stop: Callable[[], bool]) -> str:
        before = details.newest(self._store)
        try:
            report = self._run_checked(lease, year, ask, stop=stop)
        except PausedError as error:
            return str(error)
        except UnforeseenError:
            raise  # reported when the job ends
        except IlcError as error:
            self._failed(str(error), before, year)
            raise
        self._ended(report, year)
        return self._summary(report)

    def _summary(self, report: Report) -> str:
        """How a run ended, with its numbers, and why if a pause or blackout stopped it."""
        halted = why_halted(self._settings, self._store, self._now()) if report.status == "interrupted" else ""
        return f"{report.sentence} {count(report.requests, 'request')}, {count(report.writes, 'write')}. {halted}".rstrip()

    def _run_checked(self, lease: Lease, year: str, ask: RunRequest, *, stop: Callable[[], bool]) -> Report:
        """Run once, after checking that the store is intact and not replaced."""
        with foreseen():
            verify_store.require(self._store, self._now())
            return self._run_once(lease, self._settings, ask, school_year=year, stop=stop)

    def _ended(self, report: Report, year: str, only: tuple[str, ...] = ()) -> None:
        """Clear the notices that this run has settled, and queue new ones, for this school year only."""
        mark = f":{year}" if self._several else ""
        for about in texts.over(report, only=only):
            outbox.clear(self._store, f"{about}{mark}")
        for notice in texts.of_run(report, self._trouble(year), only=only):
            self._notify(notice, year)

    def _failed(self, sentence: str, before: int, year: str) -> None:
        """Send a notice: of a quarantine at first and then daily, of any other failure each time, with what the failed run had done."""
        trouble, number = self._trouble(year) if year else None, details.newest(self._store)
        report = details.run(self._store, number).report if number > before else None
        self._notify(texts.quarantined(trouble) if trouble else texts.failed(sentence, report), year)

    def _notify(self, notice: Notice, year: str) -> None:
        notify(self._store, texts.about_year(notice, year) if year and self._several else notice, self._now())

    @property
    def _several(self) -> bool:
        """Whether notices and results must name the school year."""
        return len(school_years.signed_years(self._store)) > 1

    def _trouble(self, year: str) -> Quarantine | None:
        return parked.held_back(self._store, self._settings.canvas_scope(year))[0]

    def _audit(self) -> str:
        return verified(self._store)

    def _retention(self) -> str:
        """Forget names, notices and heartbeats that are older than the retention period."""
        if why := clock_doubt(self._store, self._settings.address, self._now()):
            return f"{why} Nothing was forgotten."
        before = self._now() - timedelta(days=self._settings.retention_days)
        forgotten = retention.forget(self._store, before=before, actor="schedule", at=self._now())
        outbox.forget(self._store, before)
        if forgotten.nothing:
            return "Nothing is old enough to be forgotten."
        rows = f"{count(forgotten.rosters, 'roster')}, {count(forgotten.changes, 'planned change')} and {count(forgotten.events, 'event')}"
        return f"Forgotten: names in {rows}; {count(forgotten.texts, 'reason')}."

    def _digest(self) -> str:
        return send_digest(self._settings, self._store, self._now())

    def has_request(self) -> bool:
        """Whether a sync request is waiting."""
        return sync_requests.waits(self._store)

    def request(self, stop: Callable[[], bool]) -> str | None:
        """Take and fulfill the most urgent request. During a pause or blackout only requests that write nothing."""
        dry = bool(why_halted(self._settings, self._store, self._now()))
        if not sync_requests.waits(self._store, dry=dry):
            return None
        with take_lease(self._store, self._name) as lease:
            for _, text in sync_requests.give_up(self._store, self._now()):
                notify(self._store, texts.failed(text), self._now())
            sync_requests.orphans(self._store)
            number = sync_requests.take_number(self._store, self._name, dry=dry)
            return None if number is None else self._taken(lease, number, stop)

    def _taken(self, lease: Lease, number: int, stop: Callable[[], bool]) -> str:
        """Close the sync request whatever happens, so that an unforeseen error does not repeat with it."""
        before = details.newest(self._store)
        try:
            with foreseen():
                return self._fulfill(lease, sync_requests.read(self._store, number), stop)
        except UnforeseenError as error:
            sync_requests.ended(self._store, number, "failed", run=None, result=str(error), at=self._now())
            self._stopped(error, before)
            return f"Request {number}: {error}"

    def _fulfill(self, lease: Lease, sync_request: sync_requests.SyncRequestInfo, stop: Callable[[], bool]) -> str:
        """Fulfill the request in each school year that it concerns, even if an earlier year fails."""
        results: list[Fulfilled] = []
        try:
            if sync_request.request.kind in AT_ONCE:
                return self._ended_request(sync_request, [self._at_once.fulfill(sync_request.request)])
            requested = self._requested_runs(sync_request.request)
        except IlcError as error:
            return self._ended_request(sync_request, [Fulfilled(str(error))])
        for year, ask in requested:
            results.append(self._one(lease, sync_request, (year, ask), stop=stop))
            if results[-1].status == "interrupted":
                sync_requests.give_back(self._store, sync_request.number)
                return f"Request {sync_request.number} of {sync_request.request.actor} keeps waiting: {results[-1].result}"
        return self._ended_request(sync_request, results)

    def _requested_runs(self, request: SyncRequest) -> list[tuple[str, RunRequest]]:
        """The requested runs: for the school year of the run to undo, or for every year in which the words match something."""
        if request.undo is not None:
            return [(details.run(self._store, request.undo).info.scope.rpartition(":")[2], request.ask)]
        return years.run_requests(self._settings, self._store, request.ask, of=self._years())

    def _ended_request(self, sync_request: sync_requests.SyncRequestInfo, results: Sequence[Fulfilled]) -> str:
        state = "failed" if any(not one.status for one in results) else "done"
        run, result = next((one.run for one in reversed(results) if one.run), None), " ".join(one.result for one in results)
        details = "".join(one.details for one in results)
        sync_requests.ended(self._store, sync_request.number, state, run=run, result=result, at=self._now(), details=details)
        return f"Request {sync_request.number} of {sync_request.request.actor}: {result}"

    def _one(
        self, lease: Lease, sync_request: sync_requests.SyncRequestInfo, requested: tuple[str, RunRequest], *, stop: Callable[[], bool]
    ) -> Fulfilled:
        """Fulfill a sync request for one school year."""
        (year, ask), before = requested, details.newest(self._store)
        mark = f"{year}: " if self._several else ""
        try:
            report = self._run_checked(lease, year, ask, stop=stop)
        except PausedError as error:  # the pause began after the request was taken
            return Fulfilled(f"{mark}{error}", "interrupted")
        except LeaseError:
            raise  # the new lease holder also has the sync request
        except IlcError as error:
            trace(error, request=sync_request.number)
            self._failed(str(error), before, year)
            return Fulfilled(f"{mark}{error}")
        if not ask.dry_run:
            self._ended(report, year, ask.only)
        again = self._again(lease, sync_request, requested, stop=stop) if report.status == "applied" and ask.only else ""
        return Fulfilled(f"{mark}{self._summary(report)}{again}", report.status, report.run)

    def _again(
        self, lease: Lease, sync_request: sync_requests.SyncRequestInfo, requested: tuple[str, RunRequest], *, stop: Callable[[], bool]
    ) -> str:
        """Plan again for somebody who is waiting for the result: the plan should be empty."""
        ask = RunRequest(
            sync_request.request.actor, "verify", f"after sync request {sync_request.number}", dry_run=True, only=requested[1].only
        )
        try:
            report = self._run_checked(lease, requested[0], ask, stop=stop)
        except IlcError as error:
            return f" It could not be read again: {error}"
        return f" Read again: {report.sentence}"

    def minute(self) -> bool:
        """Check for silence and send notices. Returns whether a quarantine should be probed now."""
        try:
            return self._check_years()
        finally:
            send_notices(self._settings, self._store, self._words, clock=self._now)

    def _check_years(self) -> bool:
        """Check each school year by itself: a good run in one does not end the silence of another."""
        try:
            self._try_new_token()
            probes = [self._check_year(year) for year in self._years()]
        except RosterError:
            return False
        return any(probes)

    def _try_new_token(self) -> None:
        """After another token was put into its file, a quarantine because of the former one is checked at once."""
        former, self._token = self._token, self._settings.newest_token
        for year in self._years() if former != self._token else ():
            parked.look_again(self._store, self._settings.canvas_scope(year), "token", at=self._now())

    def _check_year(self, year: str) -> bool:
        trouble, good = self._trouble(year), jobs.last_good(self._store, self._settings.canvas_scope(year))
        silence = texts.silence(good, self._settings.silence_hours, self._now(), begun=self._started)
        if silence:
            self._notify(silence, year)
        return bool(trouble and trouble.next_at and trouble.next_at <= self._now() < trouble.next_at + timedelta(minutes=2))

    def beat(self, state: str, sentence: str) -> None:
        """Record a heartbeat."""
        alive = {"state": state, "sentence": sentence, "version": version("ilc-canvas"), "started_at": self._started}
        heartbeat.beat(self._store, self._name, at=self._now(), **alive)  # type: ignore[arg-type]

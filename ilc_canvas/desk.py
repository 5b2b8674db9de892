"""The worker's desk: its jobs done with the store, Canvas and mail that the settings name. Implements `worker.Desk`."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib.metadata import version

from ilc_canvas import bootstrap, clock
from ilc_canvas.actions import anchor
from ilc_canvas.canvas.throttle import Throttle
from ilc_canvas.logs import trace
from ilc_canvas.notices import texts
from ilc_canvas.post import notify, send_notices, send_trial
from ilc_canvas.reconcile.errors import IlcError, LeaseError, PausedError, RosterError, StoreError, UnforeseenError, foreseen
from ilc_canvas.reconcile.hints import Words
from ilc_canvas.reconcile.notice import Notice
from ilc_canvas.reconcile.quarantine import Quarantine
from ilc_canvas.reconcile.run import Ask, Report
from ilc_canvas.reconcile.words import count
from ilc_canvas.settings import Settings, noted
from ilc_canvas.store.audit import chain
from ilc_canvas.store.audit import settings_and_exports as noted_settings
from ilc_canvas.store.db.database import Store
from ilc_canvas.store.db.lease import Lease, take_lease
from ilc_canvas.store.privacy import retention
from ilc_canvas.store.rosters import school_years
from ilc_canvas.store.runs import details, parked
from ilc_canvas.store.worker import heartbeat, jobs, outbox, sync_requests
from ilc_canvas.store.worker.sync_requests import Request, RequestKind
from ilc_canvas.views import years
from ilc_canvas.views.halted import why_halted
from ilc_canvas.worker import Due


@dataclass(frozen=True, slots=True)
class Fulfilled:
    """What became of one school year of a wish."""

    result: str  # one sentence
    status: str = ""  # of its run; empty: it failed
    run: int | None = None


class Desk:
    """What one worker does, by settings and store."""

    def __init__(
        self,
        settings: Settings,
        store: Store,
        *,
        name: str,
        words: Words,
        now: Callable[[], datetime] = bootstrap.now,
        throttle: Throttle | None = None,
    ) -> None:
        self._settings, self._store, self._name, self._now, self._throttle = settings, store, name, now, throttle
        self._started, self._words = now(), words

    def do(self, due: Due, stop: Callable[[], bool]) -> str | None:
        """A job for a due time, and its note, under the lease."""
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
            return self._each(lambda year: self._run(lease, year, Ask("schedule", "schedule", "full verification"), stop=stop), stop)
        return {"audit": self._audit, "retention": self._retention, "digest": self._digest}[job]()

    def _each(self, do: Callable[[str], str], stop: Callable[[], bool]) -> str:
        """One school year after the other, each whatever became of the one before; told by year where there are several."""
        try:
            found = self._years()
        except RosterError:
            return "No roster is finalized yet: nothing is to be done."
        if len(found) == 1:
            return do(found[0])
        told: list[str] = []
        for year in found:
            if not stop():
                told.append(f"{year}: {self._or_why(do, year)}")
        return " ".join(told)

    def _or_why(self, do: Callable[[str], str], year: str) -> str:
        """What was done for a year, or why it could not be. LeaseError and StoreError are about all of them."""
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
        """What nobody foresaw stands in the log with its places, and is told once."""
        trace(error)
        self._failed(str(error), before, year)

    def _years(self) -> tuple[str, ...]:
        return years.in_care(self._settings, self._store, self._now())

    def note(self, due: Due, sentence: str) -> None:
        """It was tried for this due time."""
        jobs.note(self._store, due.job, due.at, worker=self._name, sentence=sentence, at=self._now())

    def _quick(self, lease: Lease, stop: Callable[[], bool]) -> str:
        """Nothing, where nothing has changed: Canvas is not asked then."""
        differ = noted_settings.differ(self._store, noted(self._settings))

        def look(year: str) -> str:
            since = jobs.unchanged_since(self._store, self._settings.place(year), self._now())
            if since and not differ:
                return f"Nothing to do: roster, settings and ledger are as at {clock.at(since)}. Canvas was not asked."
            return self._run(lease, year, Ask("schedule", "schedule"), stop=stop)

        return self._each(look, stop)

    def _run(self, lease: Lease, year: str, ask: Ask, *, stop: Callable[[], bool]) -> str:
        before = details.newest(self._store)
        try:
            report = self._carry(lease, year, ask, stop=stop)
        except PausedError as error:
            return str(error)
        except UnforeseenError:
            raise  # told where the job ends
        except IlcError as error:
            self._failed(str(error), before, year)
            raise
        self._ended(report, year)
        return self._told(report)

    def _told(self, report: Report) -> str:
        """How a run ended, with its numbers; where a pause or the calendar has stopped it, why."""
        halted = why_halted(self._settings, self._store, self._now()) if report.status == "interrupted" else ""
        return f"{report.sentence} {report.requests:,} requests, {report.writes:,} writes. {halted}".rstrip()

    def _carry(self, lease: Lease, year: str, ask: Ask, *, stop: Callable[[], bool]) -> Report:
        """One run, of a store that is whole and the one that was kept."""
        with foreseen():
            anchor.require(self._store)
            return bootstrap.run_with(lease, self._settings, ask, school_year=year, stop=stop, clock=self._now, throttle=self._throttle)

    def _ended(self, report: Report, year: str, only: tuple[str, ...] = ()) -> None:
        """What is over by this run is told no more; what it has to tell is queued. Of other school years it says nothing."""
        mark = f":{year}" if self._several else ""
        for about in texts.over(report, only=only):
            outbox.clear(self._store, f"{about}{mark}")
        for notice in texts.of_run(report, self._trouble(year), only=only):
            self._notify(notice, year)

    def _failed(self, sentence: str, before: int, year: str) -> None:
        """A quarantine is told once, and once a day; any other failure by itself, with what the run after `before` had done."""
        trouble, number = self._trouble(year) if year else None, details.newest(self._store)
        report = details.run(self._store, number).report if number > before else None
        self._notify(texts.quarantined(trouble) if trouble else texts.failed(sentence, report), year)

    def _notify(self, notice: Notice, year: str) -> None:
        notify(self._store, texts.about_year(notice, year) if year and self._several else notice, self._now())

    @property
    def _several(self) -> bool:
        """Whether the school year must be said."""
        return len(school_years.signed_years(self._store)) > 1

    def _trouble(self, year: str) -> Quarantine | None:
        return parked.held_back(self._store, self._settings.place(year))[0]

    def _audit(self) -> str:
        found = chain.verify(self._store)
        return f"The audit log of {count(found.count, 'event')} verifies."

    def _retention(self) -> str:
        """Names that are kept no longer go; notices and signs of life of old go with them."""
        before = self._now() - timedelta(days=self._settings.retention_days)
        gone = retention.forget(self._store, before=before, actor="schedule", at=self._now())
        outbox.forget(self._store, before)
        if gone.nothing:
            return "Nothing is old enough to be forgotten."
        rows = f"{count(gone.rosters, 'roster')}, {count(gone.changes, 'planned change')} and {count(gone.events, 'event')}"
        return f"Forgotten: names in {rows}; {count(gone.texts, 'reason')}."

    def _digest(self) -> str:
        """What has changed since the last digest, or yesterday; nothing where nothing has."""
        since = outbox.last_at(self._store, "digest") or self._now() - timedelta(days=1)
        try:
            rows = details.changed(self._store, years.newest(self._settings, self._store), since)
        except RosterError:
            rows = []
        notice = texts.digest(rows, since, self._now(), last=details.last_report(self._store))
        if notice is None:
            return "Nothing has changed since the last digest."
        notify(self._store, notice, self._now())
        return f"The digest tells of {notice.lines[0].rstrip(':')}."

    def wished(self) -> bool:
        """Whether anybody waits."""
        return sync_requests.waits(self._store)

    def wish(self, stop: Callable[[], bool]) -> str | None:
        """The most urgent request: taken, done, told. While nothing may be written, only what writes nothing."""
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
        """A wish ends whatever happens: what nobody foresaw would come back with it."""
        before = details.newest(self._store)
        try:
            with foreseen():
                return self._fulfil(lease, sync_requests.read(self._store, number), stop)
        except UnforeseenError as error:
            sync_requests.ended(self._store, number, "failed", run=None, result=str(error), at=self._now())
            self._stopped(error, before)
            return f"Wish {number}: {error}"

    def _fulfil(self, lease: Lease, taken: sync_requests.WishInfo, stop: Callable[[], bool]) -> str:
        """In each school year that it means something in; a year that fails does not keep the next one from its turn."""
        ended: list[Fulfilled] = []
        try:
            if taken.request.kind in (RequestKind.VERIFY, RequestKind.TEST):
                return self._ended_wish(taken, [self._at_once(taken.request.kind)])
            asked = self._meant(taken.request)
        except IlcError as error:
            return self._ended_wish(taken, [Fulfilled(str(error))])
        for year, ask in asked:
            ended.append(self._one(lease, taken, (year, ask), stop=stop))
            if ended[-1].status == "interrupted":
                sync_requests.give_back(self._store, taken.number)
                return f"Wish {taken.number} of {taken.request.actor} waits on: {ended[-1].result}"
        return self._ended_wish(taken, ended)

    def _meant(self, request: Request) -> list[tuple[str, Ask]]:
        """The runs that are asked for: in the school year of the run to be taken back, or in those that the words mean something in."""
        if request.undo is not None:
            return [(details.run(self._store, request.undo).info.scope.rpartition(":")[2], request.ask)]
        return years.asks(self._settings, self._store, request.ask, of=self._years())

    def _at_once(self, kind: RequestKind) -> "Fulfilled":
        """What is no run."""
        if kind is RequestKind.VERIFY:
            return Fulfilled(self._audit(), "verified")
        told = send_trial(self._settings, self._now)
        return Fulfilled(" ".join(each.sentence for each in told), "sent" if all(each.sent for each in told) else "")

    def _ended_wish(self, taken: sync_requests.WishInfo, ended: Sequence["Fulfilled"]) -> str:
        state = "failed" if any(not one.status for one in ended) else "done"
        run, result = next((one.run for one in reversed(ended) if one.run), None), " ".join(one.result for one in ended)
        sync_requests.ended(self._store, taken.number, state, run=run, result=result, at=self._now())
        return f"Wish {taken.number} of {taken.request.actor}: {result}"

    def _one(self, lease: Lease, taken: sync_requests.WishInfo, asked: tuple[str, Ask], *, stop: Callable[[], bool]) -> "Fulfilled":
        """One year of a wish."""
        (year, ask), before = asked, details.newest(self._store)
        mark = f"{year}: " if self._several else ""
        try:
            report = self._carry(lease, year, ask, stop=stop)
        except PausedError as error:  # it began after the wish was taken
            return Fulfilled(f"{mark}{error}", "interrupted")
        except LeaseError:
            raise  # whoever has the lease now has the wish as well
        except IlcError as error:
            trace(error, wish=taken.number)
            self._failed(str(error), before, year)
            return Fulfilled(f"{mark}{error}")
        if not ask.dry_run:
            self._ended(report, year, ask.only)
        again = self._again(lease, taken, asked, stop=stop) if report.status == "applied" and ask.only else ""
        return Fulfilled(f"{mark}{self._told(report)}{again}", report.status, report.run)

    def _again(self, lease: Lease, taken: sync_requests.WishInfo, asked: tuple[str, Ask], *, stop: Callable[[], bool]) -> str:
        """Read once more what somebody waits for: a plan that must be empty."""
        ask = Ask(taken.request.actor, "verify", f"after wish {taken.number}", dry_run=True, only=asked[1].only)
        try:
            report = self._carry(lease, asked[0], ask, stop=stop)
        except IlcError as error:
            return f" It could not be read again: {error}"
        return f" Read again: {report.sentence}"

    def minute(self) -> bool:
        """Silence is noticed, notices go out; whether a quarantine is to be looked at again."""
        try:
            return self._look_round()
        finally:
            send_notices(self._settings, self._store, self._words, clock=self._now)

    def _look_round(self) -> bool:
        """Each school year for itself: the silence of one is not ended by another."""
        try:
            probes = [self._look_at(year) for year in self._years()]
        except RosterError:
            return False
        return any(probes)

    def _look_at(self, year: str) -> bool:
        trouble, good = self._trouble(year), jobs.last_good(self._store, self._settings.place(year))
        silence = texts.silence(good, self._settings.silence_hours, self._now(), begun=self._started)
        if silence:
            self._notify(silence, year)
        return bool(trouble and trouble.next_at and trouble.next_at <= self._now() < trouble.next_at + timedelta(minutes=2))

    def beat(self, state: str, sentence: str) -> None:
        """A sign of life."""
        alive = {"state": state, "sentence": sentence, "version": version("ilc-canvas"), "started_at": self._started}
        heartbeat.beat(self._store, self._name, at=self._now(), **alive)  # type: ignore[arg-type]

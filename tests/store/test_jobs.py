"""What was done for which due time, and whether there is anything new since the last good run."""

from collections.abc import Mapping
from datetime import timedelta
from zoneinfo import ZoneInfo

import pytest

from ilc_canvas.program.basis import of_roster
from ilc_canvas.reconcile.change import Create, Outcome
from ilc_canvas.reconcile.errors import PausedError
from ilc_canvas.reconcile.people.identity import Answer
from ilc_canvas.reconcile.run.values import Report, RunRequest
from ilc_canvas.store.audit import reader
from ilc_canvas.store.audit.chain import Entry, append
from ilc_canvas.store.db.database import Store
from ilc_canvas.store.db.scope import CanvasScope
from ilc_canvas.store.runs.decisions import identities
from ilc_canvas.store.worker import jobs, pauses
from tests.store.cast import BASE, EQUITY, NOON, ROSA, SCOPE, Desk, draft, finalized
from tests.store.menu import menu_draft, menu_finalized

HERE = CanvasScope(BASE, SCOPE)
HOUR = timedelta(hours=1)


def ended(desk: Desk, status: str, *, only: tuple[str, ...] = (), dry_run: bool = False, numbers: Mapping[str, int] | None = None) -> None:
    """A run of the newest roster that ends so, a minute later."""
    number = desk.journal.begin(RunRequest("ana", "sync", only=only, dry_run=dry_run), desk.journal.basis())
    desk.clock.pass_by(minutes=1)
    desk.journal.closed(Report(number, status, "", of_roster(1), {}, **(numbers or {})))  # type: ignore[arg-type]


def test_due_time_is_done_once(store: Store) -> None:
    """A job is done for a due time, not for another one; a second note takes the place of the first."""
    jobs.note(store, "full", "2021-08-02T04:30", worker="one", sentence="Failed.", at=NOON)
    jobs.note(store, "full", "2021-08-02T04:30", worker="two", sentence="Done.", at=NOON)
    assert jobs.done(store, "full", "2021-08-02T04:30")
    assert not jobs.done(store, "full", "2021-08-03T04:30")
    assert not jobs.done(store, "quick", "2021-08-02T04:30")
    assert jobs.newest(store) == [jobs.Cycle("full", "2021-08-02T04:30", NOON, "Done.")]


def test_last_cycle_of_each_job(store: Store) -> None:
    """Of each job the newest is told."""
    for job, day, hours in (("full", 1, 0), ("full", 2, 24), ("digest", 1, 2)):
        jobs.note(store, job, f"2021-08-0{day}T04:30", worker="one", sentence=f"{job} {day}.", at=NOON + hours * HOUR)
    assert [cycle.sentence for cycle in jobs.newest(store)] == ["full 2.", "digest 1."]


@pytest.mark.parametrize(
    ("status", "numbers", "quiet"),
    [("converged", {}, True), ("applied", {}, True), ("held", {}, True), ("partial", {"parked": 1}, True),
     ("partial", {"failed": 1}, False), ("partial", {"withheld": 1}, False), ("failed", {}, False), ("interrupted", {}, False)],
)  # fmt: skip
def test_what_ends_well_is_not_looked_at_again(desk: Desk, status: str, numbers: dict[str, int], quiet: bool) -> None:
    """Canvas is left in peace after a run that left nothing to be tried again; not after any other."""
    finalized(desk.store)
    ended(desk, status, numbers=numbers)
    assert (jobs.unchanged_since(desk.store, HERE, desk.clock()) is not None) is quiet


def test_part_or_glance_is_no_verification(desk: Desk) -> None:
    """A run of a selection says nothing of the rest; a dry run changes nothing about what the last real one said."""
    finalized(desk.store)
    ended(desk, "applied")
    ended(desk, "planned", dry_run=True)
    assert jobs.unchanged_since(desk.store, HERE, desk.clock()) == NOON + timedelta(minutes=1)
    ended(desk, "applied", only=("cop:EQ",))
    assert jobs.unchanged_since(desk.store, HERE, desk.clock()) is None


def test_news_is_noticed(desk: Desk) -> None:
    """A new roster, other settings, something in the ledger: each is news."""
    finalized(desk.store)
    ended(desk, "converged")
    assert jobs.unchanged_since(desk.store, HERE, desk.clock())
    for kind in ("settings", "released", "accepted", "erased", "restored"):
        desk.clock.pass_by(minutes=1)
        with desk.store.write() as connection:
            append(connection, Entry(kind, desk.clock(), "ana", {}))
        assert jobs.unchanged_since(desk.store, HERE, desk.clock()) is None, kind
        ended(desk, "converged")
    number = desk.journal.begin(RunRequest("ana", "sync", only=("cop:EQ",)), of_roster(1))
    intent = desk.journal.intended(number, Create(EQUITY), desk.clock())
    desk.clock.pass_by(minutes=1)
    desk.journal.happened(intent, Outcome("applied"))
    assert jobs.unchanged_since(desk.store, HERE, desk.clock()) is None


def test_account_of_a_person_is_news(desk: Desk) -> None:
    """People belong to all school years, and what is noted of them is news all the same."""
    finalized(desk.store)
    ended(desk, "converged")
    desk.clock.pass_by(minutes=1)
    desk.do(desk.journal.begin(RunRequest("ana", "sync", only=("cop:EQ",)), of_roster(1)), Create(ROSA))
    ended(desk, "converged", dry_run=True)
    assert jobs.unchanged_since(desk.store, HERE, desk.clock()) is None


def test_decision_about_a_person_is_news(desk: Desk) -> None:
    """Who somebody is, that it is to be asked again, and a new id are each carried out at the next look."""
    finalized(desk.store)
    ended(desk, "converged")
    answer = Answer(ROSA.key, "leave-out", desk.clock() + HOUR)
    identities.decide(desk.store, HERE, [answer], actor="ana", reason="left")
    assert jobs.unchanged_since(desk.store, HERE, desk.clock()) is None
    desk.clock.pass_by(hours=2)
    ended(desk, "converged")
    assert jobs.unchanged_since(desk.store, HERE, desk.clock())
    identities.forget(desk.store, HERE, [ROSA.key], actor="ana", reason="back", at=desk.clock() + HOUR)
    assert jobs.unchanged_since(desk.store, HERE, desk.clock()) is None


def test_newer_roster_is_news(desk: Desk) -> None:
    """A version that is signed after the last run is to be carried out; a draft is not."""
    finalized(desk.store)
    ended(desk, "converged")
    draft(desk.store, files="b")
    assert jobs.unchanged_since(desk.store, HERE, desk.clock())
    finalized(desk.store, files="c")
    assert jobs.unchanged_since(desk.store, HERE, desk.clock()) is None


def test_any_newer_document_is_news(desk: Desk) -> None:
    """So is a version of whatever other document: the basis is compared as a whole."""
    finalized(desk.store)
    ended(desk, "converged")
    menu_draft(desk.store, "soup")
    assert jobs.unchanged_since(desk.store, HERE, desk.clock())
    for dish in ("stew", "rice"):
        menu_finalized(desk.store, dish)
        assert jobs.unchanged_since(desk.store, HERE, desk.clock()) is None
        ended(desk, "converged")
        assert jobs.unchanged_since(desk.store, HERE, desk.clock())


def test_elsewhere_says_nothing_here(desk: Desk) -> None:
    """A run at another Canvas, or in another scope, is none of ours."""
    finalized(desk.store)
    ended(desk, "converged")
    for canvas_scope in (CanvasScope("https://other.example.org", SCOPE), CanvasScope(BASE, "ilc:2022-23")):
        assert jobs.unchanged_since(desk.store, canvas_scope, desk.clock()) is None
        assert jobs.last_good(desk.store, canvas_scope) is None
    assert jobs.last_good(desk.store, HERE) == NOON + timedelta(minutes=1)


def test_pause_ends_by_itself_or_by_a_word(store: Store) -> None:
    """A pause holds until its time, or until somebody says resume; who and why stands in it and in the log."""
    pauses.pause(store, until=NOON + HOUR, actor="ana", reason="lunch", at=NOON)
    held = pauses.paused(store, NOON + HOUR / 2)
    assert held
    assert (held.actor, held.reason) == ("ana", "lunch")
    assert pauses.paused(store, NOON + HOUR) is None
    local = (NOON + HOUR).astimezone(ZoneInfo("America/Los_Angeles"))
    assert "until 2 Aug 2021, 13:00 UTC" in str(pauses.pause(store, until=local, actor="ana", reason="lunch", at=NOON))
    pauses.pause(store, until=None, actor="ben", reason="the Canvas office asked for it", at=NOON)
    assert str(pauses.paused(store, NOON + 1000 * HOUR)).startswith("Paused by ben on 2 Aug 2021, 12:00 UTC: the Canvas office")
    pauses.resume(store, actor="ana", reason="they are done", at=NOON)
    assert pauses.paused(store, NOON) is None
    with pytest.raises(PausedError, match="There is no pause"):
        pauses.resume(store, actor="ana", reason="", at=NOON)
    noted = [(event.kind, event.actor) for event in reader.events(store)]
    assert noted == [("paused", "ana"), ("paused", "ana"), ("paused", "ben"), ("resumed", "ana")]

"""The journal of a run."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import event

from ilc_canvas.program.basis import of_roster
from ilc_canvas.reconcile.change import Create, Outcome, Remove, fingerprint
from ilc_canvas.reconcile.errors import LeaseError, StoreError, WrongTenantError
from ilc_canvas.reconcile.guards.guard import History
from ilc_canvas.reconcile.run.values import RunRequest
from ilc_canvas.store.audit import chain, reader
from ilc_canvas.store.db.lease import Lease
from ilc_canvas.store.opening import open_store
from ilc_canvas.store.runs import details
from ilc_canvas.sync import Journal
from tests.store.cast import COURSE, EQUITY, NOON, ROSA, TENANT, Desk, finalized, plan_of, seat


def _is_journal(journal: Journal) -> Journal:
    return journal


def test_is_the_journal_of_a_run(desk: Desk) -> None:
    """It is what a run asks for, and hands out the newest finalized roster."""
    finalized(desk.store)
    journal = _is_journal(desk.journal)
    assert journal.roster(journal.basis()).version == 1


def test_story_of_one_run(desk: Desk) -> None:
    """A run leaves its begin, plan, intents, outcomes and end in the log, each outcome tied to its intent."""
    desk.carried(Create(ROSA), Create(seat()))
    story = reader.events(desk.store, run=1)
    assert [event.kind for event in story] == ["began", "planned", "intended", "happened", "intended", "happened", "closed"]
    assert [event.intent for event in story if event.kind == "happened"] == [story[2].seq, story[4].seq]
    (info,) = details.runs(desk.store)
    assert (info.number, info.status, info.actor, info.trigger, info.closed_at) == (1, "applied", "ana", "sync", NOON)


def test_intent_is_stored_before_the_call(desk: Desk, url: str) -> None:
    """An intent is seen from another connection as soon as it is given."""
    intent = desk.journal.intended(desk.run(), Create(ROSA), NOON)
    other = open_store(url)
    assert reader.events(other)[-1].seq == intent.seq
    other.close()


def test_outcome_only_once(desk: Desk) -> None:
    """An intent has one outcome; a second one is refused, and the ledger stays as it was."""
    intent = desk.do(desk.run(), Create(ROSA))
    with pytest.raises(StoreError):
        desk.journal.happened(intent, Outcome("applied", {"name": "Eve"}))
    assert desk.journal.ledger()[ROSA.key].fields["name"] == "Rosa Núñez"


def test_dead_runs_are_interrupted(desk: Desk) -> None:
    """Intents of a run that died are found by the next one, and that run is closed as interrupted."""
    dead = desk.run(Create(ROSA))
    intent = desk.journal.intended(dead, Create(ROSA), NOON)
    desk.do(dead, Create(seat()))
    after = desk.journal_of(desk.lease)
    now = after.begin(RunRequest("ana", "schedule"), of_roster(1))
    assert after.open_intents() == [intent]
    assert {info.number: info.status for info in details.runs(desk.store)} == {dead: "interrupted", now: "running"}
    after.happened(intent, Outcome("not_applied", how="recovered"))
    assert after.open_intents() == []


def test_doubt_outlives_a_closed_run(desk: Desk) -> None:
    """A run that failed with an intent in doubt is closed; the intent is open, sent before that. The present run's own are not listed."""
    number = desk.run(Create(ROSA))
    intent = desk.journal.intended(number, Create(ROSA), NOON)
    assert desk.journal.open_intents() == []
    desk.clock.pass_by(seconds=40)
    desk.close(number, "failed")
    desk.clock.pass_by(hours=1)
    desk.run()
    assert desk.journal.open_intents() == [replace(intent, ago=3600.0)]
    desk.clock.pass_by(hours=-2)
    assert desk.journal.open_intents() == [intent]


def test_open_intent_knows_newest_number(desk: Desk) -> None:
    """With an intent comes the highest number of an enrollment that its run had been answered before, and not after."""
    dead = desk.run(Create(ROSA))
    desk.do(dead, Create(seat(2)), handle=402)
    desk.do(dead, Create(seat(3)), handle=401)
    desk.do(dead, Create(ROSA), handle=900)
    intent = desk.journal.intended(dead, Create(seat()), NOON)
    desk.do(dead, Create(seat(4)), handle=500)
    after = desk.journal_of(desk.lease)
    after.begin(RunRequest("ana", "schedule"), of_roster(1))
    assert after.open_intents() == [replace(intent, newest=402)]


def test_pin_keeps_to_one_canvas(desk: Desk) -> None:
    """The Canvas of the first run is remembered; another one is refused."""
    desk.journal.pin_tenant(TENANT)
    desk.journal.pin_tenant(TENANT)
    for other in ({"base_url": "https://x"}, {"root_account_id": 2}, {"account_name": "Other"}):
        with pytest.raises(WrongTenantError, match=r"belongs to https://canvas.example.org"):
            desk.journal.pin_tenant(replace(TENANT, **other))
    assert [event.kind for event in reader.events(desk.store)] == ["pinned"]


def test_history_of_a_new_store(desk: Desk) -> None:
    """Where nothing ever ran, the next run is the first."""
    assert desk.journal.history(NOON) == History(first=True)


@pytest.mark.parametrize(("status", "first"), [("applied", False), ("partial", False), ("planned", True), ("held", True), ("failed", True)])
def test_history_of_runs(desk: Desk, status: str, *, first: bool) -> None:
    """Only a run that changed something ends being the first."""
    desk.run(status=status)
    assert desk.journal.history(NOON).first is first
    assert desk.journal_of(desk.lease, "https://other.example.org").history(NOON).first


def test_history_of_converged_runs(desk: Desk) -> None:
    """Converged counts only where something was ever applied."""
    desk.run(status="converged")
    assert desk.journal.history(NOON).first
    desk.do(desk.run(Create(ROSA)), Create(ROSA))
    assert not desk.journal.history(NOON).first


def test_history_counts_removals_of_a_day(desk: Desk) -> None:
    """Removals that were applied in the last 24 hours count, with all that a course's end covers."""
    number = desk.run()
    desk.do(number, Remove(EQUITY, covers=4))
    desk.clock.pass_by(hours=1)
    desk.do(number, Remove(seat()))
    desk.do(number, Remove(seat(2)), "noop")
    desk.do(number, Create(seat(3)))
    day = timedelta(hours=24)
    counts = [desk.journal.history(moment).removals_last_day for moment in (desk.clock(), NOON + day, desk.clock() + day)]
    assert counts == [5, 1, 0]


def test_last_seen_is_replaced(desk: Desk) -> None:
    """What was seen last stands in place of what was seen before."""
    number, other = desk.run(), COURSE._replace(id="ilc:2021-22:hub")
    desk.journal.save_course_counts(number, {COURSE: 30, other: 300})
    desk.journal.save_course_counts(number, {COURSE: 29})
    assert desk.journal.history(NOON).last_seen == {COURSE: 29}
    desk.journal.save_course_counts(number, {})
    assert desk.journal.history(NOON).last_seen == {}


def test_waiting_since_first_planned(desk: Desk) -> None:
    """A change waits since the first plan that had it for this roster version."""
    removal, later = Remove(seat()), Remove(seat(2))
    desk.run(removal)
    desk.clock.pass_by(hours=5)
    desk.run(removal, later)
    since = desk.journal.waiting_since(plan_of(removal, later))
    assert since == {fingerprint(removal): NOON, fingerprint(later): NOON + timedelta(hours=5)}
    assert desk.journal.waiting_since(plan_of(removal, version=2)) == {}


def test_old_token_is_fenced(desk: Desk) -> None:
    """A worker whose lease went to another writes nothing: neither intent nor outcome nor end."""
    number = desk.run()
    intent = desk.journal.intended(number, Create(ROSA), NOON)
    stale = desk.journal_of(Lease(desk.store, "worker-0", token=desk.lease.token - 1, seconds=90, now=desk.clock))
    before = chain.head(desk.store)
    writes: list[Callable[[], object]] = [
        lambda: stale.intended(number, Create(seat()), NOON),
        lambda: stale.happened(intent, Outcome("applied")),
        lambda: stale.begin(RunRequest("eve", "sync"), of_roster(1)),
        lambda: stale.save_course_counts(number, {COURSE: 1}),
        lambda: stale.pin_tenant(TENANT),
        lambda: stale.open_intents(),
    ]
    for write in writes:
        with pytest.raises(LeaseError, match="Nothing of this step was stored"):
            write()
    assert (chain.head(desk.store), desk.journal.ledger()) == (before, {})


def test_cost_of_a_change(desk: Desk) -> None:
    """A change is intended and recorded with the same few statements, however many have been before it."""
    sent: list[str] = []

    def note(connection: object, cursor: object, statement: str, *_: object) -> None:
        del connection, cursor
        sent.append(statement)

    event.listen(desk.store.engine, "before_cursor_execute", note)
    costs = []
    for first in (0, 100, 200):
        sent.clear()
        desk.carried(*(Create(seat(n)) for n in range(first, first + 100)))
        costs.append(len(sent))
    event.remove(desk.store.engine, "before_cursor_execute", note)
    assert chain.verify(desk.store).count == 609
    assert max(costs) == min(costs), costs
    assert max(costs) <= 16 * 100, costs


def test_transaction_is_whole_or_absent(desk: Desk) -> None:
    """What is intended and recorded together is stored together: nothing of it where its last part fails."""
    number = desk.run()
    intents = [desk.journal.intended(number, Create(seat(n)), NOON) for n in (1, 2)]
    before = chain.head(desk.store)

    def broken_off() -> None:
        with desk.journal.together():
            desk.journal.happened(intents[0], Outcome("applied"))
            assert desk.journal.intended(number, Create(seat(3)), NOON).seq == before.seq + 2
            raise StoreError("The disk is full.")

    with pytest.raises(StoreError):
        broken_off()
    assert (chain.head(desk.store), desk.journal.ledger()) == (before, {})
    with desk.journal.together():
        for intent in intents:
            desk.journal.happened(intent, Outcome("applied"))
    assert [key.id for key in desk.journal.ledger()] == [intent.change.key.id for intent in intents]
    assert chain.verify(desk.store).count == before.seq + 2


def test_refused_together_are_parked_each(desk: Desk) -> None:
    """Outcomes of one transaction are told apart: what is refused again is parked for longer, what is done is parked no more."""
    number = desk.run()
    desk.do(number, Create(seat(1)), "refused", reason="no")
    desk.do(number, Create(seat(2)), "refused", reason="no")
    first, second = (desk.journal.intended(number, Create(seat(n)), NOON) for n in (1, 2))
    with desk.journal.together():
        desk.journal.happened(first, Outcome("applied"))
        desk.journal.happened(second, Outcome("refused", reason="no"))
    assert [(key, row.attempts) for key, row in desk.journal.parked().items()] == [(second.change.key, 2)]

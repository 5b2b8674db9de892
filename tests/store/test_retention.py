"""What is old enough loses its names, and nothing that is needed does."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlalchemy import func, select, text, update

from ilc_canvas.reconcile.change import Create, Remove, Update
from ilc_canvas.reconcile.kinds import MAIN, Kind
from ilc_canvas.reconcile.state import Key, Record, channel_key
from ilc_canvas.store.audit import chain
from ilc_canvas.store.audit.tables import AUDIT_PERSONAL, EVENT
from ilc_canvas.store.db.database import Store
from ilc_canvas.store.documents.tables import VERSION
from ilc_canvas.store.privacy.retention import Forgotten, forget
from ilc_canvas.store.rosters import versions
from ilc_canvas.store.worker import heartbeat, jobs
from tests.store.cast import EQUITY, NOON, ROSA, Desk, finalized, seat

MOMENT = timedelta(microseconds=1)


def _forget(store: Store, before: datetime) -> Forgotten:
    return forget(store, before=before, actor="schedule", at=NOON + timedelta(days=400))


def _all_text(store: Store) -> str:
    """All that the tables hold about people: rosters, plans, events."""
    tables = ("document_content", "document_version", "planned_change", "audit_personal")
    with store.read() as connection:
        return "".join(str(connection.execute(text(f"SELECT * FROM {name}")).all()) for name in tables)  # noqa: S608


def _versions(store: Store) -> tuple[int, int]:
    """Two versions, the second signed a day later."""
    found = ({"text": "odd", "value": "rosa@exmaple.org"}, {"fix": "Ask r1@example.org.", "text": "twin"})
    first, second = finalized(store, 3, files="a", warnings=found), finalized(store, 3, files="b")
    with store.write() as connection:
        connection.execute(update(VERSION).where(VERSION.c.number == second).values(signed_at=NOON + timedelta(days=1)))
    return first, second


@pytest.mark.parametrize(("late", "erased"), [(timedelta(), 0), (MOMENT, 1)])
def test_roster_since_it_was_superseded(store: Store, late: timedelta, erased: int) -> None:
    """A roster's time runs from when the next one was signed, to the microsecond; the newest one keeps everything."""
    first, second = _versions(store)
    before = versions.read(store, second)
    assert _forget(store, NOON + timedelta(days=1) + late).rosters == erased
    assert versions.read(store, second) == before
    named = [person.email for person in versions.read(store, first).people if person.email]
    assert len(named) == (0 if erased else 3)


def test_rows_stay_without_names(store: Store) -> None:
    """What a version means stays readable: people by id, teams, COPs, places; its findings lose what they quote."""
    first, _ = _versions(store)
    before = versions.read(store, first)
    _forget(store, NOON + timedelta(days=2))
    after = versions.read(store, first)
    assert [person.participates for person in after.people] == [person.participates for person in before.people]
    assert ([person.person_id for person in after.people], after.teams, after.cops) == ([*before.person_by_id], before.teams, before.cops)
    (info,) = [info for info in versions.listing(store) if info.number == first]
    assert [(finding.get("value"), finding.get("fix")) for finding in info.findings] == [("", None), (None, "")]


@pytest.mark.parametrize(("late", "erased"), [(timedelta(), False), (MOMENT, True)])
def test_run_since_it_ended(desk: Desk, late: timedelta, *, erased: bool) -> None:
    """A run's time runs from its end: then plan and events lose the names, and the chain verifies as before."""
    desk.carried(Create(ROSA))
    found = _forget(desk.store, NOON + late)
    assert found == (Forgotten(0, 1, 1) if erased else Forgotten(0, 0, 0))
    assert ("rosa@example.org" in _all_text(desk.store)) != erased
    assert chain.verify(desk.store).count == (6 if erased else 5)


def test_names_of_those_who_end_along_go(desk: Desk) -> None:
    """A plan that concluded a course, or brought back whom people had added, loses their names with its age."""
    user = Key(Kind.USER, "canvas:55")
    fields = {**seat().fields, "name": "Vis Itor"}
    stranger = replace(seat(), key=Key(Kind.ENROLLMENT, f"canvas:9|{user.id}|student"), fields=fields)
    desk.carried(Create(EQUITY), Remove(EQUITY, 0, (), (stranger,)), Create(stranger, before=stranger))
    assert "Vis Itor" in _all_text(desk.store)
    _forget(desk.store, NOON + MOMENT)
    assert "Vis Itor" not in _all_text(desk.store)
    assert "Vis Itor" not in str(desk.journal.ledger())


def test_addresses_go_with_age(desk: Desk) -> None:
    """A plan that gave somebody a new address loses both with its age; the ledger keeps the one that holds."""
    key = channel_key(ROSA.key, MAIN)
    was, now = (Record(key, {"address": address}, (ROSA.key,), 1) for address in ("rosa@example.org", "rosa.new@example.org"))
    desk.carried(Create(ROSA), Update(was, now))
    _forget(desk.store, NOON + MOMENT)
    assert "@example.org" not in _all_text(desk.store)
    assert desk.journal.ledger()[key].fields == now.fields


def test_forgetting_is_an_event(desk: Desk) -> None:
    """The log says how much was forgotten, and names nobody; a second time there is nothing, and nothing is said."""
    desk.carried(Create(ROSA))
    _forget(desk.store, NOON + MOMENT)
    assert _forget(desk.store, NOON + MOMENT).nothing
    (event,) = [row for row in chain.pages(desk.store) if row.kind == "forgotten"]
    assert event.body == '{"before":"2021-08-02T12:00:00.000001Z","changes":1,"events":1,"rosters":0,"texts":0}'


def test_open_intent_keeps_its_values(desk: Desk) -> None:
    """What a dead run may have sent is found again only with its values: they stay until it is settled, whatever its age."""
    run = desk.run(Create(ROSA))
    desk.journal.intended(run, Create(ROSA), NOON)
    desk.close(run, "interrupted")
    assert _forget(desk.store, NOON + timedelta(days=1)).events == 0
    with desk.store.read() as connection:
        assert connection.execute(select(func.count()).select_from(AUDIT_PERSONAL)).scalar() == 1


def test_running_run_keeps_everything(desk: Desk) -> None:
    """A run that has not ended loses nothing."""
    desk.do(desk.run(Create(ROSA)), Create(ROSA))
    assert _forget(desk.store, NOON + timedelta(days=1)).nothing


def test_ledger_stays(desk: Desk) -> None:
    """What was last written is needed to tell what people changed by hand: the next run sees the same."""
    desk.carried(Create(ROSA))
    before = desk.journal.ledger()
    _forget(desk.store, NOON + timedelta(days=1))
    assert desk.journal.ledger() == before
    assert before[ROSA.key].fields["name"] == "Rosa Núñez"


def test_younger_run_keeps_names(desk: Desk) -> None:
    """Of two runs about the same person only the older one loses them."""
    desk.carried(Create(ROSA))
    desk.clock.pass_by(days=2)
    desk.carried(Update(ROSA, ROSA))
    assert _forget(desk.store, NOON + timedelta(days=1)) == Forgotten(0, 1, 1)
    with desk.store.read() as connection:
        kept = select(EVENT.c.at).join(AUDIT_PERSONAL, AUDIT_PERSONAL.c.seq == EVENT.c.seq)
        assert set(connection.execute(kept).scalars()) == {NOON + timedelta(days=2)}


def test_dead_workers_are_forgotten(store: Store) -> None:
    """Signs of life and notes of jobs name who ran the worker: those that are old go."""
    for worker, days in (("rosa@box:1", 0), ("rosa@box:2", 3)):
        at = NOON + timedelta(days=days)
        heartbeat.beat(store, worker, state="stopped", version="1", sentence="", at=at, started_at=at)
        jobs.note(store, "quick", f"{at:%Y-%m-%dT%H:%M}", worker=worker, sentence="", at=at)
    _forget(store, NOON + timedelta(days=1))
    assert [jobs.done(store, "quick", f"{NOON + timedelta(days=days):%Y-%m-%dT%H:%M}") for days in (0, 3)] == [False, True]
    assert [beat.worker for beat in heartbeat.beats(store)] == ["rosa@box:2"]

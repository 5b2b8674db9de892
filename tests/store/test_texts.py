"""What people type: beside the chain, gone by age and with the person whom it is about."""

from collections.abc import Callable, Mapping
from datetime import timedelta

import pytest
from sqlalchemy import select, text, update

from ilc_canvas.program.basis import of_roster
from ilc_canvas.reconcile.change import Create
from ilc_canvas.reconcile.errors import RosterError
from ilc_canvas.reconcile.guards.guard import Verdict
from ilc_canvas.reconcile.kinds import Kind
from ilc_canvas.reconcile.people.identity import Answer
from ilc_canvas.reconcile.run.notice import Notice
from ilc_canvas.reconcile.run.values import RunRequest
from ilc_canvas.reconcile.state import Key
from ilc_canvas.store.all_tables import METADATA
from ilc_canvas.store.audit import chain, reader, settings_and_exports
from ilc_canvas.store.audit.tables import AUDIT_PERSONAL, EVENT
from ilc_canvas.store.db.database import Store
from ilc_canvas.store.db.scope import CanvasScope
from ilc_canvas.store.documents.signing import Signing
from ilc_canvas.store.documents.tables import VERSION
from ilc_canvas.store.privacy import erasure, typed_texts
from ilc_canvas.store.privacy.retention import forget
from ilc_canvas.store.rosters import rekey_decisions, versions
from ilc_canvas.store.runs.decisions import identities
from ilc_canvas.store.runs.decisions.approvals import approve, reject
from ilc_canvas.store.runs.tables import REASON, RUN
from ilc_canvas.store.worker import outbox, pauses, sync_requests
from ilc_canvas.store.worker.sync_requests import RequestKind, SyncRequest
from tests.store.cast import BASE, NOON, ROSA, SCOPE, Desk, draft, finalized, plan_of, seat

WORDS = "Zanzibar asked for it"
HERE = CanvasScope(BASE, SCOPE)
OTHER = Key(Kind.USER, "ilc:p:ILC-0002")


def _sign(desk: Desk) -> None:
    draft(desk.store, files="b", reason=WORDS)
    versions.finalize(desk.store, signed_by=WORDS, second=WORDS, reason=WORDS, actor="ana", at=NOON)


def _plan(desk: Desk) -> str:
    number = desk.journal.begin(RunRequest("ana", "sync", WORDS), desk.journal.basis())
    plan = plan_of(Create(seat()))
    desk.journal.planned(number, plan, Verdict(), asked=(), whole=True)
    desk.close(number, "held", plan.digest)
    return plan.digest


def _approve(desk: Desk) -> None:
    approve(desk.store, _plan(desk), reason=WORDS, actor="ana", scope=SCOPE, base_url=BASE, now=NOON)


def _reject(desk: Desk) -> None:
    reject(desk.store, _plan(desk), reason=WORDS, actor="ana", scope=SCOPE, base_url=BASE, now=NOON)


def _pause(desk: Desk) -> None:
    pauses.pause(desk.store, until=None, reason=WORDS, actor="ana", at=NOON)
    pauses.resume(desk.store, reason=WORDS, actor="ana", at=NOON)


def _wish(desk: Desk) -> None:
    sync_requests.submit(desk.store, SyncRequest(RequestKind.SYNC, "ana", WORDS), at=NOON)


def _answer(desk: Desk) -> None:
    identities.decide(desk.store, HERE, [Answer(ROSA.key, "leave-out", NOON)], actor="ana", reason=WORDS)
    identities.forget(desk.store, HERE, [ROSA.key], reason=WORDS, actor="ana", at=NOON)


def _rekey(desk: Desk) -> None:
    keys = (ROSA.key, ROSA.key._replace(id="ilc:p:X-1"))
    rekey_decisions.decide(desk.store, *keys, decision="same", reason=WORDS, actor="ana", at=NOON)
    rekey_decisions.take_back(desk.store, *keys, reason=WORDS, actor="ana", at=NOON)


def _settings(desk: Desk) -> None:
    mail: Mapping[str, object] = {"mail_from": WORDS, "mail_to": [WORDS], "smtp_user": WORDS}
    settings_and_exports.settings(desk.lease, {**mail, "prefix": "ilc"}, actor="ana", at=NOON)


def _files(desk: Desk) -> None:
    versions.add_draft(
        desk.store,
        versions.newest_finalized(desk.store),
        rows={WORDS: 3},
        hashes={WORDS: "c" * 64},
        findings=[],
        imported_by="ana",
        manifest_version=None,
        at=NOON,
    )


def _sign_first(desk: Desk) -> None:
    draft(desk.store, 2, files="d", reason=WORDS)
    versions.sign_first(desk.store, Signing("ana", NOON, reason=WORDS))


DEEDS = (_sign, _sign_first, _approve, _reject, _pause, _wish, _answer, _rekey, _settings, _files)


@pytest.mark.parametrize("deed", DEEDS, ids=lambda deed: deed.__name__[1:])
def test_typed_texts_beside_the_chain(desk: Desk, deed: Callable[[Desk], None]) -> None:
    """Whatever somebody types stands beside the chain, which verifies with it and without it; and goes by age."""
    finalized(desk.store)
    deed(desk)
    assert "Zanzibar" not in _rows(desk.store, "audit_event")
    assert "Zanzibar" in _rows(desk.store, "audit_personal")
    chain.verify(desk.store)
    later = NOON + timedelta(days=401)
    forget(desk.store, before=later - timedelta(days=400), actor="schedule", at=later)
    chain.verify(desk.store)
    assert "Zanzibar" not in _rows(desk.store, "audit_personal")


def _rows(store: Store, table: str) -> str:
    with store.read() as connection:
        return str(connection.execute(text(f"SELECT * FROM {table}")).all())  # noqa: S608


def test_every_reason_is_listed() -> None:
    """A column for reasons that nobody would erase cannot be added: each is among the texts, but for those of the program's own."""
    own = {"run_reason", "parked_change"}
    columns = {(name, column.name) for name, table in METADATA.tables.items() for column in table.columns if "reason" in column.name}
    listed = {(each.table.name, each.column) for each in typed_texts.TEXTS}
    assert {each for each in columns if each[0] not in own} <= listed
    assert REASON.name in own


def test_settings_noted_once(desk: Desk) -> None:
    """Addresses in settings are compared where they lie: what has not changed is not noted again."""
    _settings(desk)
    values = {"mail_from": WORDS, "mail_to": [WORDS], "smtp_user": WORDS, "prefix": "ilc"}
    assert not settings_and_exports.differ(desk.store, values)
    assert settings_and_exports.settings(desk.lease, values, actor="ana", at=NOON) == 0
    assert settings_and_exports.differ(desk.store, {**values, "mail_to": ["office@example.edu"]})


def test_pause_keeps_its_reason(desk: Desk) -> None:
    """A pause that lasts says why, however old it is; its event says so no more."""
    pauses.pause(desk.store, until=None, reason=WORDS, actor="ana", at=NOON)
    forget(desk.store, before=NOON + timedelta(days=1), actor="schedule", at=NOON + timedelta(days=401))
    paused = pauses.paused(desk.store, NOON + timedelta(days=401))
    assert paused is not None
    assert paused.reason == WORDS
    assert "Zanzibar" not in _rows(desk.store, "audit_personal")


def test_reasons_in_tables_grow_old(desk: Desk) -> None:
    """The reason of a run goes when the run is old, and not before; a run that has not ended keeps its own."""
    finalized(desk.store)
    _plan(desk)
    desk.journal.begin(RunRequest("ana", "sync", WORDS), of_roster(1))
    assert forget(desk.store, before=NOON, actor="schedule", at=NOON).nothing
    assert forget(desk.store, before=NOON + timedelta(seconds=1), actor="schedule", at=NOON).texts == 1
    with desk.store.read() as connection:
        assert connection.execute(select(RUN.c.reason).order_by(RUN.c.number)).scalars().all() == ["", WORDS]


MENTIONS = (
    "Rosa Núñez asked",
    "NUNEZ, ROSA",
    "for núñez.",
    "mail of rosa@example.org",
    "Rosa@Example.ORG",
    "see ILC-0001",
    "ilc-0001 moved",
    "(person:ILC-0001)",
)
OTHERS = ("ILC-00012 moved", "rosary", "prosa@example.org", "ILC-0002", "as agreed", "Núñezberg", "r.osa")


@pytest.mark.parametrize("words", MENTIONS)
def test_texts_about_the_erased_go(desk: Desk, words: str) -> None:
    """A text that names the person by id, address or family name goes from tables and events, in whatever spelling."""
    _gone(desk)
    sync_requests.submit(desk.store, SyncRequest(RequestKind.SYNC, "ana", words), at=NOON)
    pauses.pause(desk.store, until=None, reason=words, actor="ana", at=NOON)
    identities.decide(desk.store, HERE, [Answer(OTHER, "leave-out", NOON)], actor="ana", reason=words)
    _erase(desk)
    assert [event.reason for event in reader.events(desk.store) if event.kind in ("wished", "paused", "identity-decided")] == ["", "", ""]
    assert words not in "".join(_rows(desk.store, name) for name in ("sync_request", "pause", "identity_decision"))
    chain.verify(desk.store)


@pytest.mark.parametrize("words", OTHERS)
def test_texts_about_others_stay(desk: Desk, words: str) -> None:
    """A text that only looks alike stays."""
    _gone(desk)
    pauses.pause(desk.store, until=None, reason=words, actor="ana", at=NOON)
    _erase(desk)
    assert [event.reason for event in reader.events(desk.store) if event.kind == "paused"] == [words]


def test_texts_said_about_the_erased_go(desk: Desk) -> None:
    """What was said about the person without a name goes too: answers, requests and runs for that person alone."""
    _gone(desk)
    identities.decide(desk.store, HERE, [Answer(ROSA.key, "leave-out", NOON, login="rosa7")], actor="ana", reason=WORDS)
    sync_requests.submit(desk.store, SyncRequest(RequestKind.SYNC, "ana", WORDS, only=("person:ILC-0001",)), at=NOON)
    number = desk.journal.begin(RunRequest("ana", "sync", WORDS, only=("person:ILC-0001",)), of_roster(1))
    desk.close(number, "failed", "")
    _erase(desk)
    left = "".join(_rows(desk.store, name) for name in METADATA.tables)
    assert [word for word in ("Zanzibar", "rosa7") if word in left] == []
    chain.verify(desk.store)


def test_notice_about_the_erased(desk: Desk) -> None:
    """A notice that quotes somebody's words about the person says that they were erased; others stay as they are."""
    _gone(desk)
    for words in ("Paused by ana: Rosa Núñez asked", "Held for 1 reason"):
        outbox.queue(desk.store, Notice("result", words, subject=words, lines=(words,), data={"text": words}), NOON)
    _erase(desk)
    assert {(each.notice.subject, *each.notice.lines) for each in outbox.listing(desk.store)} == {
        ("(erased)", "(erased)"),
        ("Held for 1 reason", "Held for 1 reason"),
    }


def test_namesake_keeps_everything(desk: Desk) -> None:
    """Somebody else of the same family name keeps name and address, in events and plans."""
    _gone(desk)
    other = Create(ROSA.__class__(OTHER, {**ROSA.fields, "name": "Eva Núñez", "sortable_name": "Núñez, Eva", "email": "eva@example.org"}))
    desk.carried(other)
    _erase(desk)
    assert "Eva Núñez" in _rows(desk.store, "audit_personal")
    assert "Eva Núñez" in _rows(desk.store, "planned_change")


def test_signature_stays(desk: Desk) -> None:
    """Who signed a roster is known although somebody of that name is erased."""
    draft(desk.store, files="b")
    versions.finalize(desk.store, signed_by="R. Núñez", at=NOON)
    _gone(desk)
    _erase(desk)
    assert [event.personal["signed_by"] for event in reader.events(desk.store) if "signed_by" in event.personal] == ["R. Núñez", "Ana"]


@pytest.mark.parametrize("reason", ["Rosa Núñez wrote to us", "rosa@example.org"])
def test_reason_of_erasing_names_nobody(desk: Desk, reason: str) -> None:
    """The reason of an erasure would outlive it: one with the name is refused, and nothing has changed."""
    _gone(desk)
    before = chain.head(desk.store)
    with pytest.raises(RosterError, match="itself names the person"):
        _erase(desk, reason=reason)
    assert chain.head(desk.store) == before


@pytest.mark.parametrize("given", ["ILC-9999", "", "Rosa", "ILC-0001 x"])
def test_unknown_person_is_not_erased(desk: Desk, given: str) -> None:
    """Who is in no roster, plan or event cannot be erased: an error, and no event says otherwise."""
    _gone(desk)
    before = chain.head(desk.store)
    with pytest.raises(RosterError, match="Nothing was erased"):
        _erase(desk, given)
    assert chain.head(desk.store) == before


def test_erased_id_in_any_case(desk: Desk) -> None:
    """The id counts, not how it is typed; somebody who is only in an old roster is found, too."""
    _gone(desk)
    _erase(desk, "ilc-0001")
    assert "rosa@" not in _rows(desk.store, "audit_personal")
    _erase(desk, "ILC-0003")
    assert "r3@example.org" not in _rows(desk.store, "document_content")


def test_last_years_people_can_be_erased(store: Store) -> None:
    """Who is only in a roster of a school year that is over is erased from it, and this year's roster stays the newest."""
    finalized(store, 5, year="2020-21")
    draft(store, 3, files="b", year="2021-22")
    second = versions.finalize(store, signed_by="Ana", second="Ben", reason="smaller", at=NOON)
    erasure.erase(store, _user(5), actor="ben", reason="left", at=NOON)
    assert "r5@example.org" not in _rows(store, "document_content")
    assert versions.newest_finalized(store).version == second
    with store.read() as connection:
        assert [*connection.execute(select(VERSION.c.state).order_by(VERSION.c.number)).scalars()] == ["finalized", "finalized"]


def test_years_in_care_keep_their_people(store: Store) -> None:
    """A roster of a year that is cared for is in force, although another one was signed after it; so is a draft."""
    finalized(store, 5, year="2021-22")
    draft(store, 3, files="b", year="2020-21")
    versions.finalize(store, signed_by="Ana", second="Ben", reason="a correction", at=NOON)
    with pytest.raises(RosterError, match="still names ILC-0005"):
        erasure.erase(store, _user(5), actor="ben", reason="left", at=NOON, in_care=("2021-22",))
    draft(store, 6, files="c", year="2020-21")
    with pytest.raises(RosterError, match="version 3 still names ILC-0006"):
        erasure.erase(store, _user(6), actor="ben", reason="left", at=NOON, in_care=("2021-22",))


def test_run_refuses_the_erased(desk: Desk) -> None:
    """No run goes by a roster in which somebody was erased: an account would lose its name."""
    finalized(desk.store, 5, year="2021-22")
    draft(desk.store, 3, files="b", year="2022-23")
    versions.finalize(desk.store, signed_by="Ana", second="Ben", reason="smaller", at=NOON)
    assert desk.journal.roster(desk.journal.basis()).version == 1
    erasure.erase(desk.store, _user(5), actor="ben", reason="left", at=NOON)
    with pytest.raises(RosterError, match="was erased, so no run can go by it"):
        desk.journal.roster(desk.journal.basis())


def test_older_events_keep_their_reasons(desk: Desk) -> None:
    """A reason that an older version chained is still told and verified, nothing can erase it, and the erasure says so."""
    _gone(desk)
    with desk.store.write() as connection:
        for words in ("Rosa Núñez asked", "as agreed"):
            chain.append(connection, chain.Entry("resumed", NOON, "ana", {"reason": words}))
    _erase(desk)
    found = reader.events(desk.store)
    assert [event.reason for event in found if event.kind == "resumed"] == ["Rosa Núñez asked", "as agreed"]
    assert found[-1].body["chained"] == 1
    chain.verify(desk.store)


def _user(number: int) -> Key:
    return Key(Kind.USER, f"ilc:p:ILC-{number:04}")


def _gone(desk: Desk) -> None:
    """Rosa was in Canvas, and is in no roster that is in force."""
    finalized(desk.store)
    desk.carried(Create(ROSA))
    with desk.store.write() as connection:
        connection.execute(update(VERSION).values(state="superseded"))


def _erase(desk: Desk, person_id: str = "ILC-0001", *, reason: str = "asked for it") -> int:
    return erasure.erase(desk.store, Key(Kind.USER, f"ilc:p:{person_id}"), actor="ben", reason=reason, at=NOON)


def test_signed_by_is_erasable(desk: Desk) -> None:
    """The chain says who ran it, by the login of the machine; the signers' names lie beside it."""
    draft(desk.store)
    versions.finalize(desk.store, signed_by="R. Alvarez", actor="ralvarez", at=NOON)
    event = reader.events(desk.store)[-1]
    assert (event.actor, event.personal) == ("ralvarez", {"signed_by": "R. Alvarez"})
    with desk.store.read() as connection:
        assert "Alvarez" not in str(connection.execute(select(EVENT)).all())
        assert "Alvarez" in str(connection.execute(select(AUDIT_PERSONAL)).all())

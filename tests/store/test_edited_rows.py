"""Rows that somebody has edited in the database by hand: they are no approval, no decision, and no signed document."""

from collections.abc import Callable, Mapping
from datetime import timedelta

import pytest
from sqlalchemy import select, text

from ilc_canvas.program import names
from ilc_canvas.reconcile.change import Create, Remove
from ilc_canvas.reconcile.errors import ChainError
from ilc_canvas.reconcile.people.identity import Answer
from ilc_canvas.store.audit import chain
from ilc_canvas.store.calendars import versions as calendars
from ilc_canvas.store.db.codec import dumps, loads
from ilc_canvas.store.db.database import Store
from ilc_canvas.store.db.scope import CanvasScope
from ilc_canvas.store.documents.document import files_digest
from ilc_canvas.store.documents.signing import Signing
from ilc_canvas.store.documents.tables import CONTENT
from ilc_canvas.store.privacy.erasure import erase
from ilc_canvas.store.rosters import rekey, rekey_decisions, versions
from ilc_canvas.store.runs.decisions import approvals, drift, identities
from ilc_canvas.store.runs.decisions.drift import DriftRow
from tests.store.cast import BASE, NOON, ROSA, SCOPE, TENANT, Desk, draft, finalized, plan_of, seat
from tests.store.test_calendars import CALENDAR

HERE = CanvasScope(BASE, SCOPE)
CHANGES = (Create(ROSA), Remove(seat()))
DIGEST = plan_of(*CHANGES).digest
ANA, BEN = (names.user_key("ilc", person) for person in ("ILC-0001", "ILC-0002"))


def typed(store: Store, *statements: str, **values: object) -> None:
    """What somebody types at the database."""
    with store.write() as connection:
        for statement in statements:
            connection.execute(text(statement), values) if values else connection.exec_driver_sql(statement)


def _approved(desk: Desk) -> None:
    finalized(desk.store)
    desk.run(*CHANGES, status="held")
    approvals.approve(desk.store, DIGEST, actor="ben", reason="seen", scope=SCOPE, base_url=BASE, now=desk.clock())


@pytest.mark.parametrize(
    "edit",
    [
        "UPDATE approval SET fingerprints = '[\"other\"]'",
        "UPDATE approval SET digest = 'beef-beef-beef'",
        "UPDATE approval SET run = 2",
        "UPDATE approval SET basis = '{\"roster\":7}'",
        "UPDATE approval SET expires = '2021-08-03T11:00:00.000000Z'",
        "UPDATE approval SET number = 5",
    ],
    ids=["changes", "plan", "run", "basis", "expires", "number"],
)
def test_edited_approval_is_none(desk: Desk, edit: str) -> None:
    """An approval whose row was edited is not in force; one sentence says so, and a person can approve the plan again."""
    _approved(desk)
    desk.run(Create(seat(9)), status="held")
    typed(desk.store, edit)
    assert desk.journal.approvals(desk.clock()) == []
    (sentence,) = desk.journal.unrecorded_approvals(desk.clock())
    assert "is not as the audit log recorded it, and was not used" in sentence
    assert "‹plan›" in sentence
    approvals.approve(desk.store, DIGEST, actor="ben", reason="again", scope=SCOPE, base_url=BASE, now=desk.clock())
    assert len(desk.journal.approvals(desk.clock())) == 1
    assert desk.journal.unrecorded_approvals(desk.clock()) == []


def test_inserted_approval_is_none(desk: Desk) -> None:
    """A row that was added by hand, or copied from a real approval, permits nothing."""
    _approved(desk)
    columns = "digest, decision, run, actor, reason, fingerprints, selection, basis, scope, base_url, at, expires"
    typed(desk.store, f"INSERT INTO approval (number, {columns}) SELECT 7, {columns} FROM approval")  # noqa: S608 - constants
    assert [each.digest for each in desk.journal.approvals(desk.clock())] == [DIGEST]
    assert len(desk.journal.unrecorded_approvals(desk.clock())) == 1


@pytest.mark.parametrize("end", ["spent", "rejected", "accepted"])
def test_ended_approval_is_not_revived(desk: Desk, end: str) -> None:
    """An approval that was spent, withdrawn, or overtaken by a restore does not come back when its row says that it never ended."""
    _approved(desk)
    if end == "spent":
        desk.run(*CHANGES, status="applied")
    elif end == "rejected":
        approvals.reject(desk.store, DIGEST, actor="cy", reason="wrong", scope=SCOPE, base_url=BASE, now=desk.clock())
    else:
        with desk.store.write() as connection:
            chain.append(connection, chain.Entry("accepted", NOON, "ana", {}))
    typed(desk.store, "UPDATE approval SET ended_at = NULL, spent_by = NULL")
    assert desk.journal.approvals(desk.clock()) == []
    assert len(desk.journal.unrecorded_approvals(desk.clock())) == 1


def test_forged_event_is_found(desk: Desk) -> None:
    """An edited event, or one whose neighbor no longer fits it, is no proof of an approval."""
    _approved(desk)
    drop = ["DROP TRIGGER audit_event_no_update"] if desk.store.sqlite else ["ALTER TABLE audit_event DISABLE TRIGGER ALL"]
    typed(desk.store, *drop, "UPDATE audit_event SET body = replace(body, '\"changes\":2', '\"changes\":3') WHERE kind = 'approved'")
    with pytest.raises(ChainError, match=r"event \d+ is not as it was written\. Nothing was changed"):
        desk.journal.approvals(desk.clock())


DECISIONS = {
    "handle": "UPDATE identity_decision SET handle = 99",
    "word": "UPDATE identity_decision SET decision = 'create', handle = NULL",
    "administrator": "UPDATE identity_decision SET administrator = 1",
    "login": "UPDATE identity_decision SET login = 'mallory@example.org'",
    "later": "UPDATE identity_decision SET at = '2021-08-03T12:00:00.000000Z'",
    "person": "UPDATE identity_decision SET key = 'user=ilc:p:ILC-0002'",
    "deleted": "DELETE FROM identity_decision",
    "elsewhere": "UPDATE identity_decision SET base_url = 'https://other.example.org'",
}


@pytest.mark.parametrize("edit", DECISIONS.values(), ids=DECISIONS)
def test_edited_decision_about_a_person(desk: Desk, edit: str) -> None:
    """A decision that was edited, moved or deleted stops the run with a sentence; to decide again puts it right."""
    desk.journal.pin_tenant(TENANT)
    identities.decide(desk.store, HERE, [Answer(ANA, "adopt", NOON, 17, "ana@example.org")], actor="ben", reason="seen")
    assert desk.journal.answers()[ANA].handle == 17
    typed(desk.store, edit)
    with pytest.raises(
        ChainError, match=r"decision about ILC-000\d in the store is not as the audit log recorded it\..*Nothing was changed"
    ):
        desk.journal.answers()
    assert ANA in identities.decided(desk.store, HERE) or edit == DECISIONS["person"]
    identities.decide(desk.store, HERE, [Answer(ANA, "adopt", NOON, 18)], actor="ben", reason="seen")
    if edit == DECISIONS["person"]:
        identities.forget(desk.store, HERE, [BEN], actor="ben", reason="nobody decided that", at=NOON)
    assert {key: answer.handle for key, answer in desk.journal.answers().items()} == {ANA: 18}


def test_deleted_decision_can_be_asked_again(desk: Desk) -> None:
    """A decision whose row was deleted can be taken back, as the sentence advises."""
    desk.journal.pin_tenant(TENANT)
    identities.decide(desk.store, HERE, [Answer(ANA, "leave-out", NOON)], actor="ben", reason="seen")
    typed(desk.store, "DELETE FROM identity_decision")
    identities.forget(desk.store, HERE, [ANA], actor="ben", reason="again", at=NOON)
    assert desk.journal.answers() == {}


def test_decision_without_an_event(desk: Desk) -> None:
    """A decision that was added by hand stops the run."""
    values = f"'{BASE}', 'ilc', '{ANA}', 'adopt', '2021-08-02T12:00:00.000000Z', 99, '', 0, 'mallory', ''"
    columns = "base_url, scope, key, decision, at, handle, login, administrator, actor, reason"
    typed(desk.store, f"INSERT INTO identity_decision ({columns}) VALUES ({values})")  # noqa: S608 - constants
    with pytest.raises(ChainError, match="decision about ILC-0001"):
        desk.journal.answers()


def test_decision_about_a_renamed_or_erased_person(desk: Desk) -> None:
    """A decision goes on holding under a person's new id, and after the person's login was erased."""
    for person in (ANA, BEN):
        identities.decide(desk.store, HERE, [Answer(person, "create", NOON, None, "a@example.org")], actor="ben", reason="seen")
    with desk.store.write() as connection:
        rekey.rekey(connection, ANA, names.user_key("ilc", "ILC-0009"), actor="ben", at=NOON)
    finalized(desk.store, 1)
    erase(desk.store, BEN, actor="ben", reason="left", at=NOON)
    assert {key.id: answer.login for key, answer in desk.journal.answers().items()} == {"ilc:p:ILC-0009": "a@example.org", BEN.id: ""}


def test_decision_about_drift_of_a_renamed_person(desk: Desk) -> None:
    """A decision about something that was changed by hand goes on holding under the person's new id."""
    drift.decide(desk.store, HERE, [DriftRow(ANA, "name", "0123456789abcdef")], choice="keep", actor="ben", reason="", at=NOON)
    new = names.user_key("ilc", "ILC-0009")
    with desk.store.write() as connection:
        rekey.rekey(connection, ANA, new, actor="ben", at=NOON)
    assert [key for key, _ in drift.decisions(desk.store, HERE)] == [new]


def _other_content(store: Store, people: int = 2) -> str:
    """The content of a version with somebody left out."""
    with store.read() as connection:
        content: str = connection.execute(select(CONTENT.c.content)).scalars().first() or ""
    found = loads(content)
    return dumps({**found, "people": found["people"][:people]})


def _with_its_hash(store: Store) -> None:
    content = _other_content(store)
    digest = files_digest("2021-22", {"roster.csv": "a" * 64}, content)
    typed(
        store,
        "UPDATE document_content SET content = :content",
        "UPDATE document_version SET files_digest = :digest",
        content=content,
        digest=digest,
    )


ROSTERS: Mapping[str, Callable[[Store], None]] = {
    "content": lambda store: typed(store, "UPDATE document_content SET content = :content", content=_other_content(store)),
    "content and hash": _with_its_hash,
    "signer": lambda store: typed(store, "UPDATE document_version SET signed_by = 'Mallory'"),
    "findings": lambda store: typed(store, "UPDATE document_version SET findings = '[{}]'"),
    "files": lambda store: typed(store, "UPDATE document_file SET sha256 = 'b'"),
    "no file": lambda store: typed(store, "DELETE FROM document_file"),
    "no content": lambda store: typed(store, "DELETE FROM document_content"),
    "year": lambda store: typed(store, "UPDATE document_version SET school_year = '2022-23'"),
    "place": lambda store: typed(store, "UPDATE document_version SET finalized_count = 5"),
}


@pytest.mark.parametrize("edit", ROSTERS.values(), ids=ROSTERS)
def test_edited_roster_is_not_signed(store: Store, edit: Callable[[Store], None]) -> None:
    """A signed roster that was edited, with its hash or without, is refused, in a sentence that says what differs and what to do."""
    finalized(store)
    edit(store)
    with pytest.raises(ChainError, match=r"Roster version 1 in the store is not as the audit log recorded it \(its|who.*‹restore-store›"):
        versions.newest_finalized(store)


def test_draft_is_not_signed_by_hand(store: Store) -> None:
    """A draft that the database calls finalized was signed by nobody."""
    draft(store)
    typed(store, "UPDATE document_version SET state = 'finalized', finalized_count = 1, signed_by = 'Ana'")
    with pytest.raises(ChainError, match="nobody recorded it"):
        versions.newest_finalized(store)


@pytest.mark.parametrize("gone", [True, False], ids=["deleted", "superseded"])
def test_former_roster_does_not_come_back(store: Store, *, gone: bool) -> None:
    """A superseded roster that is put in force again, in place of the newer one or beside its deletion, is refused."""
    finalized(store)
    finalized(store, files="b")
    newer = _DELETED if gone else [_STATE.format("superseded", 2)]
    typed(store, *newer, _STATE.format("finalized", 1))
    with pytest.raises(ChainError, match=r"version 2 was signed after it"):
        versions.newest_finalized(store)


_DELETED = (
    "DELETE FROM document_content WHERE version = 2",
    "DELETE FROM document_file WHERE version = 2",
    "DELETE FROM document_version WHERE number = 2",
)
_STATE = "UPDATE document_version SET state = '{}' WHERE number = {}"


@pytest.mark.parametrize(
    "edit", ["UPDATE document_content SET content = :content", "UPDATE document_version SET errors = 0"], ids=["content", "errors"]
)
def test_edited_draft_cannot_be_signed(store: Store, edit: str) -> None:
    """A draft that was edited after its import is not signed; importing the files again puts it right."""
    draft(store, errors=1)
    typed(store, edit, content=_other_content(store))
    if "errors" not in edit:
        typed(store, "UPDATE document_version SET errors = 0")
    with pytest.raises(ChainError, match=r"Import the files again: ‹import-document roster›"):
        versions.finalize(store, signed_by="Ana", at=NOON)
    draft(store)
    assert versions.finalize(store, signed_by="Ana", at=NOON) == 1


def test_edited_finding_is_not_accepted(store: Store) -> None:
    """By signing one accepts the warnings that the log recorded: a draft whose findings were edited is not signed."""
    draft(store)
    typed(store, "UPDATE document_version SET findings = '[{}]'")
    with pytest.raises(ChainError, match=r"\(its findings\).*Import the files again: ‹import-document roster›"):
        versions.finalize(store, signed_by="Ana", at=NOON)


def test_erased_roster_is_still_recorded(store: Store) -> None:
    """Erasing a person changes what a former roster says, and the log records that: it can still be read, and not be edited."""
    finalized(store)
    draft(store, 2, files="b")
    versions.finalize(store, signed_by="Ana", at=NOON, second="Ben", reason="one left")
    erase(store, names.user_key("ilc", "ILC-0003"), actor="ana", reason="left", at=NOON)
    assert {person.email for person in versions.read(store, 1).people} == {"", "r1@example.org", "r2@example.org"}
    typed(store, "UPDATE document_content SET content = replace(content, 'r1@', 'x1@') WHERE version = 1")
    with pytest.raises(ChainError, match="its content"):
        versions.read(store, 1)


def test_findings_of_an_erased_roster(store: Store) -> None:
    """What is left of the findings after somebody was erased cannot be edited either."""
    finalized(store)
    draft(store, 2, files="b")
    versions.finalize(store, signed_by="Ana", at=NOON, second="Ben", reason="one left")
    erase(store, names.user_key("ilc", "ILC-0003"), actor="ana", reason="left", at=NOON)
    versions.read(store, 1)
    typed(store, "UPDATE document_version SET findings = '[{}]' WHERE number = 1")
    with pytest.raises(ChainError, match="Roster version 1 in the store is not as the audit log recorded it"):
        versions.read(store, 1)


def test_edited_calendar_is_not_signed(store: Store) -> None:
    """A calendar is checked as a roster is."""
    calendars.add_draft(store, CALENDAR, rows={"c.csv": 3}, hashes={"c.csv": "a" * 64}, findings=[], imported_by="ana", at=NOON)
    calendars.finalize(store, Signing("Ana", NOON))
    typed(store, "UPDATE document_content SET content = replace(content, 'Equity', 'Else')")
    with pytest.raises(ChainError, match=r"Calendar version 1 in the store .*\(its content\)"):
        calendars.read(store)


REKEYS = {
    "turned": "UPDATE person_rekey SET decision = 'different'",
    "other": "UPDATE person_rekey SET new = 'ILC-0008'",
    "deleted": "DELETE FROM person_rekey",
    "done": "UPDATE person_rekey SET applied_at = '2021-08-02T12:00:00.000000Z'",
}


@pytest.mark.parametrize("edit", REKEYS.values(), ids=REKEYS)
def test_edited_decision_about_ids(store: Store, edit: str) -> None:
    """That two ids are one person, or two, is as the log has it, or no roster is signed by it."""
    finalized(store)
    new = names.user_key("ilc", "ILC-0009")
    rekey_decisions.decide(store, ANA, new, decision="same", actor="ben", reason="new id", at=NOON + timedelta(hours=1))
    assert rekey.known(store).same == {"ILC-0001": "ILC-0009"}
    typed(store, edit)
    with pytest.raises(ChainError, match=r"ILC-0001 and ILC-000\d.*not as the audit log recorded it.*‹restore-store›"):
        rekey.known(store)

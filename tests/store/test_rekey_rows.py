"""Rows that speak of a person go on under the new id, with Canvas's numbers."""

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import Table, insert, select

from ilc_canvas.reconcile.change import Create
from ilc_canvas.reconcile.errors import RosterError
from ilc_canvas.reconcile.kinds import MAIN
from ilc_canvas.reconcile.state import Key, channel_key
from ilc_canvas.store.audit import chain
from ilc_canvas.store.audit.reader import events as logged
from ilc_canvas.store.db.codec import dumps, loads
from ilc_canvas.store.db.database import Store
from ilc_canvas.store.db.lease import take_lease
from ilc_canvas.store.db.scope import CanvasScope
from ilc_canvas.store.privacy import erasure
from ilc_canvas.store.rosters import rekey
from ilc_canvas.store.runs.person_history import person_history
from ilc_canvas.store.runs.tables import DECLINED, IDENTITY_DECISION, IDENTITY_QUESTION, LEDGER, PARKED_CHANGE
from tests.store.cast import BASE, NOON, ROSA, SCOPE, Clock, Desk, finalized, roster, seat
from tests.store.test_rekey import NEW, OLD, decide, renamed, sign, user

HERE, LAST_YEAR, ELSEWHERE = CanvasScope(BASE, SCOPE), CanvasScope(BASE, "ilc:2020-21"), CanvasScope("https://test.example.org", SCOPE)
SEAT = "enrollment=ilc:2021-22:cop:EQ:R1|ilc:p:{}|student"
OURS = {"fields": "{}", "how": "created", "at": NOON}
REST: dict[str, dict[str, Any]] = {
    "ledger": OURS,
    "parked_change": {"wants": "w", "verb": "create", "reason": "r", "since": NOON, "attempts": 1},
    "declined_change": {"wants": "w", "verb": "create", "why": "declined", "at": NOON},
    "identity_question": {"kind": "login", "others": "[]", "since": NOON},
    "identity_decision": {"decision": "adopt", "at": NOON, "login": "ilc:p:ILC-0001", "actor": "ana", "reason": "r"},
}


def put(store: Store, table: Table, key: str, *, canvas_scope: CanvasScope = HERE, **more: object) -> None:
    """A row of this table."""
    with store.write() as connection:
        connection.execute(insert(table).values(**canvas_scope.row(key=key, **REST[table.name], **more)))


def keys(store: Store, table: Table, canvas_scope: CanvasScope = HERE) -> dict[str, Any]:
    """Canvas's numbers by key."""
    handle = table.c.handle if "handle" in table.c else table.c.attempts
    with store.read() as connection:
        return {row[0]: row[1] for row in connection.execute(select(table.c.key, handle).where(canvas_scope.of(table)))}


def rename(store: Store, old: Key = OLD, new: Key = NEW) -> None:
    """One person gets a new id."""
    with store.write() as connection:
        rekey.rekey(connection, old, new, actor="ana", at=NOON)


@pytest.mark.parametrize("canvas_scope", [HERE, LAST_YEAR, ELSEWHERE], ids=["here", "last year", "another Canvas"])
def test_ledger_keeps_its_numbers(store: Store, canvas_scope: CanvasScope) -> None:
    """Account, enrollments and addresses have the new id, in every school year and Canvas, and the numbers that they had."""
    for number, key in enumerate((str(OLD), SEAT.format("ILC-0001"), "channel=ilc:p:ILC-0001|rosa@example.org"), start=5):
        put(store, LEDGER, key, canvas_scope=canvas_scope, handle=number)
    rename(store)
    assert keys(store, LEDGER, canvas_scope) == {str(NEW): 5, SEAT.format("ilc-0001"): 6, "channel=ilc:p:ilc-0001|rosa@example.org": 7}


OTHERS = [
    "user=ilc:p:ILC-00010",
    "user=ilc:p:XILC-0001",
    "user=ilc2:p:ILC-0001",
    "user=ilc:p:ILC_0001",
    "user=ilc:p:ILCX0001",
    "enrollment=ilc:2021-22:cop:EQ:R1|ilc:p:ILC-00010|student",
    "enrollment=ilc:p:ILC-0001:R1|ilc:p:ILC-0002|student",
    "channel=ilc:p:ILC-0002|ilc:p:ILC-0001@example.org",
    "section=ilc:2021-22:cop:EQ:ILC-0001",
]


@pytest.mark.parametrize("other", OTHERS)
def test_other_keys_are_left_alone(store: Store, other: str) -> None:
    """A key that only contains the id, or is like it, is somebody else's."""
    put(store, LEDGER, other, handle=9)
    rename(store)
    assert keys(store, LEDGER) == {other: 9}


@pytest.mark.parametrize("like", ["ILC_0001", "ILC%", "_LC-0001", "ILC.0001"])
def test_wildcards_mean_themselves(store: Store, like: str) -> None:
    """An id with characters that SQL has a use for names itself alone."""
    for person_id in ("ILC-0001", like):
        put(store, LEDGER, SEAT.format(person_id), handle=len(person_id))
    rename(store, user(like), user("X-1"))
    assert keys(store, LEDGER) == {SEAT.format("ILC-0001"): 8, SEAT.format("X-1"): len(like)}


@pytest.mark.parametrize("table", [PARKED_CHANGE, IDENTITY_QUESTION, IDENTITY_DECISION], ids=["parked", "question", "answer"])
def test_what_waits_goes_on(store: Store, table: Table) -> None:
    """Parked changes, open questions and answers are about the person under the new id; a row that was there already stays."""
    for canvas_scope, key in ((HERE, str(OLD)), (LAST_YEAR, str(OLD)), (LAST_YEAR, str(NEW))):
        put(store, table, key, canvas_scope=canvas_scope, **({"handle": len(key)} if "handle" in table.c else {}))
    before = keys(store, table, LAST_YEAR)[str(NEW)]
    rename(store)
    assert list(keys(store, table)) == [str(NEW)]
    assert keys(store, table, LAST_YEAR) == {str(NEW): before}


def test_shared_account_names_the_new_id(store: Store) -> None:
    """A question about somebody else who shares the account names the person once, by the new id."""
    others = dumps([str(OLD), str(user("ILC-00010")), str(NEW)])
    with store.write() as connection:
        connection.execute(
            insert(IDENTITY_QUESTION).values(**HERE.row(key=str(user("ILC-0002")), **{**REST["identity_question"], "others": others}))
        )
    rename(store)
    with store.read() as connection:
        assert loads(connection.execute(select(IDENTITY_QUESTION.c.others)).scalar_one()) == [str(NEW), str(user("ILC-00010"))]


def test_renaming_is_an_audit_event(store: Store) -> None:
    """The log has both keys and how many rows went on; the chain holds."""
    put(store, LEDGER, str(OLD), handle=5)
    put(store, LEDGER, SEAT.format("ILC-0001"), handle=6)
    put(store, PARKED_CHANGE, SEAT.format("ILC-0001"))
    put(store, DECLINED, SEAT.format("ILC-0001"))
    rename(store)
    (event,) = logged(store)
    assert (event.kind, event.key, event.actor, event.personal) == ("person-renamed", NEW, "ana", {})
    assert event.body == {
        "old": str(OLD),
        "new": str(NEW),
        "ledger": 2,
        "parked": 1,
        "declined": 1,
        "drift": 0,
        "questions": 0,
        "answers": 0,
    }
    assert chain.verify(store).count == 1


def test_signing_renames_what_was_made(store: Store) -> None:
    """What runs have made goes on under the new id once the roster with it is signed, in that same step."""
    finalized(store)
    with take_lease(store, "worker-1", renewal=None, now=Clock()) as lease:
        desk = Desk(store, lease, Clock())
        desk.carried(Create(ROSA), Create(seat()))
    decide(store)
    assert set(desk.journal.ledger()) == {OLD, channel_key(OLD, MAIN), seat().key}
    sign(store, renamed())
    ledger = desk.journal.ledger()
    account = {NEW: ROSA.handle, channel_key(NEW, MAIN): ROSA.handle}
    assert {key: ours.handle for key, ours in ledger.items()} == {**account, Key.parse(SEAT.format("ilc-0001")): seat().handle}
    assert {**ledger[NEW].fields, "email": ROSA.fields["email"]} == ROSA.fields


def test_two_accounts_are_never_mixed(store: Store) -> None:
    """If the new id has an account already, of an earlier year, nothing is decided or signed; the same account twice is no conflict."""
    finalized(store)
    decide(store)
    for canvas_scope, key, number in ((HERE, OLD, 5), (LAST_YEAR, NEW, 9)):
        put(store, LEDGER, str(key), canvas_scope=canvas_scope, handle=number)
    for step in (lambda: decide(store), lambda: sign(store, renamed())):
        with pytest.raises(RosterError, match=r"ilc-0001 has a Canvas account already \(number 9\).*not that of ILC-0001.*‹not-the-same"):
            step()
    put(store, LEDGER, str(OLD), canvas_scope=LAST_YEAR, handle=9)
    sign(store, renamed())
    assert (keys(store, LEDGER), keys(store, LEDGER, LAST_YEAR)) == ({str(NEW): 5}, {str(NEW): 9})


def test_history_goes_on_too(store: Store) -> None:
    """What was done under the old id is told with the new one, by the new one's keys; another person's is not."""
    finalized(store)
    with take_lease(store, "worker-1", renewal=None, now=Clock()) as lease:
        Desk(store, lease, Clock()).carried(Create(ROSA), Create(seat()), Create(seat(2)))
    decide(store)
    sign(store, renamed())
    found = person_history(store, HERE, NEW)
    assert [str(deed.key) for deed in found.deeds] == [str(NEW), SEAT.format("ilc-0001")]
    assert set(map(str, found.ours)) == {str(NEW), str(channel_key(NEW, MAIN)), SEAT.format("ilc-0001")}


def test_erasing_reaches_former_ids(store: Store) -> None:
    """A person is not erased while a roster has either id, and is then erased under both, with two reasons about nobody else."""
    finalized(store, 30)
    with take_lease(store, "worker-1", renewal=None, now=Clock()) as lease:
        Desk(store, lease, Clock()).carried(Create(ROSA))
    decide(store)
    sign(store, renamed("ilc-0001", 30))
    with pytest.raises(RosterError, match="still names ilc-0001"):
        erasure.erase(store, OLD, actor="ben", reason="asked for it", at=NOON)
    sign(store, replace(roster(30), people=roster(30).people[1:]))
    assert erasure.erase(store, NEW, actor="ben", reason="asked for it", at=NOON) == 3
    assert logged(store)[-1].body["keys"] == [str(OLD), str(NEW)]
    assert "rosa@example.org" not in str([event.personal for event in logged(store)])
    assert chain.verify(store).count == len(logged(store))

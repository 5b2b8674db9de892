"""The audit log: appended, never changed, and found out where somebody did."""

import hashlib
import json

import pytest
from sqlalchemy import Connection, select, text

from ilc_canvas.reconcile.change import Create, Update
from ilc_canvas.reconcile.errors import ChainError, RosterError, StoreError
from ilc_canvas.reconcile.state import Record
from ilc_canvas.store.audit import chain, reader
from ilc_canvas.store.audit.tables import AUDIT_PERSONAL, EVENT
from ilc_canvas.store.db.database import Store
from ilc_canvas.store.documents.tables import VERSION
from ilc_canvas.store.privacy import erasure
from ilc_canvas.store.rosters import versions
from ilc_canvas.store.runs import details
from tests.store.cast import NOON, ROSA, Desk, finalized, seat

MARIA = Record(ROSA.key, {**ROSA.fields, "name": "María", "email": "maria@example.org"}, handle=ROSA.handle)


@pytest.fixture
def filled(desk: Desk) -> Desk:
    """A run that made a person and a seat."""
    desk.carried(Create(ROSA), Create(seat()))
    return desk


def disarmed(store: Store, *statements: str) -> None:
    """Somebody with the rights to drop the triggers."""
    drop = ["DROP TRIGGER audit_event_no_update", "DROP TRIGGER audit_event_no_delete"]
    if not store.sqlite:
        drop = ["ALTER TABLE audit_event DISABLE TRIGGER USER"]
    with store.write() as connection:
        for statement in (*drop, *statements):
            connection.execute(text(statement))


@pytest.mark.parametrize("statement", ["UPDATE audit_event SET actor = 'eve' WHERE seq = 2", "DELETE FROM audit_event WHERE seq = 2"])
def test_change_is_refused(filled: Desk, statement: str) -> None:
    """Neither UPDATE nor DELETE gets at an event."""
    with pytest.raises(StoreError, match="append-only"), filled.store.write() as connection:
        connection.execute(text(statement))


def test_replacing_is_refused(file_store: Store) -> None:
    """INSERT OR REPLACE does not slip past the triggers."""
    finalized(file_store)
    statement = "INSERT OR REPLACE INTO audit_event SELECT seq, prev_hash, hash, at, kind, 'eve', run, key, intent, body FROM audit_event"
    with pytest.raises(StoreError, match="append-only"), file_store.write() as connection:
        connection.execute(text(statement))


def test_truncating_is_refused(filled: Desk) -> None:
    """PostgreSQL's TRUNCATE is refused as well."""
    if filled.store.sqlite:
        return
    with pytest.raises(StoreError, match="append-only"), filled.store.write() as connection:
        connection.execute(text("TRUNCATE audit_event CASCADE"))


def test_untouched_chain_verifies(filled: Desk) -> None:
    """An untouched chain verifies, its head is the last event, and every head that was kept is in it."""
    verified = chain.verify(filled.store)
    assert (verified.count, verified.head) == (verified.head.seq, chain.head(filled.store))
    (kept,) = chain.heads(filled.store)
    filled.carried(Create(seat(2)))
    assert chain.verify(filled.store, kept).count > verified.count


def test_hash_as_documented(filled: Desk) -> None:
    """The hash can be recomputed with nothing but SHA-256 and the row."""
    with filled.store.read() as connection:
        row = connection.execute(select(EVENT).where(EVENT.c.seq == 3)).one()
    plain = {"at": "2021-08-02T12:00:00.000000Z", "kind": row.kind, "actor": row.actor, "run": row.run, "key": row.key}
    canonical = json.dumps({**plain, "intent": row.intent, "body": row.body}, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    assert row.hash == hashlib.sha256(f"roster-audit/1\n3\n{row.prev_hash}\n{canonical}".encode()).hexdigest()


_COLUMNS = "prev_hash, hash, at, kind, actor, run, key, intent, body"
_INSERT = (
    f"INSERT INTO audit_event (seq, {_COLUMNS}) SELECT 7, hash, 'x', at, kind, actor, run, key, NULL, body FROM audit_event WHERE seq = "  # noqa: S608
)


@pytest.mark.parametrize(
    ("statements", "bad"),
    [
        (["UPDATE audit_event SET actor = 'eve' WHERE seq = 3"], 3),
        (["UPDATE audit_event SET body = '{}' WHERE seq = 1"], 1),
        (["UPDATE audit_event SET run = NULL WHERE seq = 5"], 5),
        (["DELETE FROM audit_event WHERE seq = 1"], 1),
        (["DELETE FROM audit_event WHERE seq = 4"], 4),
        ([_INSERT + "6", "UPDATE audit_event SET hash = 'y' WHERE seq = 7"], 7),
        (["UPDATE audit_event SET seq = 99 WHERE seq = 5", "UPDATE audit_event SET seq = 5 WHERE seq = 6"], 5),
    ],
    ids=["actor", "body", "run", "first-deleted", "deleted", "inserted", "moved"],
)
def test_edits_are_found(desk: Desk, statements: list[str], bad: int) -> None:
    """With the triggers dropped, an edit, a deletion, an insertion and a move are found, and the first bad event is named."""
    number = desk.run(Create(seat()), Create(seat(2)))
    for change in (Create(seat()), Create(seat(2))):
        desk.do(number, change)
    disarmed(desk.store, *statements)
    with pytest.raises(ChainError, match=f"event {bad} "):
        chain.verify(desk.store)


def test_cut_tail_is_found(filled: Desk) -> None:
    """A cut tail shows against a head that was kept elsewhere, and only there."""
    kept = chain.head(filled.store)
    disarmed(filled.store, f"DELETE FROM audit_event WHERE seq = {kept.seq}")  # noqa: S608
    assert chain.verify(filled.store).count == kept.seq - 1
    with pytest.raises(ChainError, match="its end was cut"):
        chain.verify(filled.store, kept)


def test_chain_has_no_forks(filled: Desk) -> None:
    """Two events cannot follow the same one."""
    last = chain.head(filled.store)
    with pytest.raises(StoreError), filled.store.write() as connection:
        connection.execute(
            EVENT.insert().values(seq=99, prev_hash=chain.NOTHING, hash=last.hash + "x", at=NOON, kind="x", actor="x", body="{}")
        )


def _text_of_chain(connection: Connection) -> str:
    return "\n".join(str(row) for row in connection.execute(select(EVENT)))


def test_chain_holds_no_personal_values(filled: Desk) -> None:
    """Names and addresses of before and after lie beside the chain, which holds their commitment alone."""
    number = filled.carried(Update(ROSA, MARIA))
    with filled.store.read() as connection:
        chain = _text_of_chain(connection)
        beside = [
            json.loads(content) for content in connection.execute(select(AUDIT_PERSONAL.c.content).order_by(AUDIT_PERSONAL.c.seq)).scalars()
        ]
    assert not [word for word in ("Rosa", "María", "example.org/", "maria@", "rosa@") if word in chain]
    assert beside[-1] == {"before": dict(ROSA.fields), "after": dict(MARIA.fields)}
    assert details.run(filled.store, number).steps[0].change == Update(ROSA, MARIA)


def test_other_person_is_found(filled: Desk) -> None:
    """Personal values that were changed beside the chain do not fit their commitment."""
    with filled.store.write() as connection:
        seq: int = connection.execute(select(AUDIT_PERSONAL.c.seq)).scalar_one()
        connection.execute(AUDIT_PERSONAL.update().values(content='{"after":{"name":"Eve"}}'))
    with pytest.raises(ChainError, match=f"personal values of event {seq}"):
        chain.verify(filled.store)


def test_erasing_keeps_the_chain(filled: Desk) -> None:
    """A person who is erased is in no table any more, and the chain verifies."""
    filled.carried(Update(ROSA, MARIA))
    finalized(filled.store, 1)
    with pytest.raises(RosterError, match="still names ILC-0001"):
        _erase(filled)
    _forget(filled.store)
    assert _erase(filled) == 2
    assert chain.verify(filled.store).count == chain.head(filled.store).seq
    assert [word for word in ("Rosa", "María", "Núñez 1", "rosa@", "maria@", "r1@") if word in _everything(filled.store)] == []


def test_erasing_reaches_findings(file_store: Store) -> None:
    """What the check of an old roster said about a person is blank where it repeats a name or the address; all else stays."""
    told = [
        {"level": "warning", "column": "email", "value": "R1@example.org", "text": "is odd", "line": 2},
        {"level": "warning", "column": "email", "value": "r2@example.org", "text": "is near that of Núñez 1", "line": 3},
        {"level": "warning", "column": "county", "value": "Alameda", "text": "is odd", "line": 4},
    ]
    finalized(file_store, 2)
    with file_store.write() as connection:
        connection.execute(VERSION.update().values(state="superseded", findings=json.dumps(told)))
    erasure.erase(file_store, ROSA.key, actor="ben", reason="asked for it", at=NOON)
    (info,) = versions.listing(file_store)
    assert [(each["value"], each["text"]) for each in info.findings] == [("", "is odd"), ("r2@example.org", ""), ("Alameda", "is odd")]


def _erase(desk: Desk) -> int:
    return erasure.erase(desk.store, ROSA.key, actor="ben", reason="asked for it", at=NOON)


def _forget(store: Store) -> None:
    """The roster goes on without the first person."""
    with store.write() as connection:
        connection.execute(text("UPDATE document_version SET state = 'superseded'"))


def _everything(store: Store) -> str:
    names = ("document_content", "planned_change", "audit_event", "audit_personal", "ledger")
    with store.read() as connection:
        return "\n".join(str(row) for name in names for row in connection.execute(text(f"SELECT * FROM {name}")))  # noqa: S608


def test_events_by_run_and_key(filled: Desk) -> None:
    """The log can be read by run, by key, and from a number on."""
    filled.carried(Create(seat(2)))
    assert [event.kind for event in reader.events(filled.store, run=2)] == ["began", "planned", "intended", "happened", "closed"]
    assert [event.kind for event in reader.events(filled.store, key=ROSA.key)] == ["intended", "happened"]
    assert [event.seq for event in reader.events(filled.store, after=3, limit=2)] == [4, 5]


@pytest.mark.parametrize("text_", ["=1+1", "+1", "-1", "@x", "\tx", "\rx"])
def test_cells_are_no_formulas(text_: str) -> None:
    """A cell that a spreadsheet would calculate gets an apostrophe; all others stay as they are."""
    assert reader.safe_cell(text_) == f"'{text_}"
    assert reader.safe_cell(f"x{text_}") == f"x{text_}"


def test_export_has_all_columns(filled: Desk) -> None:
    """An export has one row an event, all columns as text, before and after with what is still known."""
    filled.do(filled.run(), Update(ROSA, MARIA), after=MARIA.fields, attempts=2, status=200)
    rows = list(reader.export_rows(filled.store))
    assert [int(row["seq"]) for row in rows] == list(range(1, chain.head(filled.store).seq + 1))
    assert all(tuple(row) == reader.COLUMNS for row in rows)
    intent, outcome = rows[-2:]
    assert (json.loads(intent["before"]), json.loads(intent["after"])) == (ROSA.fields, MARIA.fields)
    assert (outcome["result"], outcome["attempts"], outcome["status"], json.loads(outcome["after"])) == (
        "applied",
        "2",
        "200",
        MARIA.fields,
    )
    assert {row["run"] for row in reader.export_rows(filled.store, run=1)} == {"1"}


def test_reading_pages_of_events(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    """A log longer than a page is read whole."""
    monkeypatch.setattr(chain, "_PAGE", 3)
    desk.carried(*[Create(seat(n)) for n in range(1, 6)])
    assert len(reader.events(desk.store)) == chain.verify(desk.store).count == 13

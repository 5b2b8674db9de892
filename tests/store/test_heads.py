"""Heads of the log that are kept elsewhere: signed, looked up, and found out where they are forged."""

import base64
import json
import shutil
import stat
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import text

from ilc_canvas.reconcile.change import Create
from ilc_canvas.reconcile.errors import ChainError, SettingsError, StoreError
from ilc_canvas.store.audit import chain, heads, signing
from ilc_canvas.store.audit.heads import HeadLine, SignedHead
from ilc_canvas.store.audit.signing import Signer, signer_beside, signer_from
from ilc_canvas.store.db.database import Store
from ilc_canvas.store.db.lease import take_lease
from ilc_canvas.store.opening import open_store
from tests.store.cast import NOON, Clock, Desk, finalized, seat
from tests.store.test_audit import disarmed


@pytest.fixture
def key(tmp_path: Path) -> Signer:
    """A key that was made beside a store."""
    return signer_beside(tmp_path / "mine.db")


@pytest.fixture
def file_desk(file_store: Store) -> Iterator[Desk]:
    """A worker whose store is a SQLite file, after one run whose head was kept."""
    clock = Clock()
    with take_lease(file_store, "worker-1", renewal=None, now=clock) as lease:
        desk = Desk(file_store, lease, clock)
        desk.carried(Create(seat()))
        heads.publish(file_store, _key(file_store))
        yield desk


def _key(store: Store) -> Signer:
    assert store.path
    return signer_beside(store.path)


def _file(store: Store) -> Path:
    path = heads.heads_file(store)
    assert path
    return path


def _checked(store: Store, head: SignedHead, key: Signer | None) -> int:
    return heads.check(store, [HeadLine("head.txt, line 1", head)], key.public_keys if key else {})


def test_key_is_made_once(tmp_path: Path) -> None:
    """A key is made beside the store for its owner alone, and stays the same."""
    first, again = signer_beside(tmp_path / "store.db"), signer_beside(tmp_path / "store.db")
    assert first.name == again.name != signer_beside(tmp_path / "other.db").name
    assert stat.S_IMODE((tmp_path / "store.db.key").stat().st_mode) == 0o600
    assert sorted(path.name for path in tmp_path.iterdir()) == ["other.db.key", "store.db.key"]


@pytest.mark.parametrize("content", ["", "-----BEGIN PRIVATE KEY-----\nQUJD\n-----END PRIVATE KEY-----\n", "hush-hush"])
def test_broken_key_is_refused(tmp_path: Path, content: str) -> None:
    """What is no key is refused, in the setting and beside the store, and never repeated."""
    (tmp_path / "store.db.key").write_text(content)
    with pytest.raises(StoreError, match="holds no key"):
        signer_beside(tmp_path / "store.db")
    with pytest.raises(SettingsError, match="no Ed25519 private key") as refused:
        signer_from(content)
    assert "hush-hush" not in f"{refused.value!r} {refused.value.__cause__!r}"


def test_head_line_as_documented(desk: Desk, key: Signer, tmp_path: Path) -> None:
    """The line names number, hash, time and key of the last event; whoever has the public key can check it without us."""
    desk.carried(Create(seat()))
    head, end = heads.signed(desk.store, key), chain.head(desk.store)
    claim, _, signature = head.line.rpartition(" signature=")
    assert claim == f"ilc-canvas head seq={end.seq} hash={end.hash} at=2021-08-02T12:00:00.000000Z key={key.name}"
    (tmp_path / "key.pem").write_text(key.public_pem)
    signing.public_keys(tmp_path / "key.pem")[key.name].verify(base64.b64decode(signature), claim.encode())


def test_unsigned_head_without_a_key(desk: Desk, key: Signer) -> None:
    """Without a key the line has no signature, and is good only where there is no key to ask for one."""
    desk.carried(Create(seat()))
    head = heads.signed(desk.store, None)
    assert " key=" not in head.line
    assert " signature=" not in head.line
    assert _checked(desk.store, head, None) == 1
    with pytest.raises(ChainError, match="line 1: the head of event 5 is not signed"):
        _checked(desk.store, head, key)


def test_every_run_end_is_in_the_chain(desk: Desk, key: Signer) -> None:
    """All heads that were ever signed stay in the chain, however it grows."""
    kept = []
    for number in (1, 2, 3):
        desk.carried(Create(seat(number)))
        kept.append(heads.signed(desk.store, key))
    assert [_checked(desk.store, head, key) for head in kept] == [1, 1, 1]


Forge = Callable[[SignedHead, Signer], SignedHead]
_FORGERIES: dict[str, tuple[Forge, str]] = {
    "seq": (lambda head, _: replace(head, seq=head.seq - 1), "signature of the head of event 4 is wrong"),
    "hash": (lambda head, _: replace(head, hash="0" * 64), "signature .* is wrong"),
    "time": (lambda head, _: replace(head, at="2020-01-01T00:00:00.000000Z"), "signature .* is wrong"),
    "signature": (lambda head, _: replace(head, signature="A" * 86 + "=="), "signature .* is wrong"),
    "no signature": (lambda head, _: replace(head, key="", signature=""), "is not signed"),
    "name of another key": (lambda head, other: replace(head, key=other.name), "signed with key"),
    "key of another": (lambda head, other: _signed_by(other, head), "signed with key"),
    "key of another under our name": (lambda head, other: replace(_signed_by(other, head), key=head.key), "signature .* is wrong"),
    "signed hash of no event": (lambda head, _: head, "does not hold the head of event 5"),
}


def _signed_by(key: Signer, head: SignedHead) -> SignedHead:
    bare = replace(head, key=key.name, signature="")
    return replace(bare, signature=key.sign(bare.claim))


@pytest.mark.parametrize("what", _FORGERIES)
def test_forged_head_is_refused(desk: Desk, key: Signer, tmp_path: Path, what: str) -> None:
    """A head in which anything was changed, or that another has signed, or whose event is another's, does not verify."""
    desk.carried(Create(seat()))
    head, (forge, said) = heads.signed(desk.store, key), _FORGERIES[what]
    assert _checked(desk.store, head, key) == 1
    forged = forge(head, signer_beside(tmp_path / "other.db"))
    if forged == head:
        forged = _signed_by(key, replace(head, hash="f" * 64))
    with pytest.raises(ChainError, match=said):
        _checked(desk.store, forged, key)


def test_signature_has_one_form(key: Signer) -> None:
    """A signature in other letters for the same bytes is not that signature."""
    public, good = key.public_keys[key.name], key.sign("x")
    twin = good[:85] + {"A": "B", "Q": "R", "g": "h", "w": "x"}[good[85]] + "=="
    assert base64.b64decode(twin) == base64.b64decode(good)
    assert (signing.signed_by(public, "x", good), signing.signed_by(public, "x", twin)) == (True, False)


def test_rebuilt_chain_is_found(desk: Desk, key: Signer) -> None:
    """Who can drop the triggers can write a whole new chain that verifies by itself, but not one that holds the head that was kept."""
    desk.carried(Create(seat()))
    kept = heads.signed(desk.store, key)
    rows = list(chain.pages(desk.store))
    disarmed(desk.store, "DELETE FROM audit_personal", "DELETE FROM audit_event")
    with desk.store.write() as connection:
        for row in rows:
            chain.append(connection, chain.Entry(row.kind, row.at, "eve", json.loads(row.body), row.run))
    assert chain.verify(desk.store).count == kept.seq
    with pytest.raises(ChainError, match=f"does not hold the head of event {kept.seq}"):
        _checked(desk.store, kept, key)


def test_heads_are_read_from_any_log(desk: Desk, key: Signer, tmp_path: Path) -> None:
    """A line is found bare, within other text, and as JSON of our own log; all else is passed over."""
    desk.carried(Create(seat()))
    head, path = heads.signed(desk.store, key), tmp_path / "log"
    as_json = json.dumps({"level": "info", "event": "audit.head", **head.as_json()})
    lines = [head.line, '{"event": "run.closed"}', f"Nov 25 09:14:02 host worker: {head.line}", as_json, ""]
    path.write_text("\n".join(lines))
    assert [line.where.rpartition(" ")[2] for line in heads.read_lines(path)] == ["1", "3", "4"]
    assert {line.head for line in heads.read_lines(path)} == {head}


@pytest.mark.parametrize(
    ("old", "new"),
    [(" signature=", " signatur="), ("hash=", "hash=x"), ("==", "="), (" at=", " at=x"), ("seq=5", "seq=five"), (" key=", " key=z")],
)
def test_half_a_head_is_refused(desk: Desk, key: Signer, tmp_path: Path, old: str, new: str) -> None:
    """A line that begins like a head and is none is said with its number, not passed over."""
    desk.carried(Create(seat()))
    path = tmp_path / "heads"
    path.write_text(f"\n{heads.signed(desk.store, key).line.replace(old, new)}\n")
    with pytest.raises(ChainError, match=r"heads, line 2: this is not a complete head"):
        heads.read_lines(path)


def test_file_without_heads_proves_nothing(tmp_path: Path) -> None:
    """Where nothing was compared, nothing verifies."""
    (tmp_path / "empty").write_text("all is well\n")
    with pytest.raises(ChainError, match="holds no head"):
        heads.read_lines(tmp_path / "empty")


def test_heads_lie_beside_the_store(file_desk: Desk) -> None:
    """Each run's head is one line more, for the owner alone; half a line that a dead machine left gives way."""
    store, path = file_desk.store, _file(file_desk.store)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with path.open("a") as file:
        file.write("ilc-canvas head seq=9 ha")
    assert heads.last_kept(store) == heads.signed(store, _key(store))
    file_desk.carried(Create(seat(2)))
    heads.publish(store, _key(store))
    assert [line.head.seq for line in heads.read_lines(path)] == [5, 10]
    assert heads.require_kept(store) == heads.signed(store, _key(store))


def _restored(desk: Desk) -> None:
    """A backup of now, two runs more, and the backup put back, as a person would do it."""
    path = desk.store.path
    assert path
    desk.store.close()
    shutil.copy(path, f"{path}.backup")
    desk.carried(Create(seat(2)))
    desk.carried(Create(seat(3)))
    heads.publish(desk.store, _key(desk.store))
    desk.store.close()
    shutil.copy(f"{path}.backup", path)


def test_restored_backup_is_refused(file_desk: Desk) -> None:
    """A store that is older than its last head is not used; the sentence says what happened, what was not changed, and what to do."""
    _restored(file_desk)
    with pytest.raises(ChainError, match=r"older than, or another than.*Nothing was changed.*‹verify-log›.*‹accept-store›"):
        heads.require_kept(file_desk.store)


def test_other_store_is_refused(file_desk: Desk, tmp_path: Path) -> None:
    """A store that is longer, but another, is not used either."""
    other = open_store(f"sqlite:///{tmp_path}/other.db", create=True)
    for number in range(8):
        finalized(other, files="abcdefgh"[number])
    other.close()
    file_desk.store.close()
    shutil.copy(tmp_path / "other.db", str(file_desk.store.path))
    with pytest.raises(ChainError, match="another than"):
        heads.require_kept(file_desk.store)


def test_cut_tail_stops_the_next_run(file_desk: Desk) -> None:
    """Where the last event is gone, the head that was kept is missed without reading the whole chain."""
    disarmed(file_desk.store, "DELETE FROM audit_event WHERE seq = 5")
    with pytest.raises(ChainError, match="does not hold event 5"):
        heads.require_kept(file_desk.store)


def test_accepted_restore_begins_anew(file_desk: Desk) -> None:
    """Accepting is an event with reason and both heads; the old heads are set aside, and the next run is a first one until it ends well."""
    store = file_desk.store
    _restored(file_desk)
    lost = heads.last_kept(store)
    head = heads.accept(store, _key(store), actor="ben", reason="disk died", at=NOON)
    (event,) = [row for row in chain.pages(store) if row.kind == "accepted"]
    assert lost
    said = json.loads(event.body)
    assert (said["expected"], said["found"]) == ({"seq": lost.seq, "hash": lost.hash}, {"seq": 5, "hash": event.prev_hash})
    assert json.loads(event.content) == {"reason": "disk died"}
    assert [line.head for line in heads.read_lines(_file(store))] == [head] == [heads.require_kept(store)]
    assert heads.read_lines(Path(f"{_file(store)}.before-6"))[-1].head == lost
    assert file_desk.journal.history(NOON).restored
    file_desk.run(Create(seat(2)), status="held")
    assert file_desk.journal.history(NOON).restored
    file_desk.carried(Create(seat(2)))
    assert not file_desk.journal.history(NOON).restored


def test_nothing_to_accept_is_said(file_desk: Desk) -> None:
    """Where the head that was kept is in the log, there is nothing to accept, and nothing changes."""
    before = chain.head(file_desk.store)
    with pytest.raises(ChainError, match="nothing to accept"):
        heads.accept(file_desk.store, _key(file_desk.store), actor="ben", reason="so", at=NOON)
    assert chain.head(file_desk.store) == before


def test_accepting_on_a_server(desk: Desk) -> None:
    """Where no head is kept beside the store, a restore that a person knows of can be said all the same."""
    desk.carried(Create(seat()))
    heads.accept(desk.store, None, actor="ben", reason="disk died", at=NOON)
    assert desk.journal.history(NOON).restored


def test_deleted_heads_begin_anew(file_desk: Desk) -> None:
    """Without a file of heads there is nothing to compare; that there were runs is noticed."""
    assert not heads.runs_without_heads(file_desk.store)
    _file(file_desk.store).unlink()
    assert heads.require_kept(file_desk.store) is None
    assert heads.runs_without_heads(file_desk.store)
    heads.publish(file_desk.store, _key(file_desk.store))
    assert not heads.runs_without_heads(file_desk.store)


def test_flipped_bytes_are_found(file_desk: Desk) -> None:
    """A damaged page of the file stops a run before it begins."""
    store = file_desk.store
    heads.require_sound(store)
    with store.read() as connection:
        page: int = connection.exec_driver_sql("SELECT rootpage FROM sqlite_master WHERE name = 'audit_event'").scalar_one()
        size: int = connection.exec_driver_sql("PRAGMA page_size").scalar_one()
    store.close()
    with open(str(store.path), "r+b") as file:
        file.seek((page - 1) * size)
        file.write(b"\x2a" * 12)
    with pytest.raises(StoreError, match="is damaged"):
        heads.require_sound(store)


def test_flipped_letter_is_left_to_verify(file_desk: Desk) -> None:
    """One letter of an old event leaves the file sound and the head in place: the chain shows it, when it is recomputed."""
    disarmed(file_desk.store, "UPDATE audit_event SET actor = 'eve' WHERE seq = 2")
    heads.require_sound(file_desk.store)
    heads.require_kept(file_desk.store)
    with pytest.raises(ChainError, match="event 2"):
        chain.verify(file_desk.store)


def test_public_keys_may_be_several(tmp_path: Path) -> None:
    """A file may hold older keys beside the present one; a private key or another kind is refused."""
    keys = [signer_beside(tmp_path / name) for name in ("a", "b")]
    (tmp_path / "keys").write_text("".join(key.public_pem for key in keys))
    assert list(signing.public_keys(tmp_path / "keys")) == [key.name for key in keys]
    with pytest.raises(SettingsError, match="no Ed25519 public key"):
        signing.public_keys(tmp_path / "a.key")


def test_no_statement_touches_a_sound_store(file_desk: Desk) -> None:
    """Looking at a store before a run changes nothing in it."""
    path = Path(str(file_desk.store.path))
    file_desk.store.close()
    before = path.read_bytes()
    heads.require_sound(file_desk.store)
    heads.require_kept(file_desk.store)
    heads.runs_without_heads(file_desk.store)
    assert path.read_bytes() == before


def test_text_of_the_store_is_no_key(file_desk: Desk) -> None:
    """The private key is in no table."""
    pem = Path(f"{file_desk.store.path}.key").read_text().splitlines()[1]
    with file_desk.store.read() as connection:
        names = connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'table'")).scalars().all()
        rows = [str(row) for name in names for row in connection.execute(text(f"SELECT * FROM {name}"))]  # noqa: S608
    assert len(rows) > 5
    assert not [row for row in rows if pem in row]

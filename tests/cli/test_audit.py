"""The audit log's heads: what a run leaves, what the commands check, and how a restored store is refused."""

import json
import shutil
import sqlite3
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Cli, Said
from tests.cli.test_runs import NB, sign
from tests.e2e.office import importing, read_rows, write_rows
from tests.store.postgres import NoPostgresError, new_database, start_postgres

HELD = ("plan", *NB, "--json")


@pytest.fixture(autouse=True)
def _log_is_asked_for(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:  # noqa: ARG001 - it takes all settings away
    """What goes to the log is looked at: it must be asked for."""
    monkeypatch.setenv("ILC_CANVAS_LOG_LEVEL", "info")


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """Where the commands' store lies."""
    return tmp_path / "store" / "store.db"


def _told(err: str, event: str) -> list[Mapping[str, Any]]:
    lines = [json.loads(line) for line in err.splitlines()]
    return [line for line in lines if line["event"] == event]


def test_run_leaves_its_head(connected: Cli, store: Path) -> None:
    """The same signed head is in the log, in the file beside the store and in the summary, and it verifies from each."""
    sign(connected)
    held = connected(*HELD)
    head = held.json["head"]
    (logged,) = _told(held.err, "audit.head")
    assert {name: logged[name] for name in head} == head
    assert connected("audit", "head", "--json").json == head
    (store.parent / "log").write_text(held.err)
    assert (store.parent / "store.db.heads").read_text() == connected("audit", "head").out
    for words in ((), ("--head", str(store) + ".heads"), ("--head", str(store.parent / "log"))):
        assert connected("audit", "verify", "--json", *words).json["heads"] == 1


def test_head_is_not_on_the_screen(connected: Cli, store: Path) -> None:
    """A person sees how a run has ended, and no signed head: it is in the file, in the log and in the JSON."""
    sign(connected)
    said = connected(*HELD[:-1])
    assert "ilc-canvas head" not in said.out
    assert "ilc-canvas head" in Path(f"{store}.heads").read_text()


def test_failed_run_leaves_its_head(connected: Cli, monkeypatch: pytest.MonkeyPatch, store: Path) -> None:
    """A run that Canvas refuses is recorded, and its head is kept like any other."""
    sign(connected)
    monkeypatch.setenv("ILC_CANVAS_TOKEN", "7~canarycanarycanarycanary")
    failed = connected("sync", "--json", *NB)
    assert (failed.code, failed.json["error"]["code"]) == (1, "token")
    assert f"seq={failed.json['head']['seq']} " in (store.parent / "store.db.heads").read_text()


def test_public_key_checks_elsewhere(connected: Cli, store: Path) -> None:
    """With the public key alone, a head that was kept is checked against the log; with another's it is refused."""
    sign(connected)
    connected(*HELD)
    pem, kept = store.parent / "key.pem", store.parent / "kept"
    pem.write_text(connected("audit", "key").out)
    shutil.copy(f"{store}.heads", kept)
    assert connected("audit", "verify", "--head", str(kept), "--key", str(pem)).code == 0
    for name in ("hash", "seq"):
        kept.write_text(_changed(Path(f"{store}.heads").read_text(), name))
        refused = connected("audit", "verify", "--head", str(kept), "--key", str(pem))
        assert (refused.code, refused.out, len(refused.err.splitlines())) == (1, "", 1)
        assert "line 1" in refused.err


def _changed(line: str, name: str) -> str:
    """The line with the first character of one value changed."""
    at = line.index(f"{name}=") + len(name) + 1
    return f"{line[:at]}{'2' if line[at] == '1' else '1'}{line[at + 1 :]}"


def test_key_of_the_setting_signs(connected: Cli, monkeypatch: pytest.MonkeyPatch, store: Path) -> None:
    """A key in a secret file is used in place of the one beside the store, which is not made."""
    sign(connected)
    other = store.parent.parent / "head.key"
    connected("audit", "key")
    shutil.move(f"{store}.key", other)
    monkeypatch.setenv("ILC_CANVAS_HEAD_KEY_FILE", str(other))
    name = connected("audit", "key", "--json").json["key"]
    assert connected(*HELD).json["head"]["key"] == name
    assert not Path(f"{store}.key").exists()
    monkeypatch.setenv("ILC_CANVAS_HEAD_KEY_FILE", str(store))
    monkeypatch.setenv("ILC_CANVAS_HEAD_KEY", "no-key-at-all")
    monkeypatch.delenv("ILC_CANVAS_HEAD_KEY_FILE")
    refused = connected(*HELD)
    assert (refused.code, "no-key-at-all" in refused.out + refused.err) == (1, False)


def test_restored_store_needs_a_word(connected: Cli, store: Path) -> None:
    """A backup that was put back stops plan, sync, approval and doctor, until it is accepted; then the run is a first one."""
    sign(connected)
    digest = connected(*HELD).json["digest"]
    shutil.copy(store, f"{store}.backup")
    assert connected("sync", "--approve", digest, *NB).code == 0
    shutil.copy(f"{store}.backup", store)
    before = store.read_bytes()
    for words in (HELD, ("sync", "--json"), ("sync", "--approve", digest, "--json", *NB)):
        refused = connected(*words)
        assert (refused.code, refused.json["error"]["code"]) == (1, "chain")
    assert "Store     FAILS   The store" in connected("doctor").out
    assert store.read_bytes() == before
    assert connected("audit", "accept", "--reason", " ").code == 64
    accepted = connected("audit", "accept", "--reason", "the disk died")
    assert (accepted.code, connected("audit", "verify").code) == (0, 0)
    assert connected("audit", "accept", "--reason", "again").code == 1
    assert "restored" in {reason["code"] for reason in connected(*HELD).json["reasons"]}


def test_missing_heads_are_warned_of(connected: Cli, store: Path) -> None:
    """If the file of heads is gone, the log says that it starts over; a new store causes no warning."""
    sign(connected)
    first = connected(*HELD)
    Path(f"{store}.heads").unlink()
    second, third = connected(*HELD), connected(*HELD)
    assert [len(_told(said.err, "audit.heads_begun_anew")) for said in (first, second, third)] == [0, 1, 0]


def test_damaged_store_is_said(connected: Cli, store: Path) -> None:
    """Flipped bytes in the file stop the run before anything is written."""
    sign(connected)
    connected(*HELD)
    with sqlite3.connect(store) as opened:
        (page,) = opened.execute("SELECT rootpage FROM sqlite_master WHERE name = 'ix_audit_event_run'").fetchone()
    opened.close()
    with store.open("r+b") as file:
        file.seek((page - 1) * 4096)
        file.write(b"\x2a" * 8)
    refused = connected(*HELD)
    assert (refused.code, refused.json["error"]["code"]) == (1, "store")
    assert "damaged" in refused.json["error"]["text"]


def test_head_that_cannot_be_kept(connected: Cli, store: Path) -> None:
    """Where the file of heads cannot be written, the run has ended all the same; the log says so, and the summary shows the head."""
    sign(connected)
    Path(f"{store}.heads").symlink_to("/nonexistent/heads")
    said = connected(*HELD)
    (warning,) = _told(said.err, "audit.head_not_kept")
    assert (said.code, said.json["head"]["key"] is None, warning["level"]) == (3, False, "warning")


def test_server_needs_a_key_of_ours(connected: Cli, monkeypatch: pytest.MonkeyPatch, store: Path) -> None:
    """On PostgreSQL heads are unsigned until a key is set: doctor says so, and no key is shown; with the key they are signed."""
    connected("audit", "key")
    with _server() as url:
        monkeypatch.setenv("ILC_CANVAS_STORE", url)
        sign(connected)
        assert "heads are unsigned: set ILC_CANVAS_HEAD_KEY_FILE" in connected("doctor").out
        assert connected("audit", "key").code == 1
        assert connected(*HELD).json["head"]["signature"] is None
        monkeypatch.setenv("ILC_CANVAS_HEAD_KEY_FILE", f"{store}.key")
        assert connected(*HELD).json["head"]["signature"]


@contextmanager
def _server() -> Iterator[str]:
    with ExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="ilc-postgres-", ignore_cleanup_errors=True))
        try:
            server = stack.enter_context(start_postgres(Path(folder)))
        except NoPostgresError as error:
            pytest.skip(str(error))
        yield new_database(server, "heads")


def _kinds(cli: Cli) -> list[str]:
    return [event["kind"] for event in cli("audit", "list", "--limit", "500", "--json").json]


def test_first_run_notes_the_settings(connected: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    """The settings of a run, including the guard's, are logged, again only if they change, and never a secret."""
    sign(connected)
    connected(*HELD)
    connected(*HELD)
    monkeypatch.setenv("ILC_CANVAS_GUARD", '{"new_courses": 50}')
    connected(*HELD)
    second, first = (event["body"]["changed"] for event in connected("audit", "list", "--json").json if event["kind"] == "settings")
    assert {"url", "ending", "guard.removals_per_run", "roles.lead.label"} <= {*first}
    assert not {"token", "head_key", "store"} & {*first}
    assert second == {"guard.new_courses": {"old": 5, "new": 50}}


def test_export_is_in_the_log(cli: Cli, tmp_path: Path) -> None:
    """Who took the log away is in the log; the export has as many rows as were noted."""
    sign(cli)
    assert cli("audit", "export", "--csv", str(tmp_path / "audit.csv")).code == 0
    last = cli("audit", "list", "--json").json[0]
    assert (last["kind"], last["body"]) == ("exported", {"of": "all", "events": 2})
    assert len((tmp_path / "audit.csv").read_text().splitlines()) == 3


def test_erasing_a_current_person_is_refused(cli: Cli) -> None:
    """Who is in the present roster stays known; wrong words erase nobody."""
    sign(cli)
    refused = cli("audit", "erase", "ILC-0001", "--reason", "asked for it", "--yes")
    assert (refused.code, "still names ILC-0001" in refused.err) == (1, True)
    assert cli("audit", "erase", "ILC-0001", "--reason", "", "--yes").code == 64
    assert cli("audit", "erase", "ILC-0001", "--yes").code == 64
    assert "erased" not in _kinds(cli)


def test_erased_person_is_gone(connected: Cli, store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody who has left is erased once the person_id is retyped; the chain verifies, and the output says where names may remain."""
    sign(connected)
    gone = next(row for row in read_rows() if row["cop_participant"] == "NB")
    assert connected("sync", "--approve", connected(*HELD).json["digest"], *NB).code == 0
    write_rows(store.parent / "without.csv", [row for row in read_rows() if row != gone])
    assert connected(*importing(store.parent / "without.csv")).code == 0
    assert connected("roster", "finalize", "--signed-by", "R. Alvarez").code == 0
    words = ("audit", "erase", gone["person_id"], "--reason", "asked for it")
    assert _typing(monkeypatch, connected, "ILC-9999", *words).code == 1
    assert gone["email"].encode() in store.read_bytes()
    erased = _typing(monkeypatch, connected, gone["person_id"], *words)
    assert erased.code == 0
    assert f"Names and texts of {gone['person_id']} are erased from 1 event." in erased.out
    assert all(word in erased.out for word in ("still verifies", "exports", "backups"))
    assert gone["email"].encode() not in store.read_bytes()
    assert connected("audit", "verify").code == 0


def _typing(monkeypatch: pytest.MonkeyPatch, cli: Cli, answer: str, *words: str) -> Said:
    """A command whose question is answered so."""
    monkeypatch.setattr("sys.stdin", StringIO(f"{answer}\n"))
    return cli(*words)


def test_erasing_somebody_unknown(connected: Cli) -> None:
    """Who is in no roster and no event cannot be erased: exit 1, one sentence, and no event that says otherwise."""
    sign(connected)
    for given in ("ILC-9999", "Nobody"):
        said = connected("audit", "erase", given, "--reason", "asked for it", "--yes")
        assert (said.code, said.out, len(said.err.strip().splitlines())) == (1, "", 1)
        assert f"names anybody with the id {given}. Nothing was erased." in said.err
    assert "erased" not in _kinds(connected)


def test_erased_reason_of_erasing(connected: Cli, store: Path) -> None:
    """A reason with the person's name is refused, since it would outlive the name."""
    sign(connected)
    gone = next(row for row in read_rows() if row["cop_participant"] == "NB")
    write_rows(store.parent / "without.csv", [row for row in read_rows() if row != gone])
    connected(*importing(store.parent / "without.csv"))
    connected("roster", "finalize", "--signed-by", "R. Alvarez", "--reason", f"{gone['display_name']} has left")
    words = ("audit", "erase", gone["person_id"].lower(), "--yes", "--json", "--reason")
    refused = connected(*words, f"{gone['display_name']} wrote to us")
    assert (refused.code, refused.json["error"]["code"]) == (1, "roster")
    erased = connected(*words, "asked for it")
    assert (erased.code, erased.json["erased"], erased.json["chained"]) == (0, 1, 0)
    assert gone["display_name"].encode() not in store.read_bytes()

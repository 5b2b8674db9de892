"""What a person sees who runs a command: sentences, and no line of a log."""

import json
from pathlib import Path

import pytest
from sqlalchemy import text

from ilc_canvas.settings import read_settings
from ilc_canvas.store.opening import open_store
from tests.cli.conftest import Cli
from tests.cli.test_runs import NB, sign
from tests.stores import in_a_file


def _approved(cli: Cli) -> tuple[str, ...]:
    sign(cli)
    return ("sync", "--approve", cli("plan", *NB, "--json").json["digest"], "--reason", "seen", *NB)


def test_screen_has_no_log(connected: Cli) -> None:
    """plan and sync write nothing to stderr when all goes well, and no signed head to the screen; the head is in the JSON."""
    words = _approved(connected)
    for said in (connected("plan", *NB), connected(*words), connected("sync", *NB)):
        assert said.err == ""
        assert "ilc-canvas head" not in said.out
    assert connected("sync", *NB, "--json").json["head"]["signature"]


def test_log_where_it_is_asked_for(connected: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    """With a level in the environment the log is on stderr, with the head of the run in it."""
    sign(connected)
    monkeypatch.setenv("ILC_CANVAS_LOG_LEVEL", "info")
    told = [json.loads(line)["event"] for line in connected("plan", *NB).err.splitlines()]
    assert {"run.closed", "audit.head"} <= set(told)


@in_a_file
def test_warning_is_a_sentence(connected: Cli, tmp_path: Path) -> None:
    """Warnings are sentences: about heads that are gone, and a head that cannot be kept."""
    sign(connected)
    connected("plan", *NB)
    heads = tmp_path / "store" / "store.db.heads"
    heads.unlink()
    assert connected("plan", *NB).err == "Warning: There were runs, but none of their heads is kept here.\n"
    heads.unlink()
    heads.symlink_to("/nonexistent/heads")
    assert "Warning: The head of the audit log is not kept in " in connected("plan", *NB).err


def _spoilt() -> None:
    """No check looks for it: a row of the ledger that cannot be read."""
    settings = read_settings()
    store = open_store(settings.store)
    key = {"at_url": settings.address, "at_key": "section=ilc:2021-22:cop:NB:R1"}
    row = ":at_url, 'ilc:2021-22', :at_key, 'no json', 'created', imported_at, 1"
    with store.write() as connection:
        insert = "INSERT INTO ledger (base_url, scope, key, fields, how, at, handle) SELECT"
        connection.execute(text(f"{insert} {row} FROM document_version"), key)
    store.close()


@pytest.mark.parametrize("words", [("plan",), ("sync",), ("course", "show", "cop:NB")], ids=" ".join)
def test_unforeseen_error_is_one_sentence(connected: Cli, words: tuple[str, ...]) -> None:
    """An error that nobody foresaw is one line on stderr, or one document with --json, exit 1 either way; never a traceback."""
    sign(connected)
    _spoilt()
    said, as_json = connected(*words), connected(*words, "--json")
    assert (said.code, said.out, said.err.count("\n")) == (1, "", 1)
    assert said.err.startswith("An unexpected error stopped it: JSONDecodeError in ")
    assert (as_json.code, as_json.err, as_json.json["error"]["code"]) == (1, "", "unforeseen")

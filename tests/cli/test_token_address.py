"""The token goes to the address where it was used first, and nowhere else until somebody allows it."""

import pytest

from ilc_canvas.settings import read_settings
from ilc_canvas.store.audit.reader import events
from ilc_canvas.store.opening import open_store
from tests.cli.conftest import Cli
from tests.cli.test_runs import NB, sign
from tests.sandbox.process import TOKEN, Sandbox, start_sandbox

LEFT = ("canvas", "leave", "--reason", "a slip")


def _elsewhere(canvas: Sandbox, monkeypatch: pytest.MonkeyPatch) -> str:
    """Another address of the sandbox, which the settings lead to from now on."""
    other = canvas.url.replace("127.0.0.1", "localhost")
    monkeypatch.setenv("ILC_CANVAS_URL", other)
    return other


@pytest.mark.parametrize("words", [("plan", *NB), ("sync", *NB)], ids=["plan", "sync"])
def test_token_is_not_sent_to_a_changed_address(
    connected: Cli, canvas: Sandbox, monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...]
) -> None:
    """Once the token was used, another address in the settings gets nothing: one sentence says which, and doctor allows it."""
    sign(connected)
    assert connected("plan", *NB).code == 3
    other, before = _elsewhere(canvas, monkeypatch), len(canvas.requests())
    refused = connected(*words)
    assert (refused.code, refused.out, len(refused.err.splitlines())) == (1, "", 1)
    assert f"The token belongs to {canvas.url}, and the settings name {other}: nothing was sent there." in refused.err
    assert "ilc-canvas doctor" in refused.err
    assert len(canvas.requests()) == before
    assert f"{other} may be sent this token from now on" in connected("doctor").out
    assert connected(*words).code == 3


def test_accounts_are_not_looked_up_there(connected: Cli, canvas: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    """What other commands read from Canvas is not read at a changed address either."""
    sign(connected)
    assert connected("plan", *NB).code == 3
    _elsewhere(canvas, monkeypatch)
    before = len(canvas.requests())
    connected("explain", "ILC-0300", "cop:NB")
    connected("people", "review")
    assert len(canvas.requests()) == before


def test_new_token_goes_to_a_new_address(connected: Cli, canvas: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another token is no question: a hostile address would not know it; from then on it stays there."""
    sign(connected)
    assert connected("plan", *NB).code == 3
    with start_sandbox("--token", "another", "--now", "2021-08-16T16:00:00Z") as other:
        monkeypatch.setenv("ILC_CANVAS_URL", other.url)
        monkeypatch.setenv("ILC_CANVAS_TOKEN", "another")
        assert connected("plan", *NB).code == 3
        monkeypatch.setenv("ILC_CANVAS_URL", canvas.url)
        assert f"The token belongs to {other.url}" in connected("plan", *NB).err


def test_log_has_no_token_and_no_common_hash(connected: Cli) -> None:
    """The log keeps a fingerprint with a key of its own: neither the token, nor what another store would have for the same token."""
    sign(connected)
    assert connected("plan", *NB).code == 3
    assert connected("plan", *NB).code == 3
    store = open_store(read_settings().store)
    notes = [event.body["token_address"] for event in events(store) if "token_address" in event.body]
    store.close()
    assert [sorted(note) for note in notes] == [["address", "fingerprint", "key"]]
    assert TOKEN not in str(notes)
    assert len(notes[0]["key"]) == 32

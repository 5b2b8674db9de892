"""What can be asked of a worker from a terminal: a sync, a plan, an undo, a check of the log; and taking one back by its number."""

import pytest

from tests.cli.conftest import Cli
from tests.cli.test_runs import sign

KINDS = [
    (("--plan",), {"kind": "plan", "undo": None, "only": []}),
    (("--plan", "--only", "cop:NB"), {"kind": "plan", "undo": None, "only": ["cop:NB"]}),
    (("--undo", "1", "--plan"), {"kind": "plan", "undo": 1, "only": []}),
    (("--undo", "1"), {"kind": "undo", "undo": 1, "only": []}),
    (("--verify",), {"kind": "verify", "undo": None, "only": []}),
    ((), {"kind": "sync", "undo": None, "only": []}),
]


@pytest.mark.parametrize(("words", "wanted"), KINDS)
def test_kinds_of_requests(connected: Cli, words: tuple[str, ...], wanted: dict[str, object]) -> None:
    """Each waits for a worker as what it is, and the status says what was asked for."""
    sign(connected)
    connected("plan")
    said = connected("resync", *words, "--reason", "a call came in", "--json").json
    assert ({name: said[name] for name in wanted}, said["state"]) == (wanted, "waiting")
    assert "Request  no. 1 of " in connected("status").out


def test_one_is_cancelled_by_number(connected: Cli) -> None:
    """Of three requests the second is taken back; a number that does not wait changes nothing."""
    sign(connected)
    for words in (("--plan",), ("--verify",), ()):
        assert connected("resync", *words, "--reason", "x").code == 0
    assert connected("resync", "--cancel", "--number", "2", "--json").json == {"cancelled": [2]}
    assert connected("resync", "--cancel", "--number", "2").code == 1
    assert connected("resync", "--cancel", "--json").json == {"cancelled": [1, 3]}


SENSELESS = [
    (("--verify", "--plan", "--reason", "x"), "--verify"),
    (("--verify", "--only", "hub", "--reason", "x"), "--verify"),
    (("--undo", "1", "--only", "hub", "--reason", "x"), "--undo"),
    (("--undo", "1", "--full", "--reason", "x"), "--undo"),
    (("--number", "1", "--reason", "x"), "--number"),
    (("--plan",), "reason"),
]


@pytest.mark.parametrize(("words", "text"), SENSELESS)
def test_options_that_do_not_go_together(connected: Cli, words: tuple[str, ...], text: str) -> None:
    """They are refused before anything is stored."""
    said = connected("resync", *words)
    assert (said.code, text in said.err) == (64, True), said

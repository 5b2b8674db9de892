"""The commands in this process, on a store in a folder, with nobody's own settings."""

import json
import logging
import os
import sys
from collections.abc import Callable, Hashable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
import structlog

from ilc_canvas.cli import run
from ilc_canvas.settings import Settings
from tests.commands import build_once
from tests.sandbox.process import ROOT, TOKEN, Sandbox, start_sandbox
from tests.stores import done_once, made_store

if TYPE_CHECKING:
    from tests.cli.people_cast import Office

CLOCK = ("--now", "2021-08-16T16:00:00Z")


class Said(NamedTuple):
    """The output of a command."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The one document on stdout."""
        return json.loads(self.out)


Cli = Callable[..., Said]
_OF_A_TEST = ("ILC_CANVAS_STORE", "ILC_CANVAS_URL")


def signing(what: Hashable, do: Callable[[], object]) -> None:
    """Sign a roster by commands; where that was done before with the same settings in a store just like this one, it is copied."""
    settings = tuple(
        sorted((name, value) for name, value in os.environ.items() if name.startswith("ILC_CANVAS_") and name not in _OF_A_TEST)
    )
    done_once(os.environ["ILC_CANVAS_STORE"], (what, settings), do)


@pytest.fixture(scope="session", autouse=True)
def _commands() -> None:
    """They are built once."""
    build_once()


@pytest.fixture(autouse=True)
def _log_as_before() -> Iterator[None]:
    """A command sets up the log; the next test finds it as it was."""
    root = logging.getLogger()
    handlers, level, hook = root.handlers[:], root.level, sys.excepthook
    yield
    sys.excepthook = hook
    root.handlers[:] = handlers
    root.setLevel(level)
    structlog.reset_defaults()


@pytest.fixture
def cli(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Cli:
    """Runs a command on a new store of its own; nothing is set but the store."""
    for name in [*Settings.model_fields, "config", "token_file", "store_file", "head_key_file"]:
        monkeypatch.delenv(f"ILC_CANVAS_{name.upper()}", raising=False)
    monkeypatch.setenv("ILC_CANVAS_STORE", made_store(tmp_path))
    monkeypatch.setenv("ILC_CANVAS_COURSES", '{"content": false}')
    monkeypatch.chdir(ROOT)

    def said(*words: str) -> Said:
        capfd.readouterr()
        code = run(list(words))
        return Said(code, *capfd.readouterr())

    return said


@pytest.fixture(scope="module")
def canvas() -> Iterator[Sandbox]:
    """A Canvas in August 2021."""
    with start_sandbox(*CLOCK) as sandbox:
        yield sandbox


@pytest.fixture
def connected(cli: Cli, canvas: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Cli:
    """Commands that reach an empty Canvas."""
    canvas.reset()
    monkeypatch.setenv("ILC_CANVAS_URL", canvas.url)
    monkeypatch.setenv("ILC_CANVAS_TOKEN", TOKEN)
    return cli


@pytest.fixture
def office(connected: Cli, canvas: Sandbox, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> "Office":
    """The same, with a folder and Canvas by hand; a run does not wait for what may still appear."""
    from tests.cli.people_cast import Office

    monkeypatch.setenv("ILC_CANVAS_SETTLE_SECONDS", "0")
    monkeypatch.setenv("ILC_CANVAS_REREAD_SECONDS", "0")
    return Office(connected, tmp_path, canvas)

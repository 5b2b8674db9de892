"""A token that is replaced while a worker runs."""

import os
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from ilc_canvas.settings import read_settings
from ilc_canvas.store.worker import outbox
from tests.sandbox.process import TOKEN, Sandbox, start_sandbox
from tests.stores import new_store
from tests.sync.roster import FIRST
from tests.sync.world import World, opened
from tests.worker.day import Day


@pytest.fixture(scope="module")
def canvas() -> Iterator[Sandbox]:
    """A Canvas in August 2021."""
    with start_sandbox("--now", "2021-08-16T16:00:00Z") as sandbox:
        yield sandbox


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file that holds the token."""
    path = tmp_path / "token"
    path.write_text(f"{TOKEN}\n")
    monkeypatch.setenv("ILC_CANVAS_TOKEN_FILE", str(path))
    return path


@pytest.fixture
def day(canvas: Sandbox, tmp_path: Path, file: Path) -> Day:
    """A worker whose token is in that file."""
    assert file.exists()
    canvas.reset()
    day = Day(canvas, World(canvas, new_store(tmp_path)), "2021-08-16T10:00")
    given = {"url": canvas.url, "store": day.world.store, "settle_seconds": 0, "reread_seconds": 0}
    day.settings = read_settings(**given, schedule=day.settings.schedule)
    day.world.finalize(FIRST)
    return day


def _written(file: Path, text: str) -> None:
    file.write_text(text)


def _renamed(file: Path, text: str) -> None:
    """As an editor, or a secret mount, puts another file in its place; with the former file's time."""
    before, new = file.stat(), file.with_name("new")
    new.write_text(text)
    os.utime(new, ns=(before.st_atime_ns, before.st_mtime_ns))
    new.replace(file)


@pytest.mark.parametrize("replace", [_written, _renamed], ids=["written", "renamed"])
def test_quarantine_ends_with_the_new_token(day: Day, file: Path, replace: Callable[[Path, str], None]) -> None:
    """A revoked token puts the worker into quarantine, told once; the new one in its file is tried within a minute, without a restart."""
    replace(file, "revoked\n")
    with day.worker() as worker:
        day.pass_by(worker, minutes=120)  # by now it would be looked at again after an hour
        replace(file, f"{TOKEN}\n")
        day.pass_by(worker, minutes=2)
    assert "refuses the token" in day.story()[0]
    assert day.told[-1] == ("Mon 12:01", "quick", "47 changes wait for a person; nothing was written. 10 requests, 0 writes.")
    with opened(day.world.store) as store:
        assert [one.notice.kind for one in outbox.listing(store)].count("quarantine") == 1


@pytest.mark.parametrize("content", [None, "", "\n"], ids=["absent", "empty", "a line break"])
def test_file_between_two_tokens(day: Day, file: Path, content: str | None) -> None:
    """While the file is being replaced, absent or empty, the former token goes on, and the run with it."""
    with day.worker() as worker, opened(day.world.store) as store:
        file.unlink() if content is None else file.write_text(content)
        day.request(store)
        day.pass_by(worker, minutes=2)
    assert day.told[-1][1:] == ("resync", "Request 1 of ana: 47 changes wait for a person; nothing was written. 10 requests, 0 writes.")

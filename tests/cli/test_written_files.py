"""Files that commands write for somebody: never over another one, never through a link, for their owner alone, and whole or absent."""

import os
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from ilc_canvas.cli.store.new_file import new_file
from ilc_canvas.reconcile.errors import IlcError
from tests.cli.conftest import Cli
from tests.cli.test_runs import sign

COMMANDS = {"audit": ("audit", "export", "--csv"), "backup": ("db", "backup")}


def _file(path: Path) -> None:
    path.write_text("mine")
    path.chmod(0o666)


def _link(path: Path) -> None:
    (path.parent / "other").write_text("mine")
    path.symlink_to(path.parent / "other")


def _dangling(path: Path) -> None:
    path.symlink_to(path.parent / "nowhere")


def _hard_link(path: Path) -> None:
    (path.parent / "other").write_text("mine")
    path.hardlink_to(path.parent / "other")


@pytest.mark.parametrize("there", [_file, _link, _dangling, _hard_link], ids=["file", "link", "dangling", "hard link"])
@pytest.mark.parametrize("words", COMMANDS.values(), ids=COMMANDS)
def test_nothing_is_written_over(connected: Cli, tmp_path: Path, words: tuple[str, ...], there: Callable[[Path], None]) -> None:
    """What is at the path, be it a file that all may read or a link, stays as it is, and the command says so in a sentence."""
    sign(connected)
    there(tmp_path / "out")
    said = connected(*words, str(tmp_path / "out"))
    assert (said.code, len(said.err.splitlines())) == (1, 1)
    assert "left as it is. Nothing was done. Name another file." in said.err
    assert not (tmp_path / "nowhere").exists()
    for name in ("out", "other"):
        assert not (tmp_path / name).exists() or (tmp_path / name).read_text() == "mine"


@pytest.mark.parametrize("words", COMMANDS.values(), ids=COMMANDS)
def test_new_file_is_for_its_owner(connected: Cli, tmp_path: Path, words: tuple[str, ...]) -> None:
    """A new file can be read by its owner alone, whatever the umask, and nothing else is left in the folder."""
    sign(connected)
    (tmp_path / "to").mkdir()
    former = os.umask(0)
    try:
        assert connected(*words, str(tmp_path / "to" / "out")).code == 0
    finally:
        os.umask(former)
    assert [(each.name, stat.S_IMODE(each.stat().st_mode)) for each in (tmp_path / "to").iterdir()] == [("out", 0o600)]


_KILLED = """
import os, sys
from pathlib import Path
from ilc_canvas.cli.store.new_file import new_file
with new_file(Path(sys.argv[1])) as file:
    file.write("half of it")
    file.flush()
    os.kill(os.getpid(), 9)
"""


def test_killed_export_is_no_export(tmp_path: Path) -> None:
    """What a killed command leaves does not have the name of the file, and the next command removes it."""
    path = tmp_path / "out.csv"
    assert subprocess.run([sys.executable, "-c", _KILLED, str(path)], check=False).returncode == -9
    assert [each.name for each in tmp_path.iterdir()] == ["out.csv.ilc-partial"]
    with new_file(path) as file:
        file.write("whole")
    assert [(each.name, each.read_text("utf-8-sig")) for each in tmp_path.iterdir()] == [("out.csv", "whole")]


def test_failed_export_leaves_nothing(tmp_path: Path) -> None:
    """A command that fails while it writes leaves neither the file nor a part of it."""
    with pytest.raises(UnicodeEncodeError), new_file(tmp_path / "out.csv") as file:
        file.write("half of it \ud800")
    assert list(tmp_path.iterdir()) == []


def test_two_exports_to_one_path(tmp_path: Path) -> None:
    """Of two commands that write the same file at once one goes on, and the other is refused."""
    path = tmp_path / "out.csv"
    with new_file(path) as file:
        file.write("first")
        with pytest.raises(IlcError, match="is being written by another command"), new_file(path):
            pass
    assert path.read_text("utf-8-sig") == "first"


@pytest.mark.parametrize("target", ["other", "nowhere"])
def test_partial_link_is_not_followed(tmp_path: Path, target: str) -> None:
    """A link under the name of the part is removed, and what it leads to is not touched."""
    (tmp_path / "other").write_text("mine")
    (tmp_path / "out.csv.ilc-partial").symlink_to(tmp_path / target)
    with new_file(tmp_path / "out.csv") as file:
        file.write("whole")
    assert sorted(each.name for each in tmp_path.iterdir()) == ["other", "out.csv"]
    assert (tmp_path / "other").read_text() == "mine"

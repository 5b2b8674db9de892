"""Files that attack whoever reads them: too large to be held, packed to explode, or named to be obeyed."""

import io
import resource
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from ilc_canvas.reconcile.errors import RosterError
from ilc_canvas.roster.intake import take
from ilc_canvas.roster.reading import File
from ilc_canvas.settings import read_settings
from ilc_canvas.store.audit.reader import events
from ilc_canvas.store.opening import open_store
from tests.cli.conftest import Cli, cli
from tests.commands import build_once
from tests.program.sample import counties
from tests.roster.forms import KINDS, YEAR, Forms, sample
from tests.sandbox.process import ROOT

__all__ = ["cli"]  # the fixture
ENOUGH = 600 * 2**20  # bytes of address space: the program starts in them


@pytest.fixture(autouse=True)
def _commands() -> None:
    """They are built once."""
    build_once()


def _words(folder: Path, roster: Path) -> list[str]:
    for kind in KINDS[1:]:
        (folder / f"{kind}.csv").write_bytes(sample(kind))
    return [
        "roster",
        "import",
        str(roster),
        "--teams",
        str(folder / "teams.csv"),
        "--cops",
        str(folder / "cops.csv"),
        "--school-year",
        YEAR,
    ]


def _limited() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (ENOUGH, ENOUGH))


def test_a_million_rows(cli: Cli, tmp_path: Path) -> None:
    """A file of a million rows is refused in a sentence by a process with little memory; the store is as it was, and goes on."""
    huge = tmp_path / "huge.csv"
    head, row = sample("people").split(b"\n")[:2]
    with huge.open("wb") as file:
        file.write(head + b"\n")
        file.writelines(row + b"\n" for _ in range(1_000_000))
    command = [sys.executable, "-m", "ilc_canvas", *_words(tmp_path, huge)]
    said = subprocess.run(command, capture_output=True, text=True, preexec_fn=_limited, cwd=ROOT, check=False)
    assert (said.returncode, said.stdout) == (1, "")
    assert said.stderr == "huge.csv is larger than 10 MB. Is it the right file? The setting roster.most_megabytes allows more.\n"
    assert cli("roster", "list", "--json").json == []
    (tmp_path / "people.csv").write_bytes(sample("people"))
    assert cli(*_words(tmp_path, tmp_path / "people.csv")).code == 0


def test_reader_that_runs_out_of_memory(cli: Cli, tmp_path: Path) -> None:
    """An import that dies for lack of memory stores nothing and holds nothing up: the next one goes through."""
    (tmp_path / "people.csv").write_bytes(sample("people"))
    words = _words(tmp_path, tmp_path / "people.csv")
    code = (
        "import resource, sys; from ilc_canvas.cli import run; resource.setrlimit(resource.RLIMIT_AS, (1, 1)); sys.exit(run(sys.argv[1:]))"
    )
    said = subprocess.run([sys.executable, "-c", code, *words], capture_output=True, text=True, cwd=ROOT, check=False)
    assert said.returncode != 0
    assert cli("roster", "list", "--json").json == []
    assert cli(*words).code == 0


def _bomb() -> bytes:
    """A workbook of a few kilobytes whose sheet is half a gigabyte."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as book:
        book.writestr("[Content_Types].xml", "<Types/>")
        with book.open("xl/worksheets/sheet1.xml", "w") as sheet:
            for _ in range(512):
                sheet.write(b"0" * 2**20)
    return packed.getvalue()


def _entities() -> bytes:
    """A workbook whose XML names itself ten times over, again and again."""
    names = "".join(f'<!ENTITY a{at} "{f"&a{at - 1};" * 10}">' for at in range(1, 10))
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as book:
        book.writestr("xl/worksheets/sheet1.xml", f'<!DOCTYPE x [<!ENTITY a0 "ha">{names}]><x>&a9;</x>')
    return packed.getvalue()


def _nested() -> bytes:
    """A zip in a zip in a zip."""
    data = b"x" * 2**20
    for _ in range(5):
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as book:
            book.writestr("inner.zip", data)
        data = packed.getvalue()
    return data


BOMBS: dict[str, Callable[[], bytes]] = {"zip": _bomb, "entities": _entities, "nested": _nested}


@pytest.mark.parametrize("bomb", BOMBS.values(), ids=BOMBS)
@pytest.mark.parametrize("name", ["roster.xlsx", "roster.xlsm", "roster.csv", "roster.zip"])
def test_packed_bomb_is_refused(name: str, bomb: Callable[[], bytes]) -> None:
    """A workbook that would unpack to many times its size is refused, whatever its name, without being unpacked."""
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    given = Forms().files()._replace(roster=File(name, bomb()))
    with pytest.raises(RosterError, match=name):
        take(given, manifest=None, school_year=YEAR, counties=counties())
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 100 * 1024


NAMES = {
    "formula": "=HYPERLINK(1).csv",
    "device": "CON.csv",
    "line break": "a\nFinalized.csv",
    "turned": "\u202evsc.exe.csv",
    "terminal": "\x1b[2J.csv",
    "markup": "<script>.csv",
    "long": "a" * 251 + ".csv",
    "dots": "....csv",
    "quotes": "'; DROP TABLE run; --.csv",
}


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
def test_file_name_is_data(cli: Cli, tmp_path: Path, name: str) -> None:
    """Whatever a file is called, its name is shown escaped, kept as text, and not in the chain; the roster is the same."""
    (tmp_path / name).write_bytes(sample("people"))
    imported = cli(*_words(tmp_path, tmp_path / name))
    shown = cli("roster", "show", "1")
    assert (imported.code, shown.code) == (0, 0)
    assert not [char for char in imported.out + shown.out if char != "\n" and not char.isprintable()]
    assert not [line for line in shown.out.splitlines() if line.startswith("Finalized")]
    store = open_store(read_settings().store)
    bodies = [str(event.body) for event in events(store)]
    store.close()
    assert name not in "".join(bodies)
    assert set(cli("roster", "show", "1", "--json").json["files"]) == {name, "teams.csv", "cops.csv"}


def test_path_is_not_part_of_the_name(cli: Cli, tmp_path: Path) -> None:
    """Of a path with dots and slashes the last part alone is kept."""
    (tmp_path / "a").mkdir()
    (tmp_path / "people.csv").write_bytes(sample("people"))
    assert cli(*_words(tmp_path, tmp_path / "a" / ".." / "people.csv")).code == 0
    assert set(cli("roster", "show", "1", "--json").json["files"]) == {"people.csv", "teams.csv", "cops.csv"}

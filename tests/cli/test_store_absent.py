"""If there is no store at the configured place, every command fails, and none creates one by itself."""

from pathlib import Path

import pytest

from tests.cli.conftest import Cli
from tests.cli.test_runs import sign
from tests.e2e.office import SAMPLE, importing
from tests.stores import in_a_file

pytestmark = in_a_file
WORDS = [
    ("status",),
    ("worker",),
    ("health",),
    ("plan",),
    ("sync",),
    ("undo", "1"),
    ("resync", "--reason", "x"),
    ("pause", "--reason", "x"),
    ("resume",),
    ("approve", "1111-2222", "--reason", "x"),
    ("reject", "1111-2222", "--reason", "x"),
    ("runs",),
    ("show", "1"),
    ("explain", "ILC-0001"),
    ("notices",),
    ("parked",),
    ("release", "--reason", "x"),
    ("people", "review"),
    ("roster", "finalize", "--signed-by", "R. Alvarez"),
    ("roster", "list"),
    ("roster", "show", "1"),
    ("audit", "list"),
    ("audit", "verify"),
    ("audit", "head"),
    ("audit", "key"),
    ("audit", "accept", "--reason", "x"),
    ("audit", "erase", "ILC-0001", "--reason", "x", "--yes"),
    ("canvas", "moved", "--reason", "x"),
    ("db", "current"),
    ("db", "upgrade"),
    ("db", "backup", "copy.db"),
]
IMPORT = importing(SAMPLE / "roster_2021-22_final.csv")


@pytest.fixture
def nowhere(connected: Cli, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:  # noqa: ARG001 - it sets the environment first
    """The settings name a file that is not there, in a folder that is not there."""
    path = tmp_path / "nowhere" / "store.db"
    monkeypatch.setenv("ILC_CANVAS_STORE", f"sqlite:///{path}")
    return path


@pytest.mark.parametrize("words", WORDS, ids=" ".join)
def test_missing_store_is_an_error(connected: Cli, nowhere: Path, words: tuple[str, ...]) -> None:
    """Each command says in one line that there is no store and how to create one, and creates none."""
    said = connected(*words)
    assert (said.code, said.out, said.err.count("\n")) == (1, "", 1)
    assert said.err.startswith(f"Store not found: {nowhere}.")
    assert "to make a new one: ilc-canvas db create" in said.err
    assert not nowhere.parent.exists()


@pytest.mark.parametrize("words", [*WORDS, ("db", "create"), tuple(IMPORT)], ids=lambda words: " ".join(words[:2]))
def test_lost_store_stops_all(connected: Cli, nowhere: Path, words: tuple[str, ...]) -> None:
    """Where heads are kept and the store is gone, even what begins an office says so, and nothing is made."""
    nowhere.parent.mkdir()
    heads = Path(f"{nowhere}.heads")
    heads.write_text("")
    said = connected(*words)
    assert (said.code, said.out) == (1, "")
    assert f"the heads of its audit log are kept in {heads}" in said.err
    assert list(nowhere.parent.iterdir()) == [heads]


def test_restore_brings_lost_store_back(connected: Cli, nowhere: Path, tmp_path: Path) -> None:
    """A lost store is restored from its backup, regardless of the heads beside it."""
    assert connected("db", "create").code == 0
    sign(connected)
    assert connected("plan", "--json").code == 3
    copy = tmp_path / "copy.db"
    assert connected("db", "backup", str(copy)).code == 0
    nowhere.unlink()
    assert "it was lost or moved" in connected("status").err
    assert connected("db", "restore", str(copy), "--reason", "lost").code == 0
    assert connected("status").code == 0


def test_store_is_made_on_purpose(connected: Cli, nowhere: Path) -> None:
    """db create makes a store once, and says what comes next."""
    said = connected("db", "create")
    assert (said.code, f"Created a new store: {nowhere}." in said.out) == (0, True)
    again = connected("db", "create")
    assert (again.code, "There is a store already" in again.err) == (1, True)


def test_first_import_begins_an_office(connected: Cli, nowhere: Path) -> None:
    """A first import makes the store and says so; a second one finds it."""
    made = f"There was no store yet, so a new one is made: {nowhere}."
    said = connected(*IMPORT)
    assert (said.code, made in said.out) == (0, True)
    assert made not in connected(*IMPORT).out


def test_doctor_looks_at_canvas_all_the_same(connected: Cli, nowhere: Path) -> None:
    """Without a store doctor says so, goes on to Canvas, and makes none."""
    said = connected("doctor", "--json")
    works = {line["what"]: line["works"] for line in said.json}
    assert (said.code, works["Store"], works["Canvas"], works["Token"]) == (1, False, True, True)
    assert not nowhere.exists()

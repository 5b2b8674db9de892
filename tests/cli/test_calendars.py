"""calendar import, finalize, show, diff, list, export."""

import re
import stat
from pathlib import Path

import pytest

from tests.cli.conftest import Cli, Said
from tests.e2e.office import SAMPLE, importing
from tests.roster.calendar.cast import HERE, table

CSV, ICS = SAMPLE / "calendar_2021-22.csv", SAMPLE / "calendar_2021-22.ics"
KEYS = {
    "version", "school_year", "state", "meetings", "errors", "warnings", "signed_by", "signed_at", "second", "reason", "rows", "files",
    "files_digest",
}  # fmt: skip
SECRET = "s3cr3tPass"


def _import(cli: Cli, path: Path, *words: str) -> Said:
    return cli("calendar", "import", str(path), "--school-year", "2021-22", *words)


@pytest.fixture
def rostered(cli: Cli) -> Cli:
    """The final roster is signed."""
    assert cli(*importing(SAMPLE / "roster_2021-22_final.csv")).code == 0
    assert cli("roster", "finalize", "--signed-by", "R. Alvarez").code == 0
    return cli


def _sign(cli: Cli, path: Path) -> None:
    assert _import(cli, path).code == 0
    assert cli("calendar", "finalize", "--signed-by", "R. Alvarez", "--reason", "fall").code == 0


def _changed(folder: Path, **cells: str) -> Path:
    """A calendar of one meeting, with a passcode in its link."""
    path = folder / f"calendar{len(list(folder.glob('calendar*.csv')))}.csv"
    path.write_bytes(table({"join_url": f"https://meet.example.org/j?pwd={SECRET}", **cells}).data)
    return path


@pytest.mark.parametrize("path", [CSV, ICS], ids=["csv", "ics"])
def test_calendar_goes_from_file_to_signature(rostered: Cli, path: Path) -> None:
    """Import counts and names the next command; what it signs is the newest version, with 101 events."""
    said = _import(rostered, path)
    assert (said.code, "Draft of version 1: 100 meetings, no error, 1 warning" in said.out) == (0, True)
    command = re.search(r"ilc-canvas (calendar finalize 1 --files [0-9a-f-]{14}) --signed-by NAME$", said.out.rstrip())
    assert command
    signed = rostered(*command[1].split(), "--signed-by", "R. Alvarez")
    assert (signed.code, "It is the first version" in signed.out) == (0, True)
    assert signed.out.endswith("\nNext: ilc-canvas plan\n")
    shown = rostered("calendar", "show")
    assert "With roster version 1: 101 events (62 in COPs, 16 in networks, 20 in start-ups, 3 in the hub)." in shown.out
    assert "and 90 more (--all)" in shown.out
    assert "MATH-R2-EXTRA  2021-12-02 15:45–16:30  section MATH/R2" in rostered("calendar", "show", "--all").out


def test_calendar_json_has_documented_keys(rostered: Cli, tmp_path: Path) -> None:
    """import, finalize, show, list, diff and export."""
    assert set(_import(rostered, CSV, "--json").json) == {"version", "files_digest", "errors", "warnings", "findings", "rows", "forms"}
    assert set(rostered("calendar", "finalize", "--signed-by", "R. Alvarez", "--json").json) == KEYS | {"changes"}
    shown = rostered("calendar", "show", "--json").json
    assert set(shown) == KEYS | {"undated", "roster_version", "events", "unplaced"}
    assert (shown["meetings"], shown["events"], shown["unplaced"]) == (100, {"cop": 62, "net": 16, "pilot": 20, "hub": 3}, [])
    assert [set(each) for each in rostered("calendar", "list", "--json").json] == [KEYS]
    _sign(rostered, _changed(tmp_path))
    changes = rostered("calendar", "diff", "1", "2", "--json").json
    assert (len(changes), set(changes[0])) == (101, {"kind", "subject", "old", "new"})
    assert set(rostered("calendar", "export", "--ics", str(tmp_path / "out"), "--json").json) == {"version", "folder", "files"}


def test_bad_calendar_stores_nothing(rostered: Cli) -> None:
    """All findings at once; exit 1; no version."""
    said = _import(rostered, HERE / "calendar_bad.csv")
    assert said.code == 1
    assert 'calendar_bad.csv, line 3, column audience: "EQUITY" is not on the roster' in said.out
    assert "10 errors, 5 warnings. Nothing was stored" in said.out
    assert rostered("calendar", "list", "--json").json == []


def test_no_command_tells_a_passcode(rostered: Cli, tmp_path: Path) -> None:
    """Import, sign, show, list, diff, the audit log and its export: none repeats what stands in a link, a place or a note."""
    said = [_import(rostered, HERE / "calendar_bad.csv"), _import(rostered, HERE / "calendar_bad.csv", "--json")]
    versions = (
        {"location": f"Passcode {SECRET}", "description": SECRET},
        {"join_url": f"https://meet.example.org/k?pwd={SECRET}", "title": f"Now pwd={SECRET}"},
    )
    for cells in versions:
        said += [_import(rostered, _changed(tmp_path, **cells)), rostered("calendar", "finalize", "--signed-by", "R. Alvarez")]
    for words in (("calendar", "show"), ("calendar", "list"), ("calendar", "diff", "1", "2"), ("audit", "list")):
        said += [rostered(*words), rostered(*words, "--json")]
    said.append(rostered("audit", "export", "--csv", "-"))
    assert any("has another link" in answer.out for answer in said)
    assert not any(SECRET in answer.out + answer.err for answer in said)


def test_difference_is_told_in_words(rostered: Cli, tmp_path: Path) -> None:
    """Moved, renamed, cancelled and new, with both sides, when a version is signed and at any time after."""
    _sign(rostered, _changed(tmp_path))
    _import(rostered, _changed(tmp_path, date="2021-10-27", title="Second meeting", status="cancelled", sequence="1"))
    said = rostered("calendar", "finalize", "--signed-by", "R. Alvarez")
    assert "Since version 1: 3 differences." in said.out
    assert "M-1 (Second meeting) moves: 2021-10-20 16:30–18:00 → 2021-10-27 16:30–18:00" in said.out
    assert "M-1 (Second meeting) is cancelled" in said.out
    assert rostered("calendar", "diff", "1", "2").out.rstrip() in said.out


def test_same_calendar_is_refused(rostered: Cli) -> None:
    """Files that are finalized already are not loaded again."""
    _sign(rostered, CSV)
    said = _import(rostered, CSV, "--json")
    assert (said.code, said.json["error"]["code"]) == (1, "calendar")
    assert "already loaded: they are calendar version 1" in said.json["error"]["text"]


def test_cop_that_left_is_named(rostered: Cli, tmp_path: Path) -> None:
    """A COP that was closed after the calendar was signed is told as not placed, and the rest stands."""
    _sign(rostered, CSV)
    text, path = (SAMPLE / "cops_2021-22.csv").read_text(), tmp_path / "cops.csv"
    path.write_text("".join(line.replace(",active,", ",cancelled,") if line[:3] == "ES," else line for line in text.splitlines(True)))
    roster, teams = SAMPLE / "roster_2021-22_final.csv", SAMPLE / "teams_2021-22.csv"
    words = ("roster", "import", str(roster), "--teams", str(teams), "--cops", str(path), "--school-year", "2021-22")
    assert rostered(*words).code == 0
    assert rostered("roster", "finalize", "--signed-by", "R. Alvarez").code == 0
    said = rostered("calendar", "show").out
    assert "With roster version 2: 94 events" in said
    assert "JOINT-EQ-ES is not placed: ES is a COP without a course." in said


def test_calendar_is_planned(connected: Cli) -> None:
    """A finalized calendar gives the plan another basis and its 101 events, which are counted as meetings and never as people."""
    assert connected(*importing(SAMPLE / "roster_2021-22_final.csv")).code == 0
    assert connected("roster", "finalize", "--signed-by", "R. Alvarez").code == 0
    before = connected("plan", "--json").json
    _sign(connected, CSV)
    after = connected("plan", "--json").json
    assert (after["basis"], after["counts"]["create"] - before["counts"]["create"]) == ({"calendar": 1, "roster": 1}, 101)
    assert after["digest"] != before["digest"]
    text = connected("plan").out
    assert "101 new meetings" in text
    assert "6 meetings" in text
    assert connected("status", "--json").json["basis"] == {"calendar": 1, "roster": 1}


def test_feeds_are_private_and_new(rostered: Cli, tmp_path: Path) -> None:
    """A file for each audience, for its owner alone; a second export there, or one through a link, writes nothing."""
    _sign(rostered, CSV)
    out, link = tmp_path / "feeds", tmp_path / "link"
    assert "in 20 files" in rostered("calendar", "export", "--ics", str(out)).out
    made = sorted(out.iterdir())
    assert (len(made), {stat.S_IMODE(path.stat().st_mode) for path in made}) == (20, {0o600})
    assert stat.S_IMODE(out.stat().st_mode) == 0o700
    again = rostered("calendar", "export", "--ics", str(out))
    assert (again.code, "already exists" in again.err) == (1, True)
    (tmp_path / "other").mkdir()
    link.symlink_to(tmp_path / "other")
    for path in (link, f"{link}/"):
        through = rostered("calendar", "export", "--ics", str(path))
        assert (through.code, "is a link or not a folder" in through.err) == (1, True)
    (tmp_path / "other" / "cop-EQ.ics").symlink_to(tmp_path / "victim")
    assert rostered("calendar", "export", "--ics", str(tmp_path / "other")).code == 1
    assert [path.name for path in (tmp_path / "other").iterdir()] == ["cop-EQ.ics"]
    assert not (tmp_path / "victim").exists()


def test_draft_is_not_handed_on(rostered: Cli, tmp_path: Path) -> None:
    """Only what is signed is exported; without any version the way to one is named."""
    assert "calendar import FILES" in rostered("calendar", "export", "--ics", str(tmp_path / "out")).err
    _import(rostered, CSV)
    said = rostered("calendar", "export", "1", "--ics", str(tmp_path / "out"))
    assert (said.code, "is a draft" in said.err, (tmp_path / "out").exists()) == (1, True, False)

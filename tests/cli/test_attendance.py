"""attendance import, show, list."""

from pathlib import Path

import pytest

from tests.cli.conftest import Cli
from tests.cli.report_cast import signed_year, take_in
from tests.e2e.office import SAMPLE, importing

ROWS = ("COP-EQ-1,ILC-0232,,R. Alvarez", "COP-EQ-1,,30,R. Alvarez", "ILC-KICKOFF,ILC-0001,,Ana")


@pytest.fixture
def signed(cli: Cli) -> Cli:
    """Roster and calendar of the sample are signed."""
    return signed_year(cli)


def test_attendance_goes_from_file_to_screen(signed: Cli, tmp_path: Path) -> None:
    """Import counts what it recorded; show has it meeting by meeting, list has every version."""
    said = take_in(signed, tmp_path, *ROWS)
    head = "Attendance version 1 is recorded: 2 meetings, 2 people by id and 30 outside educators, 0 warnings."
    assert (said.code, head in said.out) == (0, True)
    shown = signed("attendance", "show").out
    assert "in force, recorded by" in shown
    assert "COP-EQ-1  2021-10-05  1 person, 30 outside educators, recorded by R. Alvarez" in shown
    assert "  1  2021-22  3 rows  in force" in signed("attendance", "list").out


def test_bad_attendance_stores_nothing(signed: Cli, tmp_path: Path) -> None:
    """All findings at once, each with file, line, column, value and what to do; exit code 1, and no version."""
    said = take_in(signed, tmp_path, "NOPE,ILC-0001,,Ana", "COP-EQ-1,ILC-9999,,")
    assert said.code == 1
    assert 'attendance0.csv, line 2, column meeting_id: "NOPE" is not in the calendar (version 1 of 2021-22).' in said.out
    assert 'attendance0.csv, line 3, column person_id: "ILC-9999" is in no signed roster of 2021-22.' in said.out
    assert "3 errors, 0 warnings. Nothing was stored." in said.out
    assert "There is no attendance yet." in signed("attendance", "list").out


def test_meetings_go_only_with_a_reason(signed: Cli, tmp_path: Path) -> None:
    """A file that lacks a meeting replaces the former one only if somebody says so, and why."""
    take_in(signed, tmp_path, *ROWS)
    assert take_in(signed, tmp_path, *ROWS[:1]).code == 1
    assert "Say why meetings are to go" in take_in(signed, tmp_path, *ROWS[:1], words=("--replace",)).err
    assert take_in(signed, tmp_path, *ROWS[:1], words=("--replace", "--reason", "wrong list")).code == 0
    assert [each["state"] for each in signed("attendance", "list", "--json").json] == ["in force", "superseded"]


def test_calendar_comes_first(cli: Cli, tmp_path: Path) -> None:
    """Without a finalized calendar it is not known which meetings there were: the way to one is named."""
    assert cli(*importing(SAMPLE / "roster_2021-22_final.csv")).code == 0
    assert cli("roster", "finalize", "--signed-by", "R. Alvarez").code == 0
    said = take_in(cli, tmp_path, *ROWS)
    assert said.code == 1
    assert "No calendar of 2021-22 is finalized" in said.err
    assert "ilc-canvas calendar import FILES" in said.err


def test_attendance_json_has_documented_keys(signed: Cli, tmp_path: Path) -> None:
    """import, show and list."""
    said = take_in(signed, tmp_path, *ROWS, words=("--json",))
    assert set(said.json) == {"version", "files_digest", "errors", "warnings", "findings", "rows"}
    keys = {
        "version",
        "state",
        "recorded_by",
        "recorded_at",
        "school_year",
        "entries",
        "warnings",
        "reason",
        "rows",
        "files",
        "files_digest",
    }
    assert set(signed("attendance", "list", "--json").json[0]) == keys
    shown = signed("attendance", "show", "--json").json
    assert set(shown) == keys | {"meetings"}
    assert set(shown["meetings"][0]) == {"meeting", "day", "people", "outside_educators", "recorded_by"}

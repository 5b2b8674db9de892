"""roster check, columns, template: what an office does before it imports."""

import csv
import io
import stat
from pathlib import Path

import pytest
from openpyxl import load_workbook

from ilc_canvas.roster.files.columns import CALENDAR, COPS, ROSTER, TEAMS
from tests.cli.conftest import Cli, Said
from tests.e2e.office import SAMPLE
from tests.roster.cast import sample
from tests.roster.files.books import as_text, book, rows_of

TEAMS_FILE, COPS_FILE = SAMPLE / "teams_2021-22.csv", SAMPLE / "cops_2021-22.csv"
ROSTER_FILE = SAMPLE / "roster_2021-22_final.csv"


def check(cli: Cli, roster: Path, *words: str) -> Said:
    """`roster check` of this file with the sample's teams and catalog."""
    return cli("roster", "check", str(roster), "--teams", str(TEAMS_FILE), "--cops", str(COPS_FILE), "--school-year", "2021-22", *words)


def spoiled(tmp_path: Path) -> Path:
    """The sample's roster with defects, one of which a spreadsheet would take for a formula."""
    rows = rows_of(sample("roster_2021-22_final.csv"))
    role, email = rows[0].index("team_role"), rows[0].index("email")
    rows[2][role] = rows[13][role] = "Team Lead"
    rows[16][email] = '=HYPERLINK("http://example.org")'
    path = tmp_path / "roster.xlsx"
    path.write_bytes(book(rows, lambda sheet: setattr(sheet["G17"], "data_type", "s")))
    return path


def test_check_stores_nothing(cli: Cli, tmp_path: Path) -> None:
    """A sound roster is counted, the next step is named, and there is no draft, nor a store where there was none."""
    before = sorted(path.name for path in tmp_path.iterdir())
    said = check(cli, ROSTER_FILE)
    assert (said.code, said.err) == (0, "")
    assert said.out.splitlines() == [
        "324 people, 70 teams, 10 COPs: no error, no warning. Nothing was stored.",
        "Next: ilc-canvas roster import, with the same files.",
    ]
    assert sorted(path.name for path in tmp_path.iterdir()) == before


def test_check_says_how_files_are_read(cli: Cli, tmp_path: Path) -> None:
    """A file with semicolons in UTF-16 is named as such, in a sentence and for programs."""
    path = tmp_path / "r.csv"
    path.write_bytes(as_text(sample("roster_2021-22_final.csv"), encoding="utf-16", separator=";").data)
    assert "r.csv is read as CSV in UTF-16 (little-endian), with semicolons." in check(cli, path).out
    said = check(cli, path, "--json").json
    assert set(said) == {"errors", "warnings", "findings", "rows", "forms", "proposed", "missing"}
    assert said["forms"] == ["r.csv is read as CSV in UTF-16 (little-endian), with semicolons."]


def test_check_proposes_words_to_paste(cli: Cli, tmp_path: Path) -> None:
    """Defects end with exit code 1, and words that look like known ones are lines for the settings."""
    said = check(cli, spoiled(tmp_path))
    assert said.code == 1
    assert 'roster.xlsx, lines 3, 14, column team_role (L3): "Team Lead" is not known here. (2 rows)' in said.out
    assert '  [roster.values.team_role]\n  "Team Lead" = "lead"\n' in said.out
    assert "2 errors, no warning. Nothing was stored." in said.out


def test_findings_are_a_safe_table(cli: Cli, tmp_path: Path) -> None:
    """Each finding is a row with the address of its cell, and no cell begins like a formula; the file is new and its owner's alone."""
    path = tmp_path / "findings.csv"
    said = check(cli, spoiled(tmp_path), "--findings", str(path))
    assert f"The findings are in {path}" in said.out
    rows = list(csv.DictReader(io.StringIO(path.read_text("utf-8-sig"), newline="")))
    assert [(row["cell"], row["lines"], row["rows"]) for row in rows] == [("L3", "3, 14", "2"), ("G17", "", "1")]
    assert rows[1]["value"].startswith("'=HYPERLINK")
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    again = check(cli, ROSTER_FILE, "--findings", str(path))
    assert again.code == 1
    assert "already exists" in again.err


def test_check_asks_about_new_ids(cli: Cli, tmp_path: Path) -> None:
    """With a finalized roster, a person under another id is asked about as an import would."""
    files = ("--teams", str(TEAMS_FILE), "--cops", str(COPS_FILE), "--school-year", "2021-22")
    assert cli("roster", "import", str(ROSTER_FILE), *files).code == 0
    assert cli("roster", "finalize", "--signed-by", "R. Alvarez").code == 0
    rows = rows_of(sample("roster_2021-22_final.csv"))
    rows[303][0] = "ILC-9303"
    path = tmp_path / "r.xlsx"
    path.write_bytes(book(rows))
    assert "Is it the same person?" in check(cli, path).out
    assert len(cli("roster", "list", "--json").json) == 1


def test_columns_are_shown_without_addresses(cli: Cli, tmp_path: Path) -> None:
    """Each column with its letters, what it is taken for, how many cells are filled, and examples that are no address."""
    rows = rows_of(sample("roster_2021-22_final.csv"))
    rows[0][6], rows[0][0] = "E-mail Address", "Member ID"
    path = tmp_path / "r.xlsx"
    path.write_bytes(book([["ILC Roster"], *rows]))
    said = cli("roster", "columns", str(path))
    assert said.code == 0
    assert "It looks like a roster: 324 rows below the header in line 2." in said.out
    assert "  A   Member ID          not known here (is it person_id?)  324 filled  ILC-0001 | ILC-0002 | ILC-0003" in said.out
    assert '  "E-mail Address" = "email"' in said.out
    assert "@" not in said.out


def test_settings_make_the_columns_known(cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the lines that were proposed, the same file is read without a finding."""
    rows = rows_of(sample("roster_2021-22_final.csv"))
    rows[0][6] = "E-mail Address"
    path, own = tmp_path / "r.xlsx", tmp_path / "ilc.toml"
    path.write_bytes(book(rows))
    refused = check(cli, path)
    assert (refused.code, '"E-mail Address" = "email"' in refused.err) == (1, True)
    own.write_text('[roster.columns]\n"E-mail Address" = "email"\n')
    monkeypatch.setenv("ILC_CANVAS_CONFIG", str(own))
    assert "no error, no warning" in check(cli, path).out


def test_limits_are_settings(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file with more rows than the setting allows is refused, and the setting is named."""
    monkeypatch.setenv("ILC_CANVAS_ROSTER", '{"most_rows": 300}')
    said = check(cli, ROSTER_FILE)
    assert said.code == 1
    assert "has more than 300 rows. Is it the right file? The setting roster.most_rows allows more." in said.err


def test_templates_have_the_right_headers(cli: Cli, tmp_path: Path) -> None:
    """CSV and workbooks with all columns, text in every cell, and lists of words; never over files that are there."""
    folder = tmp_path / "empty"
    said = cli("roster", "template", str(folder))
    assert said.code == 0
    for name, layout in {"roster": ROSTER, "teams": TEAMS, "cops": COPS, "calendar": CALENDAR}.items():
        assert (folder / f"{name}.csv").read_text("utf-8-sig").strip().split(",") == list(layout.names)
        sheet = load_workbook(folder / f"{name}.xlsx").worksheets[0]
        assert [cell.value for cell in sheet[1]] == list(layout.names)
        assert sheet.column_dimensions["A"].number_format == "@"
        assert sheet.data_validations.count > 0
    assert "already exists" in cli("roster", "template", str(folder)).err


def test_filled_template_is_read(cli: Cli, tmp_path: Path) -> None:
    """The workbook with people in it is a roster without a finding; empty, it is refused and nobody is taken to have left."""
    folder = tmp_path / "empty"
    cli("roster", "template", str(folder))
    assert "roster.xlsx has a header and no rows. Nobody is taken to have left." in check(cli, folder / "roster.xlsx").err
    workbook = load_workbook(folder / "roster.xlsx")
    for row in rows_of(sample("roster_2021-22_final.csv"))[1:]:
        workbook.worksheets[0].append(row)
    workbook.save(folder / "roster.xlsx")
    assert "324 people, 70 teams, 10 COPs: no error, no warning" in check(cli, folder / "roster.xlsx").out

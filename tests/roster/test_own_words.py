"""Whole files with a defect: one finding or one refusal says it; and an office's own words, which are proposed and then taken."""

from collections.abc import Sequence

import pytest
from openpyxl.worksheet.worksheet import Worksheet

from ilc_canvas.reconcile.errors import RosterError
from ilc_canvas.roster.files.rules import ReadingRules
from ilc_canvas.roster.intake import Files, Intake, Reading, take_files
from ilc_canvas.roster.office.proposals import proposed_values
from ilc_canvas.roster.reading import File
from tests.roster.cast import COUNTIES, V3, YEAR, sample, taken
from tests.roster.files.books import Edit, as_book, book, rows_of
from tests.roster.test_defects import ROSTER, TEAMS, Expected, Rows, error, warning


def _fill(sheet: Worksheet, letter: str, value: str | int, *, first: int = 2, last: int = 325) -> None:
    for row in range(first, last + 1):
        sheet[f"{letter}{row}"] = value


def _hide(sheet: Worksheet, rows: Sequence[int]) -> None:
    for row in rows:
        sheet.row_dimensions[row].hidden = True


def _hide_column(sheet: Worksheet) -> None:
    sheet.column_dimensions["J"].hidden = True


BOOKS: dict[str, tuple[str, Edit, Expected]] = {
    "addresses without results": (
        ROSTER,
        lambda sheet: _fill(sheet, "G", '=A1&"@example.org"'),
        error("email", "a formula stands here without its result", "", "G2", range(2, 326)),
    ),
    "counties merged": (
        ROSTER,
        lambda sheet: sheet.merge_cells("O2:O4"),
        error("county", "are merged cells", "Unmerge them", "O3", [3, 4]),
    ),
    "failed lookups": (
        ROSTER,
        lambda sheet: _fill(sheet, "R", "#N/A", last=9),
        error("school", "is what a formula says when it fails", "", "R2", range(2, 10)),
    ),
    "rows that a filter hides": (ROSTER, lambda sheet: _hide(sheet, range(3, 40)), warning("", "the row is hidden", "", "", range(3, 40))),
    "a hidden column": (TEAMS, _hide_column, warning("", "is hidden, and is read")),
    "codes as long numbers": (
        ROSTER,
        lambda sheet: _fill(sheet, "P", 4369427433031200000, last=4),
        error("cds_code", "is a number of more than 15 digits", "", "P2", [2, 3, 4]),
    ),
}


@pytest.mark.parametrize(("kind", "edit", "expected"), BOOKS.values(), ids=BOOKS)
def test_one_defect_of_a_workbook_is_one_finding(kind: str, edit: Edit, expected: Expected) -> None:
    """What cannot be read is said once, and not again by each check that would have looked at it."""
    files = Files(*map(sample, V3))
    (finding,) = taken(files._replace(**{kind: as_book(getattr(files, kind), edit)})).findings
    assert (finding.severity, finding.column) == (expected.severity, expected.column)
    assert expected.text in finding.text
    assert (finding.cell, finding.rows) == (expected.cell, expected.rows)


def refused(files: Files) -> str:
    """What is said of them as a whole."""
    with pytest.raises(RosterError) as error:
        taken(files)
    return str(error.value)


def test_swapped_files_are_one_sentence() -> None:
    """Teams given as roster and roster as teams: both are named, and their columns are not listed."""
    roster, teams, cops = Files(*map(sample, V3))
    said = refused(Files(teams, roster, cops))
    assert said == (
        "Files were swapped: teams_2021-22.csv is a teams file and was given as the roster. roster_2021-22_final.csv is a roster and was "
        "given as the teams file. Give each file in its own place."
    )


def test_calendar_as_catalog_is_named() -> None:
    """A file of another kind is named as what it is."""
    files = Files(*map(sample, V3))
    assert refused(files._replace(cops=sample("calendar_2021-22.csv"))) == (
        "calendar_2021-22.csv is a calendar and was given as the COP catalog. Give each file in its own place."
    )


OWN = {"person_id": "ID", "email": "E-mail Address", "given_name": "First Name", "team_role": "Role in Team", "cop_guest": "Guest of"}


def renamed(file: File) -> Rows:
    """The roster with an office's own headers, and a column of its own."""
    rows = rows_of(file)
    return [[*(OWN.get(name, name) for name in rows[0]), "Shirt size"], *([*row, "M"] for row in rows[1:])]


def test_own_headers_are_proposed() -> None:
    """Headers that look like ours are proposed as lines for the settings; nothing is taken without them."""
    files = Files(*map(sample, V3))
    said = refused(files._replace(roster=File("r.xlsx", book(renamed(files.roster)))))
    for line in ('"ID" = "person_id"', '"E-mail Address" = "email"', '"First Name" = "given_name"', '"Guest of" = "cop_guest"'):
        assert f"\n  {line}" in said
    assert 'The column "Shirt size" is not known here.' in said
    assert "is missing" not in said


def taken_by(rules: ReadingRules, files: Files) -> Intake:
    """These files, read by an office's rules."""
    return take_files(files, None, Reading(YEAR, COUNTIES, rules))


def test_own_headers_give_the_same_roster() -> None:
    """With these lines in the settings the file is read as it is: the same people, no finding, and what is left out is named."""
    files = Files(*map(sample, V3))
    rules = ReadingRules.of({**{theirs.upper(): ours for ours, theirs in OWN.items()}, "Shirt  size": ""}, {})
    intake = taken_by(rules, files._replace(roster=File("r.xlsx", book(renamed(files.roster)))))
    assert (intake.findings, intake.roster.people) == ((), taken(files).roster.people)
    assert 'left out by the settings: "Shirt size"' in intake.forms[0]


def _in_own_words(file: File) -> File:
    """The roster with words of the office's own, and lists with blanks in them."""
    rows = rows_of(file)
    role, cops = rows[0].index("team_role"), rows[0].index("cop_participant")
    for row in rows[1:]:
        row[role] = {"lead": "Team Lead", "member": "Team  member", "": ""}[row[role]]
        row[cops] = row[cops].replace("EQ", "Equity")
    return File("r.xlsx", book(rows))


def test_own_values_are_proposed_and_taken() -> None:
    """Each word is one finding and one line to paste; with these lines it is the same roster without a finding."""
    files = Files(*map(sample, V3))
    own = files._replace(roster=_in_own_words(files.roster))
    found = [finding for finding in taken(own).findings if finding.column == "team_role"]
    assert {finding.value for finding in found} == {"Team Lead", "Team  member"}
    assert proposed_values(found) == ('  [roster.values.team_role]\n  "Team  member" = "member"\n  "Team Lead" = "lead"',)
    rules = ReadingRules.of({}, {"team_role": {"team lead": "lead", "Team member": "member"}, "cop_participant": {"equity": "EQ"}})
    intake = taken_by(rules, own)
    assert (intake.findings, intake.roster.people) == ((), taken(files).roster.people)


def test_headers_that_are_one_column_are_refused() -> None:
    """Two headers that the settings take for one column are named by it, and neither is chosen."""
    files = Files(*map(sample, V3))
    rows = rows_of(files.roster)
    doubled = [[*row, "Mail" if row is rows[0] else "x"] for row in rows]
    with pytest.raises(RosterError, match='The column "email" is there 2 times'):
        taken_by(ReadingRules.of({"mail": "email"}, {}), files._replace(roster=File("r.xlsx", book(doubled))))

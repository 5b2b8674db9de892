"""The sample as offices send it: whatever the form of the files, it is the same roster without a finding."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, time

import pytest

from ilc_canvas.program.calendars.calendar import Calendar
from ilc_canvas.program.roster import Roster
from ilc_canvas.roster.files.columns import Layout
from ilc_canvas.roster.intake import Files, Intake
from ilc_canvas.roster.reading import File, read_table
from tests.roster.calendar.cast import SAMPLE_CSV
from tests.roster.calendar.cast import taken as calendar_taken
from tests.roster.cast import V3, V4, sample, taken
from tests.roster.files.books import as_book, as_text, book, rows_of, with_shared_texts

Form = Callable[[File], File]
FORMS: dict[str, Form] = {
    "workbook": as_book,
    "workbook as Excel writes it": lambda file: File(file.name.replace(".csv", ".xlsx"), with_shared_texts(as_book(file).data)),
    "semicolons as Excel writes them": lambda file: as_text(file, encoding="utf-8-sig", separator=";"),
    "tabs in UTF-16, Excel's Unicode text": lambda file: as_text(file, encoding="utf-16", separator="\t"),
    "big-endian UTF-16": lambda file: File(file.name, b"\xfe\xff" + as_text(file).data.decode().encode("utf-16-be")),
    "separator named in the first line": lambda file: replace(file, data=b"sep=;\r\n" + as_text(file, separator=";").data),
}


def files(names: tuple[str, str, str]) -> Files:
    """A version of the sample."""
    return Files(*map(sample, names))


def without_files(intake: Intake) -> Roster:
    """The roster without what depends on the form of the files: their hashes, and the lines of people."""
    people = tuple(replace(person, line=0) for person in intake.roster.people)
    return replace(intake.roster, people=people, files={})


@pytest.mark.parametrize("form", FORMS.values(), ids=FORMS)
def test_sample_in_any_form_is_the_same(form: Form) -> None:
    """All three files in this form: the same roster, no finding, and how they were read is said for each."""
    given = Files(*map(form, files(V3)))
    intake = taken(given)
    assert intake.findings == ()
    assert without_files(intake) == without_files(taken(files(V3)))
    assert [form.split(" is read as ")[0] for form in intake.forms] == [file.name for file in given]


def test_windows_letters_are_read() -> None:
    """Teams and catalog of version 4 in cp1252, which has all of their letters."""
    roster, teams, cops = files(V4)
    intake = taken(Files(roster, as_text(teams, encoding="cp1252"), as_text(cops, encoding="cp1252", separator=";")))
    assert intake.findings == ()
    assert without_files(intake) == without_files(taken(files(V4)))
    assert "Windows-1252" in intake.forms[0]
    assert "semicolons" in intake.forms[1]


def test_usual_files_are_read_without_a_word() -> None:
    """CSV in UTF-8 with commas is what is expected."""
    assert taken(files(V3)).forms == ()


def test_title_and_notes_are_left_out() -> None:
    """A title above the header is named, notes below the table are one warning, and everything else is the same."""
    roster = files(V3).roster
    rows = rows_of(roster)
    width = len(rows[0])
    title = [["ILC Roster 2021-22"], ["Region I to IV", "final"], []]
    notes = [[], ["Updated by R. Alvarez"], ["Pilots: see teams", "4"], []]
    padded = [[*row, *[""] * (width + 2 - len(row))] for row in [*title, *rows, *notes]]
    text = "".join(",".join('"' + cell.replace('"', '""') + '"' for cell in row) + "\r\n" for row in padded)
    for file in (File("r.xlsx", book([*title, *rows, *notes])), File("r.csv", text.encode())):
        intake = taken(files(V3)._replace(roster=file))
        (note,) = intake.findings
        assert (note.severity, note.value, note.rows) == ("warning", "Updated by R. Alvarez", (330, 331))
        assert without_files(intake) == without_files(taken(files(V3)))
        assert '"ILC Roster 2021-22" above the header' in intake.forms[0]


def _typed(cell: str) -> str | int | date | time:
    """A cell as Excel types it."""
    if len(cell) == 10 and cell[4] == cell[7] == "-":
        return date.fromisoformat(cell)
    if len(cell) == 5 and cell[2] == ":":
        return time.fromisoformat(cell)
    return int(cell) if cell.isdecimal() and cell[0] != "0" else cell


def test_typed_cells_are_read_as_written() -> None:
    """Dates, times and numbers that Excel keeps as such are read as the same days, hours and counts; codes stay whole."""
    typed = Files(
        *(File(f"{number}.xlsx", book([list(map(_typed, row)) for row in rows_of(file)])) for number, file in enumerate(files(V3)))
    )
    intake = taken(typed)
    assert intake.findings == ()
    assert without_files(intake) == without_files(taken(files(V3)))


def test_calendar_reads_the_same_forms() -> None:
    """The calendar as a workbook with real dates and times, and with semicolons, is the same calendar."""
    usual = calendar_taken(sample(SAMPLE_CSV))
    typed = File("c.xlsx", book([list(map(_typed, row)) for row in rows_of(sample(SAMPLE_CSV))]))
    for file in (typed, as_text(sample(SAMPLE_CSV), encoding="utf-16", separator=";")):
        intake = calendar_taken(file)
        assert [finding.text for finding in intake.findings] == [finding.text for finding in usual.findings]
        assert _meetings(intake.calendar) == _meetings(usual.calendar)
        assert intake.forms


def _meetings(calendar: Calendar) -> list[object]:
    return list(calendar.meetings)


def test_reading_tells_how_far_it_is() -> None:
    """Every 5,000 rows of a large file its name and the number of rows are told, of a workbook too."""
    told: list[tuple[str, int]] = []
    rows = [["id", "name"], *([f"P{number}", "Ada"] for number in range(5_100))]
    lines = "".join(f"{','.join(row)}\n" for row in rows)
    for file in (File("t.csv", lines.encode()), File("t.xlsx", book(rows))):
        read_table(file, Layout("list", ("id", "name")), on_rows=lambda name, number: told.append((name, number)))
    assert told == [("t.csv", 5_000), ("t.xlsx", 5_000)]

"""What a workbook holds beside its values is said, and one that is hostile or damaged is refused before it is parsed."""

import io
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook
from openpyxl.workbook.protection import WorkbookProtection
from openpyxl.worksheet.worksheet import Worksheet

from ilc_canvas.reconcile.errors import RosterError
from ilc_canvas.roster.files.columns import Layout
from ilc_canvas.roster.files.rules import ReadingRules
from ilc_canvas.roster.findings import Finding
from ilc_canvas.roster.reading import File, Table, read_table
from tests.roster.files.books import Edit, Value, book, repacked, with_shared_texts

ROOT = Path(__file__).parents[3]
LAYOUT = Layout("list", ("id", "name", "role", "day"))
PEOPLE: list[list[Value]] = [[f"P{n}", f"Name {n}", "lead", "2021-10-05"] for n in range(1, 7)]
ROWS: list[list[Value]] = [["id", "name", "role", "day"], *PEOPLE]
SHEET = "xl/worksheets/sheet1.xml"


def read(data: bytes, rules: ReadingRules | None = None) -> Table:
    """The workbook's table."""
    return read_table(File("list.xlsx", data), LAYOUT, rules or ReadingRules())


def spoiled(edit: Edit) -> Table:
    """The table after an edit of its sheet."""
    return read(book(ROWS, edit))


def beside(sheet: Worksheet, title: str, *, at: int | None = None) -> Worksheet:
    """Another sheet of the same workbook."""
    assert sheet.parent is not None
    other = sheet.parent.create_sheet(title, at)
    assert isinstance(other, Worksheet)
    return other


def formula(sheet: Worksheet) -> None:
    """Roles become formulas, whose results nobody has stored."""
    for row in range(3, 6):
        sheet[f"C{row}"] = '="le"&"ad"'


def merged(sheet: Worksheet) -> None:
    """Two people share a role."""
    sheet.merge_cells("C3:C4")


def hidden_rows(sheet: Worksheet) -> None:
    """A filter hides two people."""
    sheet.row_dimensions[3].hidden = sheet.row_dimensions[4].hidden = True


def hidden_column(sheet: Worksheet) -> None:
    """The roles are hidden."""
    sheet.column_dimensions["C"].hidden = True


def failed(sheet: Worksheet) -> None:
    """A lookup found nothing."""
    sheet["C3"], sheet["C6"] = "#N/A", "#N/A"


def long_number(sheet: Worksheet) -> None:
    """An id of 18 digits as a number."""
    sheet["A3"] = 123456789012345678


def second_sheet(sheet: Worksheet) -> None:
    """Something else stands on another sheet."""
    beside(sheet, "Old")["A1"] = "x"


def hidden_sheet(sheet: Worksheet) -> None:
    """Something else stands on a hidden sheet."""
    other = beside(sheet, "Secret")
    other["A1"], other.sheet_state = "x", "hidden"


ODD: dict[str, tuple[Edit, str, str, tuple[int, ...], str]] = {
    "formulas": (formula, "error", "C3", (3, 4, 5), "a formula stands here without its result."),
    "merged cells": (merged, "error", "C4", (), "are merged cells, of which only the first holds a value."),
    "hidden rows": (hidden_rows, "warning", "", (3, 4), "the row is hidden, and is read like the others."),
    "hidden column": (hidden_column, "warning", "", (), "is hidden, and is read like the other columns."),
    "failed formulas": (failed, "error", "C3", (3, 6), "is what a formula says when it fails."),
    "long number": (long_number, "error", "A3", (), "is a number of more than 15 digits, of which Excel keeps 15."),
    "second sheet": (second_sheet, "warning", "", (), "is a sheet that was not read."),
    "hidden sheet": (hidden_sheet, "warning", "", (), "is a sheet that is hidden, and was not read."),
}


@pytest.mark.parametrize(("edit", "severity", "cell", "rows", "text"), ODD.values(), ids=ODD)
def test_oddity_is_one_finding(edit: Edit, severity: str, cell: str, rows: tuple[int, ...], text: str) -> None:
    """What the values do not tell is one finding, with its cell and its rows, however often it is there."""
    (finding,) = spoiled(edit).findings
    assert (finding.severity, finding.cell, finding.rows, finding.text) == (severity, cell, rows, text)


def test_result_of_a_formula_is_read_with_a_warning() -> None:
    """A formula whose result is stored counts as that result, and one warning names the column."""

    def calculated(xml: bytes) -> bytes:
        return xml.replace(b'<c r="C3" t="inlineStr"><is><t>lead</t></is></c>', b'<c r="C3" t="str"><f>A1</f><v>lead</v></c>')

    data = repacked(book(ROWS), {SHEET: calculated})
    (finding,) = read(data).findings
    assert (finding.severity, finding.cell, finding.value) == ("warning", "C3", "lead")
    assert [row.cells["role"] for row in read(data).rows] == ["lead"] * 6


def test_empty_result_of_a_formula_is_a_result() -> None:
    """A formula that gives nothing is not one without a result."""

    def empty(xml: bytes) -> bytes:
        return xml.replace(b'<c r="C3" t="inlineStr"><is><t>lead</t></is></c>', b'<c r="C3" t="str"><f>A1</f><v></v></c>')

    (finding,) = read(repacked(book(ROWS), {SHEET: empty})).findings
    assert (finding.severity, finding.cell, finding.text) == ("warning", "C3", "is the result of a formula.")


@pytest.mark.parametrize(
    ("code", "shown"), [("00000", "00007"), ('"ILC-"0000', "ILC-0007"), (r"\P000", "P007"), ("0", "7"), ("#,##0", "7"), ("0.00", "7")]
)
def test_numbers_are_read_as_they_are_shown(code: str, shown: str) -> None:
    """Zeros and letters that only a format adds are what people see, and so are read, with one warning."""

    def ids(sheet: Worksheet) -> None:
        for row in (3, 4):
            sheet[f"A{row}"] = 7
            sheet[f"A{row}"].number_format = code

    read_ = spoiled(ids)
    assert [row.cells["id"] for row in read_.rows[1:3]] == [shown] * 2
    assert [(finding.severity, finding.value, finding.cell, finding.rows) for finding in read_.findings] == (
        [] if shown == "7" else [("warning", shown, "A3", (3, 4))]
    )


def test_notes_outside_the_table_do_not_count() -> None:
    """Merged cells and formulas in a title, or below the table, say nothing about it."""
    rows: list[list[Value]] = [["Our list"], [], *ROWS]

    def edit(sheet: Worksheet) -> None:
        sheet.merge_cells("A1:D1")
        sheet["F20"] = None

    assert read(book(rows, edit)).findings == ()


def test_only_visible_tables_are_read() -> None:
    """A table on a hidden sheet is not read, and two tables that may be meant are not chosen from."""

    def hide(sheet: Worksheet) -> None:
        beside(sheet, "Cover")
        sheet.sheet_state = "hidden"

    def twice(sheet: Worksheet) -> None:
        copy = beside(sheet, "Copy")
        for row in ROWS:
            copy.append(row)

    with pytest.raises(RosterError, match="is empty: no sheet that can be seen holds anything"):
        read(book(ROWS, hide))
    with pytest.raises(RosterError, match='several sheets that may be meant: "Table", "Copy"'):
        read(book(ROWS, twice))


def test_table_is_found_on_any_sheet() -> None:
    """A cover sheet before the table is named, and the table is read."""

    def cover(sheet: Worksheet) -> None:
        beside(sheet, "Cover", at=0)["A1"] = "ILC"

    read_ = read(book(ROWS, cover))
    assert (len(read_.rows), [finding.value for finding in read_.findings]) == (6, ["Cover"])


def _zip(parts: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return out.getvalue()


def _entity(xml: bytes) -> bytes:
    """An entity that reads a file of this machine."""
    return b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>' + xml.partition(b"?>")[2]


def _laughs(xml: bytes) -> bytes:
    """Entities that grow a billionfold."""
    nested = b"".join(b'<!ENTITY l%d "%s">' % (n, b"&l%d;" % (n - 1) * 10) for n in range(1, 10))
    return b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY l0 "lol">' + nested + b"]>" + xml.partition(b"?>")[2]


def _row(number: str, reference: str) -> Callable[[bytes], bytes]:
    """A sheet with one more row, at its end."""
    more = f'<row r="{number}"><c r="{reference}" t="n"><v>1</v></c></row></sheetData>'.encode()
    return lambda xml: xml.replace(b"</sheetData>", more)


def _widths(xml: bytes) -> bytes:
    """All columns are hidden again and again."""
    more = b"<cols>" + b'<col min="1" max="16384" hidden="1"/>' * 30_000 + b"</cols><sheetData>"
    return xml.replace(b"<sheetData>", more)


def _sheets(xml: bytes) -> bytes:
    """One part stands for many sheets."""
    one = xml[xml.index(b"<sheet ") : xml.index(b"</sheets>")]
    return xml.replace(one, b"".join(one.replace(b'name="Table"', b'name="T%d"' % n) for n in range(1_000)))


def _styles(xml: bytes) -> bytes:
    """More styles than any workbook has."""
    return xml.replace(b"</cellXfs>", b"<xf/>" * 500_000 + b"</cellXfs>")


def _protected() -> bytes:
    workbook = load_workbook(io.BytesIO(book(ROWS)))
    workbook.security = WorkbookProtection(workbookPassword="x", lockStructure=True)
    out = io.BytesIO()
    workbook.save(out)
    return out.getvalue()


GOOD = with_shared_texts(book(ROWS))
HOSTILE: dict[str, tuple[bytes, str]] = {
    "cut off": (GOOD[: len(GOOD) // 2], "is a damaged workbook, or is cut off"),
    "a byte changed": (GOOD[:400] + bytes([GOOD[400] ^ 255]) + GOOD[401:], "is a damaged workbook, or is cut off"),
    "a file of this machine": (repacked(GOOD, {SHEET: _entity}), "DOCTYPE"),
    "a billion laughs": (repacked(GOOD, {"xl/sharedStrings.xml": _laughs}), "DOCTYPE"),
    "entities in the workbook": (repacked(GOOD, {"xl/workbook.xml": _entity}), "DOCTYPE"),
    "entities in the styles": (repacked(GOOD, {"xl/styles.xml": _entity}), "DOCTYPE"),
    "entities in UTF-16": (repacked(GOOD, {SHEET: lambda xml: _entity(xml).decode().encode("utf-16")}), "not written in UTF-8"),
    "entities in EBCDIC": (repacked(GOOD, {SHEET: lambda xml: _entity(xml).decode().encode("cp037")}), "not written in UTF-8"),
    "another encoding": (repacked(GOOD, {SHEET: lambda xml: b'<?xml version="1.0" encoding="cp037"?>' + xml}), "not written in UTF-8"),
    "a bomb": (repacked(GOOD, {"xl/media/image1.bin": b"\0" * 20_000_000}), "unpacks to more than 16 MB"),
    "many parts": (repacked(GOOD, {f"xl/x{n}.bin": b"" for n in range(2_000)}), "is put together as no spreadsheet does it"),
    "a row far below": (repacked(GOOD, {SHEET: _row("999999999", "A999999999")}), "a sheet that is larger than what is read"),
    "a last row": (repacked(GOOD, {SHEET: _row("1048576", "A1048576")}), "more than 50,000 rows"),
    "a last column": (repacked(GOOD, {SHEET: _row("8", "XFD8")}), "has 16384 columns; more than 64 are not read"),
    "a column beyond the last": (repacked(GOOD, {SHEET: _row("8", "ZZZZZZ8")}), "a sheet that is larger than what is read"),
    "columns hidden a thousandfold": (repacked(GOOD, {SHEET: _widths}), "a sheet that is larger than what is read"),
    "a sheet a thousandfold": (repacked(GOOD, {"xl/workbook.xml": _sheets}), "cannot be read as an Excel workbook"),
    "styles without end": (repacked(GOOD, {"xl/styles.xml": _styles}), "more styles or links in it than are read"),
    "a row twice": (repacked(GOOD, {SHEET: _row("3", "A3")}), "cannot be read as an Excel workbook"),
    "broken XML": (repacked(GOOD, {SHEET: lambda xml: xml[:-40]}), "cannot be read as an Excel workbook"),
    "broken styles": (repacked(GOOD, {"xl/styles.xml": lambda xml: xml[:-40]}), "cannot be read as an Excel workbook"),
    "no sheet": (repacked(GOOD, {"xl/workbook.xml": lambda xml: xml.replace(b"<sheet ", b"<shoot ")}), "no sheet that can be seen"),
    "another zip": (_zip({"a.csv": b"id,name"}), r"is not an Excel workbook \(.xlsx\)"),
    "OpenDocument": (_zip({"mimetype": b"application/vnd.oasis.opendocument.spreadsheet"}), r"is not an Excel workbook \(.xlsx\)"),
    "old Excel": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "is an old Excel workbook .*, or one that is protected by a password"),
}


@pytest.mark.parametrize(("data", "text"), HOSTILE.values(), ids=HOSTILE)
def test_hostile_workbook_is_refused(data: bytes, text: str) -> None:
    """Nothing of it is taken, and one sentence says why."""
    with pytest.raises(RosterError, match=text):
        read(data, ReadingRules(most_bytes=1024 * 1024))


def test_wrong_size_in_the_sheet_hides_no_row() -> None:
    """A sheet that says it is smaller than it is does not lose its last people."""
    data = repacked(GOOD, {SHEET: lambda xml: xml.replace(b'ref="A1:D7"', b'ref="A1:B3"')})
    assert b'ref="A1:B3"' in zipfile.ZipFile(io.BytesIO(data)).read(SHEET)
    assert [row.cells["day"] for row in read(data).rows] == ["2021-10-05"] * 6


def test_locked_structure_is_read() -> None:
    """A workbook whose sheets are locked against moving is not encrypted, and is read."""
    assert len(read(_protected()).rows) == 6


@settings(max_examples=60, deadline=None)
@given(st.integers(0, len(GOOD) - 1), st.binary(max_size=3))
def test_spoiled_workbook_reads_or_is_refused(at: int, instead: bytes) -> None:
    """Bytes changed anywhere give the same table or a refusal, never another table."""
    try:
        rows = read(GOOD[:at] + instead + GOOD[at + len(instead) :]).rows
    except RosterError:
        return
    assert [row.cells["id"] for row in rows] == [f"P{n}" for n in range(1, 7)]


def test_openpyxl_is_imported_for_workbooks_alone() -> None:
    """Reading CSV, and starting any command, does without it."""
    code = (
        "import sys; from pathlib import Path; from tests.roster.cast import files, taken; import ilc_canvas.cli.app; "
        "taken(files()); print('openpyxl' in sys.modules)"
    )
    said = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert said.split() == ["False"]


def test_finding_names_the_cell_of_a_workbook() -> None:
    """On the screen the cell stands beside the column, as the spreadsheet names it."""
    (finding,) = spoiled(failed).findings
    assert isinstance(finding, Finding)
    assert str(finding).startswith('list.xlsx, lines 3, 6, column role (C3): "#N/A" is what a formula says')

"""Workbooks for tests: a table as Excel would save it, and ways to spoil one."""

import csv
import io
import re
import zipfile
from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime, time

from openpyxl import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from ilc_canvas.roster.reading import File

Value = str | int | float | bool | date | datetime | time | None
Edit = Callable[[Worksheet], None]


def rows_of(file: File) -> list[list[str]]:
    """The cells of a CSV file."""
    return list(csv.reader(io.StringIO(file.data.decode("utf-8-sig"), newline="")))


def book(rows: Sequence[Sequence[Value]], *edits: Edit, title: str = "Table") -> bytes:
    """A workbook with these rows on one sheet, after these edits."""
    workbook = Workbook()
    sheet = workbook.active
    assert isinstance(sheet, Worksheet)
    sheet.title = title
    for row in rows:
        sheet.append([None if cell == "" else cell for cell in row])
    for edit in edits:
        edit(sheet)
    out = io.BytesIO()
    workbook.save(out)
    return out.getvalue()


def as_book(file: File, *edits: Edit) -> File:
    """A CSV file as a workbook with text in every cell."""
    return File(file.name.replace(".csv", ".xlsx"), book(rows_of(file), *edits))


def as_text(file: File, *, encoding: str = "utf-8", separator: str = ",", line_end: str = "\r\n") -> File:
    """A CSV file as another program would save it."""
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=separator, lineterminator=line_end).writerows(rows_of(file))
    return File(file.name, out.getvalue().encode(encoding))


def repacked(data: bytes, parts: Mapping[str, bytes | Callable[[bytes], bytes]]) -> bytes:
    """The package with some parts replaced, edited, or added."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for name in [*old.namelist(), *(name for name in parts if name not in old.namelist())]:
            part = parts.get(name)
            before = old.read(name) if name in old.namelist() else b""
            new.writestr(name, before if part is None else part if isinstance(part, bytes) else part(before))
    return out.getvalue()


_INLINE = re.compile(rb' t="inlineStr"><is><t(?: xml:space="preserve")?>([^<]*)</t></is>')
_TYPE = (
    b'<Override PartName="/xl/sharedStrings.xml" '
    b'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"/></Types>'
)


def with_shared_texts(data: bytes) -> bytes:
    """The workbook as Excel writes it: each text once, in a part of its own."""
    texts: dict[bytes, int] = {}

    def shared(match: re.Match[bytes]) -> bytes:
        return b' t="s"><v>%d</v>' % texts.setdefault(match[1], len(texts))

    with zipfile.ZipFile(io.BytesIO(data)) as old:
        sheet = _INLINE.sub(shared, old.read("xl/worksheets/sheet1.xml"))
    items = b"".join(b'<si><t xml:space="preserve">%s</t></si>' % text for text in texts)
    table = b'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">%s</sst>' % items
    types: dict[str, bytes | Callable[[bytes], bytes]] = {"[Content_Types].xml": lambda xml: xml.replace(b"</Types>", _TYPE)}
    return repacked(data, {**types, "xl/worksheets/sheet1.xml": sheet, "xl/sharedStrings.xml": table})

"""Empty files for an office to fill in: the right headers, text in every cell, and lists of the words that a column may hold."""

import csv
import io
from collections.abc import Mapping

from ilc_canvas.program.calendars.calendar import AUDIENCES, STATUSES
from ilc_canvas.roster.files.columns import CALENDAR, COPS, ROSTER, TEAMS, Layout
from ilc_canvas.roster.files.grid import letters
from ilc_canvas.roster.rows import WORDS

FILES: Mapping[str, Layout] = {"roster": ROSTER, "teams": TEAMS, "cops": COPS, "calendar": CALENDAR}
_CALENDAR_WORDS: Mapping[str, tuple[str, ...]] = {
    "audience_type": AUDIENCES,
    "all_day": ("yes", "no"),
    "mode": ("virtual", "in_person", "hybrid"),
    "status": STATUSES,
}
_LAST_ROW = 5_000  # to which the lists go
_TEXT = "@"


def templates() -> dict[str, bytes]:
    """Each kind of file as CSV and as a workbook, by name."""
    made: dict[str, bytes] = {}
    for name, layout in FILES.items():
        made[f"{name}.csv"] = _as_csv(layout)
        made[f"{name}.xlsx"] = _as_workbook(name, layout, _CALENDAR_WORDS if layout is CALENDAR else WORDS)
    return made


def _as_csv(layout: Layout) -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out, lineterminator="\r\n").writerow(layout.names)
    return out.getvalue().encode("utf-8-sig")


def _as_workbook(title: str, layout: Layout, words: Mapping[str, tuple[str, ...]]) -> bytes:
    from openpyxl import Workbook
    from openpyxl.styles import Font
    from openpyxl.worksheet.datavalidation import DataValidation

    book = Workbook()
    book.remove(book.worksheets[0])
    sheet = book.create_sheet(title)
    for place, name in enumerate(layout.names):
        letter = letters(place)
        sheet[f"{letter}1"] = name
        sheet[f"{letter}1"].font = Font(bold=name in layout.required)
        sheet.column_dimensions[letter].number_format = _TEXT
        sheet.column_dimensions[letter].width = max(12, len(name) + 2)
        if name in words:
            listed = DataValidation(type="list", formula1=f'"{",".join(words[name])}"', allow_blank=True, showErrorMessage=True)
            listed.error = f"Choose one of the list: {', '.join(words[name])}."
            listed.add(f"{letter}2:{letter}{_LAST_ROW}")
            sheet.add_data_validation(listed)
    sheet.freeze_panes = "A2"
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()

"""What reports have in common: the files that are written, and lines about what they are made from."""

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from ilc_canvas import clock
from ilc_canvas.cli.reports.page import Cell, Page, as_html
from ilc_canvas.cli.store.new_file import refuse_existing, write_new
from ilc_canvas.reconcile.errors import IlcError
from ilc_canvas.reconcile.words.plain import plain

if TYPE_CHECKING:
    from ilc_canvas.views.reports.sources import Sources


def facts(sources: "Sources") -> list[str]:
    """As of when, and from which versions and files a report is made."""
    info, came = sources.roster_info, sources.attendance_info
    signed = f"signed by {info.signed_by}, {clock.day(info.signed_at)}" if info.signed_at else "not signed"
    attendance = f"Attendance version {came.number}, recorded {clock.day(came.imported_at)}" if came else "No attendance is recorded"
    calendar = f"calendar version {sources.calendar.version}" if sources.calendar else "no calendar is finalized"
    return [
        f"As of {clock.at(sources.as_of)}. School year {info.school_year}. Roster version {info.number}, {signed}.",
        f"{attendance}; {calendar}.",
        f"Roster files {info.files_digest}:",
        *(f"  {name}, SHA-256 {digest}" for name, digest in info.files.items()),
    ]


def facts_json(sources: "Sources") -> dict[str, object]:
    """The same for programs."""
    info, came = sources.roster_info, sources.attendance_info
    return {
        "school_year": info.school_year,
        "as_of": sources.as_of,
        "roster_version": info.number,
        "files_digest": info.files_digest,
        "files": info.files,
        "calendar_version": sources.calendar.version if sources.calendar else None,
        "attendance_version": came.number if came else None,
    }


def utc(moment: datetime | None) -> str:
    """2021-10-04T16:14:02Z, as tables have it; empty if there is none."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if moment else ""


def as_csv(head: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """A table whose cells no spreadsheet takes for formulas, starting with the mark by which Excel recognizes UTF-8."""
    from ilc_canvas.store.audit.reader import safe_cell

    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(head)
    writer.writerows([cell if isinstance(cell, int) else safe_cell(plain(cell)) for cell in row] for row in rows)
    return out.getvalue().encode("utf-8-sig")


def page_bytes(page: Page) -> bytes:
    """The page as a file holds it."""
    return as_html(page).encode()


def check_new(*paths: Path | None) -> bool:
    """Whether something is to be written. IlcError if one of these files exists, or two are the same."""
    given = [path for path in paths if path]
    if len(set(given)) < len(given):
        raise IlcError("The table and the page need two files. Nothing was written. Name another one.")
    refuse_existing(given)
    return bool(given)


def write(files: Iterable[tuple[Path | None, bytes]]) -> list[str]:
    """Write those that have a path, all or none; a line about each. IlcError if one exists."""
    named = {path: data for path, data in files if path}
    write_new(named)
    return [f"Written: {path}. Only you can read it." for path in named]


def aligned(head: Sequence[str], rows: Sequence[Sequence[Cell]], wide: int = 1) -> list[str]:
    """A table for the screen: the first `wide` columns to the left, numbers to the right."""
    texts = [[f"{cell:,}" if isinstance(cell, int) else cell for cell in row] for row in (head, *rows)]
    widths = [max(len(row[at]) for row in texts) for at in range(len(head))]
    return [f"  {'  '.join(_padded(row, widths, wide))}".rstrip() for row in texts]


def _padded(row: Sequence[str], widths: Sequence[int], wide: int) -> list[str]:
    return [text.ljust(widths[at]) if at < wide else text.rjust(widths[at]) for at, text in enumerate(row)]

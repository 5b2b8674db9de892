"""Answers that a browser saves as a file."""

import csv
import io
from collections.abc import Iterable, Iterator, Sequence

from starlette.responses import StreamingResponse

_MARK = "\ufeff"  # by which Excel recognizes UTF-8


def table_file(name: str, rows: Iterable[Sequence[str]]) -> StreamingResponse:
    """A table for a spreadsheet, sent row by row. `name` is one of ours: it names nobody."""
    headers = {"Content-Disposition": f'attachment; filename="{name}.csv"'}
    return StreamingResponse(_lines(rows), media_type="text/csv; charset=utf-8", headers=headers)


def _lines(rows: Iterable[Sequence[str]]) -> Iterator[str]:
    yield _MARK
    for row in rows:
        out = io.StringIO()
        csv.writer(out).writerow(row)
        yield out.getvalue()

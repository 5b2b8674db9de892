"""Text that is hostile costs seconds at most: endless rows, endless columns, and headers that look a little like ours."""

from zoneinfo import ZoneInfo

import pytest

from ilc_canvas.reconcile.errors import RosterError
from ilc_canvas.roster.files.columns import ROSTER
from ilc_canvas.roster.files.rules import STANDARD
from ilc_canvas.roster.intent.form import read_export
from ilc_canvas.roster.office.overview import overview
from ilc_canvas.roster.reading import File, read_table

ENDLESS = {
    "columns": b"".join(b"person id %d,email;name\tid," % number for number in range(150_000)) + b"\n",
    "separators": b",;\t" * 700_000 + b"\n",
    "rows of many columns": (b"e mail," * 20_000 + b"\n") * 10,
    "rows": b"\n" * 2_000_000,
    "a cell": b'"' + b"person id " * 200_000 + b'"\n',
}


@pytest.mark.timeout(60)
@pytest.mark.parametrize("data", ENDLESS.values(), ids=ENDLESS)
def test_endless_text_is_refused_soon(data: bytes) -> None:
    """A roster, an overview of columns, and an export of the form: each is refused before the test's time is up."""
    file = File("x.csv", data)
    for read in (
        lambda: read_table(file, ROSTER),
        lambda: overview(file, STANDARD),
        lambda: read_export(file, ZoneInfo("America/Los_Angeles"), STANDARD),
    ):
        with pytest.raises(RosterError):
            read()

"""The county table: a working list, which may be wrong, and so only ever warns."""

from collections.abc import Mapping
from pathlib import Path

from ilc_canvas.roster.files.columns import COUNTIES
from ilc_canvas.roster.reading import read_file, read_table


def read_counties(path: Path) -> Mapping[str, str]:
    """Region (I to IV) by county name. RosterError if the table cannot be read."""
    table = read_table(read_file(path), COUNTIES)
    return {row.cells["county"]: row.cells["region_working"] for row in table.rows}

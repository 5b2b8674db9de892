"""A file that a command writes for somebody: never over another one, and for its owner alone."""

import os
from pathlib import Path
from typing import TextIO

from ilc_canvas.reconcile.errors import IlcError


def new_file(path: Path) -> TextIO:
    """A table for a spreadsheet: begins with the mark by which Excel knows UTF-8. IlcError if something is there already."""
    try:
        return open(path, "x", encoding="utf-8-sig", newline="", opener=lambda name, flags: os.open(name, flags, 0o600))
    except FileExistsError as error:
        raise IlcError(f"{path} is there already, and is left as it is. Nothing was done. Name another file.") from error

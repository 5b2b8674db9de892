"""Options shared by the commands of reports."""

from pathlib import Path
from typing import Annotated

import typer

CsvFile = Annotated[Path | None, typer.Option("--csv", metavar="FILE", help="Write a table for a spreadsheet; the file must be new.")]
HtmlFile = Annotated[Path | None, typer.Option("--html", metavar="FILE", help="Write a page to print; the file must be new.")]
Year = Annotated[str, typer.Option("--school-year", metavar="YEAR", help="Such as 2021-22. Default: the one whose roster was signed last.")]

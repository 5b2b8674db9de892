"""report run: one run as a page to print, or as a table for a spreadsheet"""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ilc_canvas.cli.output import say
from ilc_canvas.reconcile.words.wording import count

if TYPE_CHECKING:
    from ilc_canvas.views.reports.run_report import RunReport

Run = Annotated[int, typer.Argument(metavar="RUN", help="The number of the run, as runs lists it.")]
Page = Annotated[Path | None, typer.Option("--html", metavar="FILE", help="Write a page to print to this new file.")]
Table = Annotated[Path | None, typer.Option("--csv", metavar="FILE", help="Write a table for a spreadsheet to this new file.")]


def run(number: Run, html: Page = None, csv: Table = None) -> None:
    """Write a report of one run: what was done, what was not, what waits, who approved it and why.

    Contains names and addresses; the log records it.
    """
    from ilc_canvas import bootstrap, process
    from ilc_canvas.cli.startup import begin
    from ilc_canvas.cli.store.new_file import whole_file
    from ilc_canvas.store.audit import settings_and_exports
    from ilc_canvas.views.reports.run_report import run_report

    path = html or csv
    if path is None or (html and csv):
        raise typer.BadParameter("Name one file: --html FILE for a page to print, or --csv FILE for a spreadsheet.")
    settings, now = begin(), process.now()
    with bootstrap.open_store(settings) as store:
        report = run_report(settings, store, number)
        with whole_file(path) as file:
            file.write(_written(report, page=html is not None, version=_version(), now=now))
            settings_and_exports.exported_run_report(store, number, changes=len(report.rows), actor=process.actor(), at=now)
    say(
        f"The report of run {number} is in {path}: {count(len(report.rows), 'change')}, with names and addresses. Share it with few people."
    )


def _written(report: "RunReport", *, page: bool, version: str, now: datetime) -> bytes:
    from ilc_canvas.cli.reports.run_page import page_of
    from ilc_canvas.cli.reports.table import table_of

    return page_of(report, version=version, now=now) if page else table_of(report)


def _version() -> str:
    from importlib.metadata import version

    return version("ilc-canvas")

"""courses preview: how a course will look, as plain pages, without Canvas"""

from pathlib import Path
from typing import Annotated

import typer

from ilc_canvas.cli.options import SchoolYear
from ilc_canvas.cli.output import say
from ilc_canvas.reconcile.words.wording import count

Course = Annotated[str, typer.Argument(metavar="COURSE", help="cop:EQ, net:R1, pilot:P417 or hub.")]
To = Annotated[Path | None, typer.Option("--to", metavar="DIR", help="Write the pages to this folder; left out, to a new one.")]
From = Annotated[
    Path | None,
    typer.Option(
        "--from", metavar="DIR", help="Use the texts in this folder; left out, those of the settings.", exists=True, file_okay=False
    ),
]
Open = Annotated[bool, typer.Option("--open", help="Open the home page in a browser.")]


def preview(course: Course, *, to: To = None, texts: From = None, school_year: SchoolYear = "", open_it: Open = False) -> None:
    """Write a course as pages that look as in Canvas, from the newest finalized roster and calendar. Nothing is sent anywhere."""
    import webbrowser
    from tempfile import mkdtemp

    from ilc_canvas import bootstrap
    from ilc_canvas.cli.courses.preview_pages import preview_pages
    from ilc_canvas.cli.runs.runs import checked
    from ilc_canvas.cli.startup import begin
    from ilc_canvas.cli.store.new_file import new_files
    from ilc_canvas.courses.shelf import require_shelf
    from ilc_canvas.views.content_source import templates_folder
    from ilc_canvas.views.courses.content import content_view

    checked([course])
    settings = begin()
    shelf = require_shelf(templates_folder(settings, texts))
    with bootstrap.open_store(settings) as store:
        view = content_view(settings, store, course, shelf=shelf, year=school_year)
    files = preview_pages(view)
    folder = to or Path(mkdtemp(prefix=f"ilc-{course.replace(':', '-')}-"))
    new_files(folder, files)
    home = folder / "index.html"
    calendar = f"calendar version {view.calendar_version}" if view.calendar_version else "no calendar, since none is signed"
    say(
        f"{view.course.name}: {count(len(files), 'file')} from roster version {view.roster_version} of {view.school_year} and {calendar}.",
        f"Open {home} in a browser. The pages contain names; only you can read them.",
    )
    if open_it and not webbrowser.open(home.resolve().as_uri()):
        say("There is no browser here that could be started.")

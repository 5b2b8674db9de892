"""course show: one course, without a request to Canvas"""

from typing import TYPE_CHECKING, Annotated

import typer

from ilc_canvas.cli.options import All, Json, SchoolYear
from ilc_canvas.cli.output import say, say_json

if TYPE_CHECKING:
    from ilc_canvas.settings import Settings
    from ilc_canvas.store.db.database import Store
    from ilc_canvas.views.courses.course import CourseView

Course = Annotated[str, typer.Argument(metavar="COURSE", help="cop:EQ, net:R1, pilot:P417 or hub.")]


def show(course: Course, *, school_year: SchoolYear = "", all_rows: All = False, as_json: Json = False) -> None:
    """One course: where it is in Canvas, who is in it, its meetings, and what waits. From the store alone; does not read Canvas."""
    from ilc_canvas import bootstrap, process
    from ilc_canvas.cli.courses.course_text import course_json, course_lines
    from ilc_canvas.cli.runs.runs import checked
    from ilc_canvas.cli.startup import begin

    checked([course])
    if course.startswith("person:"):
        raise typer.BadParameter("Name a course: cop:EQ, net:R1, pilot:P417 or hub. For a person: ilc-canvas explain ILC-0001")
    settings, now = begin(), process.now()
    with bootstrap.open_store(settings) as store:
        views = _views(settings, store, course, school_year=school_year)
    if as_json:
        say_json({**course_json(views[0]), "other_years": [course_json(view) for view in views[1:]]})
        return
    for number, view in enumerate(views):
        say(*([""] if number else []), *course_lines(view, now=now, all_rows=all_rows))


def _views(settings: "Settings", store: "Store", word: str, *, school_year: str) -> "list[CourseView]":
    """The course in each current school year that has it, the newest first. RosterError if none has."""
    from ilc_canvas import process
    from ilc_canvas.program.selection import suggestion, words_of
    from ilc_canvas.reconcile.errors import RosterError
    from ilc_canvas.store.rosters import versions
    from ilc_canvas.views import years
    from ilc_canvas.views.courses.course import course

    newest = versions.newest_finalized(store, school_year)
    current = (newest.school_year,) if school_year else tuple(reversed(years.current_years(settings, store, process.now())))
    found = [view for year in current if (view := course(settings, store, word, year=year))]
    if not found:
        text = f"There is no course {word} in roster version {newest.version} of {newest.school_year}."
        raise RosterError(text + suggestion(word, (each for each in words_of(newest) if not each.startswith("person:"))))
    return found

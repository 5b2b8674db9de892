"""ready: whether each course is ready to open, and what is missing"""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from ilc_canvas import clock
from ilc_canvas.cli.options import All, Json
from ilc_canvas.cli.output import say, say_json
from ilc_canvas.reconcile.words.wording import count, form

if TYPE_CHECKING:
    from ilc_canvas.program.courses.readiness import CourseReadiness
    from ilc_canvas.views.courses.readiness import YearReadiness
    from ilc_canvas.views.names import Names

EXIT_NOT_READY = 2
Words = Annotated[list[str] | None, typer.Option("--only", metavar="WORD", help="Only cop:EQ, net:R1, pilot:P417 or hub.")]


def ready(only: Words = None, all_rows: All = False, as_json: Json = False) -> None:
    """Whether each course is ready to open, as of the last look at Canvas, and what is missing. Exit code 2 if one is not."""
    from ilc_canvas import bootstrap, process
    from ilc_canvas.cli.startup import begin
    from ilc_canvas.views.courses.readiness import every_year
    from ilc_canvas.views.names import Names, known_names

    settings = begin()
    with bootstrap.open_store(settings) as store:
        try:
            found = every_year(settings, store, process.now(), only=only or ())
        except ValueError as error:
            raise typer.BadParameter(str(error)) from error
        names = Names({**known_names(settings, store).known, **{key: name for year in found for key, name in year.names.items()}})
    if only and not any(year.courses for year in found):
        raise typer.BadParameter(f"No course of a finalized roster is called {' or '.join(only)}.")
    if as_json:
        say_json([as_row(year, names) for year in found])
    else:
        say(*(line for year in found for line in year_lines(year, names, all_rows=all_rows)))
    if not all(year.is_ready for year in found):
        raise typer.Exit(EXIT_NOT_READY)


def as_row(year: "YearReadiness", names: "Names") -> dict[str, object]:
    """For programs."""
    from ilc_canvas.views.courses.readiness_words import gap_text

    courses = [
        {
            "course": str(each.course),
            "ready": each.is_ready and not year.stale and year.run is not None,
            "open": each.is_open,
            "holds": dict(each.holds),
            "missing": [{"code": gap.code, "keys": [str(key) for key in gap.keys], "text": gap_text(gap, names)} for gap in each.gaps],
        }
        for each in year.courses
    ]
    ready = {"courses": len(courses), "ready": year.ready}
    return {"school_year": year.school_year, "run": year.run, "at": year.at, "stale": year.stale, **ready, "each": courses}


def year_lines(year: "YearReadiness", names: "Names", *, all_rows: bool) -> Iterator[str]:
    """How many are ready; then each that is not, with what is missing, and with `all_rows` those that are."""
    from ilc_canvas.views.courses.readiness_words import gap_text

    yield _head(year)
    for course in year.courses:
        if course.is_ready and not all_rows:
            continue
        yield _course_line(course, names)
        yield from (f"  {gap_text(gap, names)}" for gap in course.gaps)
    closed = sum(not course.is_open for course in year.courses)
    if closed:
        yield f"{count(closed, 'course is', 'courses are')} not open yet: people see a course once somebody publishes it."


def _head(year: "YearReadiness") -> str:
    are = form(year.ready, "is", "are")
    whole = f"{year.ready} of {count(len(year.courses), 'course')} of {year.school_year} {are} ready to open"
    if year.run is None or year.at is None:
        return f"{whole}: nobody has looked at Canvas yet. Look first: ilc-canvas plan"
    seen = f"as run {year.run} saw Canvas, {clock.at(year.at)}"
    return f"{whole}, {seen}: {year.stale}. Look again: ilc-canvas plan" if year.stale else f"{whole}, {seen}."


def _course_line(course: "CourseReadiness", names: "Names") -> str:
    from ilc_canvas.views.sentences import heading

    holds = ", ".join(f"{number} {noun}" for noun, number in course.holds.items())
    state = "open" if course.is_open else "not open"
    return f"{heading(course.course, names)}: {f'ready ({holds})' if course.is_ready else 'not ready'}, {state}"

"""The cast of the tests of templates: the shipped ones, the sample, and a small office of our own."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, time
from functools import cache
from pathlib import Path

from ilc_canvas.courses.furnish import furnish
from ilc_canvas.courses.shelf import Shelf, require_shelf
from ilc_canvas.courses.values.values import Office
from ilc_canvas.program.calendars.calendar import Calendar, Meeting
from ilc_canvas.program.courses.content import CourseContent, Page
from ilc_canvas.program.policy import Policy
from ilc_canvas.program.roster import Roster
from tests.program.sample import CONFIG, roster
from tests.roster.calendar.cast import SAMPLE_CSV, taken
from tests.roster.cast import sample

COURSES = CONFIG / "courses"
OFFICE = Office("the ILC office", "ilc@example.org")
CREDIT = {
    'authors = ""': 'authors = "Ana Ruiz"',
    'version = ""': 'version = "2"',
    'license = ""': 'license = "CC BY 4.0"',
}
FIRST = Meeting("COP-EQ-1", "cop", ("EQ",), "Meeting", date(2021, 10, 5), date(2021, 10, 5), time(16, 30), time(18), "America/Los_Angeles")


@cache
def shelf() -> Shelf:
    """The templates that come with the program."""
    return require_shelf(COURSES)


@cache
def calendar() -> Calendar:
    """The sample's."""
    return taken(sample(SAMPLE_CSV)).calendar


def meetings(*changes: Mapping[str, object]) -> Calendar:
    """A calendar with such meetings of the COP EQ, one a month."""
    made = (
        replace(FIRST, **{"meeting_id": f"COP-EQ-{n}", "first_day": date(2021, 8 + n, 5), "last_day": date(2021, 8 + n, 5), **change})  # type: ignore[arg-type]
        for n, change in enumerate(changes, start=1)
    )
    return Calendar("2021-22", 1, tuple(made))


def furnished(
    templates: Shelf | None = None, rows: Roster | None = None, year: Calendar | None = None, office: Office = OFFICE
) -> dict[str, CourseContent]:
    """What courses hold, by the words of `--only`."""
    contents = furnish(templates or shelf(), rows or roster(3), year, policy=Policy(), office=office)
    return {content.course.removeprefix("ilc:2021-22:"): content for content in contents}


@cache
def sample_courses() -> Mapping[str, CourseContent]:
    """The sample with its calendar and the shipped templates."""
    return furnished(year=calendar())


def page(content: CourseContent, key: str) -> Page:
    """One page of a course."""
    return next(each for each in content.pages if each.key == key)


def edited(folder: Path, edits: Mapping[str, Mapping[str, str]]) -> Path:
    """A copy of the shipped templates with some pieces of text replaced, by file; a file that is not there is made of the values alone."""
    for source in COURSES.rglob("*.*"):
        name = source.relative_to(COURSES)
        text = source.read_text("utf-8")
        for old, new in edits.get(name.as_posix(), {}).items():
            assert old in text, f"{old} is not in {name}"
            text = text.replace(old, new, 1)
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, "utf-8")
    for name_, pieces in edits.items():
        if not (COURSES / name_).exists():
            (folder / name_).write_text("".join(pieces.values()), "utf-8")
    return folder

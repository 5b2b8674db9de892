"""explain: why somebody is, or is not, in a course"""

from typing import TYPE_CHECKING, Annotated

import typer

from ilc_canvas.cli.options import Json, SchoolYear
from ilc_canvas.cli.output import EXIT_ERROR, say, say_json
from ilc_canvas.reconcile.state import Key
from ilc_canvas.reconcile.words import count

if TYPE_CHECKING:
    from ilc_canvas.settings import Settings
    from ilc_canvas.store.db.database import Store
    from ilc_canvas.views.person import Explained

Who = Annotated[str, typer.Argument(metavar="PERSON", help="The id of the roster (ILC-0001), the e-mail address, or the name.")]
Course = Annotated[str, typer.Argument(metavar="[COURSE]", help="cop:EQ, net:R1, pilot:P417 or hub; all where none is named.")]
Offline = Annotated[bool, typer.Option("--offline", help="Do not ask Canvas.")]


def explain(person: Who, course: Course = "", offline: Offline = False, *, school_year: SchoolYear = "", as_json: Json = False) -> None:
    """Why somebody is, or is not, in a course: roster, rule, runs and log, and what Canvas says now. Changes nothing."""
    from ilc_canvas import bootstrap
    from ilc_canvas.cli import explained
    from ilc_canvas.cli.asking import enrollments, not_asked
    from ilc_canvas.cli.beginning import begin
    from ilc_canvas.store.rosters import versions
    from ilc_canvas.views import person as view
    from ilc_canvas.views import years

    settings = begin()
    with bootstrap.opened(settings) as store:
        newest = versions.newest_finalized(store, school_year)
        wanted = (newest.school_year,) if school_year else years.in_care(settings, store, bootstrap.now())
        person_id = _one(store, person, as_json=as_json)
        ask = not_asked if offline else enrollments(settings)
        words = tuple(course.split(":")) if course else ()
        found = [
            view.explain(settings, store, person_id, year, course=_meant(settings, year, course), words=words, ask=ask)
            for year in reversed(wanted)
        ]
    told = [each for each in found if each.knows] or found[:1]
    if as_json:
        say_json({**_as_json(told[0]), "other_years": [_as_json(each) for each in told[1:]]})
        return
    for each in told:
        head, end = ([f"School year {each.school_year}", ""], [""]) if len(told) > 1 else ([], [])
        say(*head, *explained.told(each.case, each.course, each.empty), *end)


def _one(store: "Store", text: str, *, as_json: bool) -> str:
    """The id of the one person who is meant; where several can be, they are listed, and the command ends with 1."""
    from ilc_canvas.program.meaning import meant_people
    from ilc_canvas.store.runs.person_history import signed_rosters

    people = meant_people(text, signed_rosters(store))
    if len(people) < 2:
        return people[0].person_id if people else text.strip()
    if as_json:
        say_json({"matches": [{"person": each.person_id, "name": each.display_name} for each in people]})
    else:
        rows = (f"  {each.person_id}  {each.display_name} <{each.email}>" for each in people)
        say(f"{count(len(people), 'person', 'people')} can be meant by {text!r}. Ask again with one of these ids:", *rows)
    raise typer.Exit(EXIT_ERROR)


def _meant(settings: "Settings", school_year: str, course: str) -> Key | None:
    from ilc_canvas.program.selection import meant

    try:
        key = meant(course, prefix=settings.prefix, school_year=school_year) if course else None
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error
    if key and not key.rule.is_container:
        raise typer.BadParameter("A course is wanted after the person: cop:EQ, net:R1, pilot:P417 or hub.")
    return key


def _as_json(found: "Explained") -> dict[str, object]:
    from ilc_canvas.cli import explained

    return {"school_year": found.school_year, **explained.as_json(found.case, found.course, found.empty)}

"""explain: why somebody is or is not in a course"""

from typing import TYPE_CHECKING, Annotated

import typer

from ilc_canvas.cli.options import Json, SchoolYear
from ilc_canvas.cli.output import EXIT_ERROR, say, say_json
from ilc_canvas.reconcile.state import Key
from ilc_canvas.reconcile.words.wording import count

if TYPE_CHECKING:
    from ilc_canvas.settings import Settings
    from ilc_canvas.store.db.database import Store
    from ilc_canvas.views.people.person import Explanation

Who = Annotated[str, typer.Argument(metavar="PERSON", help="The id of the roster (ILC-0001), the e-mail address, or the name.")]
Course = Annotated[str, typer.Argument(metavar="[COURSE]", help="cop:EQ, net:R1, pilot:P417 or hub; all courses if omitted.")]
Offline = Annotated[bool, typer.Option("--offline", help="Do not read Canvas.")]


def explain(person: Who, course: Course = "", offline: Offline = False, *, school_year: SchoolYear = "", as_json: Json = False) -> None:
    """Why somebody is or is not in a course: roster, rule, runs and log, and what Canvas says now. Changes nothing."""
    from ilc_canvas import bootstrap, process
    from ilc_canvas.cli.runs import explain_text
    from ilc_canvas.cli.startup import begin
    from ilc_canvas.store.rosters import versions
    from ilc_canvas.views import years
    from ilc_canvas.views.people import person as view

    settings = begin()
    with bootstrap.open_store(settings) as store:
        school_years = (versions.newest_year(store, school_year),) if school_year else years.current_years(settings, store, process.now())
        person_id = _one(store, person, as_json=as_json)
        ask = _canvas_not_read if offline else bootstrap.ask_canvas(settings, store)
        words = tuple(course.split(":")) if course else ()
        explanations = [
            view.explain(settings, store, person_id, year=year, course=_course_key(settings, year, course), words=words, ask=ask)
            for year in reversed(school_years)
        ]
    relevant = [each for each in explanations if each.knows] or explanations[:1]
    if as_json:
        say_json({**_as_json(relevant[0]), "other_years": [_as_json(each) for each in relevant[1:]]})
        return
    for each in relevant:
        head, end = ([f"School year {each.school_year}", ""], [""]) if len(relevant) > 1 else ([], [])
        say(*head, *explain_text.explanation_lines(each.case, each.course, each.empty), *end)


def _canvas_not_read(*_: object, **__: object) -> tuple[None, str]:
    """Stands in for Canvas if it should not be read."""
    return None, "Canvas was not read."


def _one(store: "Store", text: str, *, as_json: bool) -> str:
    """The id of the person who is meant. If there are several candidates, list them and exit with code 1."""
    from ilc_canvas.program.people.person_lookup import meant_people
    from ilc_canvas.store.runs.person_history import signed_rosters

    people = meant_people(text, signed_rosters(store))
    if len(people) < 2:
        return people[0].person_id if people else text.strip()
    if as_json:
        say_json({"matches": [{"person": each.person_id, "name": each.display_name} for each in people]})
    else:
        rows = (f"  {each.person_id}  {each.display_name} <{each.email}>" for each in people)
        say(f"{count(len(people), 'person', 'people')} match {text!r}. Repeat the command with one of these ids:", *rows)
    raise typer.Exit(EXIT_ERROR)


def _course_key(settings: "Settings", school_year: str, course: str) -> Key | None:
    from ilc_canvas.program.selection import meant

    try:
        key = meant(course, prefix=settings.prefix, school_year=school_year) if course else None
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error
    if key and not key.rule.is_container:
        raise typer.BadParameter("The second word must be a course: cop:EQ, net:R1, pilot:P417 or hub.")
    return key


def _as_json(explanation: "Explanation") -> dict[str, object]:
    from ilc_canvas.cli.runs import explain_text

    return {
        "school_year": explanation.school_year,
        **explain_text.explanation_json(explanation.case, explanation.course, explanation.empty),
    }

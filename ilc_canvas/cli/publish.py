"""publish: ask for courses to be opened to their people"""

from typing import TYPE_CHECKING, Annotated

import typer

from ilc_canvas.cli.options import Json, Reason
from ilc_canvas.cli.output import say, say_json
from ilc_canvas.cli.runs.runs import checked
from ilc_canvas.reconcile.words.wording import count

if TYPE_CHECKING:
    from datetime import date

Courses = Annotated[list[str] | None, typer.Argument(metavar="[COURSE]...", help="cop:EQ, net:R1, pilot:P417 or hub.")]


def publish(
    courses: Courses = None,
    *,
    ready: Annotated[bool, typer.Option("--ready", help="Every course that is ready and still closed.")] = False,
    reason: Reason = "",
    on_opening_day: Annotated[
        bool, typer.Option("--on-opening-day", help="Approve it now for the day that the settings name ([schedule] open).")
    ] = False,
    anyway: Annotated[bool, typer.Option("--anyway", help="Although something is missing, or somebody is only invited.")] = False,
    withdraw: Annotated[bool, typer.Option("--withdraw", help="Take back the request; what is open stays open.")] = False,
    as_json: Json = False,
) -> None:
    """Have courses opened to their people. The next plan says who would see them, and waits for approval. Needs a reason."""
    from ilc_canvas import bootstrap, process
    from ilc_canvas.actions import opening
    from ilc_canvas.cli.startup import begin
    from ilc_canvas.views.names import known_names
    from ilc_canvas.views.sentences import heading

    words = checked(courses)
    if bool(words) == ready or (withdraw and ready):
        raise typer.BadParameter("Name the courses, or use --ready.")
    if not reason.strip():
        raise typer.BadParameter('Say why, so that others understand it: --reason "..."')
    settings = begin()
    if on_opening_day and settings.schedule.opening_day is None:
        raise typer.BadParameter("The settings name no opening day: set open in [schedule].")
    asked = opening.Request(words, ready, anyway, process.actor(), reason, settings.schedule.opening_day if on_opening_day else None)
    with bootstrap.open_store(settings) as store:
        done = (opening.withdraw if withdraw else opening.request)(settings, store, asked, at=process.now())
        names = known_names(settings, store)
    if as_json:
        say_json({"courses": [key.id for key in done], "withdrawn": withdraw})
    elif withdraw:
        say(f"Taken back: {count(len(done), 'course')}. What is open already stays open.", *(f"  {heading(key, names)}" for key in done))
    elif not done:
        say("All of these were asked for before. Next: ilc-canvas plan")
    else:
        say(f"To be opened: {count(len(done), 'course')}.", *(f"  {heading(key, names)}" for key in done))
        say(*(["Courses that are not ready are not on this list; to see why: ilc-canvas ready"] if ready else []), *_next(asked.day))


def _next(day: "date | None") -> list[str]:
    from ilc_canvas.courses.values.words import day as in_words

    if day is None:
        return ["Nothing happens before somebody approves it. Next: ilc-canvas plan"]
    return [f"A worker opens them on {in_words(day)}, if they are ready then and nobody in them is only invited, without asking again."]

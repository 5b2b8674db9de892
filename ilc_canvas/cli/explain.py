"""explain: why somebody is, or is not, in a course"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import typer

from ilc_canvas import clock
from ilc_canvas.cli.options import Json, SchoolYear
from ilc_canvas.cli.output import EXIT_ERROR, count, say, say_json
from ilc_canvas.reconcile.errors import CanvasError, SettingsError
from ilc_canvas.reconcile.state import Key

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ilc_canvas.cli.explained import Case
    from ilc_canvas.program.roster import Roster
    from ilc_canvas.settings import Settings
    from ilc_canvas.store.db.database import Store
    from ilc_canvas.store.documents.versions import VersionInfo

Who = Annotated[str, typer.Argument(metavar="PERSON", help="The id of the roster (ILC-0001), the e-mail address, or the name.")]
Course = Annotated[str, typer.Argument(metavar="[COURSE]", help="cop:EQ, net:R1, pilot:P417 or hub; all where none is named.")]
Offline = Annotated[bool, typer.Option("--offline", help="Do not ask Canvas.")]


def explain(person: Who, course: Course = "", offline: Offline = False, *, school_year: SchoolYear = "", as_json: Json = False) -> None:
    """Why somebody is, or is not, in a course: roster, rule, runs and log, and what Canvas says now. Changes nothing."""
    from ilc_canvas import bootstrap
    from ilc_canvas.cli.beginning import begin
    from ilc_canvas.store.rosters import versions
    from ilc_canvas.views import years

    settings = begin()
    with bootstrap.opened(settings) as store:
        newest = versions.newest_finalized(store, school_year)
        wanted = (newest.school_year,) if school_year else years.in_care(settings, store, bootstrap.now())
        person_id = _one(store, person, as_json=as_json)
        found = [_of_year(settings, store, (person_id, course, year), offline=offline) for year in reversed(wanted)]
    told = [each for each in found if each.knows] or found[:1]
    if as_json:
        say_json({**told[0].as_json(), "other_years": [each.as_json() for each in told[1:]]})
        return
    for each in told:
        say(*([f"School year {each.school_year}", ""] if len(told) > 1 else []), *each.told(), *([""] if len(told) > 1 else []))


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


@dataclass(frozen=True)
class Explained:
    """One person in one school year."""

    school_year: str
    case: "Case"
    course: Key | None
    empty: str  # why nothing at all is known

    @property
    def knows(self) -> bool:
        """Whether this year has anything to say about the person."""
        return bool(self.case.places(self.course)) or bool(self.case.reasons)

    def as_json(self) -> dict[str, object]:
        """For programs."""
        from ilc_canvas.cli import explained

        return {"school_year": self.school_year, **explained.as_json(self.case, self.course, self.empty)}

    def told(self) -> "Iterator[str]":
        """For people."""
        from ilc_canvas.cli import explained

        return explained.told(self.case, self.course, self.empty)


def _of_year(settings: "Settings", store: "Store", about: tuple[str, str, str], *, offline: bool) -> Explained:
    from ilc_canvas.store.rosters import school_years

    person, course, year = about
    roster = school_years.roster(store, year)
    wanted = _meant(settings, roster, course)
    case = _case(settings, store, roster, person_id=person, offline=offline)
    return Explained(year, case, wanted, _empty(roster, person, course) if not case.places(wanted) else "")


def _meant(settings: "Settings", roster: "Roster", course: str) -> Key | None:
    from ilc_canvas.program.selection import meant

    try:
        key = meant(course, prefix=settings.prefix, school_year=roster.school_year) if course else None
    except ValueError as error:
        raise typer.BadParameter(str(error)) from error
    if key and not key.rule.is_container:
        raise typer.BadParameter("A course is wanted after the person: cop:EQ, net:R1, pilot:P417 or hub.")
    return key


def _case(settings: "Settings", store: "Store", roster: "Roster", *, person_id: str, offline: bool) -> "Case":
    from ilc_canvas.cli.explained import Case
    from ilc_canvas.cli.known import known_names
    from ilc_canvas.program.names import user_key
    from ilc_canvas.reconcile.standing import numbers_of
    from ilc_canvas.store.runs.ledger import everything
    from ilc_canvas.store.runs.person_history import last_in, story

    user = user_key(settings.prefix, person_id)
    last = last_in(store, person_id)
    named = f"{last[0].display_name} ({person_id})" if last and last[0].display_name else person_id
    place = settings.place(roster.school_year)
    told, ours = story(store, place, user), numbers_of(everything(store, place))
    seen, unseen = (None, "Canvas was not asked.") if offline else _ask(settings, roster, ours, user=user, number=told.number)
    row = (
        _row(roster, last[1], last[2], line=last[0].line)
        if last
        else "no roster that was signed names this person. Is the person_id right?"
    )
    return Case(user, named, row, _reasons(settings, roster, person_id), told, seen, unseen, known_names(settings, store))


def _row(roster: "Roster", info: "VersionInfo", after: "VersionInfo | None", *, line: int) -> str:
    signed = f"signed by {info.signed_by}, {clock.day(info.signed_at)}" if info.signed_at else "unsigned"
    if after is None and info.number == roster.version:
        return f"roster {info.school_year}, version {info.number} ({signed}), line {line}"
    left = f"; version {after.number}, signed {clock.day(after.signed_at)}, does not" if after and after.signed_at else ""
    return f"not in the present roster. Version {info.number} ({signed}) was the last that named this person, in line {line}{left}"


def _reasons(settings: "Settings", roster: "Roster", person_id: str) -> dict[Key, str]:
    """The enrollments that the roster gives this person, each with its rule."""
    from ilc_canvas.program.desired import enrollment_of
    from ilc_canvas.program.placement import places
    from ilc_canvas.program.why import why

    mine = [place for place in places(roster) if place.person_id == person_id]
    return {enrollment_of(place, roster, settings.policy).key: why(place, roster) for place in mine}


def _ask(
    settings: "Settings", roster: "Roster", ours: Mapping[Key, int | None], *, user: Key, number: int | None
) -> tuple[dict[Key, str] | None, str]:
    """The person's enrollments in Canvas now, or why they are not known: one request."""
    from ilc_canvas import bootstrap

    if number is None:
        return None, "No Canvas account is known for this person."
    try:
        canvas = bootstrap.client(settings, roster.school_year)
        canvas.know(ours)
        found = canvas.enrollments_of(user, number)
    except (SettingsError, CanvasError) as error:
        return None, f"Canvas was not asked: {error}"
    if found is None:
        return None, f"Canvas does not answer to account {number} any more."
    return {record.key: str(record.fields["state"]) for record in found}, ""


def _empty(roster: "Roster", person_id: str, course: str) -> str:
    """Why nothing at all is known of this person in this course."""
    from ilc_canvas.program.why import why_not

    person = roster.person_by_id.get(person_id)
    if person is None:
        return "The roster gives nobody a place whom it does not name."
    return why_not(tuple(course.split(":")), person, roster) if course else ""

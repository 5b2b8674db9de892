"""people find: who somebody is, and where this person belongs"""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any

import typer

from ilc_canvas import clock
from ilc_canvas.cli.options import All, Json
from ilc_canvas.cli.output import CUT, EXIT_ERROR, say, say_json
from ilc_canvas.reconcile.words.hints import Next
from ilc_canvas.reconcile.words.wording import count

if TYPE_CHECKING:
    from ilc_canvas.program.roster import Person
    from ilc_canvas.views.people.find import FoundPerson, PeopleFound, RosterEntry

Who = Annotated[list[str], typer.Argument(metavar="NAME|E-MAIL|ID", help="Part of a name or of an address, or an id.")]


def find(who: Who, all_rows: All = False, as_json: Json = False) -> None:
    """Find people of the rosters by part of a name, by e-mail address or by id; also those who have left. Does not read Canvas."""
    from ilc_canvas import bootstrap
    from ilc_canvas.cli.startup import begin
    from ilc_canvas.views.people import find as view

    settings, text = begin(), " ".join(who).strip()
    if not text:
        raise typer.BadParameter("Say whom to find: part of a name, an address, or an id.")
    with bootstrap.open_store(settings) as store:
        found = view.SignedRosters.read(settings, store).find(text)
    say_json(_as_json(found)) if as_json else say(*_lines(text, found, all_rows=all_rows))
    if not found.people:
        raise typer.Exit(EXIT_ERROR)


def _lines(text: str, found: "PeopleFound", *, all_rows: bool) -> Iterator[str]:
    if not found.people:
        yield f'Nobody in the signed rosters matches "{text}".'
        yield from _near(found)
        return
    yield f'{count(len(found.people), "person matches", "people match")} "{text}".'
    shown = found.people if all_rows or len(found.people) <= CUT + 1 else found.people[:CUT]
    for each in shown:
        yield from ("", *_person(each))
    if len(shown) < len(found.people):
        yield from ("", f"and {len(found.people) - len(shown):,} more (--all)")


def _near(found: "PeopleFound") -> Iterator[str]:
    if found.near:
        yield "Spelled much like it:"
        yield from (f"  {each.person_id}  {_named(each)}" for each in found.near)


def _person(found: "FoundPerson") -> Iterator[str]:
    yield f"{found.person_id}  {_named(found.person)}"
    if found.left and found.left.signed_at:
        when = f"version {found.left.number} of {found.left.school_year}, signed {clock.day(found.left.signed_at)}, no longer names them"
        yield f"  Left     {when}{f'; the new id is {found.now}' if found.now else ''}"
    for entry in found.entries:
        until = "was " if found.left else ""
        yield f"  Roster   {entry.school_year}, version {entry.version}: {until}{entry.role_text}"
        yield f"  Courses  {'until then ' if found.left else ''}{entry.courses_text or 'none'}"
    yield f"  Why      {Next.EXPLAIN_PERSON.of(found.now or found.person_id)}"


def _named(person: "Person") -> str:
    """David Zhao <david.zhao@example.org>"""
    return " ".join(filter(None, (person.display_name or "(name erased)", person.email and f"<{person.email}>")))


def _as_json(found: "PeopleFound") -> dict[str, Any]:
    return {
        "people": [_person_json(each) for each in found.people],
        "near": [{"person": each.person_id, "name": each.display_name} for each in found.near],
    }


def _person_json(found: "FoundPerson") -> dict[str, Any]:
    return {
        "person": found.person_id,
        "name": found.person.display_name,
        "email": found.person.email,
        "left_in": found.left.number if found.left else None,
        "new_id": found.now or None,
        "years": [_entry_json(entry) for entry in found.entries],
        "next": Next.EXPLAIN_PERSON.of(found.now or found.person_id),
    }


def _entry_json(entry: "RosterEntry") -> dict[str, Any]:
    person = entry.person
    return {
        "school_year": entry.school_year,
        "roster_version": entry.version,
        "team": person.team_id,
        "team_name": entry.team,
        "role": entry.role_text,
        "courses": [{"only": each.word, "name": each.course, "section": each.section, "role": each.role} for each in entry.courses],
    }

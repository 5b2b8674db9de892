"""People: found by a part of the name or by id; one of them, where and why."""

from starlette.responses import Response

from ilc_canvas import clock
from ilc_canvas.console.pages.runs.plans import has_roster
from ilc_canvas.console.rendering import page
from ilc_canvas.console.visit import MissingPageError, Visit
from ilc_canvas.reconcile.state import EnrollmentKey, Key, course_of
from ilc_canvas.store.rosters import school_years
from ilc_canvas.store.worker.sync_requests import RequestKind, SyncRequest
from ilc_canvas.views.people.find import FoundPerson, PeopleFound, SignedRosters
from ilc_canvas.views.people.person import Explanation, account, explain, facts
from ilc_canvas.views.requests import Look, asked, last_look
from ilc_canvas.views.roles import role_of
from ilc_canvas.views.sentences import heading

_MOST = 100


def listing(visit: Visit) -> Response:
    """Everybody who fits what was typed. It comes as a form, so that no name stands in an address."""
    if not has_roster(visit):
        return page(visit, "no_roster.html", {"title": "People"})
    text, word = " ".join(visit.typed("q").split())[:200], visit.typed("group")
    rosters = SignedRosters.read(visit.settings, visit.store)
    known = rosters.groups()
    group = next((each for each in (*known.courses, *known.teams) if each.word == word), None)
    found = rosters.find(text, group=group.word if group else "") if text or group else PeopleFound(())
    values = {"text": text, "group": group, "groups": known, "found": found.people[:_MOST], "total": len(found.people), "near": found.near}
    return page(visit, "people.html", values)


def one(visit: Visit) -> Response:
    """One person in each school year: places with their reasons, and the row of the roster."""
    if not has_roster(visit):
        raise MissingPageError
    person_id = visit.where["person"]
    found = SignedRosters.read(visit.settings, visit.store).by_id(person_id)
    if found is None:
        raise MissingPageError
    seen = last_look(visit.store, person_id)
    explained = [_explained(visit, year, person_id, seen=seen) for year in school_years.signed_years(visit.store)]
    values = {
        "found": found,
        "rows": _row(visit, found),
        "years": [each for each in explained if each["known"]],
        "look": asked(visit.store, SyncRequest(RequestKind.LOOK, visit.actor, only=(f"person:{person_id}",))),
    }
    return page(visit, "person.html", values)


def _explained(visit: Visit, year: str, person_id: str, *, seen: Look | None) -> dict[str, object]:
    """With what Canvas had when it was asked last, if it was."""
    ask = seen.ask if seen else lambda *_, **__: (None, "")
    explanation = explain(visit.settings, visit.store, person_id, year=year, course=None, words=(), ask=ask)
    places = [_place(explanation, key, seen=seen) for key in explanation.case.placements(None)]
    return {
        "year": year,
        "known": explanation.knows,
        "row": explanation.case.row,
        "account": list(account(explanation.case)),
        "places": places,
    }


def _place(explanation: Explanation, key: Key, *, seen: Look | None) -> dict[str, object]:
    case, course = explanation.case, course_of(key)
    is_in = key in case.history.ours and case.history.ours[key][0] != "ended"
    return {
        "key": key,
        "course": heading(course, case.names) if course else key.id,
        "role": f"{role_of(key)} in “{case.names[EnrollmentKey.of(key).section]}”",
        "facts": [(f"Canvas, {clock.at(seen.at)}" if seen and label == "Canvas" else label, text) for label, text in facts(case, key)],
        "state": ("done", "In Canvas") if is_in else ("todo", "Not in Canvas") if key in case.reasons else ("alone", "No longer"),
    }


def _row(visit: Visit, found: FoundPerson) -> list[tuple[str, str]]:
    person, team = found.person, found.entries[0].team
    shown = [("Id", person.person_id), ("Team", team), ("District", person.district), ("School", person.school)]
    return [*shown, ("E-mail", person.email)] if visit.sees_addresses else shown

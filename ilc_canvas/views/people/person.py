"""Why somebody is or is not in a course: roster, rule, runs and log, and what Canvas says now."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Protocol

from ilc_canvas import clock
from ilc_canvas.program.desired import enrollment_of
from ilc_canvas.program.explain import why, why_not
from ilc_canvas.program.names import user_key
from ilc_canvas.program.placement import placements_of
from ilc_canvas.program.roster import Roster
from ilc_canvas.program.selection import suggestion, words_of
from ilc_canvas.reconcile.kinds import of_account
from ilc_canvas.reconcile.run.messages import SAID
from ilc_canvas.reconcile.state import Key, course_of, section_of
from ilc_canvas.reconcile.words.hints import Next
from ilc_canvas.settings import Settings
from ilc_canvas.store.db.database import Store
from ilc_canvas.store.documents.versions import VersionInfo
from ilc_canvas.store.rosters import school_years
from ilc_canvas.store.runs.person_history import PersonHistory, last_in, person_history
from ilc_canvas.views.names import Names, names_around
from ilc_canvas.views.selectors import word_of
from ilc_canvas.views.sentences import decision, deferral_text


class AskCanvas(Protocol):
    """Reads the states of a person's enrollments from Canvas, given the school year and the person's account; or says why they are not
    known.
    """

    def __call__(self, school_year: str, user: Key, *, number: int | None) -> tuple[Mapping[Key, str] | None, str]: ...


_NOBODY = f"no signed roster names this person. To find somebody by part of a name: {Next.FIND_PERSON}"


@dataclass(frozen=True)
class PersonCase:
    """Everything that is known about one person."""

    key: Key
    named: str  # name and id
    row: str  # where the roster names the person, or last named them
    reasons: Mapping[Key, str]  # enrollment -> the rule that requires it
    history: PersonHistory
    observed: Mapping[Key, str] | None  # enrollment -> state in Canvas; None: Canvas was not read, or has no such account
    canvas_error: str  # why Canvas was not read
    names: Names

    def placements(self, course: Key | None) -> list[Key]:
        """Every enrollment that the roster requires, that we ever made, or that is in Canvas; only those in `course` if one is given."""
        deeds = {attempt.key for attempt in self.history.deeds}
        keys = {*self.reasons, *self.history.ours, *deeds, *self.history.by_hand, *(self.observed or {})}
        inside = [key for key in keys if key.rule.is_placement and course in (None, course_of(key))]
        return sorted(inside, key=lambda key: (key not in self.reasons, key.id))


def account(case: PersonCase) -> Iterator[tuple[str, str]]:
    """What is known about the person's account, as pairs of label and text."""
    since = case.history.since(case.key)
    origin = f"since run {since.run}, {clock.at(since.at)}" if since else "not made by a run"
    number = f"number {case.history.number} in Canvas" if case.history.number else "none known in Canvas"
    yield "Account", f"{number}, {origin} (SIS id {case.key.id})"
    if case.history.asked:
        yield "Asked", SAID[f"asked-{case.history.asked}"]
    for key, fields in case.history.drift.items():
        if of_account(key.rule):
            yield "Drift", f"somebody changed it by hand in Canvas ({fields}), and it is left that way"
    if case.key in case.history.deferred:
        why = case.history.deferred[case.key]
        yield "Deferred", SAID.get(why, why)
    if case.history.decided:
        yield "Decided", case.history.decided
    if case.canvas_error:
        yield "Canvas", case.canvas_error


def facts(case: PersonCase, key: Key) -> Iterator[tuple[str, str]]:
    """What rule, ledger, log, obstacles and Canvas say about an enrollment, as pairs of label and text."""
    yield "Why", case.reasons.get(key, "the current roster does not give this person this place")
    yield "Ours", _ours(case, key)
    for attempt in case.history.deeds:
        if attempt.key == key:
            why = f" ({SAID.get(attempt.reason, attempt.reason)})" if attempt.reason else ""
            yield "Log", f"run {attempt.run}, {clock.at(attempt.at)}: {attempt.verb}, {attempt.result}{why}"
    yield from (("But", text) for text in _but(case, key))
    if case.observed is not None:
        yield "Canvas", case.observed.get(key, "not in this section")


def _ours(case: PersonCase, key: Key) -> str:
    if key not in case.history.ours:
        return "no: not made by a run"
    how, at = case.history.ours[key]
    since = case.history.since(key)
    if how == "ended":
        return f"ended by us, {clock.at(at)}"
    return f"{how}, since run {since.run}, {clock.at(since.at)}" if since else f"{how}, {clock.at(at)}"


def _but(case: PersonCase, key: Key) -> Iterator[str]:
    """What keeps the enrollment from being as the roster says."""
    parked, declined, deferred = case.history.parked.get(key), case.history.declined.get(key), case.history.deferred.get(key)
    if declined:
        yield f"stays undone: {decision(declined)}"
    elif parked:
        again = f"tried again at {clock.at(parked.next_at)}"
        yield f"left alone since {clock.at(parked.since)}: {SAID.get(parked.reason, parked.reason)}; {again}"
    elif deferred:
        yield f"deferred by the last plan: {deferral_text(deferred, case.names)}"
    if key in case.history.drift:
        yield f"somebody changed or ended it by hand in Canvas ({case.history.drift[key]}), and it is left that way (drift)"
        yield f"to put it back: {Next.REPAIR.of(word_of(key))}"
    for place in filter(None, (section_of(key), course_of(key))):
        if place in case.history.drift:
            yield f"somebody changed its {place.rule.noun} by hand in Canvas ({case.history.drift[place]}), and it is left that way (drift)"
    if course_of(key) in case.history.unpublished:
        yield "the course is not published: its people do not see it yet"
    if key in case.history.by_hand:
        yield "somebody has added it by hand in Canvas; it stays"


@dataclass(frozen=True)
class Explanation:
    """One person in one school year."""

    school_year: str
    case: PersonCase
    course: Key | None
    empty: str  # why nothing is known at all

    @property
    def knows(self) -> bool:
        """Whether anything is known about the person in this year."""
        return bool(self.case.placements(self.course)) or bool(self.case.reasons)


def explain(
    settings: Settings, store: Store, person_id: str, *, year: str, course: Key | None, words: tuple[str, ...], ask: AskCanvas
) -> Explanation:
    """Why this person is or is not in this course (None: in any course) in this school year; `words` name the course."""
    roster = school_years.roster(store, year)
    case = _case(settings, store, roster, person_id=person_id, ask=ask)
    return Explanation(year, case, course, _empty(roster, person_id, words) if not case.placements(course) else "")


def _case(settings: Settings, store: Store, roster: Roster, *, person_id: str, ask: AskCanvas) -> PersonCase:
    user = user_key(settings.prefix, person_id)
    last = last_in(store, person_id)
    named = f"{last[0].display_name} ({person_id})" if last and last[0].display_name else person_id
    place = settings.canvas_scope(roster.school_year)
    history = person_history(store, place, user)
    observed, canvas_error = ask(roster.school_year, user, number=history.number)
    row = _row(roster, last[1], last[2], line=last[0].line) if last else _NOBODY
    return PersonCase(
        user,
        named,
        row,
        _reasons(settings, roster, person_id),
        history,
        observed,
        canvas_error,
        names_around(settings, store, roster, person_id=person_id),
    )


def _row(roster: Roster, info: VersionInfo, after: VersionInfo | None, *, line: int) -> str:
    signed = f"signed by {info.signed_by}, {clock.day(info.signed_at)}" if info.signed_at else "unsigned"
    if after is None and info.number == roster.version:
        return f"roster {info.school_year}, version {info.number} ({signed}), line {line}"
    left = f"; version {after.number}, signed {clock.day(after.signed_at)}, does not" if after and after.signed_at else ""
    return f"not in the current roster. Version {info.number} ({signed}) was the last that named this person, in line {line}{left}"


def _reasons(settings: Settings, roster: Roster, person_id: str) -> dict[Key, str]:
    """The enrollments that the roster requires for this person, each with its rule."""
    own = placements_of(person_id, roster)
    return {enrollment_of(place, roster, settings.policy).key: why(place, roster) for place in own}


def _empty(roster: Roster, person_id: str, course: tuple[str, ...]) -> str:
    """Why nothing is known about this person in this course."""
    person = roster.person_by_id.get(person_id)
    if person is None:
        return "The roster does not name this person, so it gives them no place."
    return why_not(course, person, roster) + suggestion(":".join(course), words_of(roster)) if course else ""

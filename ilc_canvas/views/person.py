"""Why somebody is, or is not, in a course: roster, rule, runs and log, and what Canvas says now."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from ilc_canvas import clock
from ilc_canvas.program.desired import enrollment_of
from ilc_canvas.program.names import user_key
from ilc_canvas.program.placement import places
from ilc_canvas.program.roster import Roster
from ilc_canvas.program.why import why, why_not
from ilc_canvas.reconcile.hints import Next
from ilc_canvas.reconcile.kinds import of_account
from ilc_canvas.reconcile.said import SAID
from ilc_canvas.reconcile.standing import numbers_of
from ilc_canvas.reconcile.state import EnrollmentKey, Key, course_of, section_of
from ilc_canvas.settings import Settings
from ilc_canvas.store.db.database import Store
from ilc_canvas.store.documents.versions import VersionInfo
from ilc_canvas.store.rosters import school_years
from ilc_canvas.store.runs import ledger
from ilc_canvas.store.runs.person_history import Story, last_in, story
from ilc_canvas.views.names import Names, known_names
from ilc_canvas.views.selectors import word_of
from ilc_canvas.views.sentences import decision, told_why

Ask = Callable[[str, Mapping[Key, int | None], Key, int | None], tuple[Mapping[Key, str] | None, str]]
"""Asks Canvas, in a school year and with the numbers of our things, for the enrollments of a person with this account: their states, or
why they are not known.
"""
_ROLES = {"TeacherEnrollment": "teacher", "StudentEnrollment": "participant", "TaEnrollment": "assistant"}


@dataclass(frozen=True)
class Case:
    """Everything that is known of one person."""

    key: Key
    named: str  # the person, as people say
    row: str  # where the roster names the person, or last did
    reasons: Mapping[Key, str]  # enrollment -> the rule that gives it
    story: Story
    seen: Mapping[Key, str] | None  # enrollment -> state in Canvas; None: Canvas was not asked, or has no such account
    unseen: str  # why Canvas says nothing
    names: Names

    def places(self, course: Key | None) -> list[Key]:
        """Every enrollment that the roster gives, or that was ever ours or is in Canvas; in one course where asked."""
        deeds = {deed.key for deed in self.story.deeds}
        keys = {*self.reasons, *self.story.ours, *deeds, *self.story.by_hand, *(self.seen or {})}
        inside = [key for key in keys if key.rule.is_placement and course in (None, course_of(key))]
        return sorted(inside, key=lambda key: (key not in self.reasons, key.id))


def role_of(enrollment: Key) -> str:
    """As people say."""
    label = EnrollmentKey.of(enrollment).role
    return _ROLES.get(label, label)


def account(case: Case) -> Iterator[tuple[str, str]]:
    """What is known of the person's account: pairs of word and text."""
    since = case.story.since(case.key)
    ours = f"since run {since.run}, {clock.at(since.at)}" if since else "not made by a run"
    number = f", Canvas account {case.story.number}" if case.story.number else ""
    yield "Account", f"{case.key.id}{number}, {ours}"
    if case.story.asked:
        yield "Asked", SAID[f"asked-{case.story.asked}"]
    for key, fields in case.story.drift.items():
        if of_account(key.rule):
            yield "Drift", f"somebody has changed it by hand in Canvas ({fields}), and it is left so"
    if case.key in case.story.aside:
        why = case.story.aside[case.key]
        yield "Deferred", SAID.get(why, why)
    if case.story.decided:
        yield "Decided", case.story.decided
    if case.unseen:
        yield "Canvas", case.unseen


def facts(case: Case, key: Key) -> Iterator[tuple[str, str]]:
    """Rule, ledger, log, what stands in the way, Canvas: what there is of it."""
    yield "Why", case.reasons.get(key, "nothing in the present roster gives this place")
    yield "Ours", _ours(case, key)
    for deed in case.story.deeds:
        if deed.key == key:
            why = f" ({SAID.get(deed.reason, deed.reason)})" if deed.reason else ""
            yield "Log", f"run {deed.run}, {clock.at(deed.at)}: {deed.verb}, {deed.result}{why}"
    yield from (("But", text) for text in _but(case, key))
    if case.seen is not None:
        yield "Canvas", case.seen.get(key, "no such enrollment")


def _ours(case: Case, key: Key) -> str:
    if key not in case.story.ours:
        return "no: a run has not made it"
    how, at = case.story.ours[key]
    since = case.story.since(key)
    if how == "ended":
        return f"ended by us, {clock.at(at)}"
    return f"{how}, since run {since.run}, {clock.at(since.at)}" if since else f"{how}, {clock.at(at)}"


def _but(case: Case, key: Key) -> Iterator[str]:
    """What keeps it from being as the roster says."""
    parked, declined, aside = case.story.parked.get(key), case.story.declined.get(key), case.story.aside.get(key)
    if declined:
        yield f"stays undone: {decision(declined)}"
    elif parked:
        again = f"tried again at {clock.at(parked.next_at)}"
        yield f"left alone since {clock.at(parked.since)}: {SAID.get(parked.reason, parked.reason)}; {again}"
    elif aside:
        yield f"deferred by the last plan: {told_why(aside, case.names)}"
    if key in case.story.drift:
        yield f"somebody has changed or ended it by hand in Canvas ({case.story.drift[key]}), and it is left so (drift)"
        yield f"to put it back: {Next.REPAIR.of(word_of(key))}"
    for place in filter(None, (section_of(key), course_of(key))):
        if place in case.story.drift:
            yield f"somebody has changed its {place.rule.noun} by hand in Canvas ({case.story.drift[place]}), and that is left so (drift)"
    if course_of(key) in case.story.unpublished:
        yield "the course is not published: its people do not see it yet"
    if key in case.story.by_hand:
        yield "somebody has added it by hand in Canvas; it stays"


@dataclass(frozen=True)
class Explained:
    """One person in one school year."""

    school_year: str
    case: Case
    course: Key | None
    empty: str  # why nothing at all is known

    @property
    def knows(self) -> bool:
        """Whether this year has anything to say about the person."""
        return bool(self.case.places(self.course)) or bool(self.case.reasons)


def explain(
    settings: Settings, store: Store, person_id: str, year: str, *, course: Key | None, words: tuple[str, ...], ask: Ask
) -> Explained:
    """Why this person is, or is not, in this course (None: in any) in this school year; `words` name the course."""
    roster = school_years.roster(store, year)
    case = _case(settings, store, roster, person_id=person_id, ask=ask)
    return Explained(year, case, course, _empty(roster, person_id, words) if not case.places(course) else "")


def _case(settings: Settings, store: Store, roster: Roster, *, person_id: str, ask: Ask) -> Case:
    user = user_key(settings.prefix, person_id)
    last = last_in(store, person_id)
    named = f"{last[0].display_name} ({person_id})" if last and last[0].display_name else person_id
    place = settings.place(roster.school_year)
    told, ours = story(store, place, user), numbers_of(ledger.everything(store, place))
    seen, unseen = ask(roster.school_year, ours, user, told.number)
    row = (
        _row(roster, last[1], last[2], line=last[0].line)
        if last
        else "no roster that was signed names this person. Is the person_id right?"
    )
    return Case(user, named, row, _reasons(settings, roster, person_id), told, seen, unseen, known_names(settings, store))


def _row(roster: Roster, info: VersionInfo, after: VersionInfo | None, *, line: int) -> str:
    signed = f"signed by {info.signed_by}, {clock.day(info.signed_at)}" if info.signed_at else "unsigned"
    if after is None and info.number == roster.version:
        return f"roster {info.school_year}, version {info.number} ({signed}), line {line}"
    left = f"; version {after.number}, signed {clock.day(after.signed_at)}, does not" if after and after.signed_at else ""
    return f"not in the present roster. Version {info.number} ({signed}) was the last that named this person, in line {line}{left}"


def _reasons(settings: Settings, roster: Roster, person_id: str) -> dict[Key, str]:
    """The enrollments that the roster gives this person, each with its rule."""
    mine = [place for place in places(roster) if place.person_id == person_id]
    return {enrollment_of(place, roster, settings.policy).key: why(place, roster) for place in mine}


def _empty(roster: Roster, person_id: str, course: tuple[str, ...]) -> str:
    """Why nothing at all is known of this person in this course."""
    person = roster.person_by_id.get(person_id)
    if person is None:
        return "The roster gives nobody a place whom it does not name."
    return why_not(course, person, roster) if course else ""

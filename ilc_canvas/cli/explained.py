"""Why somebody is, or is not, in a course, told to people and to programs."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ilc_canvas import clock
from ilc_canvas.cli.blocking import told_why
from ilc_canvas.cli.letter import decision
from ilc_canvas.cli.names import Names
from ilc_canvas.cli.repairing import word_of
from ilc_canvas.reconcile.kinds import of_account
from ilc_canvas.reconcile.said import SAID
from ilc_canvas.reconcile.state import EnrollmentKey, Key, course_of, section_of
from ilc_canvas.store.runs.person_history import Story

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
        inside = [key for key in keys if key.rule.is_place and course in (None, course_of(key))]
        return sorted(inside, key=lambda key: (key not in self.reasons, key.id))


def told(case: Case, course: Key | None, empty: str) -> Iterator[str]:
    """For people: the person, then place by place."""
    yield f"{case.named}: {case.row}"
    yield from (f"  {word:<9}{text}" for word, text in _account(case))
    if empty:
        yield f"Not in {case.names[course] if course else 'any course'}. {empty}"
    for key in case.places(course):
        place, around = EnrollmentKey.of(key), course_of(key)
        yield ""
        yield f"{case.names[around or key]}: {case.names[place.section]}, {_ROLES.get(place.role, place.role)}"
        yield from (f"  {word:<9}{text}" for word, text in _facts(case, key))


def _account(case: Case) -> Iterator[tuple[str, str]]:
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


def _facts(case: Case, key: Key) -> Iterator[tuple[str, str]]:
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
        yield f'to put it back: ilc-canvas sync --only {word_of(key)} --repair --reason "..."'
    for place in filter(None, (section_of(key), course_of(key))):
        if place in case.story.drift:
            yield f"somebody has changed its {place.rule.noun} by hand in Canvas ({case.story.drift[place]}), and that is left so (drift)"
    if course_of(key) in case.story.unpublished:
        yield "the course is not published: its people do not see it yet"
    if key in case.story.by_hand:
        yield "somebody has added it by hand in Canvas; it stays"


def as_json(case: Case, course: Key | None, empty: str) -> dict[str, Any]:
    """For programs: person, named, roster, account, places, why_not; facts as pairs of word and text."""
    places = [{"key": str(key), "facts": [list(fact) for fact in _facts(case, key)]} for key in case.places(course)]
    account = [list(fact) for fact in _account(case)]
    return {
        "person": case.key.id.rpartition(":")[2],
        "named": case.named,
        "roster": case.row,
        "account": account,
        "places": places,
        "why_not": empty,
    }

"""Sentences for people, made from codes and keys: what a change is about, why it is deferred, what blocks it."""

from datetime import UTC, datetime

from ilc_canvas import clock
from ilc_canvas.reconcile.change import Change, Remove
from ilc_canvas.reconcile.deferral.blocked import cause_of
from ilc_canvas.reconcile.deferral.declined import Declined
from ilc_canvas.reconcile.kinds import Value
from ilc_canvas.reconcile.run.messages import QUESTIONS, SAID, in_the_way
from ilc_canvas.reconcile.state import EnrollmentKey, Key, course_of, person_of
from ilc_canvas.views.names import Names


def deferral_text(why: str, names: Names) -> str:
    """Why a change is deferred: what blocks it, if anything does, and what to do about it."""
    code, key = cause_of(why)
    if key is None:
        return SAID.get(why, why)
    return f"{key.rule.noun.capitalize()} {called(key, names)} {in_the_way(code, key.rule.noun)}"


def called(key: Key, names: Names) -> str:
    """ "Meeting 1" of Equity & Justice in Every Classroom (2021-22)"""
    course = course_of(key)
    within = f" of {names[course]}" if course and course != key else ""
    return f'"{names[key]}"{within}'


def question_text(why: str) -> str:
    """What is unclear about a person, without what to do about it."""
    return QUESTIONS.get(why.removeprefix("asked-"), why)


def deferred_text(key: Key, why: str, names: Names) -> str:
    """A person or thing, and why nothing is done about it now."""
    return f"{place_of(key, names)}: {deferral_text(why, names)}"


def place_of(key: Key, names: Names) -> str:
    """A person, with section and course if the key is an enrollment; anything else by its name."""
    if not key.rule.is_placement:
        return names[about(key)]
    place, course = EnrollmentKey.of(key), course_of(key) or key
    return f'{names[place.user]} in "{names[place.section]}" of {heading(course, names)}'


def decision(each: Declined) -> str:
    """declined by ana, 16 Aug 2021 ("not before September")"""
    by = f" by {each.actor}" if each.actor else ""
    why = f' ("{each.reason}")' if each.reason else ""
    return f"{each.why.replace('-', ' ')}{by}, {clock.day(each.at)}{why}"


def tried(change: Change, names: Names) -> str:
    """Michael Wójcik into "Region II" of Equity & Justice ..., or a name and its kind."""
    subject = change.subject
    if not subject.rule.is_placement or subject.course is None:
        return f"{subject.rule.noun} {names[about(subject.key)]}"
    way = "out of" if isinstance(change, Remove) else "into"
    return f'{names[about(subject.key)]} {way} "{names[EnrollmentKey.of(subject.key).section]}" of {names[subject.course]}'


def about(key: Key) -> Key:
    """The person of an enrollment; any other key unchanged."""
    return person_of(key)


def heading(course: Key, names: Names) -> str:
    """COP EQ · Equity & Justice in Every Classroom (2021-22)"""
    kind, _, code = course.id.rpartition(":")
    word = f"COP {code} · " if kind.endswith(":cop") else ""
    return f"{word}{names[course]}"


def hours(when: Value) -> str:
    """14 Sep 2021, 16:30 Pacific to 18:00 Pacific; 4 Feb 2022, all day"""
    start, _, end = str(when or "").partition("/")
    try:
        if not end:
            return f"{clock.day(datetime.fromisoformat(start).replace(tzinfo=UTC), UTC)}, all day" if start else "no time"
        first, last = datetime.fromisoformat(start), datetime.fromisoformat(end)
    except ValueError:
        return f'"{when}"'
    return clock.span(first, last)

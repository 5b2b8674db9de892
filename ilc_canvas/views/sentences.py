"""Codes and keys as sentences for people: who and what a change is about, why it is deferred, what is in its way."""

from ilc_canvas import clock
from ilc_canvas.reconcile.blocked import cause_of
from ilc_canvas.reconcile.change import Change, Remove
from ilc_canvas.reconcile.declined import Declined
from ilc_canvas.reconcile.said import QUESTIONS, SAID, in_the_way
from ilc_canvas.reconcile.state import EnrollmentKey, Key, course_of, person_of
from ilc_canvas.views.names import Names


def told_why(why: str, names: Names) -> str:
    """Why a change is deferred, as a sentence: what is in the way, if something is, what happened to that, and what to do."""
    code, key = cause_of(why)
    if key is None:
        return SAID.get(why, why)
    return f"{key.rule.noun.capitalize()} {_called(key, names)} {in_the_way(code, key.rule.noun)}"


def _called(key: Key, names: Names) -> str:
    course = course_of(key)
    within = f" of {names[course]}" if course and course != key else ""
    return f'"{names[key]}"{within}'


def why_asked(why: str) -> str:
    """What is unclear about a person, without what to do about it."""
    return QUESTIONS.get(why.removeprefix("asked-"), why)


def told_aside(key: Key, why: str, names: Names) -> str:
    """A person, or a thing, and why nothing is done about it now."""
    return f"{place_of(key, names)}: {told_why(why, names)}"


def place_of(key: Key, names: Names) -> str:
    """A person, in a section of a course or as such; anything else by its name."""
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
    """The person of an enrollment; anything else is itself."""
    return person_of(key)


def heading(course: Key, names: Names) -> str:
    """COP EQ · Equity & Justice in Every Classroom (2021-22)"""
    kind, _, code = course.id.rpartition(":")
    word = f"COP {code} · " if kind.endswith(":cop") else ""
    return f"{word}{names[course]}"

"""Courses that somebody wants opened to their people, and what keeps one closed."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from ilc_canvas.program.courses.readiness import CourseReadiness, LastLook, readiness, touched_by_hand
from ilc_canvas.reconcile.change import Deferred, Plan
from ilc_canvas.reconcile.compare.publication import invited
from ilc_canvas.reconcile.deferral.reasons import is_open
from ilc_canvas.reconcile.kinds import Kind
from ilc_canvas.reconcile.state import Key, Ledger, Record, State

NOT_READY = "not-ready"
"""Why a course is not opened yet: something is missing in it."""
INVITED = "invited"
"""Why a course is not opened yet: publishing it mails everybody who is only invited."""


@dataclass(frozen=True, slots=True)
class Opening:
    """Somebody wants this course opened, `anyway` even if something is missing or somebody is only invited."""

    course: Key
    anyway: bool
    actor: str
    reason: str
    at: datetime
    day: date | None = None  # from this day on, without asking again; None: as soon as a plan with it is approved


Openings = Mapping[Key, Opening]
"""By course."""


def opening_records(openings: Iterable[Opening], courses: Collection[Key], today: date) -> list[Record]:
    """What is wanted today: these courses open, as far as the roster has them."""
    due = (each for each in openings if each.course in courses and (each.day is None or each.day <= today))
    return [Record(opening_key(each.course), {"open": True}, (each.course,)) for each in due]


def opening_key(course: Key) -> Key:
    """publication=ilc:2021-22:cop:EQ"""
    return Key(Kind.PUBLICATION, course.id)


def without_closed(plan: Plan, wanted: State, observed: State, *, ledger: Ledger, openings: Openings) -> Plan:
    """The plan, with the opening of each course deferred in which something is missing or somebody is only invited, and why."""
    opening = [change for change in plan.changes if change.key.rule.is_opening and change.subject.fields.get("open")]
    if not opening:
        return plan
    gaps = {each.course: each for each in readiness(wanted, ledger, look_of(plan))}
    why = {
        change.key: reason
        for change in opening
        if (reason := _why_closed(change.subject.parents[0], gaps, observed=observed, openings=openings))
    }
    going = tuple(change for change in plan.changes if change.key not in why)
    closed = (Deferred(each, why[each.key]) for each in opening if each.key in why)
    approved = frozenset(opening_key(each.course) for each in openings.values() if each.day)
    return replace(plan, changes=going, deferred=(*plan.deferred, *closed), approved=approved)


def _why_closed(course: Key, gaps: Mapping[Key, CourseReadiness], *, observed: State, openings: Openings) -> str:
    if course in openings and openings[course].anyway:
        return ""
    if course not in gaps or not gaps[course].is_ready:
        return NOT_READY
    return INVITED if course in invited(observed) else ""


def look_of(plan: Plan) -> LastLook:
    """What this plan found and leaves undone."""
    return LastLook(
        deferred={each.change.key: each.why for each in plan.deferred if is_open(each.why)},
        by_hand=touched_by_hand((each.key, each.field) for each in plan.drift),
        conflicts=frozenset(each.key for each in plan.conflicts),
    )

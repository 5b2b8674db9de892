"""Nobody can join what has ended by Canvas's clock: those who would are deferred, and nothing else is."""

from dataclasses import dataclass
from datetime import datetime, tzinfo

from ilc_canvas import clock
from ilc_canvas.reconcile.change import Adopt, Change, Create, Plan, Update
from ilc_canvas.reconcile.deferral.deferral import defer
from ilc_canvas.reconcile.errors import EndedError
from ilc_canvas.reconcile.kinds import Kind
from ilc_canvas.reconcile.run.canvas_clock import our_time, what_day
from ilc_canvas.reconcile.run.values import Tenant
from ilc_canvas.reconcile.state import Key, Record, State


def defer_ended(plan: Plan, desired: State, observed: State, *, tenant: Tenant, zone: tzinfo) -> Plan:
    """The plan without new enrollments in a course or term that has ended by Canvas's clock, and without what only they need:
    new sections and courses there, and new people who join nothing else. Dates are shown in `zone`.

    EndedError, once, if that leaves nothing of a school year that was never built: the roster is not this year's.
    """
    outlook = _Outlook.of(plan, desired, observed, at=tenant.now)
    ended = {course: end for change in plan.changes if (course := _course_of(change)) and (end := outlook.end(course))}
    if not ended:
        return plan
    why = {change.key: _why(ended[course], tenant, zone) for change in plan.changes if (course := _course_of(change)) in ended and course}
    remaining = defer(plan, why, people=_people_for(plan, why))
    never_built = not observed.containers() and all(_is_head(change.subject) for change in remaining.changes)
    terms = [end for end in ended.values() if end.is_term]
    if never_built and terms:
        raise EndedError(_wrong_year(terms[0], tenant, zone))
    return remaining


def _course_of(change: Change) -> Key | None:
    """The course that this change creates or adds something to."""
    return change.after.course if isinstance(change, Create) else None


def _is_head(record: Record) -> bool:
    """Whether this belongs to no person and no course: account, term, role."""
    return record.course is None and record.user is None


def _people_for(plan: Plan, deferred: dict[Key, str]) -> dict[Key, str]:
    """New people who would join only what has ended, with the reason."""
    joins = [change for change in plan.changes if change.key.rule.is_placement and isinstance(change, Create)]
    needed = {change.after.user for change in joins if change.key not in deferred}
    idle = {change.after.user: deferred[change.key] for change in joins if change.key in deferred and change.after.user not in needed}
    new = {change.key for change in plan.changes if change.key.rule.is_person and isinstance(change, Create | Adopt)}
    return {user: why for user, why in idle.items() if user in new and user}


@dataclass(frozen=True, slots=True)
class _End:
    """What has ended, when, and whether the roster gives the same date."""

    of: Key
    at: datetime
    is_ours: bool

    @property
    def is_term(self) -> bool:
        """Whether it is the term of the whole school year."""
        return not self.of.rule.is_container


@dataclass(frozen=True, slots=True)
class _Outlook:
    """Courses and terms as they will be when people are enrolled: as this plan leaves them, else as observed, else as desired."""

    planned: dict[Key, Record]
    desired: State
    observed: State
    at: datetime

    @classmethod
    def of(cls, plan: Plan, desired: State, observed: State, *, at: datetime) -> "_Outlook":
        """The outlook once `plan` is applied."""
        return cls({c.key: c.after for c in plan.changes if isinstance(c, Create | Update)}, desired, observed, at)

    def get(self, key: Key) -> Record | None:
        """The record with this key."""
        return self.planned.get(key) or self.observed.get(key) or self.desired.get(key)

    def end(self, course: Key) -> _End | None:
        """What ended so that nobody can join this course any more; None if people can join."""
        deciding = self._deciding(course)
        text = deciding and deciding.fields.get("end_at")
        if not deciding or not isinstance(text, str) or datetime.fromisoformat(text) > self.at:
            return None
        desired = self.desired.get(deciding.key)
        return _End(deciding.key, datetime.fromisoformat(text), desired is not None and desired.fields.get("end_at") == text)

    def _deciding(self, course: Key) -> Record | None:
        """A course with restricted dates goes by its own end, any other by its term's (live-client 2.1: 400 for everybody)."""
        record = self.get(course)
        if record is None or (record.fields.get("restricted") and record.fields.get("end_at")):
            return record
        return self.get(Key(Kind.TERM, str(record.fields.get("term"))))


_ADVICE = {  # by whether it is a term, and whether the roster gives the date
    (True, True): "Sign the roster for the current school year.",
    (True, False): "Somebody changed that date in Canvas: ask to have it moved there.",
    (False, True): "Correct the end date in the COP list, or leave it.",
    (False, False): "Somebody set that date in Canvas: ask to have it moved there, or leave it.",
}


def _why(end: _End, tenant: Tenant, zone: tzinfo) -> str:
    """The reason by Canvas's clock; says so if our clock disagrees."""
    doubt = f" But {what_day(tenant, zone)}." if end.at > our_time(tenant) else ""
    what = "its school year's term" if end.is_term else "the course"
    return f"{what} ended on {clock.at(end.at, zone)}, and Canvas lets nobody join it any more. {_ADVICE[end.is_term, end.is_ours]}{doubt}"


def _wrong_year(end: _End, tenant: Tenant, zone: tzinfo) -> str:
    return (
        f"Term {end.of.id} ended on {clock.at(end.at, zone)}; {what_day(tenant, zone)}. "
        f"Canvas lets nobody join it any more. Nothing was written. {_ADVICE[True, end.is_ours]}"
    )

"""What is over by Canvas's clock takes nobody in: who would join it is deferred, and nothing else."""

from dataclasses import dataclass
from datetime import datetime, tzinfo

from ilc_canvas import clock
from ilc_canvas.reconcile.aside import set_aside
from ilc_canvas.reconcile.canvas_clock import our_time, what_day
from ilc_canvas.reconcile.change import Adopt, Change, Create, Plan, Update
from ilc_canvas.reconcile.errors import EndedError
from ilc_canvas.reconcile.kinds import Kind
from ilc_canvas.reconcile.run import Tenant
from ilc_canvas.reconcile.state import Key, Record, State


def defer_ended(plan: Plan, desired: State, observed: State, *, tenant: Tenant, zone: tzinfo) -> Plan:
    """The plan without new enrollments in a course or term that is over by Canvas's clock, and without what is for them alone:
    new sections and courses there, new people who join nothing else. Dates are told in `zone`.

    EndedError, once, if that leaves nothing of a school year that was never built: it is not the roster of the present year.
    """
    standing = _Standing.of(plan, desired, observed, at=tenant.now)
    over = {course: end for change in plan.changes if (course := _joined(change)) and (end := standing.end(course))}
    if not over:
        return plan
    why = {change.key: _why(over[course], tenant, zone) for change in plan.changes if (course := _joined(change)) in over and course}
    left = set_aside(plan, why, people=_people_for(plan, why))
    never_built = not observed.containers() and all(_is_head(change.subject) for change in left.changes)
    terms = [end for end in over.values() if end.is_term]
    if never_built and terms:
        raise EndedError(_wrong_year(terms[0], tenant, zone))
    return left


def _joined(change: Change) -> Key | None:
    """The course that this change makes, or adds something to."""
    return change.after.course if isinstance(change, Create) else None


def _is_head(record: Record) -> bool:
    """Whether this is nobody's, and in no course: account, term, role."""
    return record.course is None and record.user is None


def _people_for(plan: Plan, late: dict[Key, str]) -> dict[Key, str]:
    """New people who would join nothing but what is over, with the reason."""
    joins = [change for change in plan.changes if change.key.rule.is_placement and isinstance(change, Create)]
    needed = {change.after.user for change in joins if change.key not in late}
    idle = {change.after.user: late[change.key] for change in joins if change.key in late and change.after.user not in needed}
    new = {change.key for change in plan.changes if change.key.rule.is_person and isinstance(change, Create | Adopt)}
    return {user: why for user, why in idle.items() if user in new and user}


@dataclass(frozen=True, slots=True)
class _End:
    """What has ended, when, and whether the roster says so too."""

    of: Key
    at: datetime
    is_ours: bool

    @property
    def is_term(self) -> bool:
        """Whether it is the whole school year's."""
        return not self.of.rule.is_container


@dataclass(frozen=True, slots=True)
class _Standing:
    """Courses and terms as they will be when people are enrolled: as this plan leaves them, else as they are, else as they shall be."""

    planned: dict[Key, Record]
    desired: State
    observed: State
    at: datetime

    @classmethod
    def of(cls, plan: Plan, desired: State, observed: State, *, at: datetime) -> "_Standing":
        """As `plan` will leave things."""
        return cls({c.key: c.after for c in plan.changes if isinstance(c, Create | Update)}, desired, observed, at)

    def get(self, key: Key) -> Record | None:
        """The record of this key."""
        return self.planned.get(key) or self.observed.get(key) or self.desired.get(key)

    def end(self, course: Key) -> _End | None:
        """Why nobody can join this course any more; None if people can."""
        deciding = self._deciding(course)
        text = deciding and deciding.fields.get("end_at")
        if not deciding or not isinstance(text, str) or datetime.fromisoformat(text) > self.at:
            return None
        wanted = self.desired.get(deciding.key)
        return _End(deciding.key, datetime.fromisoformat(text), wanted is not None and wanted.fields.get("end_at") == text)

    def _deciding(self, course: Key) -> Record | None:
        """A course with restricted dates goes by its own end, any other by that of its term (live-client 2.1: 400 for everybody)."""
        record = self.get(course)
        if record is None or (record.fields.get("restricted") and record.fields.get("end_at")):
            return record
        return self.get(Key(Kind.TERM, str(record.fields.get("term"))))


_ADVICE = {  # of a term, by the roster
    (True, True): "Sign the roster of the present school year.",
    (True, False): "Somebody has changed that date: have it moved in Canvas.",
    (False, True): "Correct the end date in the COP list, or let it be.",
    (False, False): "Somebody has set that date: have it moved in Canvas, or let it be.",
}


def _why(end: _End, tenant: Tenant, zone: tzinfo) -> str:
    """By Canvas's clock; that ours contradicts it is said."""
    doubt = f" But {what_day(tenant, zone)}." if end.at > our_time(tenant) else ""
    what = "its school year's term" if end.is_term else "the course"
    return f"{what} ended on {clock.at(end.at, zone)}, and Canvas takes nobody into it any more. {_ADVICE[end.is_term, end.is_ours]}{doubt}"


def _wrong_year(end: _End, tenant: Tenant, zone: tzinfo) -> str:
    return (
        f"Term {end.of.id} ended on {clock.at(end.at, zone)}; {what_day(tenant, zone)}. "
        f"Canvas takes nobody into it any more. Nothing was written. {_ADVICE[True, end.is_ours]}"
    )

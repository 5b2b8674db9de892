"""Who would hear of a plan from Canvas, and of what."""

from collections.abc import Iterator
from dataclasses import dataclass

from ilc_canvas.reconcile.guards.forecast import Audience, Forecast
from ilc_canvas.reconcile.state import Key, has_number
from ilc_canvas.views.names import Names

_REASONS = {
    "event-created": "New meetings in the calendar",
    "event-moved": "Meetings at another time",
    "invited": "Invitations to the course",
    "announcement": "Announcements",
    "topic-published": "New discussions",
    "page-updated": "Pages that are published",
}


@dataclass(frozen=True)
class Hearers:
    """The people of one course who would hear of one thing: by name, and how many are in no roster."""

    course: Key
    reason: str
    is_mailed: bool  # at once, by default
    count: int
    names: tuple[str, ...]
    others: int


def hearers(forecast: Forecast, names: Names) -> Iterator[Hearers]:
    """Course by course."""
    for each in forecast.audiences:
        known = sorted((names[key] for key in each.people if not _is_stranger(key)), key=str.casefold)
        strangers = sum(map(_is_stranger, each.people))
        yield Hearers(each.course, _REASONS.get(each.reason, each.reason), each.mailed == "now", each.count, tuple(known), strangers)


def _is_stranger(person: Key) -> bool:
    return has_number(person)


def as_dict(forecast: Forecast, *, people: bool) -> dict[str, object]:
    """For programs: counts, and with `people` their keys."""
    rows = [{**_counted(each), **({"people": list(map(str, each.people))} if people else {})} for each in forecast.audiences]
    return {"notified": forecast.notified, "mailed": forecast.mailed, "audiences": rows}


def _counted(audience: Audience) -> dict[str, object]:
    return {"course": str(audience.course), "reason": audience.reason, "mailed": audience.mailed, "count": audience.count}

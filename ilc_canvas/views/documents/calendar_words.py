"""How a calendar is told: what has changed about a meeting, whom it is for, and why it goes into no course."""

from collections import Counter
from collections.abc import Mapping

from ilc_canvas.program.calendars.calendar_diff import MeetingChange
from ilc_canvas.program.calendars.meeting_events import Placed

CHANGES: Mapping[str, str] = {
    "new": "is new",
    "gone": "is gone",
    "undated": "has no date any more",
    "cancelled": "is cancelled",
    "reinstated": "takes place after all",
    "moved": "moves",
    "renamed": "is renamed",
    "audience": "is for others",
    "place": "has another place",
    "link": "has another link",
    "description": "has other notes",
}
COURSES: Mapping[str, str] = {"cop": "COPs", "net": "networks", "pilot": "start-ups", "hub": "the hub"}
WHY_NOT_PLACED: Mapping[str, str] = {
    "not-on-roster": "is not on the roster",
    "not-active": "is a COP without a course",
    "no-course": "has no course",
    "no-section": "is not a section there",
}


def sides(change: MeetingChange) -> str:
    """Both, or the one that there is."""
    if change.old == change.new:
        return f": {change.new}" if change.new else ""
    return f": {change.old} → {change.new}" if change.old and change.new else f": {change.old or change.new}"


def by_kind(placed: Placed) -> dict[str, int]:
    """How many events go into courses of each kind."""
    counted = Counter(event.course[0] for event in placed.events)
    return {kind: counted[kind] for kind in COURSES if counted[kind]}

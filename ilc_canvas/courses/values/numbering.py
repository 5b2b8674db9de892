"""The numbers of a course's meetings, and what each is about."""

import re
from collections.abc import Iterable, Sequence

from ilc_canvas.courses.outline import MeetingPlan
from ilc_canvas.courses.values.values import Stage
from ilc_canvas.program.calendars.calendar import Meeting

_NUMBERED = re.compile(r"(.*?)([0-9]{1,2})")


def numbered(meetings: Iterable[Meeting]) -> list[tuple[int, Meeting]]:
    """Each meeting with its number, in order. The number is the one at the end of its id, if all ids are the same but for that; so it stays
    when another meeting is taken off the calendar. Otherwise it is the place by date. A cancelled meeting keeps its own.
    """
    by_date = sorted(meetings, key=lambda each: (each.first_day, each.start, each.meeting_id))
    found = [_NUMBERED.fullmatch(each.meeting_id) for each in by_date]
    stems = {match[1] for match in found if match}
    numbers = [int(match[2]) for match in found if match]
    if len(by_date) > 1 and len(numbers) == len(by_date) == len(set(numbers)) and len(stems) == 1 and 0 not in numbers:
        return sorted(zip(numbers, by_date, strict=True), key=lambda pair: pair[0])
    return list(enumerate(by_date, start=1))


def stages(plan: MeetingPlan, number: int) -> Sequence[Stage | None]:
    """What each of so many meetings is about, by its place in the year."""
    if not plan.stages or not number:
        return [None] * number
    keys = _keys(plan, number)
    return [plan.stages[key] for key in keys]


def _keys(plan: MeetingPlan, number: int) -> Sequence[str]:
    if number <= len(plan.few):
        return plan.few[number - 1]
    order = list(plan.order)
    place = order.index(plan.repeated)
    extra = number - len(order)
    return [*order[:place], *[plan.repeated] * (extra + 1), *order[place + 1 :]]

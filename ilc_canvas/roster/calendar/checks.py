"""Checks of meetings against each other and against a roster."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import NamedTuple

from ilc_canvas.program.calendars.calendar import Meeting
from ilc_canvas.program.calendars.meeting_events import Unplaced, Why, courses_of, targets
from ilc_canvas.program.roster import Roster
from ilc_canvas.roster.calendar.rows import Entry
from ilc_canvas.roster.cells import nearest
from ilc_canvas.roster.findings import At, Finding

Dated = Sequence[tuple[At, Meeting]]

_UNPLACED: Mapping[Why, str] = {
    "not-on-roster": "is not on the roster.",
    "not-active": "is a COP that is not active: it has no course.",
    "no-course": "has no course: no team of the roster is there.",
    "no-section": "is not a section of that COP: nobody of the roster is in it.",
}


def newest_entries(entries: Sequence[Entry], findings: list[Finding]) -> list[Entry]:
    """Each id once: the highest sequence counts. Two different rows of one sequence contradict each other, and neither is taken."""
    by_id: defaultdict[str, list[Entry]] = defaultdict(list)
    for each in entries:
        by_id[each.meeting_id.casefold()].append(each)
    kept: list[Entry] = []
    for same in by_id.values():
        last = max(each.sequence for each in same)
        newest = [each for each in same if each.sequence == last]
        findings += _older(same, newest[0])
        findings += _conflicts(newest)
        kept.append(newest[0])
    return kept


def _older(same: Sequence[Entry], newest: Entry) -> Iterator[Finding]:
    for each in same:
        if each.meeting_id and each.sequence < newest.sequence:
            text = f"is also in line {newest.at.line}, with the higher sequence {newest.sequence}."
            yield each.at.warning("meeting_id", each.meeting_id, text, fix="That one counts; this row is left out.")


def _conflicts(newest: Sequence[Entry]) -> Iterator[Finding]:
    first, *more = newest
    for each in more if first.meeting_id else ():
        if each.meeting is not None and each.meeting == first.meeting:
            text = f"is the same as line {first.at.line}."
            yield each.at.warning("meeting_id", each.meeting_id, text, fix="It is taken once.")
        else:
            text = f"is also in line {first.at.line}, with the same sequence and other words or times: neither row can be taken."
            fix = "Take one of them out, or give what counts a higher sequence; two meetings need two ids."
            yield each.at.error("meeting_id", each.meeting_id, text, fix=fix)


def check_audiences(dated: Dated, roster: Roster) -> Iterator[Finding]:
    """Meetings that this roster has no course for."""
    courses = courses_of(roster)
    known = sorted(courses.cops)
    for at, meeting in dated:
        for target in targets(meeting, courses):
            if isinstance(target, Unplaced):
                near = nearest(target.audience.partition("/")[0], known) if target.why == "not-on-roster" else ""
                fix = f"Correct it, or put the roster right first (version {roster.version} of {roster.school_year}).{near}"
                yield at.error("audience", target.audience, _UNPLACED[target.why], fix=fix)


def check_facilitators(dated: Dated, roster: Roster) -> Iterator[Finding]:
    """A warning for each meeting at the hour of one of another COP, with the same facilitator."""
    leads = {cop.code: frozenset(cop.facilitator_ids) for cop in roster.cops}
    by_leader: defaultdict[str, list[_Booked]] = defaultdict(list)
    for at, meeting in _of_cops(dated):
        for person_id in _leading(meeting, leads):
            by_leader[person_id].append(_Booked(at, meeting, meeting.start.astimezone(UTC), meeting.end.astimezone(UTC)))
    clashes: defaultdict[str, list[tuple[_Booked, _Booked, str]]] = defaultdict(list)
    for person_id, booked in sorted(by_leader.items()):
        for one, other in _clashes(booked):
            clashes[one.meeting.meeting_id].append((one, other, person_id))
    for same in clashes.values():
        one, other, _ = same[0]
        yield _booked_twice(one, other, who=", ".join(person_id for _, _, person_id in same))


class _Booked(NamedTuple):
    """Somebody's meeting."""

    at: At
    meeting: Meeting
    start: datetime
    end: datetime


def _clashes(booked: Iterable[_Booked]) -> Iterator[tuple[_Booked, _Booked]]:
    """Each meeting, with one of other COPs that has not ended when it begins; the one further down in the file first."""
    latest: dict[frozenset[str], _Booked] = {}
    for each in sorted(booked, key=lambda one: (one.start, one.at.line)):
        cops = _cops(each.meeting)
        clash = next((one for codes, one in latest.items() if one.end > each.start and not codes & cops), None)
        if clash:
            yield (each, clash) if each.at.line > clash.at.line else (clash, each)
        if cops not in latest or latest[cops].end < each.end:
            latest[cops] = each


def _of_cops(dated: Dated) -> list[tuple[At, Meeting]]:
    return [(at, each) for at, each in dated if each.audience_type in ("cop", "section") and not each.all_day and not each.cancelled]


def _cops(meeting: Meeting) -> frozenset[str]:
    return frozenset(code.partition("/")[0] for code in meeting.audience)


def _leading(meeting: Meeting, leads: Mapping[str, frozenset[str]]) -> frozenset[str]:
    return frozenset[str]().union(*(leads.get(code, frozenset()) for code in _cops(meeting)))


def _booked_twice(one: _Booked, other: _Booked, *, who: str) -> Finding:
    text = f"is at the hour of {other.meeting.meeting_id} (line {other.at.line}), and {who} facilitates both."
    value = f"{one.meeting.first_day} {one.meeting.starts:%H:%M}"
    return one.at.warning("start_time", value, text, fix="Is there another facilitator that day?")

"""One course in words: where it is, who is in it, its meetings, what was changed by hand, what waits."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from ilc_canvas import clock
from ilc_canvas.cli.output import cut
from ilc_canvas.cli.runs.plans.plan_text import deferred_lines
from ilc_canvas.cli.runs.repair import how_to_repair
from ilc_canvas.reconcile.words.wording import count, listed
from ilc_canvas.views.runs.plan import drift_text
from ilc_canvas.views.sentences import heading, hours

if TYPE_CHECKING:
    from ilc_canvas.views.courses.course import AddedPerson, CoursePerson, CourseSection, CourseView
    from ilc_canvas.views.courses.meetings import CourseMeeting


def course_lines(view: "CourseView", *, now: datetime, all_rows: bool) -> Iterator[str]:
    """For people; counts before lists, and Canvas's own words and numbers last."""
    yield heading(view.key, view.names)
    yield from (f"  {word:<9}{text}" for word, text in _head(view))
    for section in view.sections:
        yield from ("", f"{section.name}: {_how_many(section.people)}{_to_come(section.people)}")
        yield from cut((f"  {_person(person)}" for person in section.people), all_rows=all_rows)
    yield from _added(view, all_rows=all_rows)
    yield from _meetings(view, now=now, all_rows=all_rows)
    yield from _by_hand(view, all_rows=all_rows)
    if view.waits:
        yield from ("", f"Left out for now: {count(len(view.waits), 'change')}.")
        yield from (f"  {line}" for line in deferred_lines(view.waits, view.names, all_rows=all_rows))
    number = f", Canvas course {view.number}" if view.number else ""
    yield from ("", f"Small print: SIS id {view.key.id}{number}; roster {view.school_year}, version {view.roster_version}.")


def _head(view: "CourseView") -> Iterator[tuple[str, str]]:
    if view.absent:
        yield "Canvas", f"It is not in Canvas. {view.absent[:1].upper()}{view.absent[1:]}"
    else:
        yield "Canvas", view.url or "its number in Canvas is not known"
        yield "", f"{_PUBLISHED[view.published]}{_as_seen(view)}"
    yield "People", _people(view)
    if view.by_hand:
        yield (
            "",
            f"{count(view.by_hand, 'person was', 'people were')} added by hand in Canvas, not counted here; nothing is done about that.",
        )


_PUBLISHED = {
    "yes": "published",
    "no": "not published: its people do not see it yet",
    "unknown": "whether it is published is not known: no run has read all of Canvas since it was made or changed",
    "ended": "concluded",
}


def _as_seen(view: "CourseView") -> str:
    info = view.reading.info
    return f", as run {info.number} saw it on {clock.at(info.planned_at or info.began_at)}" if info else ""


def _people(view: "CourseView") -> str:
    """22 people: 2 facilitators and 20 participants; 1 will join, 1 will leave"""
    roles = Counter(person.role for person in view.people if person.state in _HERE)
    named = listed([count(number, role) for role, number in roles.items()])
    return f"{_how_many(view.people)}{f': {named}' if named else ''}{_to_come(view.people)}"


_HERE = ("in", "goes")


def _how_many(people: "Sequence[CoursePerson]") -> str:
    return count(len({person.person_id for person in people if person.state in _HERE}), "person", "people")


def _to_come(people: "Sequence[CoursePerson]") -> str:
    states = Counter[str](person.state for person in people)
    verbs = {"comes": "will join", "goes": "will leave", "by-hand": "changed by hand"}
    changes = ", ".join(f"{states[state]:,} {verb}" for state, verb in verbs.items() if states[state])
    return f"; {changes}" if changes else ""


def _person(person: "CoursePerson") -> str:
    mark = {"in": " ", "comes": "+", "goes": "-", "by-hand": "!"}[person.state]
    verb = {"in": "", "comes": " will join: ", "goes": " will leave: ", "by-hand": " "}[person.state]
    role = "" if person.role == "participant" else f", {person.role}"
    return f"{mark} {person.name} ({person.person_id}){role}{f';{verb}{person.why}' if person.why else ''}"


def _added(view: "CourseView", *, all_rows: bool) -> Iterator[str]:
    if view.added:
        yield from ("", f"Added by hand in Canvas: {count(view.by_hand, 'person', 'people')}.")
        yield from cut((f"  {_added_person(each)}" for each in view.added), all_rows=all_rows)


def _added_person(person: "AddedPerson") -> str:
    who = f"{person.name} ({person.person_id})" if person.person_id else f"an account that is on no roster (number {person.account})"
    role = "" if person.role == "participant" else f", {person.role}"
    return f"{who}{role}, in {person.section or f'a section made in Canvas (number {person.section_number})'}"


def _meetings(view: "CourseView", *, now: datetime, all_rows: bool) -> Iterator[str]:
    """The meetings that are still to come, or all; of a year that is over, all."""
    if not view.meetings:
        why = "the calendar has none for this course" if view.calendar_version else "no calendar is signed for this school year"
        yield from ("", f"Meetings: none; {why}.")
        return
    ahead = [each for each in view.meetings if all_rows or each.when >= now.date().isoformat()] or list(view.meetings)
    past = len(view.meetings) - len(ahead)
    over = f", {past:,} of them over (--all)" if past else ""
    calendar = f" by calendar version {view.calendar_version}" if view.calendar_version else ""
    yield from ("", f"Meetings: {len(view.meetings):,}{calendar}{over}.")
    yield from cut((f"  {_meeting(each)}" for each in ahead), all_rows=all_rows)


def _meeting(meeting: "CourseMeeting") -> str:
    return f"{hours(meeting.when)}  {meeting.title}{f' ({word})' if (word := _meeting_state(meeting)) else ''}"


def _meeting_state(meeting: "CourseMeeting") -> str:
    if meeting.cancelled:
        return "cancelled; still in Canvas" if meeting.in_canvas else "cancelled"
    if not meeting.planned:
        return "in Canvas, but no longer in the calendar"
    return "" if meeting.in_canvas else "not in Canvas yet"


def _by_hand(view: "CourseView", *, all_rows: bool) -> Iterator[str]:
    if not view.reading.drift:
        return
    yield from ("", f"Changed by hand in Canvas, and left that way: {count(len(view.reading.drift), 'thing')}.")
    lines = (f"  {drift_text(key, name, view.names)}" for key, names in view.reading.drift.items() for name in names.split(", "))
    yield from cut(lines, all_rows=all_rows)
    yield from how_to_repair([view.key])


def course_json(view: "CourseView") -> dict[str, Any]:
    """For programs."""
    info = view.reading.info
    return {
        "course": view.word,
        "name": view.names[view.key],
        "sis_id": view.key.id,
        "school_year": view.school_year,
        "roster_version": view.roster_version,
        "in_canvas": not view.absent,
        "why_not": view.absent,
        "published": {"yes": True, "no": False}.get(view.published),
        "ended": view.published == "ended",
        "number": view.number,
        "url": view.url or None,
        "seen_by_run": info.number if info else None,
        "seen_at": info.planned_at if info else None,
        "sections": [_section_json(section) for section in view.sections],
        "added_by_hand": view.by_hand,
        "added": [_added_json(each) for each in view.added],
        "calendar_version": view.calendar_version,
        "meetings": [_meeting_json(each) for each in view.meetings],
        "changed_by_hand": [{"key": str(key), "field": name} for key, names in view.reading.drift.items() for name in names.split(", ")],
        "left_out": [{"key": str(key), "why": why} for key, why in view.waits],
    }


def _section_json(section: "CourseSection") -> dict[str, Any]:
    people = [
        {"person": each.person_id, "name": each.name, "role": each.role, "state": each.state, "why": each.why} for each in section.people
    ]
    return {"section": section.key.id.rpartition(":")[2], "name": section.name, "people": people}


def _added_json(person: "AddedPerson") -> dict[str, Any]:
    number = {"account": int(person.account) if person.account else None}
    section = {"section": person.section or None, "section_number": int(person.section_number) if person.section_number else None}
    return {"person": person.person_id or None, "name": person.name or None, **number, "role": person.role, **section}


def _meeting_json(meeting: "CourseMeeting") -> dict[str, Any]:
    start, _, end = meeting.when.partition("/")
    return {
        "meeting": meeting.key.id.rpartition(":")[2],
        "title": meeting.title,
        "start": start,
        "end": end or None,
        "cancelled": meeting.cancelled,
        "in_calendar": meeting.planned,
        "in_canvas": meeting.in_canvas,
    }

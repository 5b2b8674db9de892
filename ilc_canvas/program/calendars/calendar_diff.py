"""How two versions of a calendar differ; links, places and notes are told to differ, not what they say."""

from collections.abc import Iterator
from dataclasses import dataclass

from ilc_canvas.program.calendars.calendar import Calendar, Meeting
from ilc_canvas.program.calendars.passcodes import without_passcodes


@dataclass(frozen=True, slots=True)
class MeetingChange:
    """One difference in one meeting; `title` as it is now, or was."""

    kind: str  # new, gone, undated, cancelled, reinstated, moved, renamed, audience, place, link, description
    meeting_id: str
    title: str
    old: str = ""
    new: str = ""


def calendar_diff(before: Calendar, after: Calendar) -> tuple[MeetingChange, ...]:
    """Everything that is different, in the order of the ids. What is equal gives nothing; a sequence number alone is not a difference."""
    old, new = before.by_id, after.by_id
    changes: list[MeetingChange] = []
    for meeting_id in sorted(old.keys() | new.keys()):
        if meeting_id not in new:
            changes.append(_gone(old[meeting_id], after))
        elif meeting_id not in old:
            changes.append(_change("new", new[meeting_id], new=when(new[meeting_id])))
        else:
            changes += _both(old[meeting_id], new[meeting_id])
    return tuple(changes)


def when(meeting: Meeting) -> str:
    """2021-10-05 16:30–18:00, or 2022-02-04 to 2022-02-05; another zone than before stands with it."""
    if meeting.starts is None or meeting.ends is None:
        return str(meeting.first_day) if meeting.first_day == meeting.last_day else f"{meeting.first_day} to {meeting.last_day}"
    end = f"{meeting.ends:%H:%M}" if meeting.first_day == meeting.last_day else f"{meeting.last_day} {meeting.ends:%H:%M}"
    return f"{meeting.first_day} {meeting.starts:%H:%M}–{end}"


def whom(meeting: Meeting) -> str:
    """COP EQ, ES; everybody"""
    words = {"all": "everybody", "cop": "COP", "region": "Region", "pilot": "start-up", "section": "section"}
    return " ".join(filter(None, (words[meeting.audience_type], ", ".join(meeting.audience))))


def _gone(meeting: Meeting, after: Calendar) -> MeetingChange:
    kind = "undated" if meeting.meeting_id in after.undated else "gone"
    return _change(kind, meeting, old=when(meeting))


def _change(kind: str, meeting: Meeting, *, old: str = "", new: str = "") -> MeetingChange:
    return MeetingChange(kind, meeting.meeting_id, without_passcodes(meeting.title), old, new)


def _both(old: Meeting, new: Meeting) -> Iterator[MeetingChange]:
    if old.cancelled != new.cancelled:
        yield _change("cancelled" if new.cancelled else "reinstated", new, old=when(old), new=when(new))
    zones = (f" {old.zone}", f" {new.zone}") if old.zone != new.zone else ("", "")
    pairs = (
        ("moved", f"{when(old)}{zones[0]}", f"{when(new)}{zones[1]}"),
        ("renamed", without_passcodes(old.title), without_passcodes(new.title)),
        ("audience", whom(old), whom(new)),
    )
    for kind, was, now in pairs:
        if was != now:
            yield _change(kind, new, old=was, new=now)
    if old.title != new.title and pairs[1][1] == pairs[1][2]:
        yield _change("renamed", new)
    yield from _unshown(old, new)


def _unshown(old: Meeting, new: Meeting) -> Iterator[MeetingChange]:
    """What may hold a passcode."""
    if (old.location, old.mode) != (new.location, new.mode):
        yield _change("place", new)
    if old.join_url != new.join_url:
        yield _change("link", new)
    if old.description != new.description:
        yield _change("description", new)

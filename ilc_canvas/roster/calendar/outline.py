"""Where the events and properties of an iCalendar file stand, since its parser does not tell."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from ilc_canvas.reconcile.errors import RosterError
from ilc_canvas.roster.findings import Finding
from ilc_canvas.roster.reading import File

PROPERTIES = {
    "meeting_id": "X-ILC-MEETING-ID",
    "audience_type": "CATEGORIES",
    "audience": "X-ILC-AUDIENCE",
    "title": "SUMMARY",
    "date": "DTSTART",
    "start_time": "DTSTART",
    "end_time": "DTEND",
    "end_date": "DTEND",
    "timezone": "DTSTART",
    "location": "LOCATION",
    "join_url": "URL",
    "status": "STATUS",
    "sequence": "SEQUENCE",
    "description": "DESCRIPTION",
}
"""Which property of an event is which column of a table."""
_NAME = re.compile(r"([A-Za-z0-9-]+)[;:]")


@dataclass(frozen=True, slots=True)
class Outline:
    """For each event, by the line on which it begins, the line of each of its properties. Of a table: nothing."""

    events: Mapping[int, Mapping[str, int]] = field(default_factory=dict)

    def located(self, finding: Finding) -> Finding:
        """The finding at the property that it is about."""
        if finding.line not in self.events:
            return finding
        name = PROPERTIES.get(finding.column, finding.column)
        return replace(finding, column=name, line=self.events[finding.line].get(name, finding.line))


def outline(file: File, text: str) -> Outline:
    """RosterError if the text is not an iCalendar file, or ends before its last component."""
    events: dict[int, dict[str, int]] = {}
    open_components: list[str] = []
    event: dict[str, int] = {}
    for number, line in enumerate(re.split(r"\r\n|\n|\r", text), start=1):
        if not line.strip() or line[0] in " \t":
            continue
        name, value = _property(file, number, line)
        if name == "BEGIN":
            open_components.append(value)
            if value == "VEVENT":
                event = events[number] = {}
        elif name == "END":
            if not open_components or open_components.pop() != value:
                raise RosterError(f"{file.name}, line {number}, ends something that has not begun there. Export the file again.")
        elif open_components and open_components[-1] == "VEVENT":
            event.setdefault(name, number)
    if open_components:
        raise RosterError(f"{file.name} is cut off: its last {open_components[-1]} has no end. Fetch the file again.")
    if not events:
        raise RosterError(f"{file.name} has no event in it. No meeting is taken to be off.")
    return Outline(events)


def _property(file: File, number: int, line: str) -> tuple[str, str]:
    found = _NAME.match(line)
    if not found:
        raise RosterError(
            f"{file.name}, line {number}, is not a line of an iCalendar file (.ics): it does not begin with a name. Export it again."
        )
    return found[1].upper(), line[found.end() :].strip().upper()

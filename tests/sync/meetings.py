"""The small program's calendar, and a world that has it."""

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, time
from pathlib import Path
from typing import Any

from ilc_canvas.canvas.texts.rich_text import marker
from ilc_canvas.program.calendars.calendar import Calendar, Meeting
from ilc_canvas.program.names import course_key
from ilc_canvas.store.calendars import versions as calendars
from ilc_canvas.store.documents.signing import Signing
from tests.sandbox.process import start_sandbox
from tests.stores import new_store
from tests.sync.roster import YEAR
from tests.sync.world import NOW, SCOPE, World, approved, now, opened

EQUITY, ARTS, HUB = course_key(SCOPE, "cop", "EQ"), course_key(SCOPE, "cop", "AI"), course_key(SCOPE, "hub")
SECRET = "https://meet.example.org/j/1?pwd=482913"
ONE = Meeting(
    "COP-EQ-1", "cop", ("EQ",), "Equity 1", date(2021, 9, 14), date(2021, 9, 14), time(16, 30), time(18), "America/Los_Angeles",
    join_url=SECRET, location="Room 4", description="Bring data. Passcode 482913.",
)  # fmt: skip
TWO = replace(ONE, meeting_id="COP-EQ-2", title="Equity 2", first_day=date(2021, 11, 9), last_day=date(2021, 11, 9))
BOTH = replace(ONE, meeting_id="JOINT-1", audience=("EQ", "AI"), title="Joint", first_day=date(2021, 10, 5), last_day=date(2021, 10, 5))
MIDYEAR = replace(
    ONE, meeting_id="MIDYEAR", audience_type="all", audience=(), title="Midyear", first_day=date(2022, 2, 4), last_day=date(2022, 2, 5),
    starts=None, ends=None, join_url="", location="", description="",
)  # fmt: skip
FIRST_CALENDAR = (ONE, TWO, BOTH, MIDYEAR)
EVENTS = 6


@dataclass
class Diary(World):
    """A world with a calendar."""

    def sign(self, *meetings: Meeting) -> int:
        """A new version of the calendar, signed."""
        with opened(self.store) as store:
            calendar = Calendar(YEAR, 0, meetings)
            calendars.add_draft(store, calendar, rows={}, hashes={}, findings=[], imported_by="ana", at=now())
            return calendars.finalize(store, Signing("Ana", now(), reason="test"))

    def events(self) -> dict[str, dict[str, Any]]:
        """Our live events by key, as Canvas shows them to an administrator."""
        rows = [row for course in (EQUITY, ARTS, HUB) for row in self.calendar_of(course.id)]
        keys = Counter(marker(row["description"]) for row in rows)
        assert [key for key, count in keys.items() if key and count > 1] == [], "an event twice"
        return {marker(row["description"]).removeprefix(f"{SCOPE}:"): row for row in rows if marker(row["description"])}

    def calendar_of(self, course: str) -> list[dict[str, Any]]:
        """Every event of a course, ours or not."""
        number = self.number_of(course)
        rows: list[dict[str, Any]] = (
            self.human().get("calendar_events", query={"context_codes[]": f"course_{number}", "all_events": "1", "per_page": "100"}).body
        )
        return rows

    def number_of(self, course: str) -> int:
        """Canvas's number of a course."""
        return next(int(row["id"]) for row in self.sandbox.state()["courses"] if row["sis_course_id"] == course)

    def change(self, key: str, **fields: str) -> None:
        """Somebody changes an event by hand."""
        number = self.events()[key]["id"]
        answer = self.human().ask("PUT", f"calendar_events/{number}", {f"calendar_event[{name}]": value for name, value in fields.items()})
        assert answer.status == 200, answer.text

    def delete(self, key: str) -> None:
        """Somebody deletes an event."""
        answer = self.human().ask("DELETE", f"calendar_events/{self.events()[key]['id']}")
        assert answer.status == 200, answer.text

    def writes(self) -> list[str]:
        """Requests that wrote something, since the log was emptied."""
        return [f"{row['method']} {row['path']}" for row in self.sandbox.requests() if row["method"] != "GET"]


@contextmanager
def kept_diary(folder: Path) -> Iterator[Diary]:
    """A Canvas after the first fill, with the first calendar's meetings in it, kept to be copied."""
    with start_sandbox("--now", NOW) as sandbox:
        diary = Diary(sandbox, approved(sandbox, new_store(folder)).store)
        assert diary.run().status == "applied"
        diary.sign(*FIRST_CALENDAR)
        report = diary.run()
        assert (report.status, report.writes, report.counts["create"]) == ("applied", EVENTS, EVENTS)
        sandbox.keep()
        yield diary

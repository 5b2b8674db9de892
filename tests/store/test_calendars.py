"""Calendar versions in the store: documents that no plan is made from yet."""

from dataclasses import replace
from datetime import date, time

import pytest

from ilc_canvas.program.calendars.calendar import Calendar, Meeting
from ilc_canvas.reconcile.errors import CalendarError
from ilc_canvas.store.audit import chain
from ilc_canvas.store.audit.reader import events
from ilc_canvas.store.calendars import versions
from ilc_canvas.store.db.database import Store
from ilc_canvas.store.documents.signing import ReviewedDraft, Signing
from ilc_canvas.store.documents.versions import newest_basis
from tests.store.cast import NOON, finalized

MEETING = Meeting(
    "COP-EQ-1", "cop", ("EQ", "ES"), "Equity", date(2021, 10, 5), date(2021, 10, 5), time(16, 30), time(18), "America/Los_Angeles",
    join_url="https://meet.example.org/j?pwd=s3cr3tPass", description="Passcode s3cr3tPass", sequence=2, status="moved",
)  # fmt: skip
DAYS = replace(MEETING, meeting_id="DAYS", audience_type="all", audience=(), starts=None, ends=None, last_day=date(2021, 10, 6))
CALENDAR = Calendar("2021-22", 0, (MEETING, DAYS), ("LATER",))


def _draft(store: Store, calendar: Calendar = CALENDAR, files: str = "a") -> int:
    return versions.add_draft(
        store, calendar, rows={"c.csv": 3}, hashes={"c.csv": files * 64}, findings=[], imported_by="ana", at=NOON, reason="fall"
    )


def test_calendar_comes_back_as_signed(store: Store) -> None:
    """Every value of every meeting, who signed it and when; the version before is superseded."""
    _draft(store)
    assert versions.finalize(store, Signing("Ana", NOON)) == 1
    assert versions.read(store) == replace(CALENDAR, version=1, signed_by="Ana", signed_at=NOON)
    _draft(store, replace(CALENDAR, meetings=(DAYS,)), "b")
    versions.finalize(store, Signing("Ana", NOON, seen=ReviewedDraft(2)))
    assert [(info.number, info.state, info.entries) for info in versions.listing(store)] == [(2, "finalized", 1), (1, "superseded", 2)]
    assert versions.read(store, 1).meetings == CALENDAR.meetings


def test_calendar_is_refused_in_its_name(store: Store) -> None:
    """Nothing finalized, no such version, the same files, no meeting: each is said of the calendar."""
    with pytest.raises(CalendarError, match=r"No calendar is finalized yet.*‹import-document calendar›"):
        versions.read(store)
    with pytest.raises(CalendarError, match=r"no calendar version 7. See: ‹calendars›"):
        versions.read(store, 7)
    _draft(store, replace(CALENDAR, meetings=()))
    with pytest.raises(CalendarError, match="no meeting in it"):
        versions.finalize(store, Signing("Ana", NOON))
    _draft(store)
    versions.finalize(store, Signing("Ana", NOON))
    with pytest.raises(CalendarError, match="already loaded: they are calendar version 1, finalized by Ana"):
        _draft(store)


def test_plans_are_made_from_it(store: Store) -> None:
    """A finalized calendar is in the basis of the plans of its school year."""
    finalized(store)
    _draft(store)
    versions.finalize(store, Signing("Ana", NOON))
    with store.read() as connection:
        assert newest_basis(connection, "2021-22").as_json() == newest_basis(connection).as_json() == {"calendar": 1, "roster": 1}


def test_audit_log_has_no_passcode(store: Store) -> None:
    """Import and signature are events with counts and hashes; no link, note or title is in the chain or beside it."""
    _draft(store)
    versions.finalize(store, Signing("Ana", NOON, reason="agreed"))
    told = events(store)
    assert [event.kind for event in told] == ["calendar-drafted", "calendar-finalized"]
    assert told[1].body["meetings"] == 2
    assert not any(word in repr(told) for word in ("s3cr3tPass", "meet.example.org", "Equity"))
    assert chain.verify(store).count == 2

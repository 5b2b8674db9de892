"""The banner at the top of every page, one at a time, and ending a quarantine."""

from datetime import timedelta

import pytest

from ilc_canvas.reconcile.run.values import Report, RunRequest
from ilc_canvas.store.audit import reader
from ilc_canvas.store.db.lease import take_lease
from ilc_canvas.store.people.accounts import Role
from ilc_canvas.store.runs import details
from ilc_canvas.store.runs.journal import SqlJournal
from ilc_canvas.store.worker import heartbeat, jobs, pauses
from tests.console.cast import Browser, Office, text_of

WHY = "Canvas refuses the token."


@pytest.fixture
def ito(office: Office) -> Browser:
    """An approver."""
    return office.browser("M. Ito", Role.APPROVER)


def _quarantine(office: Office, trouble: str = "token") -> None:
    """A run fails over something that affects everything."""
    info = details.runs(office.store)[0]
    with take_lease(office.store, "worker-1", renewal=None) as lease:
        journal = SqlJournal(office.store, lease=lease, scope=info.scope, base_url=info.base_url, now=office.clock)
        number = journal.begin(RunRequest("schedule", "schedule"), info.basis)
        journal.closed(Report(number, "failed", "", info.basis, {"create": 0, "update": 0, "remove": 0}, trouble=trouble, sentence=WHY))


def test_first_that_applies(office: Office, ito: Browser) -> None:
    """Broken log, quarantine, no worker, pause: of several that apply only the first one stands there."""
    pauses.pause(office.store, until=office.clock() + timedelta(hours=8), actor="R. Alvarez", reason="a rehearsal", at=office.clock())
    heartbeat.beat(office.store, "worker-1", state="leading", version="1", sentence="", at=office.clock(), started_at=office.clock())
    paused = text_of(ito.get("/"))
    assert "Paused until" in paused
    assert "By R. Alvarez, since" in paused
    assert "“a rehearsal”. Plans can be made and read. Go on now" in paused
    office.clock.later = timedelta(minutes=5)
    alone = text_of(ito.get("/"))
    assert "No worker is running The last one gave its last sign of life on" in alone
    assert "Paused until" not in alone
    _quarantine(office)
    held = text_of(ito.get("/"))
    assert f"{WHY} Nothing is written; it is looked at again on" in held
    assert "What you ask for is kept" not in held
    jobs.note(office.store, "audit", "1", worker="w", sentence="The audit log is broken: event 7 is missing.", at=office.clock())
    broken = text_of(ito.get("/roster"))
    assert "The audit log is broken The audit log is broken: event 7 is missing. Nothing is written to Canvas. Call the operator" in broken
    assert "In quarantine since" not in broken


def test_quarantine_is_ended_with_a_reason(office: Office, ito: Browser) -> None:
    """Without a reason the page comes back; with one the quarantine is over, and the log has who ended it and why."""
    _quarantine(office)
    assert "End the quarantine" in text_of(ito.get("/health"))
    refused = ito.post("/health/release", {"reason": " "})
    assert (refused.status_code, 'href="#reason"' in refused.text) == (422, True)
    assert ito.post("/health/release", {"reason": "a new token"}).headers["Location"] == "/health"
    event = reader.events(office.store, limit=10_000)[-1]
    assert (event.kind, event.actor, event.reason) == ("released", "M. Ito", "a new token")
    assert "In quarantine" not in text_of(ito.get("/health"))
    again = ito.post("/health/release", {"reason": "a new token"})
    assert (again.status_code, "There is no quarantine" in text_of(again)) == (422, True)


def test_quarantine_that_waits_for_a_person(office: Office, ito: Browser) -> None:
    """One that does not end by itself says so; whoever may not end it reads who may."""
    _quarantine(office, "tenant")
    assert "It does not end by itself" in text_of(ito.get("/"))
    viewer = office.browser("J. Bell", Role.VIEWER)
    assert "Ending it is for the approver; you are viewer" in text_of(viewer.get("/health"))
    assert 'action="/health/release"' not in viewer.get("/health").text

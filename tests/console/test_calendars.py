"""The calendar's way in the console: a file is checked, its findings kept, the draft read and signed; no passcode is shown or kept."""

import pytest
import requests

from ilc_canvas.console.security.tokens import form_token
from ilc_canvas.store.calendars import versions
from ilc_canvas.store.people.accounts import Role
from tests.console.cast import Browser, Office, live_things, text_of
from tests.roster.calendar.cast import table

SECRET = "s3cr3tPass"
LINK = {"join_url": f"https://meet.example.org/j?pwd={SECRET}"}


@pytest.fixture
def alvarez(office: Office) -> Browser:
    """A coordinator."""
    return office.browser("J. Alvarez", Role.COORDINATOR)


def _check(browser: Browser, *rows: dict[str, str], year: str = "2021-22") -> requests.Response:
    fields = {"form_token": form_token(browser.token), "school_year": year}
    return browser.ask("POST", "/calendar/check", data=fields, files={"calendar": ("calendar.csv", table(*rows).data)})


def _sign(office: Office, browser: Browser, number: int) -> requests.Response:
    fields = {"files": versions.info(office.store, number).files_digest, "read": "yes", "reason": "the fall"}
    return browser.post(f"/calendar/{number}/sign", fields)


def test_file_becomes_a_signed_calendar(office: Office, alvarez: Browser) -> None:
    """Checked without errors it is a draft, which shows its meetings and where they go; signed with a reason it is in force."""
    checked = _check(alvarez, LINK)
    assert (checked.status_code, checked.headers.get("Location")) == (303, "/calendar/1"), text_of(checked)
    text = text_of(alvarez.get("/calendar/1"))
    assert "With roster version 2: 1 in COPs" in text
    assert "Meeting 2021-10-20 16:30–18:00, COP EQ Scheduled" in text
    assert SECRET not in alvarez.get("/calendar/1").text
    assert _sign(office, alvarez, 1).headers["Location"] == "/calendar/1"
    info = versions.info(office.store, 1)
    assert (info.state, info.signed_by, info.reason) == ("finalized", "J. Alvarez", "the fall")
    assert "Version 1, 2021-22 1 meeting, imported by J. Alvarez" in text_of(alvarez.get("/calendar"))


def test_next_version_shows_what_differs(office: Office, alvarez: Browser) -> None:
    """A moved, a new and a cancelled meeting, each with both sides."""
    _check(alvarez, {}, {"meeting_id": "M-2", "title": "Second", "date": "2021-11-20"})
    _sign(office, alvarez, 1)
    _check(
        alvarez,
        {"date": "2021-10-21", "sequence": "1"},
        {"meeting_id": "M-2", "title": "Second", "date": "2021-11-20", "status": "cancelled", "sequence": "1"},
        {"meeting_id": "M-3", "title": "Third", "date": "2021-12-01"},
    )
    text = text_of(alvarez.get("/calendar/2"))
    assert "3 differences to version 1" in text
    assert "changes Meeting moves: 2021-10-20 16:30–18:00 → 2021-10-21 16:30–18:00" in text
    assert "new Third is new" in text
    assert "Second is cancelled" in text


def test_findings_of_a_calendar_are_kept(office: Office, alvarez: Browser) -> None:
    """They have a page of their own, without passcodes; the file is not kept, so it is chosen again."""
    answer = _check(alvarez, {"date": "2021-13-45", **LINK})
    assert answer.headers.get("Location") == "/calendar/checks/1", text_of(answer)
    page = alvarez.get("/calendar/checks/1")
    assert "1 error keeps this calendar from being signed" in text_of(page)
    assert "2021-13-45" in text_of(page)
    assert 'name="calendar"' in page.text
    with office.store.read() as connection:
        kept = str(connection.exec_driver_sql("SELECT content FROM document_check_file").all())
        assert (kept, SECRET in str(connection.exec_driver_sql("SELECT * FROM document_check").all())) == ("[('',)]", False)
    assert alvarez.get("/calendar/checks/1/findings.csv").content.count(b"\n") == 2
    assert alvarez.get("/roster/checks/1").status_code == 404


def test_calendar_that_was_signed_meanwhile(office: Office, alvarez: Browser) -> None:
    """Whoever comes second reads who has signed; whoever has read another file reads who has replaced it."""
    cruz = office.browser("L. Cruz", Role.COORDINATOR)
    _check(alvarez, {})
    read = versions.info(office.store, 1).files_digest
    _check(cruz, {"date": "2021-10-21"})
    late = alvarez.post("/calendar/1/sign", {"files": read, "read": "yes", "reason": "x"})
    assert (late.status_code, "Somebody else was quicker L. Cruz replaced the draft" in text_of(late)) == (422, True)
    assert [_sign(office, each, 1).status_code for each in (cruz, alvarez)] == [303, 422]
    assert "L. Cruz signed version 1 on" in text_of(_sign(office, alvarez, 1))


@pytest.mark.parametrize(("lacking", "field"), [("read", "read"), ("reason", "reason"), ("files", "")])
def test_signature_that_lacks_something(office: Office, alvarez: Browser, lacking: str, field: str) -> None:
    """Unread, without a reason or without the file that was shown nothing is signed."""
    _check(alvarez, {})
    fields = {"files": versions.info(office.store, 1).files_digest, "read": "yes", "reason": "x", lacking: ""}
    answer = alvarez.post("/calendar/1/sign", fields)
    assert (answer.status_code, not field or f'href="#{field}"' in answer.text) == (422, True)
    assert versions.info(office.store, 1).state == "draft"


def test_upload_without_a_file_or_a_year(alvarez: Browser) -> None:
    """The page says what is missing; a year that is none is said as well."""
    answer = alvarez.post("/calendar/check", {})
    assert (answer.status_code, 'href="#calendar"' in answer.text, 'href="#school_year"' in answer.text) == (422, True, True)
    assert "is not a school year" in text_of(_check(alvarez, {}, year="next"))


def test_texts_of_a_calendar_stay_texts(office: Office, alvarez: Browser) -> None:
    """A script in a title is shown as text; viewers look, and do not sign."""
    _check(alvarez, {"title": "<script>alert(1)</script>"})
    viewer = office.browser("J. Bell", Role.VIEWER)
    page = viewer.get("/calendar/1")
    assert (live_things(page.text), "Signing is for coordinators" in text_of(page)) == ([], True)
    assert "alert(1)" in text_of(page)

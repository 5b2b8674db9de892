"""The audit log in the console: searched by who, what, whom and when; whether it holds; taken away; and its own reading noted."""

import csv
import io
import re
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

import ilc_canvas
from ilc_canvas.console.pages.audit import _WORDS
from ilc_canvas.console.pages.audit_search import digest_of
from ilc_canvas.program.basis import ATTENDANCE, CALENDAR, INTENTS, OPENINGS, ROSTER, TEMPLATES
from ilc_canvas.settings import Settings
from ilc_canvas.store.audit import chain, reader
from ilc_canvas.store.audit.chain import Entry, append
from ilc_canvas.store.people.accounts import Role
from ilc_canvas.store.worker import jobs, sync_requests
from ilc_canvas.store.worker.sync_requests import RequestKind
from tests.console.cast import Browser, Office, text_of

ITO = "M. Ito"


@pytest.fixture
def ito(office: Office) -> Browser:
    """An approver."""
    return office.browser(ITO, Role.APPROVER)


def _events(office: Office, kind: str) -> list[reader.Event]:
    return [event for event in reader.events(office.store, limit=10_000) if event.kind == kind]


def _find(browser: Browser, **typed: str) -> str:
    """What the form leads to."""
    answer = browser.post("/audit", {"kind": "all", **typed})
    assert answer.status_code == 303, text_of(answer)
    return answer.headers["Location"]


@pytest.mark.parametrize("text", ["P3", "p3", "Chloe Tran", "chloe.tran@example.org", "person:P3"])
def test_person_by_whatever_name(ito: Browser, text: str) -> None:
    """Id, name or address lead to the same address, which names nobody."""
    where = _find(ito, about=text)
    assert where == "/audit?kind=all&about=person%3AP3"
    assert "user=ilc:p:P3" in text_of(ito.get(where))


@pytest.mark.parametrize("text", ["cop:EQ", "COP EQ", "cop:eq", "Cop: EQ"])
def test_course_with_all_that_is_in_it(ito: Browser, text: str) -> None:
    """A course is found with its sections and the people in them, and no other course."""
    where = _find(ito, about=text, kind="changes")
    assert where == "/audit?kind=changes&about=cop%3AEQ"
    page = text_of(ito.get(where))
    assert "course=ilc:2021-22:cop:EQ" in page
    assert "section=ilc:2021-22:cop:EQ:" in page
    assert "ilc:2021-22:hub" not in page


def test_nobody_of_that_name(ito: Browser) -> None:
    """A name that means nobody, or several people, is said beside the field, and stays out of addresses."""
    answer = ito.post("/audit", {"about": "Nobody Known"})
    assert (answer.status_code, 'href="#about"' in answer.text) == (422, True)
    assert "No roster and no event names Nobody Known" in text_of(answer)


@pytest.mark.parametrize(
    ("typed", "field"),
    [
        ({"run": "six"}, "run"),
        ({"from": "yesterday"}, "from"),
        ({"to": "2021-13-01"}, "to"),
        ({"from": "2021-08-02", "to": "2021-08-01"}, "to"),
    ],
)
def test_form_that_cannot_be_read(ito: Browser, typed: dict[str, str], field: str) -> None:
    """The form comes back with what is wrong at the field."""
    answer = ito.post("/audit", typed)
    assert (answer.status_code, f'id="{field}-error"' in answer.text) == (422, True)


def test_who_did_it(office: Office, ito: Browser) -> None:
    """The deeds of one person; the address has neither name nor login."""
    digest = digest_of(ITO)
    where = _find(ito, actor=digest)
    assert ITO not in where
    rows = re.findall(r"<b>([^<]+)</b>", ito.get(where).text.partition("<ol")[2])
    assert set(rows) == {ITO}
    assert "No event fits" in text_of(ito.get("/audit?kind=all&actor=unknown"))
    (event,) = [each for each in _events(office, "audit-searched") if each.body["actor"] == digest]
    assert (event.personal["about"], ITO in str(event.body)) == (ITO, False)


def test_days_are_those_of_the_office(office: Office, ito: Browser, settings: Settings) -> None:
    """From the first to the last day, both whole, in the program's time zone; what fits nothing can be searched without the dates."""
    today = office.clock().astimezone(settings.zone).date()
    there = text_of(ito.get(f"/audit?kind=all&from={today}&to={today}"))
    assert "signed in" in there
    later = ito.get(f"/audit?kind=all&from={today + timedelta(days=1)}")
    assert "No event fits. Search without the dates" in text_of(later)
    assert "No event fits" in text_of(ito.get(f"/audit?kind=all&to={today - timedelta(days=1)}"))


def test_pages_follow_each_other(office: Office, ito: Browser) -> None:
    """Fifty events on a page, newest first; the way leads through all of them, each once, though new ones come meanwhile."""
    with office.store.write() as connection:
        for number in range(120):
            append(connection, Entry("settings", office.clock(), "filler", {"number": number}))
    where: str | None = f"/audit?kind=all&actor={digest_of('filler')}"
    seen: list[int] = []
    while where:
        page = ito.get(where)
        seen += [int(text.replace(",", "")) for text in re.findall(r'<span class="seq">([\d,]+)</span>', page.text)]
        with office.store.write() as connection:
            append(connection, Entry("settings", office.clock(), "filler", {"number": -1}))
        found = re.search(r'href="([^"]+before=\d+)"', page.text)
        where = found[1].replace("&amp;", "&") if found else None
    assert (len(seen), len(set(seen)), seen == sorted(seen, reverse=True)) == (120, 120, True)


def test_reading_is_noted_once_for_a_search(office: Office, ito: Browser) -> None:
    """However many pages somebody reads of it; another search, another session, and somebody else are other readings."""
    for path in ("/audit", "/audit", "/audit?before=5", "/audit?kind=all", "/audit?kind=all&before=7", "/audit?kind=all&about=person:P3"):
        ito.get(path)
    assert [event.body["about"] for event in _events(office, "audit-searched")] == ["", "", "person:P3"]
    office.clock.later = timedelta(minutes=1)
    office.browser(ITO).get("/audit")
    office.browser("J. Bell", Role.VIEWER).get("/audit")
    assert len(_events(office, "audit-searched")) == 5


def test_what_was_found_as_a_table(office: Office, ito: Browser) -> None:
    """Just the events that fit, oldest first, with safe cells; the log has who took how many before the first byte is sent."""
    with office.store.write() as connection:
        append(connection, Entry("settings", office.clock(), "=cmd()", {}))
    where = f"/audit/found.csv?kind=all&actor={digest_of('=cmd()')}"
    answer = ito.get(where)
    assert answer.status_code == 200
    (row,) = csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig")))
    assert (row["kind"], row["actor"]) == ("settings", "'=cmd()")
    event = _events(office, "exported")[-1]
    assert (event.actor, event.body["rows"], "audit log" in event.body["of"]) == (ITO, 1, True)
    whole = list(csv.DictReader(io.StringIO(ito.get("/audit/found.csv?kind=all").content.decode("utf-8-sig"))))
    assert [int(row["seq"]) for row in whole] == list(range(1, len(whole) + 1))


def test_table_needs_a_recent_sign_in(office: Office, ito: Browser) -> None:
    """After a quarter of an hour the way leads over the sign-in, and back to the same table; nothing is noted."""
    office.clock.later = timedelta(minutes=16)
    answer = ito.get("/audit/found.csv?kind=all&about=person:P3")
    assert answer.status_code == 303
    assert parse_qs(urlsplit(answer.headers["Location"]).query)["next"] == ["/audit/found.csv?kind=all&about=person%3AP3"]
    assert _events(office, "exported") == []


@pytest.mark.parametrize(("role", "status"), [(Role.VIEWER, 403), (Role.COORDINATOR, 403), (Role.ADMIN, 200)])
def test_table_is_for_approvers_and_administrators(office: Office, role: Role, status: int) -> None:
    """Others are told who may; their page does not offer it."""
    browser = office.browser(role.value, role)
    assert browser.get("/audit/found.csv").status_code == status
    assert ("/audit/found.csv" in browser.get("/audit?kind=all").text) == (status == 200)


def test_whether_the_log_holds(office: Office, ito: Browser) -> None:
    """By the last check, and what has come since; who may asks for another one; a broken log is said on every page."""
    assert "Not checked yet" in text_of(ito.get("/audit"))
    head = chain.head(office.store)
    jobs.note(office.store, "audit", "1", worker="w", sentence=f"The audit log of {head.seq} events verifies.", at=office.clock())
    text = text_of(ito.get("/audit"))
    assert "The log holds The audit log of" in text
    assert " ".join(re.findall("........", head.hash)) in text
    assert ito.post("/audit/check").headers["Location"] == "/sync"
    (request,) = sync_requests.open_requests(office.store)
    assert (request.request.kind, request.request.actor) == (RequestKind.VERIFY, ITO)
    broken = "The audit log is broken: event 7 is not as it was written."
    sync_requests.ended(office.store, request.number, "failed", run=None, result=broken, at=office.clock())
    assert "The log holds" not in text_of(ito.get("/audit"))
    assert f"The audit log is broken {broken}" in text_of(ito.get("/audit"))
    assert "The audit log is broken" in text_of(ito.get("/"))


def test_every_kind_has_words() -> None:
    """Each event that the program writes is told in a sentence."""
    store = Path(ilc_canvas.__file__).with_name("store")
    written = {kind for file in store.rglob("*.py") for kind in re.findall(r'Entry\(\s*"([a-z-]+)"', file.read_text("utf-8"))}
    documents = (ATTENDANCE, CALENDAR, INTENTS, OPENINGS, ROSTER, TEMPLATES)
    assert written | {f"{name}-{deed}" for name in documents for deed in ("drafted", "finalized")} <= _WORDS.keys()

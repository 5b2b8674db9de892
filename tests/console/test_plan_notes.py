"""What stands beside a plan: everybody whose place ends, texts that are rewritten, courses that are opened, who hears of it."""

from dataclasses import replace

import pytest

from ilc_canvas.console.letter import letter
from ilc_canvas.program.courses.opening import Opening, opening_key
from ilc_canvas.reconcile.change import Change, Create, Plan, Remove, Update, ordered
from ilc_canvas.reconcile.guards.forecast import Audience, Forecast
from ilc_canvas.reconcile.guards.guard import Verdict
from ilc_canvas.reconcile.kinds import Kind
from ilc_canvas.reconcile.run.values import Report, RunRequest
from ilc_canvas.reconcile.state import Key, Record
from ilc_canvas.store.db.lease import take_lease
from ilc_canvas.store.openings import versions as openings
from ilc_canvas.store.people.accounts import Role
from ilc_canvas.store.runs import details
from ilc_canvas.store.runs.decisions import approvals
from ilc_canvas.store.runs.details import RunDetail
from ilc_canvas.store.runs.journal import SqlJournal
from ilc_canvas.views.names import Names
from tests.console.cast import Browser, Office, text_of

COURSE = Key(Kind.COURSE, "ilc:2021-22:cop:EQ")
SECTION = Key(Kind.SECTION, f"{COURSE.id}:R1")
PAGE = Key(Kind.PAGE, f"{COURSE.id}:home")
EQUITY = Record(COURSE, {"name": "Equity", "code": "EQ", "state": "active"}, handle=7)


def _place(person: str) -> Record:
    user = Key(Kind.USER, f"ilc:p:{person}")
    key = Key(Kind.ENROLLMENT, f"{SECTION.id}|{user.id}|student")
    return Record(key, {"state": "active", "limited": False, "base": "StudentEnrollment"}, (COURSE, SECTION, user))


def _with(record: Record, **fields: str | bool) -> Record:
    """The record as it will be."""
    return replace(record, fields={**record.fields, **fields})


def _held(office: Office, *changes: Change, forecast: Forecast | None = None, status: str = "held") -> RunDetail:
    """A plan of these changes that waits for approval, unless its run ended otherwise."""
    info = details.runs(office.store)[0]
    with take_lease(office.store, "worker-1", renewal=None) as lease:
        journal = SqlJournal(office.store, lease=lease, scope=info.scope, base_url=info.base_url, now=office.clock)
        number = journal.begin(RunRequest("ana", "sync"), journal.basis())
        plan = Plan(ordered(changes), journal.basis(), info.scope, info.base_url)
        journal.planned(number, plan, Verdict(), asked=(), whole=True)
        report = Report(number, status, plan.digest, journal.basis(), {"create": 0, "update": 0, "remove": 0})
        journal.closed(replace(report, forecast=forecast) if forecast else report)
    return details.run(office.store, number)


@pytest.fixture
def ito(office: Office) -> Browser:
    """An approver."""
    return office.browser("M. Ito", Role.APPROVER)


def _approval(office: Office, ito: Browser, detail: RunDetail) -> str:
    ticked = "&".join(f"change={step.fingerprint}" for step in detail.steps)
    assert office.url
    return text_of(ito.get(f"/plans/{detail.info.digest}/approve?{ticked}"))


def test_everybody_who_loses_a_place_with_a_course(office: Office, ito: Browser) -> None:
    """A course that is concluded names all whose place ends with it, those whom others added too, and their number is what is typed."""
    gone = Remove(EQUITY, covers=2, ends=(_place("P1"), _place("P2")), others=(_place("P5"),))
    detail = _held(office, gone)
    assert [course.ends for course in letter(detail, Names({}))] == [3]
    text = _approval(office, ito, detail)
    assert "Places that end (3)" in text
    assert "All else nothing" in text
    assert "Ana Reyes" in text
    assert "Eve Lund, added by hand" in text
    fields = {"change": [step.fingerprint for step in detail.steps], "seen": "0", "reason": "over", "ends": "0"}
    assert ito.post(f"/plans/{detail.info.digest}/approve", fields).status_code == 422


def test_texts_that_are_rewritten(office: Office, ito: Browser) -> None:
    """Each by course and name, with the way to what it will hold; a page that is only published is none of them."""
    before = Record(PAGE, {"name": "Home", "part": "a", "text": "a", "published": False}, (COURSE,))
    other = replace(before, key=Key(Kind.PAGE, f"{COURSE.id}:faq"))
    detail = _held(office, Update(before, _with(before, part="b")), Update(other, _with(other, published=True)))
    digest = detail.info.digest
    assert "1 text is rewritten" in text_of(ito.get(f"/plans/{digest}"))
    assert "1 text is rewritten" in _approval(office, ito, detail)
    assert 'href="/courses/cop:EQ#content"' in ito.get(f"/plans/{digest}").text


def test_who_asked_for_a_course_to_be_opened(office: Office, ito: Browser) -> None:
    """Plan and approval page name the course, who asked, when and why."""
    asked = Opening(COURSE, anyway=True, actor="J. Alvarez", reason="the year begins", at=office.clock())
    openings.record(office.store, "2021-22", lambda _: {COURSE: asked}, actor="J. Alvarez", reason="the year begins", at=office.clock())
    detail = _held(office, Create(Record(opening_key(COURSE), {"open": True}, (COURSE,))))
    said = "1 course is opened to its people COP EQ · Equity (2021-22): J. Alvarez asked on"
    for text in (text_of(ito.get(f"/plans/{detail.info.digest}")), _approval(office, ito, detail)):
        assert said in text
        assert "although something is missing: “the year begins”" in text


def test_who_hears_in_one_line(office: Office, ito: Browser) -> None:
    """How many people Canvas would notify, and how."""
    forecast = Forecast(12, 0, (Audience(COURSE, "event-created", "asked", 12),))
    detail = _held(office, Create(_place("P1")), forecast=forecast)
    assert "Canvas would notify 12 people, if they turned such notices on." in text_of(ito.get(f"/plans/{detail.info.digest}"))


def test_large_plan_has_a_box_for_each_course(office: Office, ito: Browser) -> None:
    """Above 200 changes nobody has to tick rows: there is a box for the course, rows on request, and all names before approval."""
    joining = [Create(_place(f"X{number:03}")) for number in range(201)]
    detail = _held(office, *joining, *(Remove(_place(f"Y{number}")) for number in range(3)))
    page = ito.get(f"/plans/{detail.info.digest}")
    assert 'name="course" value="cop:EQ"' in page.text
    assert 'name="change"' not in page.text
    assert "Show all 204 changes" in text_of(page)
    approval = ito.get(f"/plans/{detail.info.digest}/approve?course=cop:EQ")
    assert "Places that end (3)" in text_of(approval)
    assert all(f"Y{number}" in text_of(approval) for number in range(3))
    assert (approval.text.count('name="change"'), approval.text.count('name="course" value="cop:EQ"')) == (0, 1)
    fields = {"course": "cop:EQ", "seen": "0", "reason": "seen", "ends": "3"}
    assert ito.post(f"/plans/{detail.info.digest}/approve", fields).status_code == 303
    (made,) = approvals.plan_decisions(office.store, detail.info.number)
    assert (made.decision, made.changes) == ("approved", 204)


def test_letter_without_rows_counts_the_same(office: Office) -> None:
    """Course by course a letter without lines has the same title, summary, and numbers of changes and of places that end."""
    gone = Remove(EQUITY, covers=2, ends=(_place("P1"), _place("P2")), others=(_place("P5"),))
    detail = _held(office, gone, Remove(_place("P3")), *(Create(_place(f"X{number}")) for number in range(4)))
    whole, short = letter(detail, Names({})), letter(detail, Names({}), rows=False)
    assert [replace(course, lines=()) for course in whole] == short
    assert [(len(course.lines), sum(line.ends for line in course.lines)) for course in whole] == [(6, 4)]
    assert [(course.size, course.ends) for course in short] == [(6, 4)]


def test_nothing_waits(office: Office, ito: Browser) -> None:
    """Where the last run found nothing to do, the page says with what Canvas agrees, and when it was read."""
    _held(office, status="converged")
    text = text_of(ito.get("/plan"))
    assert "Nothing waits. Canvas agrees with roster version 2, read on" in text
    assert "The last plan was that of" not in text

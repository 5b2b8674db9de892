"""Sync requests and the pause."""

import re
from datetime import timedelta

import pytest

from ilc_canvas.reconcile.change import Create
from ilc_canvas.store.audit import reader
from ilc_canvas.store.db.codec import dumps
from ilc_canvas.store.db.lease import take_lease
from ilc_canvas.store.people.accounts import Role
from ilc_canvas.store.worker import pauses, sync_requests
from tests.console.cast import Browser, Office, live_things, text_of
from tests.store import cast
from tests.store.cast import Desk, seat


@pytest.fixture
def alvarez(office: Office) -> Browser:
    """A coordinator."""
    return office.browser("R. Alvarez", Role.COORDINATOR)


ASKED = [
    ({"kind": "sync"}, ("sync", (), False)),
    ({"kind": "sync", "only": "cop:EQ", "retry": "yes"}, ("sync", ("cop:EQ",), True)),
    ({"kind": "plan", "only": "person:P2"}, ("plan", ("person:P2",), False)),
    ({"kind": "plan", "retry": "yes"}, ("plan", (), False)),
]


@pytest.mark.parametrize(("fields", "asked"), ASKED)
def test_requests_of_every_kind(office: Office, alvarez: Browser, fields: dict[str, str], asked: tuple[object, ...]) -> None:
    """What is asked for waits for a worker, with who asked and why; the page says that none is running."""
    assert alvarez.post("/sync", {**fields, "reason": "somebody wrote"}).status_code == 303
    (found,) = sync_requests.open_requests(office.store)
    assert (found.request.kind, found.request.only, found.request.retry) == asked
    assert (found.request.actor, found.request.reason) == ("R. Alvarez", "somebody wrote")
    text = text_of(alvarez.get("/sync"))
    assert "“somebody wrote”" in text
    assert "No worker is running" in text


WRONG = [
    ({"kind": "sync", "reason": ""}, "Say why"),
    ({"kind": "burn", "reason": "x"}, "Choose what is to be done"),
    ({"kind": "undo", "reason": "x"}, "Choose what is to be done"),
    ({"reason": "x"}, "Choose what is to be done"),
    ({"kind": "sync", "only": "cop:NO", "reason": "x"}, "does not match anything"),
    ({"kind": "sync", "only": "<b>", "reason": "x"}, "names nothing here"),
]


@pytest.mark.parametrize(("fields", "said"), WRONG)
def test_requests_that_cannot_be(office: Office, alvarez: Browser, fields: dict[str, str], said: str) -> None:
    """The form comes back with what is wrong, and nothing is asked for."""
    answer = alvarez.post("/sync", fields)
    assert (answer.status_code, said in text_of(answer)) == (422, True), text_of(answer)
    assert "<b>" not in answer.text.replace("<b>R. Alvarez", "").replace("<b>0", "")
    assert sync_requests.open_requests(office.store) == []


def test_same_request_is_joined(office: Office, alvarez: Browser) -> None:
    """Asked for twice, it is there once."""
    for _ in range(2):
        assert alvarez.post("/sync", {"kind": "sync", "reason": "x"}).status_code == 303
    assert len(sync_requests.open_requests(office.store)) == 1


def test_own_requests_are_taken_back(office: Office, alvarez: Browser) -> None:
    """One's own request can be taken back, by its number; somebody else's cannot, and has no button."""
    alvarez.post("/sync", {"kind": "sync", "reason": "x"})
    ito = office.browser("M. Ito", Role.APPROVER)
    assert "Take back" not in text_of(ito.get("/sync"))
    assert ito.post("/sync/1/cancel").status_code == 422
    assert len(sync_requests.open_requests(office.store)) == 1
    assert "Take back request 1" in text_of(alvarez.get("/sync"))
    assert [alvarez.post("/sync/1/cancel").status_code for _ in range(2)] == [303, 422]
    assert sync_requests.read(office.store, 1).state == "cancelled"


def test_pause_holds_and_ends(office: Office, alvarez: Browser) -> None:
    """During a pause every page says so; the form then ends it. Both need a reason and stand in the log."""
    assert alvarez.post("/pause", {}).status_code == 422
    assert alvarez.post("/pause", {"why": "the board meets", "until": "2199-01-01T08:00"}).status_code == 303
    paused = pauses.paused(office.store, office.clock())
    assert paused
    assert (paused.actor, paused.reason, paused.until and paused.until.year) == ("R. Alvarez", "the board meets", 2199)
    assert "End the pause" in text_of(alvarez.get("/sync"))
    assert alvarez.post("/resume", {}).status_code == 422
    assert alvarez.post("/resume", {"why": "it has met"}).status_code == 303
    assert alvarez.post("/resume", {"why": "it has met"}).status_code == 422
    assert [event.kind for event in reader.events(office.store)][-2:] == ["paused", "resumed"]


@pytest.mark.parametrize("until", ["2001-01-01T08:00", "tomorrow", "9999-99-99T00:00"])
def test_pause_until_no_time(office: Office, alvarez: Browser, until: str) -> None:
    """A time that has passed, or that is none, is refused; writing goes on."""
    assert alvarez.post("/pause", {"why": "x", "until": until}).status_code == 422
    assert pauses.paused(office.store, office.clock()) is None


def test_requests_show_what_came_of_them(office: Office, alvarez: Browser) -> None:
    """Each is told by its number with what was asked, and when it has ended with what came of it and its run."""
    alvarez.post("/sync", {"kind": "plan", "only": "cop:EQ", "reason": "to see"})
    assert "No. 1: a plan of cop:EQ R. Alvarez" in text_of(alvarez.get("/sync"))
    sync_requests.ended(office.store, 1, "done", run=2, result="Nothing to do.", at=office.clock())
    answer = alvarez.get("/sync")
    assert "What came of it No. 1: a plan of cop:EQ" in text_of(answer)
    assert "“to see” Nothing to do. Run 2 Done" in text_of(answer)
    assert 'href="/runs/2"' in answer.text


ASKED_FOR = [
    ("/health/doctor", "doctor", (), "/health#checks"),
    ("/health/test", "test", (), "/health#notices"),
    ("/people/P2/look", "look", ("person:P2",), "/people/P2#places"),
]


@pytest.mark.parametrize(("path", "kind", "only", "back"), ASKED_FOR)
def test_checks_and_looks_are_asked_for(office: Office, path: str, kind: str, only: tuple[str, ...], back: str) -> None:
    """One press asks a worker, and leads back to where it says so; pressed by somebody else it is the same request."""
    boss = office.browser("S. Okafor", *Role)
    assert [boss.post(path).headers["Location"], office.browser("M. Ito", *Role).post(path).headers["Location"]] == [back, back]
    (found,) = sync_requests.open_requests(office.store)
    assert (found.request.kind, found.request.only, found.request.actor) == (kind, only, "S. Okafor")
    assert "Waits for a worker No. 1, asked for by S. Okafor" in text_of(boss.get(back))
    assert boss.post("/sync/1/cancel").status_code == 303


@pytest.mark.parametrize("person", ["P99", "%3Cb%3E", "P2%20", "a:b:c", "%E2%80%B9plan%E2%80%BA", "x" * 3000])
def test_nobody_is_looked_at_who_is_not_there(office: Office, alvarez: Browser, person: str) -> None:
    """A look at an id that nobody has, or that is none, is refused in words."""
    answer = alvarez.post(f"/people/{person}/look")
    assert (answer.status_code, "Nothing was" in text_of(answer)) == (422, True), text_of(answer)
    assert sync_requests.open_requests(office.store) == []


def test_examination_is_shown_with_its_time(office: Office) -> None:
    """Each line stands on the page with whether it works, and what to do; hints are links, not commands."""
    viewer = office.browser("J. Bell", Role.VIEWER)
    assert "Nobody has asked for an examination yet." in text_of(viewer.get("/health"))
    assert "Asking for this is for coordinators and administrators." in text_of(viewer.get("/health"))
    office.browser("S. Okafor", Role.ADMIN).post("/health/doctor")
    lines = [
        {"what": "Token", "works": True, "stops": True, "text": "belongs to <b>user</b> 1"},
        {"what": "Rights", "works": False, "stops": True, "text": "cannot set SIS ids. See ‹plan›"},
        {"what": "Clock", "works": False, "stops": False, "text": "differs"},
    ]
    result = "3 checks: not all works, see Rights, Clock."
    sync_requests.ended(office.store, 1, "done", run=None, result=result, at=office.clock(), details=dumps(lines))
    answer = viewer.get("/health")
    text = text_of(answer)
    assert "The last examination, asked for by S. Okafor, " in text
    assert "As found on " in text
    assert "Token belongs to <b>user</b> 1 Works Rights cannot set SIS ids. See Ask for a plan Does not Clock differs Look at it" in text
    assert live_things(answer.text) == []


def test_look_is_shown_with_its_time(office: Office) -> None:
    """What Canvas had of a person stands beside each place, with when; what somebody else added is there as well."""
    boss = office.browser("S. Okafor", *Role)
    boss.post("/people/P2/look")
    ours = "enrollment=ilc:2021-22:cop:EQ:I|ilc:p:P2|student"
    other = "enrollment=ilc:2021-22:hub:ALL|ilc:p:P2|ta"
    found = {"2021-22": ({ours: "inactive", other: "active"}, "")}
    result = "2021-22: Canvas has P2 in 1 place, and 1 place that ended."
    sync_requests.ended(office.store, 1, "done", run=None, result=result, at=office.clock(), details=dumps(found))
    text = text_of(boss.get("/people/P2"))
    assert "The last look, asked for by S. Okafor, " in text
    assert re.search(r"Canvas, [^:]+:\d\d Pacific inactive", text), text
    assert re.search(r"Canvas, [^:]+:\d\d Pacific active", text), text


def test_run_under_way_is_followed(office: Office, alvarez: Browser) -> None:
    """While any run is under way the page has its two counts, and asks for them again."""
    with take_lease(office.store, "worker-1", renewal=None) as lease:
        desk = Desk(office.store, lease, cast.Clock(office.clock()))
        changes = [Create(seat(1)), Create(seat(2))]
        number = desk.run(*changes)
        desk.do(number, changes[0])
    answer = alvarez.get("/sync")
    assert f"Run {number} is under way 1 of 2 changes done" in text_of(answer)
    assert f'hx-get="/runs/{number}/live"' in answer.text


def test_waiting_is_asked_again_for_a_while(office: Office) -> None:
    """A page asks again what has come of a request for ten minutes, and then leaves it to whoever reads it."""
    boss = office.browser("S. Okafor", *Role)
    boss.post("/people/P2/look")
    assert 'hx-get="/people/P2" hx-select="#main"' in boss.get("/people/P2").text
    office.clock.later = timedelta(minutes=11)
    page = boss.get("/people/P2")
    assert ("Waits for a worker" in text_of(page), "hx-get" in page.text) == (True, False)

"""Sync requests and the pause."""

import pytest

from ilc_canvas.store.audit import reader
from ilc_canvas.store.people.accounts import Role
from ilc_canvas.store.worker import pauses, sync_requests
from tests.console.cast import Browser, Office, text_of


@pytest.fixture
def alvarez(office: Office) -> Browser:
    """A coordinator."""
    return office.browser("R. Alvarez", Role.COORDINATOR)


ASKED = [
    ({"kind": "sync"}, ("sync", (), False)),
    ({"kind": "sync", "only": "cop:EQ", "retry": "yes"}, ("sync", ("cop:EQ",), True)),
    ({"kind": "plan", "only": "person:P2"}, ("plan", ("person:P2",), False)),
    ({"kind": "verify", "only": "cop:EQ", "retry": "yes"}, ("verify", (), False)),
    ({"kind": "test"}, ("test", (), False)),
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

"""What is left alone, and deciding about it: keep, put back, take back, try again."""

import re
from datetime import timedelta

import pytest

from ilc_canvas.reconcile.kinds import Kind
from ilc_canvas.reconcile.state import Key
from ilc_canvas.store.audit import reader
from ilc_canvas.store.db.scope import CanvasScope
from ilc_canvas.store.people.accounts import Role
from ilc_canvas.store.runs import details
from ilc_canvas.store.runs.decisions import drift
from ilc_canvas.store.runs.tables import PARKED_CHANGE, RUN
from ilc_canvas.store.worker import sync_requests
from tests.console.cast import Browser, Office, live_things, text_of
from tests.stores import made_folder

EQUITY, HUB = (Key(Kind.COURSE, f"ilc:2021-22:{word}") for word in ("cop:EQ", "hub"))


@pytest.fixture
def alvarez(drifted: Office) -> Browser:
    """A coordinator."""
    return drifted.browser("R. Alvarez", Role.COORDINATOR)


def scope() -> CanvasScope:
    """Where the decisions lie."""
    return CanvasScope((made_folder() / "edited-url").read_text(), "ilc:2021-22")


def decided(office: Office) -> dict[str, str]:
    """What was decided about things changed by hand, by key."""
    return {key.id: each.choice for (key, _), each in drift.decisions(office.store, scope()).items()}


def names(browser: Browser) -> list[str]:
    """What can be ticked, in the order of the page."""
    return re.findall(r'name="item" value="(\w+)"', browser.get("/alone").text)


def test_changed_by_hand_is_listed(drifted: Office, alvarez: Browser) -> None:
    """Each thing with its field, since when, and the run; nothing is ticked or chosen beforehand; a viewer gets no form."""
    answer = alvarez.get("/alone")
    text = text_of(answer)
    assert "2 changed by hand" in text
    assert "course Equity (2021-22): name" in text, text
    assert "found by run 3" in text
    assert not re.search(r'type="(checkbox|radio)"[^>]*checked', answer.text)
    assert live_things(answer.text) == []
    viewer = drifted.browser("J. Bell", Role.VIEWER).get("/alone")
    assert ("Deciding is for coordinators and approvers." in text_of(viewer), "checkbox" in viewer.text) == (True, False)


def test_kept_and_put_back(drifted: Office, alvarez: Browser) -> None:
    """One is kept, the other put back, each with a reason; the log has both, and the page says what will happen."""
    first, second = names(alvarez)
    assert alvarez.post("/alone/drift", {"item": first, "choice": "keep", "reason": "theirs"}).status_code == 303
    assert alvarez.post("/alone/drift", {"item": second, "choice": "put-back", "reason": "the office's"}).status_code == 303
    assert decided(drifted) == {EQUITY.id: "keep", HUB.id: "put-back"}
    events = reader.events(drifted.store)[-2:]
    assert [(event.kind, event.actor, event.reason) for event in events] == [
        ("drift-decided", "R. Alvarez", "theirs"),
        ("drift-decided", "R. Alvarez", "the office's"),
    ]
    text = text_of(alvarez.get("/alone"))
    assert "Will be put back" in text
    assert "Kept as people left it" in text
    assert "R. Alvarez wants it put back: “the office's”." in text


def test_many_are_decided_at_once(drifted: Office, alvarez: Browser) -> None:
    """All that is ticked gets the same decision, in one event."""
    before = len(reader.events(drifted.store))
    assert alvarez.post("/alone/drift", {"item": names(alvarez), "choice": "keep", "reason": "theirs"}).status_code == 303
    assert (decided(drifted), len(reader.events(drifted.store))) == ({EQUITY.id: "keep", HUB.id: "keep"}, before + 1)


WRONG = [
    ({"item": ()}, "Tick what you decide about."),
    ({"choice": ""}, "Choose whether it is kept or put back."),
    ({"choice": "burn"}, "Choose whether it is kept or put back."),
    ({"reason": " "}, "Say why"),
    ({"item": "0123"}, "is not as it was shown any more"),
]


@pytest.mark.parametrize(("changed", "text"), WRONG)
def test_decisions_that_cannot_be(drifted: Office, alvarez: Browser, changed: dict[str, str], text: str) -> None:
    """What is missing is said, what was typed is still there, and nothing is decided."""
    fields = {"item": names(alvarez), "choice": "keep", "reason": "theirs", **changed}
    answer = alvarez.post("/alone/drift", fields)
    assert (answer.status_code, text in text_of(answer), decided(drifted)) == (422, True, {})
    assert 'value="theirs"' in answer.text or "reason" in changed
    assert len(re.findall(r'type="checkbox"[^>]*checked', answer.text)) == (0 if "item" in changed else 2)


def test_second_decision_is_told(drifted: Office, alvarez: Browser) -> None:
    """Who decides by a page on which another decision does not stand yet is told so."""
    ito = drifted.browser("M. Ito", Role.APPROVER)
    shown = names(ito)
    alvarez.post("/alone/drift", {"item": shown[0], "choice": "put-back", "reason": "the office's"})
    answer = ito.post("/alone/drift", {"item": shown[0], "choice": "keep", "reason": "theirs"})
    assert (answer.status_code, "not as it was shown any more" in text_of(answer)) == (422, True)
    assert decided(drifted) == {EQUITY.id: "put-back"}


def test_edit_of_an_older_version(drifted: Office, alvarez: Browser) -> None:
    """What a plan of an older version found has no name for its edit: it is refused, and a new plan asked for."""
    with drifted.store.write() as connection:
        connection.execute(RUN.update().values(drift='[["course=ilc:2021-22:hub","name"]]'))
    answer = alvarez.post("/alone/drift", {"item": names(alvarez), "choice": "keep", "reason": "theirs"})
    assert (answer.status_code, "found by an older version" in text_of(answer), decided(drifted)) == (422, True, {})


def test_parked_change_is_tried_again(drifted: Office, alvarez: Browser) -> None:
    """A refused change has a link to a sync of just that person, with what is parked; the form there is filled in, and keeps its tick."""
    now = drifted.clock()
    row = {"key": "user=ilc:p:P2", "wants": "x", "verb": "update", "reason": "login-taken", "since": now, "attempts": 2}
    with drifted.store.write() as connection:
        scope().put(connection, PARKED_CHANGE, {**row, "next_at": now + timedelta(hours=6)})
    page = alvarez.get("/alone").text
    assert 'href="/sync?retry=yes&amp;only=person%3AP2"' in page
    form = alvarez.get("/sync?retry=yes&only=person:P2").text
    assert re.search(r'name="retry" value="yes" checked', form)
    assert 'name="only" value="person:P2"' in form
    fields = {"kind": "sync", "only": "person:P2", "retry": "yes"}
    assert re.search(r'name="retry" value="yes" checked', alvarez.post("/sync", fields).text)
    assert alvarez.post("/sync", {**fields, "reason": "freed in Canvas"}).status_code == 303
    (found,) = sync_requests.open_requests(drifted.store)
    assert (found.request.retry, found.request.only) == (True, ("person:P2",))


def test_decline_is_taken_back(office: Office) -> None:
    """Of a declined plan one change is taken back, with a reason: the others stay undone. Twice is told."""
    ito, digest = office.browser("M. Ito", Role.APPROVER), details.runs(office.store)[0].digest
    assert ito.post(f"/plans/{digest}/decline", {"seen": "0", "reason": "not before September"}).status_code == 303
    shown = names(ito)
    assert len(shown) > 1
    assert ito.post("/alone/declined", {"item": shown[0]}).status_code == 422
    assert ito.post("/alone/declined", {"reason": "it is September"}).status_code == 422
    assert ito.post("/alone/declined", {"item": shown[0], "reason": "it is September"}).status_code == 303
    assert names(ito) == shown[1:]
    event = reader.events(office.store)[-1]
    assert (event.kind, event.actor, event.reason) == ("decline-forgotten", "M. Ito", "it is September")
    again = ito.post("/alone/declined", {"item": shown[0], "reason": "it is September"})
    assert (again.status_code, "not as it was shown any more" in text_of(again)) == (422, True)


def test_left_out_person_is_taken_back(office: Office) -> None:
    """Somebody who is left out stands in the same list, and is taken back there as well."""
    alvarez = office.browser("R. Alvarez", Role.COORDINATOR)
    assert alvarez.post("/who", {"person": "P2", "answer": "leave out", "reason": "moves away"}).status_code == 303
    (shown,) = names(alvarez)
    assert alvarez.post("/alone/declined", {"item": shown, "reason": "stays"}).status_code == 303
    assert names(alvarez) == []

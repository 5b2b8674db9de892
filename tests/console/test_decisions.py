"""Approving and declining plans: shown by name, with a reason, by another person, and never over somebody's head."""

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import requests

from ilc_canvas import process
from ilc_canvas.store.audit import reader
from ilc_canvas.store.db.scope import CanvasScope
from ilc_canvas.store.people.accounts import Role
from ilc_canvas.store.runs import details
from ilc_canvas.store.runs.decisions import approvals, declines
from ilc_canvas.store.worker import sync_requests
from tests.console.cast import Browser, Office, text_of

ITO = "M. Ito"


def digest_of(office: Office) -> str:
    """The plan that waits."""
    return details.runs(office.store)[0].digest


def _fields(answer: requests.Response) -> dict[str, list[str]]:
    """The hidden fields of the form on a page."""
    found: dict[str, list[str]] = {}
    for name, value in re.findall(r'<input type="hidden" name="(change|seen)" value="([^"]*)">', answer.text):
        found.setdefault(name, []).append(value)
    return found


def _boxes(answer: requests.Response) -> list[str]:
    return re.findall(r'name="change" value="(\w+)"', answer.text)


def _ends(answer: requests.Response) -> str:
    found = re.search(r"Places that end \((\d+)\)", answer.text)
    return found[1] if found else ""


@pytest.fixture
def ito(office: Office) -> Browser:
    """An approver who has had no part in the roster."""
    return office.browser(ITO, Role.APPROVER)


def _form(office: Office, browser: Browser, boxes: list[str] | None = None) -> requests.Response:
    """The page that shows what is ticked: all of it unless boxes are given."""
    ticked = _boxes(browser.get(f"/plans/{digest_of(office)}")) if boxes is None else boxes
    return browser.get(f"/plans/{digest_of(office)}/approve?" + "&".join(f"change={name}" for name in ticked))


def _send(office: Office, browser: Browser, form: requests.Response, **changed: str) -> requests.Response:
    fields: dict[str, str | list[str]] = {**_fields(form), "reason": "seen with R. Alvarez", "ends": _ends(form), **changed}
    return browser.post(f"/plans/{digest_of(office)}/approve", fields)


def test_whole_plan_is_approved(office: Office, ito: Browser) -> None:
    """All names once more, then a reason and the number of places that end: approved by this person, and a sync is asked for."""
    form = _form(office, ito)
    assert "Chloe Tran no longer participant" in text_of(form)
    answer = _send(office, ito, form)
    assert (answer.status_code, answer.headers.get("Location")) == (303, "/sync"), text_of(answer)
    (decided,) = approvals.plan_decisions(office.store, 3)
    assert (decided.decision, decided.actor, decided.reason) == ("approved", ITO, "seen with R. Alvarez")
    assert decided.changes == len(details.run(office.store, 3).steps)
    (request,) = sync_requests.open_requests(office.store)
    assert (request.request.kind, request.request.actor) == ("sync", ITO)


def test_what_is_not_ticked_stays_undone(office: Office, ito: Browser) -> None:
    """One change less is approved, and that one is declined by name until somebody decides about it."""
    left, *ticked = _boxes(ito.get(f"/plans/{digest_of(office)}"))
    form = _form(office, ito, ticked)
    assert "Stays undone" in text_of(form)
    assert _send(office, ito, form).status_code == 303
    (decided,) = approvals.plan_decisions(office.store, 3)
    steps = {step.fingerprint: step.change for step in details.run(office.store, 3).steps}
    with office.store.read() as connection:
        scope = details.run(office.store, 3).info
        kept = [each.key for each in declines.everything(connection, CanvasScope(scope.base_url, scope.scope))]
    assert (decided.changes, kept) == (len(steps) - 1, [steps[left].key])


@pytest.mark.parametrize(
    ("changed", "said"),
    [({"reason": " "}, "Say why"), ({"ends": "99"}, "the number of places that end"), ({"ends": ""}, "the number of places that end")],
)
def test_form_that_lacks_something(office: Office, ito: Browser, changed: dict[str, str], said: str) -> None:
    """The form comes back with what was typed and what is missing; nothing is approved."""
    answer = _send(office, ito, _form(office, ito), **changed)
    assert (answer.status_code, said in text_of(answer), "There is a problem" in text_of(answer)) == (422, True, True)
    assert changed.get("reason", "seen with R. Alvarez").strip() in answer.text
    assert len(_fields(answer)["change"]) > 0
    assert approvals.plan_decisions(office.store, 3) == []


def test_nothing_ticked_is_nothing_approved(office: Office, ito: Browser) -> None:
    """Without a tick there is nothing to approve; made-up ticks are none."""
    for boxes in ([], ["0" * 16], ["<script>"]):
        form = _form(office, ito, boxes)
        assert _send(office, ito, form, ends="").status_code == 422
    assert approvals.plan_decisions(office.store, 3) == []


@pytest.mark.parametrize("name", ["R. Alvarez", "r.  ALVAREZ", process.actor()])
def test_signer_does_not_approve(office: Office, name: str) -> None:
    """Who signed or imported the roster is refused, however the name is written; the guard's own setting need not ask for that."""
    browser = office.browser(name, Role.APPROVER, Role.COORDINATOR)
    answer = _send(office, browser, _form(office, browser))
    assert (answer.status_code, "somebody else approves its plans" in text_of(answer)) == (422, True)
    assert approvals.plan_decisions(office.store, 3) == []


def test_decision_over_somebodys_head(office: Office, ito: Browser) -> None:
    """Two people have the plan open: who is second reads what the first decided, and nothing of theirs is kept."""
    bell = office.browser("J. Bell", Role.APPROVER)
    form = _form(office, bell)
    seen = _fields(ito.get(f"/plans/{digest_of(office)}/decline"))["seen"]
    assert ito.post(f"/plans/{digest_of(office)}/decline", {"seen": seen, "reason": "wait for the corrected roster"}).status_code == 303
    answer = _send(office, bell, form)
    assert answer.status_code == 422
    assert "Somebody else was quicker M. Ito declined this plan on" in text_of(answer)
    assert "“wait for the corrected roster”" in text_of(answer)
    assert f'href="/plans/{digest_of(office)}">See how it stands' in answer.text
    assert [each.decision for each in approvals.plan_decisions(office.store, 3)] == ["rejected"]


def test_two_people_in_the_same_moment(office: Office, ito: Browser) -> None:
    """However close together both decide, one decision is stored, and the other one reads whose it is."""
    bell = office.browser("J. Bell", Role.APPROVER)
    decline = f"/plans/{digest_of(office)}/decline"
    sent = [{**_fields(_form(office, each)), "reason": "seen", "ends": _ends(_form(office, each))} for each in (ito, bell)]
    todo = [
        lambda: ito.post(f"/plans/{digest_of(office)}/approve", sent[0]),
        lambda: bell.post(f"/plans/{digest_of(office)}/approve", sent[1]),
        lambda: bell.post(decline, {"seen": "0", "reason": "no"}),
    ]
    with ThreadPoolExecutor(len(todo)) as pool:
        answers = list(pool.map(lambda do: do(), todo))
    assert sorted(answer.status_code for answer in answers) == [303, 422, 422]
    assert all("Somebody else was quicker" in text_of(answer) for answer in answers if answer.status_code == 422)
    assert len(approvals.plan_decisions(office.store, 3)) == 1


def test_button_pressed_twice(office: Office, ito: Browser) -> None:
    """The second request finds the first one's decision: one approval, one sync request."""
    form = _form(office, ito)
    assert [_send(office, ito, form).status_code for _ in range(2)] == [303, 422]
    assert len(approvals.plan_decisions(office.store, 3)) == len(sync_requests.open_requests(office.store)) == 1


def test_declined_plan_says_so(office: Office, ito: Browser) -> None:
    """Declining needs a reason; the plan then shows who declined it and why, and its changes stay undone."""
    path = f"/plans/{digest_of(office)}/decline"
    assert ito.post(path, {"seen": "0"}).status_code == 422
    assert ito.post(path, {"seen": "0", "reason": "not yet"}).headers["Location"] == f"/plans/{digest_of(office)}"
    assert "Declined by M. Ito" in text_of(ito.get(f"/plans/{digest_of(office)}"))
    assert "not yet" in text_of(ito.get("/alone"))
    assert [event.kind for event in reader.events(office.store)[-2:]] == ["rejected", "declined"]


def test_approval_needs_a_recent_sign_in(office: Office, ito: Browser) -> None:
    """After a quarter of an hour the way leads over the sign-in and back to the plan; nothing is approved meanwhile."""
    form = _form(office, ito)
    office.clock.later = timedelta(minutes=16)
    assert ito.get(f"/plans/{digest_of(office)}").status_code == 200
    answer = _send(office, ito, form)
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/sign-in?next=/plans/{digest_of(office)}")
    assert "within a quarter of an hour" in text_of(ito.get(answer.headers["Location"]))
    assert approvals.plan_decisions(office.store, 3) == []


def test_plan_of_yesterday(office: Office, ito: Browser) -> None:
    """A plan older than a day is not decided about, and its page says so instead of asking."""
    form = _form(office, ito)
    office.clock.later = timedelta(hours=25)
    fresh = office.browser(ITO)
    assert "older than a day" in text_of(fresh.get(f"/plans/{digest_of(office)}"))
    assert _send(office, fresh, form).status_code == 422
    assert fresh.post(f"/plans/{digest_of(office)}/decline", {"seen": "0", "reason": "x"}).status_code == 422


def test_plan_that_is_done_is_not_asked_about(office: Office, ito: Browser) -> None:
    """The plan of the first run was carried out: nothing is left to approve or decline."""
    digest = details.run(office.store, 1).info.digest
    assert "nothing to approve" in text_of(ito.get(f"/plans/{digest}"))
    for way in ("approve", "decline"):
        assert ito.get(f"/plans/{digest}/{way}").status_code == 422
        assert ito.post(f"/plans/{digest}/{way}", {"seen": "0", "reason": "x"}).status_code == 422

"""Who is who: the roster's row beside each account as Canvas showed it, and deciding by that."""

import re

import pytest
from sqlalchemy import update

from ilc_canvas.reconcile.kinds import Kind
from ilc_canvas.reconcile.people.accounts import AccountDetails, AccountReading, UserAccount
from ilc_canvas.reconcile.state import Key
from ilc_canvas.store.audit import reader
from ilc_canvas.store.db.scope import CanvasScope
from ilc_canvas.store.people.accounts import Role
from ilc_canvas.store.runs.decisions import account_readings, identities
from ilc_canvas.store.runs.tables import IDENTITY_QUESTION
from tests.cli.people_cast import address
from tests.console.cast import Browser, Office, live_things, text_of
from tests.stores import POSTGRES, made_folder

P2, P3 = (Key(Kind.USER, f"ilc:p:{who}") for who in ("P2", "P3"))


@pytest.fixture
def office(asking: Office) -> Office:
    """A console on a store whose last plan asks about two people."""
    return asking


@pytest.fixture
def alvarez(office: Office) -> Browser:
    """A coordinator."""
    return office.browser("R. Alvarez", Role.COORDINATOR)


def scope(_office: Office) -> CanvasScope:
    """Where questions and answers lie."""
    return CanvasScope((made_folder() / "asked-url").read_text(), "ilc:2021-22")


def answers(office: Office) -> dict[str, tuple[str, int | None]]:
    """What was decided, by person."""
    return {key.id: (each.decision, each.handle) for key, each in identities.decided(office.store, scope(office)).items()}


def number(office: Office, person: Key) -> int:
    """The account in question."""
    return next(each.accounts[0] for each in identities.open_questions(office.store, [scope(office)]) if each.key == person)


def form(browser: Browser, person: str, answer: str, **more: str) -> dict[str, str]:
    """The form about this person as the page has it, filled in."""
    page = browser.get("/who").text
    seen = re.search(rf'name="person" value="{person}"><input type="hidden" name="seen" value="(\w+)"', page)
    assert seen
    return {"person": person, "seen": seen[1], "answer": answer, "reason": "asked by phone", **more}


def test_roster_beside_canvas(office: Office, alvarez: Browser) -> None:
    """Name, login, address and id of both, what agrees and what does not, when Canvas was read; nothing is chosen beforehand."""
    answer = alvarez.get("/who")
    text = text_of(answer)
    assert "3 people wait for an answer" in text
    assert "Name In the roster: Ben Okafor In Canvas: B. <i>Rivers</i> differs" in text
    assert "Login In the roster: ben.okafor@example.org In Canvas: ben.okafor@example.org the same" in text
    assert "Id In the roster: P2, line 3 In Canvas: none differs" in text
    assert f"Account {number(office, P3)}: administrator" in text
    assert text.count("Canvas was read on") == 3
    assert 'type="radio"' in answer.text
    assert not re.search(r'type="radio"[^>]*checked', answer.text)
    assert live_things(answer.text) == []


def test_viewer_compares_without_addresses(office: Office) -> None:
    """Who may only look sees the comparison without a form and without an address."""
    text = text_of(office.browser("J. Bell", Role.VIEWER).get("/who"))
    assert "Answering is for coordinators and approvers; you are viewer." in text
    assert "@" not in text
    assert "Name In the roster: Ben Okafor" in text


def test_account_is_adopted(office: Office, alvarez: Browser) -> None:
    """An account that is shown is said to be theirs, by name and with a reason; the question is answered and stands below."""
    chosen = number(office, P2)
    assert alvarez.post("/who", form(alvarez, "P2", str(chosen))).status_code == 303
    assert answers(office) == {P2.id: ("adopt", chosen)}
    event = reader.events(office.store)[-1]
    assert (event.kind, event.actor, event.reason) == ("identity-decided", "R. Alvarez", "asked by phone")
    text = text_of(alvarez.get("/who"))
    assert f"Ben Okafor is account {chosen} P2. R. Alvarez, " in text
    assert "“asked by phone”" in text
    assert "2 people wait for an answer" in text


def test_new_account_is_made(office: Office, alvarez: Browser) -> None:
    """Somebody else's login is not taken: the new account gets the SIS id as its login, or the one that was typed."""
    assert "Its login is ilc:p:P2" in text_of(alvarez.get("/who"))
    taken = alvarez.post("/who", form(alvarez, "P2", "new", login=address("Ben Okafor")))
    assert (taken.status_code, "already has the login" in text_of(taken)) == (422, True)
    assert alvarez.post("/who", form(alvarez, "P2", "new", login="ben.new")).status_code == 303
    (given,) = identities.decided(office.store, scope(office)).values()
    assert (given.decision, given.login) == ("create", "ben.new")


def test_administrator_is_confirmed(office: Office, alvarez: Browser) -> None:
    """An administrator's account is taken only by the answer that says so."""
    chosen = number(office, P3)
    refused = alvarez.post("/who", form(alvarez, "P3", str(chosen)))
    assert (refused.status_code, "is an administrator" in text_of(refused)) == (422, True)
    assert f'value="{chosen} administrator"' in alvarez.get("/who").text
    assert alvarez.post("/who", form(alvarez, "P3", f"{chosen} administrator")).status_code == 303
    (given,) = identities.decided(office.store, scope(office)).values()
    assert given.administrator


def test_answer_is_taken_back(office: Office, alvarez: Browser) -> None:
    """Left out, then asked again: nothing is decided any more, and the log has both, with who and why."""
    assert alvarez.post("/who", form(alvarez, "P2", "leave out")).status_code == 303
    given = re.search(r'value="ask again"><input type="hidden" name="given" value="([^"]+)"', alvarez.get("/who").text)
    assert given
    fields = {"person": "P2", "answer": "ask again", "given": given[1]}
    assert alvarez.post("/who", fields).status_code == 422
    outrun = alvarez.post("/who", {**fields, "given": "2021-01-01T00:00:00+00:00", "reason": "stays"})
    assert (outrun.status_code, "has changed since it was shown" in text_of(outrun)) == (422, True)
    assert alvarez.post("/who", {**fields, "reason": "stays"}).status_code == 303
    assert answers(office) == {}
    assert [event.reason for event in reader.events(office.store)[-2:]] == ["asked by phone", "stays"]


WRONG = [
    ({"answer": ""}, "Choose an answer."),
    ({"answer": "burn"}, "Choose an answer."),
    ({"answer": "9" * 30}, "Choose an answer."),
    ({"reason": " "}, "Say why"),
    ({"answer": "999"}, "Account 999 is not one that the review shows for P2."),
    ({"seen": ""}, "has changed since you opened the page"),
    ({"seen": "0000"}, "has changed since you opened the page"),
    ({"person": "P5"}, "There is no question about P5"),
    ({"person": "P99"}, "There is nobody with the id"),
    ({"person": "a:b <b>‹plan›"}, "There is nobody with the id"),
    ({"answer": "100001 administrator x"}, "Choose an answer."),
    ({"answer": "new x"}, "Choose an answer."),
]


@pytest.mark.parametrize(("changed", "text"), WRONG)
def test_answers_that_cannot_be(office: Office, alvarez: Browser, changed: dict[str, str], text: str) -> None:
    """What is missing, not shown, or about nobody is refused in words; nothing is decided, and what was typed is there."""
    answer = alvarez.post("/who", {**form(alvarez, "P2", str(number(office, P2))), **changed})
    assert (answer.status_code, text in text_of(answer)) == (422, True), text_of(answer)
    assert answers(office) == {}
    if "person" not in changed and changed.get("reason") is None:
        assert 'value="asked by phone"' in answer.text


def test_account_that_has_changed_is_refused(office: Office, alvarez: Browser) -> None:
    """Who answers to what Canvas shows no more is told so; what is shown then can be answered."""
    chosen = number(office, P2)
    filled = form(alvarez, "P2", str(chosen))
    later = AccountReading({chosen: AccountDetails(UserAccount(chosen, "Somebody", "", login="x"), administrator=True)}, 1, office.clock())
    with office.store.write() as connection:
        values = {"shown": account_readings.to_json(later), "read_at": later.read_at}
        connection.execute(update(IDENTITY_QUESTION).where(IDENTITY_QUESTION.c.key == str(P2)).values(values))
    answer = alvarez.post("/who", filled)
    assert (answer.status_code, "Compare once more." in text_of(answer)) == (422, True)
    assert answers(office) == {}
    assert "is an administrator" in text_of(alvarez.post("/who", form(alvarez, "P2", str(chosen))))


def test_second_answer_is_told_who_was_first(office: Office, alvarez: Browser) -> None:
    """Of two who answer at once the second reads who was quicker, and why; the first answer stands."""
    ito = office.browser("M. Ito", Role.APPROVER)
    late = form(ito, "P2", "new")
    alvarez.post("/who", form(alvarez, "P2", "leave out"))
    answer = ito.post("/who", late)
    assert (answer.status_code, "Somebody else was quicker. R. Alvarez has decided about P2: “asked by phone”." in text_of(answer)) == (
        422,
        True,
    )
    assert answers(office) == {P2.id: ("leave-out", None)}


def test_without_a_reading_nothing_is_adopted(office: Office, alvarez: Browser) -> None:
    """Before Canvas was asked about the accounts nobody can choose one, or a new one; leaving out is possible."""
    chosen = number(office, P2)
    with office.store.write() as connection:
        connection.execute(update(IDENTITY_QUESTION).values(shown="", read_at=None))
    assert "Canvas was not asked about these accounts yet" in text_of(alvarez.get("/who"))
    for word in (str(chosen), "new"):
        answer = alvarez.post("/who", form(alvarez, "P2", word))
        assert (answer.status_code, "Canvas was not asked about the accounts of P2 yet" in text_of(answer)) == (422, True)
    assert alvarez.post("/who", form(alvarez, "P2", "leave out")).status_code == 303


def test_somebody_else_under_the_same_id(office: Office, alvarez: Browser) -> None:
    """Another name and address at once: approving the plan confirms the same person. That it is somebody else renames what the ledger
    holds of the former one, which on a database server is left to the operator: the page says so, and nothing is decided.
    """
    text = text_of(alvarez.get("/who"))
    assert "P4 is the same person as before: to confirm, approve the plan that this shows. Read the plan" in text
    assert "Name In the roster: Dora Novak In Canvas: Dev Patel differs" in text
    answer = alvarez.post("/who", form(alvarez, "P4", "new"))
    if POSTGRES:
        assert (answer.status_code, "Only a worker may, or the operator at a terminal" in text_of(answer)) == (422, True), text_of(answer)
        assert answers(office) == {}
    else:
        assert (answer.status_code, answers(office)) == (303, {"ilc:p:P4": ("create", None)})

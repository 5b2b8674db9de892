"""people adopt, create, leave-out, ask-again: what is noted, what it leads to, and what is refused when it is given."""

import pytest

from ilc_canvas import process
from ilc_canvas.settings import read_settings
from ilc_canvas.store.db.lease import take_lease
from ilc_canvas.store.opening import open_store
from tests.cli.people_cast import PEOPLE, Office, address, renamed, rows

BEN, CHLOE = PEOPLE["P2"], PEOPLE["P3"]
EVERYWHERE = {"hub", "net:R1"}


@pytest.fixture
def other(office: Office) -> int:
    """An account with Ben's login and another name, about which a plan asks; its number."""
    number = office.account("Benjamin Ok", address(BEN), sis_id="900123")
    office.sign()
    office.plan()
    return number


def _filled(office: Office) -> dict[str, int]:
    """Everybody has an account that we made; the numbers."""
    office.sign()
    office.sync()
    return {person_id: office.number(person_id) for person_id in PEOPLE}


def test_adopted_account_gets_the_places(office: Office, other: int) -> None:
    """The account that somebody pointed out is enrolled by a plan that was held; nothing else about it is changed."""
    before = next(user for user in office.canvas.state()["users"] if user["id"] == other)
    assert office.answer("adopt", "P2", "--account", str(other))["account"] == other
    assert office.review() == {}
    assert "decided" in {reason["code"] for reason in office.plan()["reasons"]}
    office.sync()
    assert office.courses(other) == EVERYWHERE
    assert next(user for user in office.canvas.state()["users"] if user["id"] == other) == before


def test_new_account_beside_the_login(office: Office, other: int) -> None:
    """If an account already has the roster's login, the new account's login is the SIS id, and the output says so."""
    said = office.cli("people", "create", "P2", "--reason", "another Ben")
    assert "Recorded for P2: a new account, with the login ilc:p:P2." in said.out
    office.sync()
    made = office.hand("GET", "users/sis_user_id:ilc:p:P2")
    assert (made["login_id"], made["id"] == other, office.courses(other)) == ("ilc:p:P2", False, set())


def test_new_account_with_chosen_login(office: Office, other: int) -> None:
    """--login says another one; one that an account has, or another person, is refused."""
    assert f"Account {other} already has the login" in office.refused("create", "P2", "--login", address(BEN).upper())
    assert "belongs to P3 Chloe Tran" in office.refused("create", "P2", "--login", address(CHLOE))
    assert "cannot be a login" in office.refused("create", "P2", "--login", "x" * 101)
    assert office.answer("create", "P2", "--login", "ben2@example.org")["login"] == "ben2@example.org"
    office.sync()
    assert office.hand("GET", "users/sis_user_id:ilc:p:P2")["login_id"] == "ben2@example.org"


def test_new_account_with_rosters_login(office: Office) -> None:
    """If no account has the roster's login, the new one gets it."""
    office.account("Benjamin Ok", "b.ok@example.org", email=address(BEN))
    office.sign()
    office.plan()
    assert office.answer("create", "P2")["login"] == ""
    office.sync()
    assert office.hand("GET", "users/sis_user_id:ilc:p:P2")["login_id"] == address(BEN)


def test_left_out_and_asked_again(office: Office, other: int) -> None:
    """Who is left out is asked about no more; when the answer is taken back, the next plan asks again."""
    office.answer("leave-out", "P2")
    office.sync()
    assert (office.review(), office.courses(other)) == ({}, set())
    office.answer("ask-again", "P2")
    office.plan()
    assert set(office.review()) == {"P2"}
    assert "Nothing was decided about P2" in office.refused("ask-again", "P2")


def test_anybody_can_be_left_out(office: Office) -> None:
    """Also somebody about whom nobody asks; but nobody who is not in the roster."""
    office.sign()
    office.answer("leave-out", "P3")
    office.sync()
    assert not [user for user in office.canvas.state()["users"] if user["login_id"] == address(CHLOE)]
    assert "nobody with the id 'P33'" in office.refused("leave-out", "P33")


def test_reason_is_needed(office: Office, other: int) -> None:
    """Without one the usage is wrong, and nothing is noted."""
    said = [office.cli("people", *words) for words in (("adopt", "P2", "--account", str(other)), ("create", "P2"), ("leave-out", "P2"))]
    assert [(each.code, "--reason" in each.err) for each in said] == [(64, True)] * 3
    assert set(office.review()) == {"P2"}


def test_only_who_is_asked_about(office: Office, other: int) -> None:
    """Nobody gets an account by hand about whom no plan asks."""
    assert "There is no question about P3" in office.refused("adopt", "P3", "--account", str(other))
    assert "There is no question about P3" in office.refused("create", "P3")


def test_only_accounts_that_are_shown(office: Office, other: int) -> None:
    """Neither one that is not there nor the token's own nor anybody else's can be named."""
    for number in (1, 999999, office.account("Somebody", "somebody@example.org")):
        text = office.refused("adopt", "P2", "--account", str(number))
        assert f"Account {number} is not one that the review shows for P2. Nothing was changed. It shows: {other}." in text


def test_account_that_is_gone_is_refused(office: Office, other: int) -> None:
    """Canvas is asked when the answer is given."""
    office.hand("DELETE", f"accounts/1/users/{other}")
    assert f"Account {other} was removed or merged in Canvas" in office.refused("adopt", "P2", "--account", str(other))


def test_administrator_needs_a_word(office: Office, other: int) -> None:
    """An administrator's account is refused without its own confirmation, also if it has become one since."""
    office.hand("POST", "accounts/self/admins", user_id=other)
    assert "--administrator" in office.refused("adopt", "P2", "--account", str(other))
    assert office.answer("adopt", "P2", "--account", str(other), "--administrator")["administrator"] is True
    office.sync()
    assert office.courses(other) == EVERYWHERE


def test_token_account_is_refused(office: Office) -> None:
    """The account that the token belongs to, which no review shows, is nobody's, confirmed or not."""
    office.account(BEN, "b.ok@example.org", email=address(BEN))
    office.sign()
    office.plan()
    assert "not one that the review shows" in office.refused("adopt", "P2", "--account", "1", "--administrator")


def test_account_of_another_is_refused(office: Office) -> None:
    """An account that belongs to somebody else in the roster is refused with the name."""
    office.sign([person for person in rows() if person["person_id"] != "P3"])
    office.sync()
    number = office.number("P2")
    office.hand("POST", "accounts/self/logins", user={"id": number}, login={"unique_id": "900123", "sis_user_id": "ilc:p:P3"})
    office.sign()
    office.plan()
    assert office.review()["P3"]["kind"] == "taken"
    assert f"Account {number} belongs to P2 Ben Okafor." in office.refused("adopt", "P3", "--account", str(number))


def test_account_is_decided_on_once(office: Office) -> None:
    """An account that was decided on for somebody is nobody else's, though no run has carried that out yet."""
    shared = office.account(BEN, address(BEN))
    office.second_address(shared, address(CHLOE))
    office.sign()
    office.plan()
    office.answer("adopt", "P2", "--account", str(shared))
    assert "was decided on for P2 Ben Okafor" in office.refused("adopt", "P3", "--account", str(shared))


def test_who_left_comes_back_under_another_id(office: Office) -> None:
    """Somebody of an earlier roster is back with a new id: the account goes on under it, with no yes but the answer."""
    number = _filled(office)["P2"]
    office.sign([person for person in rows() if person["person_id"] != "P2"])
    office.sync()
    office.sign([*rows()[:1], {**rows()[1], "person_id": "P9"}, *rows()[2:]])
    office.plan()
    assert office.review()["P9"]["kind"] == "taken"
    office.answer("adopt", "P9", "--account", str(number))
    office.sync()
    assert (office.number("P9"), bool(office.courses(number))) == (number, True)


def test_sis_id_is_given_once(office: Office) -> None:
    """Beside an account that has our SIS id there can be no new one with it."""
    number = office.account("Quite Another", "q.another@example.org", sis_id="ilc:p:P2")
    office.sign()
    office.plan()
    assert f"account {number} has it" in office.refused("create", "P2")
    assert [answer["answer"] for answer in office.review()["P2"]["answers"]] == [str(number), "leave out"]


def test_unanswered_canvas_notes_nothing(office: Office, other: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """An account that cannot be checked is not noted; leaving out needs no Canvas."""
    monkeypatch.delenv("ILC_CANVAS_TOKEN")
    assert "ILC_CANVAS_TOKEN" in office.refused("adopt", "P2", "--account", str(other))
    office.answer("leave-out", "P2")


def _with_new_address(office: Office) -> tuple[int, int]:
    """Ben's new address is the login of another account: his number, and that one's."""
    own = _filled(office)["P2"]
    another = office.account(BEN, "ben.new@example.org")
    office.sign(rows(P2={"email": "ben.new@example.org"}))
    office.plan()
    assert office.review()["P2"]["kind"] == "held"
    return own, another


def test_own_account_is_kept(office: Office) -> None:
    """Who keeps the account that we have keeps its login; the new address is used all the same."""
    own, another = _with_new_address(office)
    assert office.answer("adopt", "P2", "--account", str(own))["login"] == address(BEN)
    office.sync()
    kept = office.hand("GET", f"users/{own}")
    assert (kept["login_id"], kept["email"]) == (address(BEN), "ben.new@example.org")
    assert (office.courses(own), office.courses(another), office.review()) == (EVERYWHERE, set(), {})


def test_other_account_takes_over(office: Office) -> None:
    """Who has the other account gets the places there; those of the former one end, as of anybody who leaves."""
    own, another = _with_new_address(office)
    assert "has account" in office.refused("create", "P2")
    assert office.answer("adopt", "P2", "--account", str(another))["former"] == "ilc:p:P2~1"
    office.sync()
    office.sync()
    assert (office.courses(own), office.courses(another)) == (set(), EVERYWHERE)


def _with_new_name(office: Office) -> int:
    """P2 has another name and another address by now; the number of the account."""
    own = _filled(office)["P2"]
    office.sign(rows(P2=renamed("Zoe Umber")))
    office.plan()
    assert office.review()["P2"]["kind"] == "changed"
    return own


def test_same_person_with_new_name(office: Office) -> None:
    """The account that we have is the answer if it is the same person: name and address follow."""
    own = _with_new_name(office)
    assert [answer["answer"] for answer in office.review()["P2"]["answers"]] == ["", str(own), "new", "leave out"]
    office.answer("adopt", "P2", "--account", str(own))
    office.sync()
    assert office.hand("GET", f"users/{own}")["name"] == "Zoe Umber"


def test_somebody_else_leaves_the_former(office: Office) -> None:
    """The former holder of the id goes on under a key of their own, is named in the answer, and leaves all courses."""
    own = _with_new_name(office)
    said = office.cli("people", "create", "P2", "--reason", "somebody else")
    assert "The person who was P2 until now is P2~1 from now on, and leaves all courses." in said.out
    office.sync()
    office.sync()
    assert (office.courses(own), office.hand("GET", f"users/{own}")["name"]) == (set(), BEN)


def test_former_can_be_called_back(office: Office) -> None:
    """If that was wrong, the former holder's account is offered again, and goes on under the id that it had."""
    own = _with_new_name(office)
    office.answer("create", "P2")
    office.answer("ask-again", "P2")
    office.plan()
    assert office.review()["P2"]["kind"] == "taken"
    office.answer("adopt", "P2", "--account", str(own))
    office.sync()
    assert (office.hand("GET", f"users/{own}")["name"], bool(office.courses(own))) == ("Zoe Umber", True)


def test_no_run_meanwhile(office: Office) -> None:
    """During a run an id is not given to somebody else; an answer that changes nothing in the ledger is recorded."""
    own = _with_new_name(office)
    store = open_store(read_settings().store)
    with take_lease(store, "worker-1", now=process.now):
        assert "worker-1" in office.refused("create", "P2")
        office.answer("adopt", "P2", "--account", str(own))
    store.close()


def test_merged_account_is_no_choice(office: Office) -> None:
    """An account merged into that of another of our people can only be left out."""
    numbers = _filled(office)
    office.hand("PUT", f"users/{numbers['P2']}/merge_into/{numbers['P3']}")
    office.plan()
    assert office.review()["P2"]["kind"] == "merged"
    assert "the merge moved it to another account" in office.refused("create", "P2")
    assert "belongs to P3 Chloe Tran" in office.refused("adopt", "P2", "--account", str(numbers["P3"]))
    assert [answer["answer"] for answer in office.review()["P2"]["answers"]] == ["leave out"]


def test_removed_account_is_called_back(office: Office) -> None:
    """For an account that was removed the review offers to call it back, or to leave the person out."""
    number = _filled(office)["P2"]
    office.hand("DELETE", f"accounts/1/users/{number}")
    office.plan()
    case = office.review()["P2"]
    assert (case["kind"], [answer["answer"] for answer in case["answers"]]) == ("gone", ["new", "leave out"])
    assert "restored" in case["answers"][0]["effect"]
    office.answer("create", "P2")


def test_answer_that_cannot_be_used(office: Office, other: int) -> None:
    """What was decided is checked again when it is used: one person is set aside and asked about, nobody else."""
    office.answer("adopt", "P2", "--account", str(other))
    office.hand("POST", "accounts/self/admins", user_id=other)
    office.sync()
    assert {person: case["kind"] for person, case in office.review().items()} == {"P2": "answer"}
    assert office.courses(office.number("P3")) == EVERYWHERE
    office.answer("adopt", "P2", "--account", str(other), "--administrator")
    office.sync()
    assert office.courses(other) == EVERYWHERE

"""Writing to people's accounts: made after one more look at the login, called back, changed by number, protected ones left."""

from dataclasses import replace

import pytest

from ilc_canvas.canvas.client import CanvasClient
from ilc_canvas.reconcile.change import Adopt, Create, Update
from ilc_canvas.reconcile.errors import MissingRightError
from ilc_canvas.reconcile.kinds import MAIN, Kind
from ilc_canvas.reconcile.state import Record
from tests.canvas.cast import ADA, SMALL, address, changed, client, enrollment, numbered, owners, person, settle, there, upto, write, writes
from tests.sandbox.person import Person
from tests.sandbox.process import Sandbox

FAULTS = ["503", "500", "reset-before", "reset-after", "429", "throttle403", "truncate", "html"]
LOGIN = {"login": "ada@example.org"}
SIS_ID = {"sis_id": "ilc:p:1"}


def logins(hand: Person, number: int) -> list[tuple[str, str | None]]:
    """Name and SIS id of each login of an account."""
    return [(row["unique_id"], row["sis_user_id"]) for row in hand.get(f"users/{number}/logins").body]


def held(number: int, **fields: str | None) -> Record:
    """Ada as an account of others, with fields of its own."""
    return replace(person(1), fields={**person(1).fields, "sis_id": None, **fields}, handle=number)


def asked(before: Record, **fields: str | None) -> Update:
    """These fields of an account shall change."""
    return Update(before, replace(before, fields={**before.fields, **fields}))


def test_login_looked_up_before_create(sandbox: Sandbox, hand: Person) -> None:
    """Just before somebody is made the login is looked up; if it has an owner, in any letter case, suspended or not, nothing is sent."""
    number = hand.user("P1@Example.org")
    assert hand.ask("PUT", f"users/{number}", {"user[event]": "suspend"}).status == 200
    canvas = client(sandbox)
    sandbox.forget_requests()
    outcome = canvas.apply(Create(person(1)))
    assert (outcome.result, outcome.reason, writes(sandbox)) == ("refused", "login-taken", [])


def test_same_login_not_made_twice(sandbox: Sandbox, hand: Person) -> None:
    """A login that is tied to another way of signing in would be taken by Canvas a second time: it is not sent."""
    hand.user("p1@example.org", authentication_provider_id=1)
    outcome = client(sandbox).apply(Create(person(1)))
    assert (outcome.result, outcome.reason) == ("refused", "login-taken")
    assert [row["login_id"] for row in sandbox.state()["users"]].count("p1@example.org") == 1


def test_unread_login_stops_create(sandbox: Sandbox) -> None:
    """If the login cannot be looked up nobody is made."""
    canvas = client(sandbox)
    sandbox.fault("503", "sis_login_id", times=9)
    assert canvas.apply(Create(person(1))).result == "unavailable"
    assert writes(sandbox) == []


def test_reserved_sis_id_is_named(sandbox: Sandbox, hand: Person) -> None:
    """A SIS id that a deleted login keeps is refused by that name."""
    number = hand.user("keeper")
    second = hand.login(number, "second", sis_user_id=ADA.id)
    assert hand.ask("DELETE", f"users/{number}/logins/{second}").status == 200
    outcome = client(sandbox).apply(Create(person(1)))
    assert (outcome.result, outcome.reason) == ("refused", "sis-id-taken")


def test_create_takes_given_sis_id(sandbox: Sandbox) -> None:
    """The SIS id of the record is sent, whatever the key; a second create finds the person by it."""
    made = changed(person(1), sis_id="ilc:p:1:again").after
    canvas = client(sandbox)
    outcomes = [canvas.apply(Create(made)), canvas.apply(Create(made)), canvas.look(Create(made))]
    assert [outcome.result for outcome in outcomes] == ["applied", "noop", "applied"]
    assert {row["sis_user_id"]: row["id"] for row in sandbox.state()["users"]}["ilc:p:1:again"] == outcomes[0].handle


def removed(sandbox: Sandbox, canvas: CanvasClient, hand: Person) -> Create:
    """Ada, removed from Canvas, and the change that calls her back under a new name and address."""
    write(canvas, [person(1)])
    number = there(sandbox, person(1))[0]["id"]
    assert hand.ask("DELETE", f"accounts/1/users/{number}").status == 200
    wanted = changed(person(1), name="Ada King", email="ada@example.org", **LOGIN).after
    return Create(wanted, Record(ADA, {"state": "deleted"}, (), number))


def test_removed_person_called_back(sandbox: Sandbox, hand: Person) -> None:
    """A removed account of ours comes back with its number, its former login and the new name; the outcome says so."""
    canvas = client(sandbox)
    change = removed(sandbox, canvas, hand)
    outcome = canvas.apply(change)
    assert change.before
    assert (outcome.result, outcome.handle) == ("applied", change.before.handle)
    assert outcome.after
    assert [outcome.after[name] for name in ("name", "login", "sis_id")] == ["Ada King", "p1@example.org", ADA.id]


def test_call_back_after_login_was_taken(sandbox: Sandbox, hand: Person) -> None:
    """If somebody else has got the former login meanwhile, nobody comes back, and that is said by name."""
    canvas = client(sandbox)
    change = removed(sandbox, canvas, hand)
    hand.user("p1@example.org")
    outcome = canvas.apply(change)
    assert (outcome.result, outcome.reason) == ("refused", "login-taken")
    assert hand.get(f"users/sis_user_id:{ADA.id}").status == 404


def test_new_person_renames_nobody(sandbox: Sandbox, hand: Person) -> None:
    """A create that calls nobody back is refused by Canvas where a living person has lost a login of this SIS id."""
    keeper = hand.user("keeper")
    hand.ask("DELETE", f"users/{keeper}/logins/{hand.login(keeper, 'second', sis_user_id=ADA.id)}")
    assert client(sandbox).apply(Create(person(1, "Zoe Zimmer"))).result == "refused"
    assert hand.get(f"users/{keeper}").body["name"] == "Ada Lovelace"


def test_names_change_by_number(sandbox: Sandbox, hand: Person) -> None:
    """The account is reached by its number, under whatever SIS id and login it goes; both names are sent, a hand-made one stays."""
    number = hand.person("Ada Lovelace", "district", sis_user_id="district-7")
    canvas = client(sandbox)
    change = asked(held(number), name="Ada King", sortable_name="King of Lovelace, Ada")
    assert canvas.look(change).result == "not_applied"
    outcome = canvas.apply(change)
    assert (outcome.result, outcome.handle, writes(sandbox)[-1:]) == ("applied", number, ["PUT"])
    assert (canvas.look(change).result, hand.get(f"users/{number}").body["sortable_name"]) == ("applied", "King of Lovelace, Ada")


def test_login_changed_by_itself(sandbox: Sandbox, hand: Person) -> None:
    """A new login is one call to the login's own number; address and names stay."""
    canvas = client(sandbox)
    write(canvas, [person(1), person(2)])
    change = numbered(sandbox, changed(person(1), **LOGIN))
    sandbox.forget_requests()
    outcome = canvas.apply(change)
    assert (outcome.result, outcome.handle, writes(sandbox)) == ("applied", change.after.handle, ["PUT"])
    assert logins(hand, outcome.handle or 0) == [("ada@example.org", ADA.id)]
    assert there(sandbox, person(1))[0]["email"] == "p1@example.org"
    assert there(sandbox, person(2))[0]["login_id"] == "p2@example.org"


Logins = list[tuple[str, str | None]]
MANY: dict[str, tuple[Logins, str | None, Logins]] = {
    "under our SIS id": ([("a", "district-7"), ("by hand", "ilc:p:1")], "ilc:p:1", [("a", "district-7"), ("ada@example.org", "ilc:p:1")]),
    "of that name": ([("a", "district-7"), ("old", None)], None, [("a", "district-7"), ("ada@example.org", None)]),
    "the only one": ([("x", "district-7")], None, [("ada@example.org", "district-7")]),
}


@pytest.mark.parametrize("case", MANY)
def test_login_chosen_among_several(sandbox: Sandbox, hand: Person, case: str) -> None:
    """Of several logins the one under our SIS id is changed, else the one of the former name, else the only one; the others stay."""
    (first, *others), sis_id, wanted = MANY[case]
    number = hand.user(first[0], sis_user_id=first[1])
    for name, other in others:
        hand.login(number, name, **({"sis_user_id": other} if other else {}))
    change = asked(held(number, login="OLD", sis_id=sis_id), **LOGIN)
    canvas = client(sandbox)
    assert canvas.apply(change).result == "applied"
    assert sorted(logins(hand, number)) == wanted
    assert canvas.look(change).result == "applied"


def test_no_login_is_guessed(sandbox: Sandbox, hand: Person) -> None:
    """Of several logins of which none is the one that was left, none is changed."""
    number = hand.user("a")
    hand.login(number, "b")
    outcome = client(sandbox).apply(asked(held(number, login="old"), **LOGIN))
    assert (outcome.result, logins(hand, number)) == ("refused", [("a", None), ("b", None)])
    assert f"account {number}" in outcome.reason


def test_sis_id_given_and_taken(sandbox: Sandbox, hand: Person) -> None:
    """The login that was seen gets our SIS id, and loses it again under whatever name; each is one call, and a look knows which is so."""
    number = hand.user("p1@example.org")
    hand.login(number, "b")
    canvas = client(sandbox)
    given = asked(held(number), **SIS_ID)
    taken = asked(replace(given.after, fields={**given.after.fields, "login": "former"}), sis_id=None)
    for change, sis_id in ((given, ADA.id), (taken, None)):
        assert canvas.look(change).result == "not_applied"
        assert canvas.apply(change).result == "applied"
        assert logins(hand, number) == [("p1@example.org", sis_id), ("b", None)]
        assert canvas.look(change).result == "applied"


def test_taken_sis_id_is_refused(sandbox: Sandbox, hand: Person) -> None:
    """A SIS id that another account has is not given; that is said by name."""
    number = hand.user("p1@example.org")
    hand.user("other", sis_user_id=ADA.id)
    outcome = client(sandbox).apply(asked(held(number), **SIS_ID))
    assert (outcome.result, outcome.reason) == ("refused", "sis-id-taken")


@pytest.mark.parametrize("do", FAULTS)
@pytest.mark.parametrize("times", [1, 4])
@pytest.mark.parametrize("fields", [LOGIN, {"sis_id": None}], ids=["login", "sis_id"])
def test_troubled_login_change_heals(sandbox: Sandbox, hand: Person, fields: dict[str, str | None], times: int, do: str) -> None:
    """A change of a login in trouble is repeated up to four times, and again after a look."""
    canvas = client(sandbox)
    write(canvas, [person(1)])
    change = numbered(sandbox, changed(person(1), **fields))
    sandbox.fault(do, "logins", method="PUT", times=times)
    outcome = canvas.apply(change)
    assert outcome.result in (("applied",) if times == 1 else ("applied", "in_doubt", "unavailable"))
    assert (settle(canvas, change).done, canvas.look(change).result) == (True, "applied")
    assert logins(hand, change.after.handle or 0) == [(change.after.fields["login"], change.after.fields["sis_id"])]


def test_look_goes_by_number(sandbox: Sandbox, hand: Person) -> None:
    """What became of a change is read from the account itself, not from one that has its SIS id or login by now."""
    canvas = client(sandbox)
    write(canvas, [person(1)])
    change = numbered(sandbox, changed(person(1), name="Ada King", sortable_name="King, Ada"))
    login = hand.get(f"users/{change.after.handle}/logins").body[0]["id"]
    hand.ask("PUT", f"accounts/1/logins/{login}", {"login[unique_id]": "moved", "login[sis_user_id]": ""})
    hand.person("Ada King", "p1@example.org", sis_user_id=ADA.id)
    assert canvas.look(change).result == "not_applied"


@pytest.mark.parametrize("merged", [False, True])
def test_lost_account_not_changed(sandbox: Sandbox, hand: Person, *, merged: bool) -> None:
    """Of an account that was removed or merged away since, a look says that the change is not there."""
    canvas = client(sandbox)
    write(canvas, [person(1)])
    change = numbered(sandbox, changed(person(1), name="Ada King"))
    assert canvas.apply(change).result == "applied"
    path = f"users/{change.after.handle}/merge_into/{hand.user('b')}" if merged else f"accounts/1/users/{change.after.handle}"
    assert hand.ask("PUT" if merged else "DELETE", path).status == 200
    assert canvas.look(change).result == "not_applied"


def guarded(sandbox: Sandbox, hand: Person) -> list[Update]:
    """Changes of an administrator who has a right that the token lacks."""
    write(client(sandbox), [person(1)])
    number = there(sandbox, person(1))[0]["id"]
    assert hand.ask("POST", "accounts/1/admins", {"user_id": number}).status == 200
    sandbox.deny("view_statistics")
    steps = [changed(person(1), name="Ada King"), changed(person(1), **LOGIN), changed(person(1), sis_id=None)]
    main = address(MAIN, "p1@example.org", number)
    return [*(numbered(sandbox, step) for step in steps), changed(main, address="ada@example.org")]


def test_protected_account_is_left(sandbox: Sandbox, hand: Person) -> None:
    """That Canvas lets nobody change a stronger administrator is that one change's outcome, and no reason to stop the run."""
    changes = guarded(sandbox, hand)
    canvas = client(sandbox)
    before = sandbox.state()
    outcomes = [canvas.apply(change) for change in changes]
    assert [(outcome.result, outcome.reason) for outcome in outcomes] == [("refused", "account-protected")] * 4
    assert sandbox.state() == before
    assert canvas.apply(Create(person(2))).result == "applied"


def test_missing_right_stops_run(sandbox: Sandbox, hand: Person) -> None:
    """Without the right to change people at all each of these changes stops the run, and names the right."""
    changes = guarded(sandbox, hand)
    sandbox.deny("manage_user_logins")
    canvas = client(sandbox)
    for change in changes:
        with pytest.raises(MissingRightError, match="manage_user_logins"):
            canvas.apply(change)


def test_own_accounts_enrolled_by_number(sandbox: Sandbox, hand: Person) -> None:
    """Who was made, taken as found, or observed is enrolled by number, though others may have the SIS id."""
    number = hand.user("somebody")
    hand.user("other", sis_user_id=ADA.id)
    for known in ("adopted", "observed"):
        canvas = client(sandbox)
        if known == "adopted":
            write(canvas, [record for record in upto(Kind.ENROLLMENT) if record.key != ADA])
            canvas.apply(Adopt(held(number), held(number), "matched"))
        else:
            canvas.observe({number: ADA})
        assert canvas.apply(Create(enrollment())).done
    assert [row["user_id"] for row in sandbox.state()["enrollments"]] == [number]


def test_unknown_account_not_enrolled(sandbox: Sandbox) -> None:
    """Of whom no number is known nobody is enrolled, by no other sign either."""
    write(client(sandbox), SMALL)
    canvas = client(sandbox)
    canvas.observe({number: key for number, key in owners(sandbox).items() if key != ADA})
    sandbox.forget_requests()
    outcome = canvas.apply(Create(enrollment(ADA, "TeacherEnrollment")))
    assert (outcome.result, writes(sandbox)) == ("refused", [])
    assert ADA.id in outcome.reason

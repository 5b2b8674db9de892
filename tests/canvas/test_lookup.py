"""Finding people whom the ledger knows, and who of those found is an administrator; what goes wrong meanwhile."""

import pytest
import responses

from ilc_canvas.canvas.http.transport import Transport
from ilc_canvas.canvas.lookup import Finder, Where
from ilc_canvas.reconcile.errors import CanvasError, IncompleteError, MissingRightError
from ilc_canvas.reconcile.people.accounts import WantedPerson
from tests.canvas.cast import ACCOUNT, HOST, ILC, SMALL, client, owners, person, sought, write
from tests.canvas.finding import crowd, look, strangers
from tests.sandbox.person import Person
from tests.sandbox.process import Sandbox

WHERE = Where(root=1, parent=1, ours=ILC, prefix="ilc:p:", token_user=1)
OURS, ALL = "accounts/sis_account_id:ilc/users", "accounts/1/users"


def test_people_are_read_back(sandbox: Sandbox) -> None:
    """Whoever was written is found by number with all fields, by the one that wrote and by another."""
    canvas = client(sandbox)
    write(canvas, SMALL)
    (one, number), *_ = sorted((key.id, number) for number, key in owners(sandbox).items())
    for reader in (canvas, client(sandbox)):
        account = reader.find_people([sought(1, number)]).account(number)
        assert account
        shown = {"name": account.name, "sortable_name": account.sortable_name, "login": account.login, "email": account.email}
        assert {**shown, "sis_id": account.sis_id} == person(1).fields
        assert account.sis_id == one


def test_enrolled_people_by_one_list(sandbox: Sandbox) -> None:
    """Who is known, and enrolled in our sub-account, costs one list and nothing else."""
    write(client(sandbox), SMALL)
    known = owners(sandbox)
    looked = look(sandbox, [sought(int(key.id[-1]), number) for number, key in known.items()])
    assert known.keys() <= looked.found.accounts.keys()
    assert (looked.asked, looked.found.hits, looked.admins) == ([OURS], {}, set())


def test_few_unlisted_read_singly(sandbox: Sandbox) -> None:
    """Up to five whom our list does not show are asked for by number."""
    write(client(sandbox), [ACCOUNT, *map(person, range(1, 6))])
    known = owners(sandbox)
    looked = look(sandbox, [sought(which, number) for which, number in enumerate(known, 1)])
    assert sorted(looked.asked) == sorted([OURS, *(f"users/{number}" for number in known)])


def test_unlisted_people_by_search(sandbox: Sandbox) -> None:
    """More than five are searched for by how our SIS ids begin."""
    write(client(sandbox), [ACCOUNT, *map(person, range(1, 107))])
    known = owners(sandbox)
    looked = look(sandbox, [sought(which, number) for which, number in enumerate(known, 1)])
    assert known.keys() <= looked.found.accounts.keys()
    assert looked.asked == [OURS, f"{ALL} ilc:p:", f"{ALL} ilc:p:"]


@pytest.mark.parametrize(("count", "lists"), [(50, 0), (51, 1)])
def test_unlisted_people_by_account_list(sandbox: Sandbox, count: int, lists: int) -> None:
    """More than fifty who do not have our SIS ids are read by the account's list, fewer singly."""
    crowd(sandbox, count)
    logins = {row["id"]: row["login_id"] for row in sandbox.state()["users"] if row["login_id"].startswith("other")}
    looked = look(sandbox, [sought(which, number, login=login) for which, (number, login) in enumerate(logins.items(), 1)])
    assert logins.keys() <= looked.found.accounts.keys()
    assert (looked.asked.count(ALL), looked.count("users/1")) == (lists, 0 if lists else 50)


def test_unlisted_person_read_singly(sandbox: Sandbox, hand: Person) -> None:
    """Somebody whom the ledger knows and no list shows is asked for by number: there, removed, or gone."""
    write(client(sandbox), [ACCOUNT])
    here, removed, merged = (hand.user(login) for login in ("a", "b", "c"))
    hand.ask("DELETE", f"accounts/1/users/{removed}")
    hand.ask("PUT", f"users/{merged}/merge_into/{here}")
    found = look(sandbox, [sought(1, here), sought(2, removed), sought(3, merged), sought(4, 999_999)]).found
    assert {number: account.removed for number, account in found.accounts.items()} == {here: False, removed: True}
    assert found.gone == {merged, 999_999}


@pytest.mark.parametrize("lost", ["removed", "merged"])
def test_lost_people_looked_up_again(sandbox: Sandbox, hand: Person, lost: str) -> None:
    """Whose number answers no more is a stranger again: evidence may lead to the account that is theirs now."""
    number, other = hand.user("a", sis_user_id="ilc:p:1"), hand.user("p1@example.org")
    deeds = {"removed": ("DELETE", f"accounts/1/users/{number}"), "merged": ("PUT", f"users/{number}/merge_into/{other}")}
    assert hand.ask(*deeds[lost]).status == 200
    looked = look(sandbox, [sought(1, number)])
    assert looked.hits() == {other}
    account = looked.found.account(other)
    assert account
    assert account.has_sis_id("ilc:p:1") == (lost == "merged")


def test_many_unlisted_people_refused(sandbox: Sandbox) -> None:
    """A list that lacks more than fifty people whom the ledger knows is taken for a broken list."""
    with pytest.raises(IncompleteError, match="lack 51 people"):
        look(sandbox, [sought(number, 900_000 + number) for number in range(51)])


def test_also_is_read_with_admins(sandbox: Sandbox, hand: Person) -> None:
    """Numbers that are asked for besides are read too, and whether they are administrators."""
    number = hand.user("a")
    hand.ask("POST", "accounts/1/admins", {"user_id": number})
    looked = look(sandbox, [], [number])
    assert (set(looked.found.accounts), looked.admins) == ({number}, {1, number})
    assert looked.found.token_user == 1


def test_odd_login_of_known_is_read(sandbox: Sandbox, hand: Person) -> None:
    """Of somebody who shows another login than ours the logins are read: ours may be one of them."""
    write(client(sandbox), [ACCOUNT, person(1), person(2)])
    first, second = sorted(owners(sandbox))
    hand.login(first, "a", sis_user_id="district-7")
    looked = look(sandbox, [sought(1, first), sought(2, second)])
    account = looked.found.account(first)
    assert account
    assert (account.login, account.has_login("p1@example.org"), account.has_sis_id("ilc:p:1")) == ("a", True, True)
    assert [each for each in looked.asked if "logins" in each] == [f"users/{first}/logins"]


def test_new_address_of_known_is_searched(sandbox: Sandbox, hand: Person) -> None:
    """Before a known person gets another login it is looked whether somebody has it, or that address, already."""
    write(client(sandbox), [ACCOUNT, person(1)])
    (number,) = owners(sandbox)
    holder = hand.person("Ada", "ada@example.org")
    new = "ada@example.org"
    looked = look(sandbox, [WantedPerson(person(1).key, new, new, number, known_login="p1@example.org", takes=new)])
    assert looked.hits() == {holder}


def nested(hand: Person) -> list[int]:
    """The root account, one in it, and one in that."""
    numbers = [1]
    for name in ("District", "School"):
        numbers.append(hand.make(f"accounts/{numbers[-1]}/sub_accounts", name=name)["id"])
    return numbers


def test_admins_of_every_account_above(sandbox: Sandbox, hand: Person) -> None:
    """Administrators of the root, of the account that the settings name, and of those between; of no other."""
    accounts = nested(hand)
    deferred = hand.make("accounts/1/sub_accounts", name="Aside")["id"]
    people = {account: hand.user(f"boss{account}") for account in [*accounts, deferred]}
    for account, number in people.items():
        assert hand.ask("POST", f"accounts/{account}/admins", {"user_id": number}).status == 200
    looked = look(sandbox, [], [people[deferred]], account=str(accounts[-1]))
    assert looked.admins == {1, *(people[account] for account in accounts)}
    assert looked.count("admins") == 3


def test_former_admin_is_none(sandbox: Sandbox, hand: Person) -> None:
    """Who is an administrator no more is like everybody else."""
    number = hand.user("a")
    hand.ask("POST", "accounts/1/admins", {"user_id": number})
    hand.ask("DELETE", f"accounts/1/admins/{number}")
    assert look(sandbox, [], [number]).admins == {1}


def test_admins_not_asked_in_vain(sandbox: Sandbox) -> None:
    """Where nobody was found it is not asked who is an administrator."""
    assert look(sandbox, strangers(1)).count("admins") == 0


def test_admins_may_not_be_listed(sandbox: Sandbox, hand: Person) -> None:
    """Without the right to list administrators nobody can tell who is one."""
    number = hand.user("p1@example.org")
    sandbox.deny("manage_account_memberships")
    looked = look(sandbox, [sought(1)])
    assert (looked.hits(), looked.admins) == ({number}, None)


@pytest.mark.parametrize("others", [0, 6], ids=["one by one", "by list"])
def test_unreadable_account_counts_as_admin(sandbox: Sandbox, hand: Person, others: int) -> None:
    """Whose logins and addresses may not be read may be a site administrator, whom no list names."""
    crowd(sandbox)
    number, ordinary = hand.person("Ada", "a", "p1@example.org"), hand.person("Bo", "p2@example.org", "p2@example.org")
    sandbox.deny("manage_user_logins")
    looked = look(sandbox, [sought(1), sought(2), *strangers(50, others)])
    assert (looked.hits(1), looked.hits(2), looked.admins) == ({number}, {ordinary}, {1, number})


@pytest.mark.parametrize("times", [1, 30])
@pytest.mark.parametrize("nth", [1, 3, 5, 7])
@pytest.mark.parametrize("do", ["500", "503", "429", "throttle403", "truncate", "drop-link", "html", "reset-before", "reset-after", "401"])
def test_faulty_look_up_never_partial(sandbox: Sandbox, hand: Person, do: str, nth: int, times: int) -> None:
    """Whatever goes wrong with a look-up, it is whole or there is none."""
    write(client(sandbox), [ACCOUNT, person(1)])
    (number,) = owners(sandbox)
    hand.person("Bo", "bo", "p2@example.org")
    people = [sought(1, number), *strangers(2)]
    canvas, whole = client(sandbox), look(sandbox, people).found
    sandbox.fault(do, "api/v1", method="GET", nth=nth, times=times)
    try:
        assert canvas.find_people(people) == whole
    except CanvasError:
        assert times > 1 or do == "401"


def test_lost_link_of_list_refused(sandbox: Sandbox) -> None:
    """A list of more than a page that loses its Link header is an error."""
    crowd(sandbox, 101)
    sandbox.fault("drop-link", "accounts/1/users")
    with pytest.raises(IncompleteError):
        look(sandbox, strangers(1))


def test_refused_number_stops_look_up(canvas: responses.RequestsMock, transport: Transport) -> None:
    """A token that may not read somebody by number at all lacks a right: that is said."""
    canvas.add("GET", f"{HOST}/api/v1/accounts/sis_account_id:ilc/users", json=[])
    canvas.add("GET", f"{HOST}/api/v1/users/7", json={"status": "unauthorized"}, status=401)
    with pytest.raises(MissingRightError):
        Finder(transport, WHERE, 2).find([sought(1, 7)], ())


def row(number: int, **more: str) -> dict[str, object]:
    """Somebody as a list shows one."""
    return {"id": number, "name": "Ada Lovelace", "sortable_name": "Lovelace, Ada", "login_id": f"p{number}@example.org", **more}


def test_person_listed_twice_is_one(canvas: responses.RequestsMock, transport: Transport) -> None:
    """A list that shows somebody twice, since people came in while it was read, shows one account."""
    link = {"Link": f'<{HOST}/api/v1/accounts/1/users?page=2>; rel="next"'}
    canvas.add("GET", f"{HOST}/api/v1/accounts/1/users", json=[row(number) for number in range(1, 101)], headers=link)
    canvas.add("GET", f"{HOST}/api/v1/accounts/1/users", json=[row(100), row(101)])
    canvas.add("GET", f"{HOST}/api/v1/accounts/1/users", json=[])
    canvas.add("GET", f"{HOST}/api/v1/accounts/1/admins", json=[])
    found = Finder(transport, WHERE, 2).find(strangers(96), ())
    assert sorted(found.accounts) == list(range(1, 102))
    assert [list(found.hits[one.key]) for one in strangers(96)] == [[number] for number in range(96, 102)]


def test_illegible_person_is_error(canvas: responses.RequestsMock, transport: Transport) -> None:
    """A row without what every person has is an error of ours, not an account."""
    canvas.add("GET", f"{HOST}/api/v1/accounts/sis_account_id:ilc/users", json=[{"id": 7}])
    with pytest.raises(IncompleteError, match=r"GET accounts/sis_account_id:ilc/users cannot be used: .*name is missing"):
        Finder(transport, WHERE, 2).find([sought(1, 7), sought(2, 8)], ())


def test_hidden_login_counts_as_admin(canvas: responses.RequestsMock, transport: Transport) -> None:
    """Somebody known who shows no login, and whose logins may not be read, is not removed: a site administrator shows as little."""
    canvas.add("GET", f"{HOST}/api/v1/accounts/sis_account_id:ilc/users", json=[])
    canvas.add("GET", f"{HOST}/api/v1/users/7", json={"id": 7, "name": "Ada Lovelace", "sortable_name": "Lovelace, Ada"})
    canvas.add("GET", f"{HOST}/api/v1/users/7/logins", json={"status": "unauthorized"}, status=401)
    found = Finder(transport, WHERE, 2).find([sought(1, 7)], ())
    assert (found.accounts[7].removed, set(found.gone), set(found.admins or ())) == (False, set(), {7})

"""People: found, searched, suspended, removed and brought back."""

import pytest

from tests.sandbox.person import Person


@pytest.fixture
def ada(admin: Person) -> int:
    mail = {"communication_channel[address]": "ada@example.org", "communication_channel[skip_confirmation]": "true"}
    login = {"pseudonym[unique_id]": "lovelace", "pseudonym[sis_user_id]": "p:0001"}
    made = admin.ask("POST", "accounts/1/users", {"user[name]": "Ada Byron", "user[skip_registration]": "true", **login, **mail})
    return int(made.body["id"])


def found(admin: Person, words: str, place: int = 1) -> list[int]:
    return [user["id"] for user in admin.get(f"accounts/{place}/users", query={"search_term": words}).body]


@pytest.mark.parametrize("words", ["BYRON", "love", "ADA@example", "P:000"])
def test_search_finds_parts_of_words(admin: Person, ada: int, words: str) -> None:
    """Name, login, e-mail and SIS id, any part of them, in any case."""
    assert found(admin, words) == [ada]


def test_search_finds_whole_number(admin: Person) -> None:
    """A person's number finds the person only when it is the whole number."""
    people = [admin.user(f"n{letter}") for letter in "abcdefghij"]
    assert found(admin, str(people[-1])) == [people[-1]]


def test_sub_account_lists_its_people(admin: Person, ada: int) -> None:
    """A sub-account's people are those enrolled in a course of it or below."""
    account = admin.make("accounts/1/sub_accounts", name="ILC")["id"]
    below = admin.make(f"accounts/{account}/sub_accounts", name="Below")["id"]
    assert found(admin, "Ada", account) == []
    admin.enroll(admin.make(f"accounts/{below}/courses", name="Equity")["id"], ada)
    assert found(admin, "Ada", account) == [ada]
    assert admin.get(f"accounts/{account}/users?include[]=email").body[0]["email"] == "ada@example.org"


def test_suspended_person_is_still_there(admin: Person, ada: int) -> None:
    """Found by SIS id, login and name, though not searched by login, and enrolled like anybody."""
    admin.ask("PUT", f"users/{ada}", {"user[event]": "suspend"})
    assert [admin.get(f"users/{ref}").status for ref in ("sis_user_id:p:0001", "sis_login_id:lovelace")] == [200, 200]
    assert (found(admin, "Byron"), found(admin, "lovelace")) == ([ada], [])
    assert admin.enroll(admin.course(), ada).status == 200


def test_new_address_comes_unconfirmed(admin: Person, ada: int) -> None:
    """user[email] puts a new address on top, unconfirmed, and leaves the old one active behind it."""
    admin.ask("PUT", f"users/{ada}", {"user[email]": "byron@example.org"})
    channels = admin.get(f"users/{ada}/communication_channels").body
    assert [(row["address"], row["workflow_state"], row["position"]) for row in channels] == [
        ("byron@example.org", "unconfirmed", 1),
        ("ada@example.org", "active", 2),
    ]


def test_removed_person_comes_back(admin: Person, ada: int) -> None:
    """By SIS id and with a new name, but with the old login, and without an address."""
    admin.ask("DELETE", f"accounts/1/users/{ada}")
    form = {"user[name]": "Ada King", "pseudonym[unique_id]": "king", "pseudonym[sis_user_id]": "p:0001", "enable_sis_reactivation": "1"}
    back = admin.ask("POST", "accounts/1/users", form).body
    assert (back["id"], back["name"], back["login_id"]) == (ada, "Ada King", "lovelace")
    assert admin.get(f"users/{ada}").body["email"] is None


def test_clash_on_return_is_422(admin: Person, ada: int) -> None:
    """When somebody has the old login by now, coming back is 422 with a list of clashes."""
    admin.ask("DELETE", f"accounts/1/users/{ada}")
    admin.user("lovelace")
    form = {"pseudonym[unique_id]": "x", "pseudonym[sis_user_id]": "p:0001", "enable_sis_reactivation": "true"}
    answer = admin.ask("POST", "accounts/1/users", form)
    assert (answer.status, answer.body["errors"][0]["field"], answer.body["errors"][0]["error_code"]) == (422, "unique_id", "taken")

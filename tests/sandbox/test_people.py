"""People: in a sub-account, suspended, with a new address."""

import pytest

from tests.sandbox.person import Person


@pytest.fixture
def ada(admin: Person) -> int:
    mail = {"communication_channel[address]": "ada@example.org", "communication_channel[skip_confirmation]": "true"}
    login = {"pseudonym[unique_id]": "lovelace", "pseudonym[sis_user_id]": "p:0001"}
    made = admin.ask("POST", "accounts/1/users", {"user[name]": "Ada Byron", "user[skip_registration]": "true", **login, **mail})
    return int(made.body["id"])


def test_sub_account_lists_its_people(admin: Person, ada: int) -> None:
    """A sub-account's people are those enrolled in a course of it or below."""
    account = admin.make("accounts/1/sub_accounts", name="ILC")["id"]
    below = admin.make(f"accounts/{account}/sub_accounts", name="Below")["id"]
    assert admin.found("Ada", account) == []
    admin.enroll(admin.make(f"accounts/{below}/courses", name="Equity")["id"], ada)
    assert admin.found("Ada", account) == [ada]
    assert admin.get(f"accounts/{account}/users?include[]=email").body[0]["email"] == "ada@example.org"


def test_suspended_person_is_still_there(admin: Person, ada: int) -> None:
    """Found by SIS id, login and name, though not searched by login, and enrolled like anybody."""
    admin.ask("PUT", f"users/{ada}", {"user[event]": "suspend"})
    assert [admin.get(f"users/{ref}").status for ref in ("sis_user_id:p:0001", "sis_login_id:lovelace")] == [200, 200]
    assert (admin.found("Byron"), admin.found("lovelace")) == ([ada], [])
    assert admin.enroll(admin.course(), ada).status == 200


def test_new_address_comes_unconfirmed(admin: Person, ada: int) -> None:
    """user[email] puts a new address on top, unconfirmed, and leaves the old one active behind it."""
    admin.ask("PUT", f"users/{ada}", {"user[email]": "byron@example.org"})
    channels = admin.get(f"users/{ada}/communication_channels").body
    assert [(row["address"], row["workflow_state"], row["position"]) for row in channels] == [
        ("byron@example.org", "unconfirmed", 1),
        ("ada@example.org", "active", 2),
    ]

"""accounts/:id/admins: the administrators of that one account."""

import pytest

from tests.sandbox.person import Person


@pytest.fixture
def boss(admin: Person) -> int:
    user = admin.person("Boss", "boss", sis_user_id="S-1")
    admin.ask("POST", "accounts/1/admins", {"user_id": user, "send_confirmation": "false"})
    return user


def listed(admin: Person, account: int, **query: object) -> list[int]:
    return [row["user"]["id"] for row in admin.get(f"accounts/{account}/admins", query=query).body]


@pytest.mark.parametrize("form", ["{user}", "sis_user_id:S-1", "sis_login_id:BOSS"])
def test_admins_are_filtered_by_person(admin: Person, boss: int, form: str) -> None:
    """user_id[] takes numbers and SIS forms; unknown people and non-administrators are dropped."""
    other = admin.person("Other", "other")
    assert listed(admin, 1, **{"user_id[]": [form.format(user=boss), other, 987654321, "sis_user_id:nobody"]}) == [boss]


def test_filter_without_hits_is_empty(admin: Person, boss: int) -> None:
    """A filter without matches returns an empty list, also for former administrators."""
    assert listed(admin, 1, **{"user_id[]": "987654321"}) == []
    admin.ask("DELETE", f"accounts/1/admins/{boss}")
    assert listed(admin, 1, **{"user_id[]": boss}) == []


def test_each_account_lists_its_own(admin: Person, boss: int) -> None:
    """An administrator of a sub-account is listed there only."""
    below, user = admin.make("accounts/1/sub_accounts", name="ILC")["id"], admin.person("Below", "below")
    admin.ask("POST", f"accounts/{below}/admins", {"user_id": user})
    assert (listed(admin, 1), listed(admin, below)) == ([1, boss], [user])


def test_admins_page_names_last(admin: Person, boss: int) -> None:
    """The list is numbered and links to its last page; each row has five keys."""
    answer = admin.get("accounts/1/admins?per_page=1&page=2")
    assert ("last" in answer.links(), answer.body[0]["user"]["id"]) == (True, boss)
    assert set(answer.body[0]) == {"id", "role", "role_id", "user", "workflow_state"}


def test_site_admins_cannot_be_listed(admin: Person) -> None:
    """An account administrator may not list the administrators of Site Admin."""
    assert admin.get("accounts/site_admin/admins").status == 401

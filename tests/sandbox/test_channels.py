"""E-mail channels: adding, confirming, reordering and retiring them, and what lists and search show."""

import pytest

from tests.sandbox.person import Person

OLD, NEW = "old@mail.test", "new@mail.test"


@pytest.fixture
def ada(admin: Person) -> int:
    return admin.person("Ada", OLD, OLD)


def add(admin: Person, user: int | str, address: str, *, confirmed: bool) -> str:
    form = {"communication_channel[address]": address, "communication_channel[type]": "email", "skip_confirmation": str(confirmed).lower()}
    answer = admin.ask("POST", f"users/{user}/communication_channels", form)
    assert answer.status == 200, answer.text
    return str(answer.body["workflow_state"])


def shown(admin: Person, user: int) -> list[str]:
    """The address in the list, in users/:id and in the profile."""
    (row,) = (row for row in admin.get("accounts/1/users?include[]=email").body if row["id"] == user)
    return [row["email"], admin.get(f"users/{user}").body["email"], admin.get(f"users/{user}/profile").body["primary_email"]]


def states(admin: Person, user: int) -> list[tuple[str, str]]:
    return [(row["address"], row["workflow_state"]) for row in admin.get(f"users/{user}/communication_channels").body]


def test_channel_has_seven_keys(admin: Person, ada: int) -> None:
    """An account administrator does not see what bounced."""
    keys = {"id", "user_id", "position", "workflow_state", "created_at", "address", "type"}
    assert admin.get(f"users/{ada}/communication_channels").body[0].keys() == keys


@pytest.mark.parametrize("asked", [True, False])
def test_own_address_stays_unconfirmed(admin: Person, asked: bool) -> None:
    """Anybody can claim any address and is found by it; only the channels list tells that it is unconfirmed."""
    assert add(admin, "self", "boss@mail.test", confirmed=asked) == "unconfirmed"
    assert admin.found("boss@mail.test") == [1]
    assert admin.get("users/sis_login_id:boss@mail.test").status == 404


def test_first_living_address_is_shown(admin: Person, ada: int) -> None:
    """The first channel by position is shown, confirmed or not, unless it is retired."""
    assert [add(admin, ada, f"{name}@mail.test", confirmed=name == "c") for name in "bc"] == ["unconfirmed", "active"]
    assert shown(admin, ada) == [OLD] * 3
    admin.ask("DELETE", f"users/{ada}/communication_channels/email/{OLD}")
    assert shown(admin, ada) == ["b@mail.test"] * 3


def test_new_default_comes_unconfirmed(admin: Person, ada: int) -> None:
    """user[email] puts a new address first, unconfirmed; the old one stays active, and both are found."""
    admin.ask("PUT", f"users/{ada}", {"user[email]": NEW})
    assert shown(admin, ada) == [NEW] * 3
    assert states(admin, ada) == [(NEW, "unconfirmed"), (OLD, "active")]
    assert [admin.found(address) for address in (OLD, NEW)] == [[ada], [ada]]


def test_address_changed_by_hand(admin: Person, ada: int) -> None:
    """The shown address changes when the new one becomes the default; the login stays and still finds the person."""
    steps = []
    for step in (
        lambda: add(admin, ada, NEW, confirmed=True),
        lambda: admin.ask("PUT", f"users/{ada}", {"user[email]": NEW}),
        lambda: admin.ask("DELETE", f"users/{ada}/communication_channels/email/{OLD}"),
    ):
        step()
        steps.append(shown(admin, ada)[0])
    assert steps == [OLD, NEW, NEW]
    assert admin.get(f"users/sis_login_id:{OLD}").body["login_id"] == OLD
    assert (admin.found(OLD), states(admin, ada)) == ([ada], [(NEW, "active")])


def test_retired_address_comes_back(admin: Person, ada: int) -> None:
    """A retired address that is added again is the same channel in its old place."""
    first = admin.get(f"users/{ada}/communication_channels").body[0]
    add(admin, ada, NEW, confirmed=True)
    admin.ask("DELETE", f"users/{ada}/communication_channels/{first['id']}")
    add(admin, ada, OLD.upper(), confirmed=True)
    assert admin.get(f"users/{ada}/communication_channels").body[0] == first

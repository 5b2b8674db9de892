"""Several logins for one person: which one is shown, and how SIS ids are given, moved, reserved and freed."""

from typing import Any

import pytest

from tests.sandbox.person import Person
from tests.sandbox.process import Sandbox

Shown = tuple[str, str | None]


@pytest.fixture
def two(admin: Person) -> int:
    """A person with two logins, neither with a SIS id."""
    user = admin.person("Two", "pb.m.two")
    admin.login(user, "pb.a.two")
    return user


def single(admin: Person, user: int) -> Shown:
    shown = admin.get(f"users/{user}").body
    return shown["login_id"], shown["sis_user_id"]


def listed(admin: Person, user: int) -> Shown:
    (shown,) = (row for row in admin.get("accounts/1/users").body if row["id"] == user)
    return shown["login_id"], shown["sis_user_id"]


def test_shown_login_follows_rule(admin: Person, two: int) -> None:
    """Logins with a SIS id come first, then the alphabet decides; lists prefer active ones, and enrollments those with a SIS id."""
    course = admin.course()
    admin.enroll(course, two)
    assert (single(admin, two), listed(admin, two)) == (("pb.a.two", None),) * 2
    last = admin.login(two, "pb.z.two", sis_user_id="TWO-Z")
    assert (single(admin, two), listed(admin, two)) == (("pb.z.two", "TWO-Z"),) * 2
    first = admin.login(two, "pb.b.two", sis_user_id="TWO-B")
    assert (single(admin, two), listed(admin, two)) == (("pb.b.two", "TWO-B"),) * 2
    admin.ask("PUT", f"accounts/1/logins/{first}", {"login[workflow_state]": "suspended"})
    assert (single(admin, two), listed(admin, two)) == (("pb.b.two", "TWO-B"), ("pb.z.two", "TWO-Z"))
    admin.ask("DELETE", f"users/{two}/logins/{last}")
    assert (single(admin, two), listed(admin, two)) == (("pb.b.two", "TWO-B"), ("pb.a.two", None))
    (row,) = admin.get(f"courses/{course}/enrollments").body
    assert (row["sis_user_id"], row["user"]["sis_user_id"], row["user"]["login_id"]) == ("TWO-B", None, "pb.a.two")


def test_every_sis_id_filters_and_enrolls(admin: Person, two: int) -> None:
    """Each SIS id of an active or suspended login leads to the same row."""
    first = admin.login(two, "b", sis_user_id="S-B")
    admin.login(two, "z", sis_user_id="S-Z")
    admin.ask("PUT", f"accounts/1/logins/{first}", {"login[workflow_state]": "suspended"})
    course = admin.course()
    rows = [admin.enroll(course, user).body["id"] for user in (two, "sis_user_id:S-B", "sis_user_id:S-Z", "sis_login_id:PB.A.TWO")]
    for sis_id in ("S-B", "S-Z"):
        rows += [row["id"] for row in admin.get(f"courses/{course}/enrollments?sis_user_id[]={sis_id}").body]
    assert len(rows) == 6
    assert len(set(rows)) == 1


def test_account_lists_one_persons_logins(admin: Person, two: int) -> None:
    """accounts/:id/logins lists the logins of the caller or of one person; it is 400 below the root."""
    assert [row["unique_id"] for row in admin.get("accounts/1/logins").body] == ["ilc-provisioning"]
    for ref in (two, "sis_login_id:pb.m.two"):
        assert [row["unique_id"] for row in admin.get("accounts/1/logins", query={"user[id]": ref}).body] == ["pb.m.two", "pb.a.two"]
    below = admin.make("accounts/1/sub_accounts", name="ILC")["id"]
    answer = admin.get(f"accounts/{below}/logins")
    assert (answer.status, answer.body) == (400, {"message": "Action must be called on a root account."})


def login_of(admin: Person, user: int) -> int:
    return int(admin.get(f"users/{user}/logins").body[0]["id"])


def change(admin: Person, login: int, **fields: Any) -> Any:
    return admin.ask("PUT", f"accounts/1/logins/{login}", {f"login[{name}]": value for name, value in fields.items()})


def test_sis_id_moves_at_once(admin: Person) -> None:
    """A new SIS id shows in old enrollments at once; the former one is 404 and free."""
    user, course = admin.person("A", "a", sis_user_id="S-1"), admin.course()
    admin.enroll(course, user)
    assert change(admin, login_of(admin, user), sis_user_id="S-2").body["sis_user_id"] == "S-2"
    assert [row["sis_user_id"] for row in admin.get(f"courses/{course}/enrollments").body] == ["S-2"]
    assert admin.get("users/sis_user_id:S-1").status == 404
    assert admin.person("B", "b", sis_user_id="S-1")


@pytest.mark.parametrize("value", ['""', '"  "', "null"])
def test_empty_sis_id_is_taken_off(admin: Person, value: str) -> None:
    """An empty text, blanks and null all remove the SIS id."""
    login = login_of(admin, admin.person("A", "a", sis_user_id="S-1"))
    body, headers = f'{{"login": {{"sis_user_id": {value}}}}}', {"Content-Type": "application/json"}
    answer = admin.ask("PUT", f"accounts/1/logins/{login}", raw=body, headers=headers)
    assert (answer.status, answer.body["sis_user_id"]) == (200, None)


@pytest.fixture
def reserved(admin: Person) -> int:
    """Somebody with the SIS id S-1, whose second login with S-2 was deleted."""
    user = admin.person("A", "a", sis_user_id="S-1")
    login = admin.login(user, "second", sis_user_id="S-2")
    assert admin.ask("DELETE", f"users/{user}/logins/{login}").status == 200
    return user


@pytest.mark.parametrize("sis_id", ["S-1", "S-2"])
def test_sis_id_in_use_is_refused(admin: Person, reserved: int, sis_id: str) -> None:
    """SIS ids of living and of deleted logins are taken, for PUT and POST; the error is not nested."""
    other = admin.person("B", "b")
    form = {"user[id]": other, "login[unique_id]": "x", "login[sis_user_id]": sis_id}
    own = {"user[id]": reserved, "login[unique_id]": "x", "login[sis_user_id]": sis_id}
    answers = [
        change(admin, login_of(admin, other), sis_user_id=sis_id),
        *(admin.ask("POST", "accounts/1/logins", each) for each in (form, own)),
    ]
    for answer in answers:
        (flaw,) = answer.body["errors"]["sis_user_id"]
        assert (answer.status, flaw["type"], flaw["message"]) == (400, "taken", f'SIS ID "{sis_id}" is already in use')


@pytest.mark.parametrize("login", ["a", "A", " a "])
def test_login_in_use_is_refused(admin: Person, reserved: int, login: str) -> None:
    """A login is taken in any letter case, even for its owner; a deleted login is free."""
    answer = admin.ask("POST", "accounts/1/logins", {"user[id]": reserved, "login[unique_id]": login})
    assert (answer.status, answer.body["errors"]["unique_id"][0]["type"]) == (400, "taken")
    assert admin.login(admin.person("B", "b"), "second")


@pytest.mark.parametrize(("first", "status"), [("taken off", 200), ("left", 400)])
def test_clean_undo_frees_sis_id(admin: Person, first: str, status: int) -> None:
    """Removing the SIS id before deleting the login frees it; otherwise it stays reserved."""
    user = admin.person("A", "a")
    login = admin.login(user, "second", sis_user_id="S-1")
    if first == "taken off":
        change(admin, login, sis_user_id="")
    admin.ask("DELETE", f"users/{user}/logins/{login}")
    assert change(admin, login, sis_user_id="").status == 404
    form = {"user[name]": "B", "pseudonym[unique_id]": "b", "pseudonym[sis_user_id]": "S-1"}
    assert admin.ask("POST", "accounts/1/users", form).status == status


def test_last_login_stays(admin: Person) -> None:
    """The last login of a person cannot be deleted."""
    user = admin.person("A", "a")
    answer = admin.ask("DELETE", f"users/{user}/logins/{login_of(admin, user)}")
    assert (answer.status, answer.body["errors"]["base"][0]["message"]) == (400, "Users must have at least one login")


def test_further_login_changes_little(admin: Person) -> None:
    """A second login leaves the first login, the address and the enrollments unchanged."""
    user, course = admin.person("A", "zz", "a@mail.test"), admin.course()
    row = admin.enroll(course, user).body["id"]
    admin.login(user, "aa", sis_user_id="S-1")
    shown = admin.get("users/sis_login_id:zz").body
    assert (shown["id"], shown["login_id"], shown["email"]) == (user, "aa", "a@mail.test")
    assert [found["id"] for found in admin.get(f"courses/{course}/enrollments").body] == [row]


def test_new_login_brings_removed_person_back(admin: Person) -> None:
    """The person is listed again under the new login, and enrolling revives the old row."""
    user, course = admin.person("Back", "a", sis_user_id="S-1"), admin.course()
    row = admin.enroll(course, user).body["id"]
    admin.ask("DELETE", f"accounts/1/users/{user}")
    admin.login(user, "b")
    assert (admin.found("Back"), single(admin, user)) == ([user], ("b", None))
    assert admin.enroll(course, user).body["id"] == row


GIVING = {
    "POST with SIS id": ("POST", "accounts/1/logins", {"user[id]": "{user}", "login[unique_id]": "x", "login[sis_user_id]": "S-9"}, 403),
    "POST without": ("POST", "accounts/1/logins", {"user[id]": "{user}", "login[unique_id]": "x"}, 200),
    "PUT with SIS id": ("PUT", "accounts/1/logins/{login}", {"login[sis_user_id]": "S-9"}, 403),
    "PUT with an empty one": ("PUT", "accounts/1/logins/{login}", {"login[sis_user_id]": ""}, 403),
    "PUT without": ("PUT", "accounts/1/logins/{login}", {"login[unique_id]": "x"}, 200),
    "DELETE": ("DELETE", "users/{user}/logins/{login}", {}, 403),
    "DELETE person": ("DELETE", "accounts/1/users/{user}", {}, 403),
}


@pytest.mark.parametrize("case", GIVING)
def test_sis_ids_want_their_right(sandbox: Sandbox, admin: Person, case: str) -> None:
    """Calls that touch a SIS id are refused as a whole without the right to manage SIS ids."""
    method, path, form, status = GIVING[case]
    user = admin.person("A", "a", sis_user_id="S-1")
    names = {"user": user, "login": login_of(admin, user)}
    admin.login(user, "second")
    before = admin.get(f"users/{user}/logins").body
    sandbox.deny("manage_sis")
    answer = admin.ask(method, path.format(**names), {name: value.format(**names) for name, value in form.items()})
    assert answer.status == status
    sandbox.deny()
    assert (admin.get(f"users/{user}/logins").body == before) == (status != 200)


@pytest.mark.parametrize("role", ["AccountAdmin", "Helper"])
def test_stronger_administrator_is_left_alone(sandbox: Sandbox, admin: Person, role: str) -> None:
    """An administrator with more rights than the caller can be read, but not renamed or given a login."""
    user = admin.person("A", "a")
    form = {"label": "Helper", "base_role_type": "AccountMembership", "permissions[become_user][enabled]": "true"}
    number = admin.ask("POST", "accounts/1/roles", form).body["id"] if role == "Helper" else None
    admin.ask("POST", "accounts/1/admins", {"user_id": user} | ({"role_id": number} if number else {}))
    sandbox.deny("become_user")
    renamed = admin.ask("PUT", f"users/{user}", {"user[name]": "X"})
    given = admin.ask("POST", "accounts/1/logins", {"user[id]": user, "login[unique_id]": "x"})
    assert (renamed.status, given.status) == (403, 403)
    assert [admin.get(f"users/{user}{page}").status for page in ("", "/logins")] == [200, 200]
    sandbox.deny("view_jobs")
    assert admin.ask("PUT", f"users/{user}", {"user[name]": "X"}).status == (200 if role == "Helper" else 403)


def test_providers_part_equal_logins(admin: Person) -> None:
    """Two equal logins can exist, one of them with a provider; the look-up finds the second only after the first is gone."""
    (provider,) = admin.get("accounts/1/authentication_providers").body
    first = admin.person("A", "same")
    second = admin.person("B", "same", authentication_provider_id=provider["id"])
    form = {"pseudonym[unique_id]": "same", "pseudonym[authentication_provider_id]": "canvas"}
    assert admin.ask("POST", "accounts/1/users", form).body["errors"]["pseudonym"]["unique_id"][0]["type"] == "taken"
    assert admin.ask("POST", "accounts/1/users", form | {"pseudonym[authentication_provider_id]": "9"}).status == 404
    assert (admin.found("same"), admin.get("users/sis_login_id:same").body["id"]) == ([first, second], first)
    admin.ask("DELETE", f"accounts/1/users/{first}")
    assert admin.get("users/sis_login_id:SAME").body["id"] == second

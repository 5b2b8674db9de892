"""POST accounts/:id/users: who can be created beside whom, who comes back, and how names are derived."""

from typing import Any

import pytest

from tests.sandbox.conformance import Exchange
from tests.sandbox.person import Person, grouped

LOGIN_TAKEN = "ID already in use for this account and authentication provider"


@pytest.fixture
def ada(admin: Person) -> int:
    return admin.person("Ada Person", "ann@home.test", "mail@home.test", sis_user_id="S-100")


def make(admin: Person, login: str, name: str = "New Person", **pseudonym: Any) -> Exchange:
    form = {"user[name]": name, "user[skip_registration]": "true", **grouped("pseudonym", {"unique_id": login, **pseudonym})}
    return admin.ask("POST", "accounts/1/users", form | {"communication_channel[skip_confirmation]": "true"})


@pytest.mark.parametrize("login", ["ann@home.test", "ANN@Home.test", "  ann@home.test "])
@pytest.mark.parametrize("state", ["suspend", "unsuspend"])
def test_taken_login_is_refused(admin: Person, ada: int, login: str, state: str) -> None:
    """A login is taken in any letter case, with outer blanks, and while its owner is suspended."""
    admin.ask("PUT", f"users/{ada}", {"user[event]": state})
    errors = make(admin, login).body["errors"]
    assert errors["pseudonym"] == {"unique_id": [{"attribute": "unique_id", "type": "taken", "message": LOGIN_TAKEN}]}
    assert errors["user"]["pseudonyms"][0]["type"] == "invalid"
    assert admin.found("Person") == [ada]


BESIDE = {
    "plus form": {"login": "ann+x@home.test"},
    "login that is somebody's address": {"login": "mail@home.test"},
    "SIS id in other case": {"login": "x", "sis_user_id": "s-100"},
    "SIS id with a blank": {"login": "x", "sis_user_id": "S-100 "},
    "other accents": {"login": "änn@home.test"},
}


@pytest.mark.parametrize("case", BESIDE)
def test_lookalikes_make_second_person(admin: Person, ada: int, case: str) -> None:
    """Something that only resembles a login or SIS id silently creates another person."""
    answer = make(admin, **BESIDE[case])
    assert (answer.status, "email" in answer.body) == (200, False)
    assert answer.body["id"] != ada


def test_address_stands_on_two_people(admin: Person, ada: int) -> None:
    """An address can be confirmed on two people, and a search finds both."""
    other = admin.person("Other", "other", "mail@home.test")
    assert admin.found("mail@home.test") == [other, ada]
    states = [admin.get(f"users/{user}/communication_channels").body[0]["workflow_state"] for user in (ada, other)]
    assert states == ["active", "active"]


@pytest.mark.parametrize("sis_id", ["S-100", "S-2"])
def test_taken_sis_id_is_refused(admin: Person, ada: int, sis_id: str) -> None:
    """SIS ids of living and deleted logins are taken; only the look-up tells them apart."""
    admin.ask("DELETE", f"users/{ada}/logins/{admin.login(ada, 'second', sis_user_id='S-2')}")
    (flaw,) = make(admin, "x", sis_user_id=sis_id).body["errors"]["pseudonym"]["sis_user_id"]
    assert (flaw["type"], flaw["message"]) == ("taken", f'SIS ID "{sis_id}" is already in use')
    assert admin.get(f"users/sis_user_id:{sis_id}").status == (200 if sis_id == "S-100" else 404)


def test_removed_person_leaves_login_only(admin: Person, ada: int) -> None:
    """A removed person's login is free, but not the SIS id."""
    admin.ask("DELETE", f"accounts/1/users/{ada}")
    assert make(admin, "ann@home.test", sis_user_id="S-100").status == 400
    assert make(admin, "ann@home.test").body["id"] != ada


def test_empty_name_and_login(admin: Person) -> None:
    """An empty name is stored, a missing one becomes the login, and an empty login is refused for two reasons."""
    assert make(admin, "a", name="").body["name"] == ""
    assert admin.ask("POST", "accounts/1/users", {"pseudonym[unique_id]": "b"}).body["name"] == "b"
    kinds = {flaw["type"] for flaw in make(admin, " ").body["errors"]["pseudonym"]["unique_id"]}
    assert kinds == {"invalid", "too_short"}


def revive(admin: Person, sis_id: str, **channel: str) -> Exchange:
    form = {"user[name]": "New Name", "user[skip_registration]": "true", "pseudonym[unique_id]": "new@home.test"}
    form |= {"pseudonym[sis_user_id]": sis_id, "enable_sis_reactivation": "true", **grouped("communication_channel", channel)}
    return admin.ask("POST", "accounts/1/users", form)


@pytest.mark.parametrize(("channel", "email"), [({}, None), ({"skip_confirmation": "true", "address": "x@home.test"}, "mail@home.test")])
def test_removed_person_comes_back(admin: Person, ada: int, channel: dict[str, str], email: str | None) -> None:
    """The person returns by SIS id with the new name and the old login; the old address returns only with skip_confirmation."""
    course = admin.course()
    admin.enroll(course, ada)
    admin.ask("DELETE", f"accounts/1/users/{ada}")
    assert revive(admin, "S-100", **channel).status == 200
    back = admin.get(f"users/{ada}").body
    assert (back["name"], back["sortable_name"], back["login_id"], back["email"]) == ("New Name", "Name, New", "ann@home.test", email)
    assert admin.get(f"courses/{course}/enrollments").body == []


def test_living_person_is_renamed(admin: Person, ada: int) -> None:
    """The SIS id of a deleted second login revives that login and renames its active owner."""
    admin.ask("DELETE", f"users/{ada}/logins/{admin.login(ada, 'aa', sis_user_id='S-2')}")
    assert revive(admin, "S-2").body["id"] == ada
    shown = admin.get(f"users/{ada}").body
    assert (shown["name"], shown["login_id"], shown["sis_user_id"]) == ("New Name", "aa", "S-2")


def test_clash_on_return_is_422(admin: Person, ada: int) -> None:
    """If somebody else has the old login by now, nothing changes."""
    admin.ask("DELETE", f"accounts/1/users/{ada}")
    make(admin, "ann@home.test")
    answer = revive(admin, "S-100")
    assert (answer.status, answer.body) == (422, {"errors": [{"field": "unique_id", "message": LOGIN_TAKEN, "error_code": "taken"}]})
    assert admin.get(f"users/{ada}").body["name"] == "Ada Person"


def test_reactivation_of_other_sis_ids(admin: Person, ada: int) -> None:
    """A SIS id in use is refused and changes nobody; an unknown one creates a person."""
    assert (revive(admin, "S-100").status, admin.get(f"users/{ada}").body["name"]) == (400, "Ada Person")
    assert revive(admin, "S-new").body["login_id"] == "new@home.test"


NAMES = {
    "Probe Anna Berg": "Berg, Probe Anna",
    "Probe van der Berg": "Berg, Probe van der",
    "Probe Maria de la Cruz": "Cruz, Probe Maria de la",
    "王小明": "王小明",
    "Probe": "Probe",
    "Berg, Anna": "Berg, Anna",
    "Probe Smith Jr.": "Smith, Probe Jr.",
    "Probe Smith, Jr.": "Smith, Probe Jr.",
    "Probe Smith III": "Smith, Probe III",
    "Smith, Probe, Jr.": "Smith, Probe Jr.",
    "Smith, Probe, Second": "Smith, Probe Second",
    "Probe O’Neil, PhD": "Probe O’Neil, PhD",
    " Probe  Double   Space ": "Space, Probe Double",
    "": "",
}


@pytest.mark.parametrize("name", NAMES)
def test_names_are_taken_apart(admin: Person, name: str) -> None:
    """sortable_name is the last word, a comma and the rest, with known suffixes last; name and short_name stay as sent."""
    made = make(admin, "a", name=name).body
    assert (made["name"], made["short_name"], made["sortable_name"]) == (name, name, NAMES[name])
    assert not {"first_name", "last_name"} & made.keys()


RENAMING: dict[str, tuple[list[dict[str, str]], tuple[str, str]]] = {
    "follows": ([{"name": "Pat van Dyke"}], ("Dyke, Pat van", "Pat van Dyke")),
    "short name by hand": ([{"short_name": "Vandy"}, {"name": "Pat Try"}], ("Try, Pat", "Vandy")),
    "sortable name by hand": ([{"sortable_name": "Try3, P"}, {"name": "Pat Go"}], ("Try3, P", "Pat Go")),
    "empty sortable name": ([{"sortable_name": "Try3, P"}, {"sortable_name": ""}], ("One, Plain", "Plain One")),
    "empty short name": ([{"short_name": "Vandy"}, {"short_name": ""}], ("One, Plain", "Plain One")),
    "surname of two words": (
        [{"sortable_name": "Van Dyke, P"}, {"name": "Pat Van Dyke", "sortable_name": ""}],
        ("Van Dyke, Pat", "Pat Van Dyke"),
    ),
    "same parts": ([{"sortable_name": "One,  Plain"}, {"name": "Pat Go"}], ("Go, Pat", "Pat Go")),
}


@pytest.mark.parametrize("case", RENAMING)
def test_names_follow_while_derived(admin: Person, case: str) -> None:
    """Sortable and short name follow a new name unless somebody set them by hand."""
    changes, expected = RENAMING[case]
    user = admin.person("Plain One", "a")
    for change in changes:
        admin.ask("PUT", f"users/{user}", grouped("user", change))
    shown = admin.get(f"users/{user}").body
    assert (shown["sortable_name"], shown["short_name"]) == expected


def test_sis_id_is_no_field_of_person(admin: Person, ada: int) -> None:
    """PUT users/:id with a SIS id is 401 and saves nothing else either."""
    answer = admin.ask("PUT", f"users/{ada}", {"user[name]": "X", "user[sis_user_id]": "S-9"})
    assert (answer.status, answer.body["status"], admin.get(f"users/{ada}").body["name"]) == (401, "unauthorized", "Ada Person")

"""users/:id and the pages below it: who is found by which id, and what removed, merged and suspended people show."""

from typing import Any
from urllib.parse import quote

import pytest

from tests.sandbox.conftest import Start
from tests.sandbox.person import Person
from tests.sandbox.process import Sandbox

NOBODY = {"errors": [{"message": "The specified resource does not exist."}]}
SIS_KEYS = {"sis_user_id", "integration_id", "sis_import_id"}


def in_hex(text: str) -> str:
    return text.encode().hex()


@pytest.fixture
def ada(admin: Person) -> int:
    """A person with special characters in login and SIS id."""
    return admin.person("Ada", "Ädä o'neil+x@Home.test", "mail@home.test", sis_user_id="p:S 1/ü")


FINDING = {
    "login": quote("sis_login_id:Ädä o'neil+x@Home.test"),
    "login, lower case": quote("sis_login_id:ädä o'neil+x@home.test"),
    "login, upper case": quote("sis_login_id:ÄDÄ O'NEIL+X@HOME.TEST"),
    "login, little encoded": "sis_login_id:%C3%84d%C3%A4%20o'neil+x@Home.test",
    "login in hex": "hex:sis_login_id:" + in_hex("ÄDÄ o'neil+x@home.test"),
    "SIS id": quote("sis_user_id:p:S 1/ü", safe=""),
    "SIS id and blanks": quote(" sis_user_id:p:S 1/ü  ", safe=""),
    "SIS id in hex": f"hex:sis_user_id:{in_hex('p:S 1/ü')}",
}
MISSING = {
    "part of the login": quote("sis_login_id:Ädä"),
    "other accents": quote("sis_login_id:Ada o'neil+x@home.test"),
    "address that is no login": "sis_login_id:mail@home.test",
    "SIS id, other case": quote("sis_user_id:P:S 1/ü", safe=""),
    "part of the SIS id": "sis_user_id:p:S",
    "SIS id as login": quote("sis_login_id:p:S 1/ü", safe=""),
    "blank in hex": f"hex:sis_user_id:{in_hex('p:S 1/ü ')}",
    "no hex": "hex:sis_user_id:70f",
    "unknown number": "987654321",
    "bare login": quote("Ädä o'neil+x@Home.test"),
}


@pytest.mark.parametrize("ref", FINDING.values(), ids=FINDING)
def test_lookup_takes_whole_ids(admin: Person, ada: int, ref: str) -> None:
    """The whole login in any letter case and the exact SIS id find the person; outer blanks are cut off."""
    assert admin.get(f"users/{ref}").body["id"] == ada


@pytest.mark.parametrize("ref", MISSING.values(), ids=MISSING)
def test_lookup_takes_nothing_else(admin: Person, ada: int, ref: str) -> None:
    """Everything else is the same 404."""
    assert ada
    answer = admin.get(f"users/{ref}")
    assert (answer.status, answer.body) == (404, NOBODY)


def test_trailing_blank_finds_other_person(admin: Person) -> None:
    """Only the hex form reaches a SIS id that ends in a blank; the plain form finds, and enrolls, another person."""
    other, user = admin.person("A", "a", sis_user_id="S-100"), admin.person("B", "b", sis_user_id="S-100 ")
    assert [admin.get(f"users/{ref}").body["id"] for ref in ("sis_user_id:S-100%20", "hex:sis_user_id:532d31303020")] == [other, user]
    row = admin.ask("POST", f"courses/{admin.course()}/enrollments", {"enrollment[user_id]": "sis_user_id:S-100 "})
    assert row.body["user_id"] == other


@pytest.mark.parametrize(("deed", "status"), [("suspend", 200), ("delete", 404)])
def test_lookup_by_former_login(admin: Person, deed: str, status: int) -> None:
    """A suspended login leads to its person, a deleted one to nobody."""
    user = admin.person("A", "kept")
    login = admin.login(user, "other", sis_user_id="other.sis")
    if deed == "suspend":
        admin.ask("PUT", f"accounts/1/logins/{login}", {"login[workflow_state]": "suspended"})
    else:
        admin.ask("DELETE", f"users/{user}/logins/{login}")
    assert [admin.get(f"users/{ref}").status for ref in ("sis_login_id:other", "sis_user_id:other.sis")] == [status, status]


@pytest.mark.parametrize(
    ("denied", "keys"), [("read_sis manage_sis", SIS_KEYS), ("view_user_logins", {"login_id"}), ("read_email_addresses", {"email"})]
)
def test_missing_right_hides_keys_only(sandbox: Sandbox, admin: Person, denied: str, keys: set[str]) -> None:
    """Look-ups by SIS id and login work without the reading rights; only keys are missing."""
    user = admin.person("A", "a", "a@mail.test", sis_user_id="S-1")
    whole = admin.get(f"users/{user}").body.keys()
    sandbox.deny(*denied.split())
    for ref in (user, "sis_user_id:S-1", "sis_login_id:a"):
        assert whole - admin.get(f"users/{ref}").body.keys() == keys


def test_profile_shows_login_anyway(sandbox: Sandbox, admin: Person) -> None:
    """Profile, logins and channels show what users/:id hides."""
    user = admin.person("A", "a", "a@mail.test")
    sandbox.deny("view_user_logins", "read_email_addresses")
    profile, logins, channels = (admin.get(f"users/{user}/{what}").body for what in ("profile", "logins", "communication_channels"))
    assert (profile["login_id"], logins[0]["unique_id"], channels[0]["address"]) == ("a", "a", "a@mail.test")
    assert "primary_email" not in profile


STATUSES = {
    "ordinary": (200, 200, 200, 200, 200),
    "administrator": (200, 200, 200, 200, 200),
    "suspended": (200, 200, 200, 200, 200),
    "removed": (200, 200, 200, 200, 401),
    "merged": (404, 404, 401, 401, 404),
    "unknown": (404, 404, 404, 404, 404),
}


def made(admin: Person, kind: str) -> int:
    """A person of this kind."""
    user = 987654321 if kind == "unknown" else admin.person("Ada", "a", "a@mail.test", sis_user_id="S-1")
    deeds: dict[str, tuple[str, str, dict[str, Any]]] = {
        "administrator": ("POST", "accounts/1/admins", {"user_id": user}),
        "suspended": ("PUT", f"users/{user}", {"user[event]": "suspend"}),
        "removed": ("DELETE", f"accounts/1/users/{user}", {}),
        "merged": ("PUT", f"users/{user}/merge_into/{admin.person('B', 'b') if kind == 'merged' else 1}", {}),
    }
    if kind in deeds:
        assert admin.ask(*deeds[kind]).status == 200
    return user


@pytest.mark.parametrize("kind", STATUSES)
def test_reading_people_of_each_kind(admin: Person, kind: str) -> None:
    """The status of the person, the logins, the addresses, the profile and the enrollments."""
    user = made(admin, kind)
    pages = ("", "/logins", "/communication_channels", "/profile", "/enrollments")
    assert tuple(admin.get(f"users/{user}{page}").status for page in pages) == STATUSES[kind]


def test_removed_person_has_no_login(admin: Person) -> None:
    """The number still answers, without login_id and with a null SIS id; logins and addresses are empty."""
    user = made(admin, "removed")
    shown = admin.get(f"users/{user}").body
    assert (shown["id"], shown["sis_user_id"], "login_id" in shown) == (user, None, False)
    assert [admin.get(f"users/{user}/{what}").body for what in ("logins", "communication_channels")] == [[], []]
    assert admin.get(f"users/{user}/profile").body["login_id"] is None


def test_merged_person_points_nowhere(admin: Person) -> None:
    """A merged-away number is 404 like an unknown one; changing it or merging it again is 401."""
    user = made(admin, "merged")
    assert admin.get(f"users/{user}").body == NOBODY
    deeds = [("PUT", f"users/{user}"), ("PUT", f"users/{user}/merge_into/1"), ("PUT", f"users/1/merge_into/{user}")]
    assert [admin.ask(method, path, {"user[name]": "X"}).status for method, path in deeds] == [401, 401, 401]


def test_site_admin_learns_into_whom(start: Start) -> None:
    """A site administrator learns from the 404 who was kept, and from channels what bounced."""
    admin = Person(start("--site-admin").url)
    user, kept = admin.person("A", "a"), admin.person("B", "b", "b@mail.test")
    admin.ask("PUT", f"users/{user}/merge_into/{kept}")
    answer = admin.get(f"users/{user}")
    assert (answer.status, answer.body["merged_into_user_id"]) == (404, kept)
    assert admin.get(f"users/{kept}/communication_channels").body[0]["last_bounce_at"] is None


def test_token_finds_its_own_person(admin: Person) -> None:
    """User 1 is the person of the token, who can be found and is listed."""
    assert [admin.get(f"users/{ref}").body["id"] for ref in ("self", 1, "sis_login_id:ilc-provisioning")] == [1, 1, 1]
    assert admin.found("provisioning") == [1]
    assert admin.get("users/self/profile").body["effective_locale"] == "en"


@pytest.mark.parametrize("ref", ["{merged}", "sis_user_id:nobody", "987654321"])
def test_nobody_to_act_for(admin: Person, ref: str) -> None:
    """as_user_id with somebody who does not exist is 401 with a plain string."""
    answer = admin.get("users/self", query={"as_user_id": ref.format(merged=made(admin, "merged"))})
    assert (answer.status, answer.body) == (401, {"errors": "Invalid as_user_id"})


def test_enrollments_of_one_person(admin: Person) -> None:
    """A course's list can be filtered by person, with the default states of a person's list; it is empty for removed people."""
    course, user = admin.course(), admin.person("A", "a")
    row = admin.enroll(course, user).body["id"]
    admin.enroll(course, admin.person("B", "b"))
    assert [found["id"] for found in admin.get(f"courses/{course}/enrollments?user_id={user}").body] == [row]
    admin.ask("DELETE", f"courses/{course}/enrollments/{row}?task=conclude")
    assert admin.get(f"courses/{course}/enrollments?user_id={user}").body == []
    assert len(admin.get(f"courses/{course}/enrollments?user_id={user}&state[]=completed").body) == 1
    admin.ask("DELETE", f"accounts/1/users/{user}")
    assert admin.get(f"courses/{course}/enrollments?user_id={user}").body == []


ENROLLING = {"ordinary": 200, "administrator": 200, "suspended": 200, "removed": 404, "merged": 404, "unknown": 404}


@pytest.mark.parametrize("kind", ENROLLING)
def test_enrolling_people_of_each_kind(admin: Person, kind: str) -> None:
    """Everybody with a living login is enrolled as active; a merged-away number does not lead to the kept person."""
    answer = admin.enroll(admin.course(), made(admin, kind))
    assert answer.status == ENROLLING[kind]
    assert answer.body == NOBODY or answer.body["enrollment_state"] == "active"

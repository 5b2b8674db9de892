"""Merging two people into one, and splitting them again."""

from dataclasses import dataclass

import pytest

from tests.sandbox.person import Person
from tests.sandbox.process import Sandbox


@dataclass(frozen=True)
class Pair:
    """Two entries for one person, the source enrolled in a course."""

    source: int
    kept: int
    course: int
    row: int


@pytest.fixture
def pair(admin: Person) -> Pair:
    source = admin.person("Source Quill", "ma", "ma@mail.test", sis_user_id="S-A")
    kept = admin.person("Kept Quill", "mb", "mb@mail.test", sis_user_id="S-B")
    course = admin.course()
    return Pair(source, kept, course, admin.enroll(course, source).body["id"])


def merge(admin: Person, pair: Pair) -> None:
    answer = admin.ask("PUT", f"users/{pair.source}/merge_into/{pair.kept}")
    assert (answer.status, answer.body["id"]) == (200, pair.kept)


def test_kept_person_has_everything(admin: Person, pair: Pair) -> None:
    """The kept person has all logins, SIS ids and addresses, and the source's enrollments with their ids."""
    merge(admin, pair)
    assert [row["unique_id"] for row in admin.get(f"users/{pair.kept}/logins").body] == ["mb", "ma"]
    assert [row["address"] for row in admin.get(f"users/{pair.kept}/communication_channels").body] == ["mb@mail.test", "ma@mail.test"]
    assert [(row["id"], row["user_id"]) for row in admin.get(f"courses/{pair.course}/enrollments").body] == [(pair.row, pair.kept)]
    refs = ("sis_user_id:S-A", "sis_login_id:ma", "sis_user_id:S-B")
    assert [admin.get(f"users/{ref}").body["id"] for ref in refs] == [pair.kept] * 3
    assert (admin.found("Quill"), admin.found("ma@mail"), admin.found(str(pair.source))) == ([pair.kept], [pair.kept], [])


@pytest.mark.parametrize(("source", "kept", "shown"), [("pb.ma", "pb.mb", "pb.ma"), ("pb.zmm", "pb.amm", "pb.amm")])
def test_merged_person_shows_first_login(admin: Person, source: str, kept: str, shown: str) -> None:
    """The alphabet decides which login is shown, not the direction of the merge."""
    pair = [admin.person("A", login, sis_user_id=f"sis:{login}") for login in (source, kept)]
    answer = admin.ask("PUT", f"users/{pair[0]}/merge_into/{pair[1]}")
    assert (answer.body["login_id"], answer.body["sis_user_id"]) == (shown, f"sis:{shown}")


def test_merging_wants_no_sis_right(sandbox: Sandbox, admin: Person, pair: Pair) -> None:
    """The right to manage logins is enough, even if SIS ids move."""
    sandbox.deny("manage_sis", "read_sis")
    merge(admin, pair)
    sandbox.deny("manage_user_logins")
    assert admin.ask("PUT", f"users/{pair.kept}/merge_into/1").status == 403


@pytest.mark.parametrize("states", [("true", "true"), ("false", "true"), ("true", "false")])
def test_common_address_stays_once(admin: Person, states: tuple[str, str]) -> None:
    """If both have the same address, the confirmed one stays."""
    source, kept = (admin.person(name, name, "same@mail.test", confirmed=state == "true") for name, state in zip("ab", states, strict=True))
    admin.ask("PUT", f"users/{source}/merge_into/{kept}")
    channels = admin.get(f"users/{kept}/communication_channels").body
    assert [(row["address"], row["workflow_state"]) for row in channels] == [("same@mail.test", "active")]


def test_split_gives_both_back(admin: Person, pair: Pair) -> None:
    """A split restores numbers, SIS ids, logins, addresses and enrollments; a second one is 400."""
    before = [admin.get(f"users/{user}").body for user in (pair.source, pair.kept)]
    merge(admin, pair)
    answer = admin.ask("POST", f"users/{pair.kept}/split")
    assert [row["id"] for row in answer.body] == [pair.source, pair.kept]
    assert set(answer.body[0]) == {"id", "name", "created_at", "sortable_name", "short_name"}
    assert [admin.get(f"users/{user}").body for user in (pair.source, pair.kept)] == before
    assert [(row["id"], row["user_id"]) for row in admin.get(f"courses/{pair.course}/enrollments").body] == [(pair.row, pair.source)]
    assert admin.found("ma@mail") == [pair.source]
    for user in (pair.source, pair.kept):
        again = admin.ask("POST", f"users/{user}/split")
        assert (again.status, again.body) == (400, {"message": "Nothing to split off of this user"})


def test_split_gives_clashes_back(admin: Person, pair: Pair) -> None:
    """If both had the same enrollment, a split restores both rows."""
    admin.enroll(pair.course, pair.kept, enrollment_state="invited")
    before = admin.get(f"courses/{pair.course}/enrollments").body
    merge(admin, pair)
    assert [(row["user_id"], row["enrollment_state"]) for row in admin.get(f"courses/{pair.course}/enrollments").body] == [
        (pair.kept, "active")
    ]
    admin.ask("POST", f"users/{pair.kept}/split")
    after = admin.get(f"courses/{pair.course}/enrollments").body
    assert [(row["id"], row["enrollment_state"]) for row in after] == [(row["id"], row["enrollment_state"]) for row in before]


def test_chain_of_merges_comes_apart(admin: Person, pair: Pair) -> None:
    """After two merges in a row, each split undoes the latest one."""
    last = admin.person("Last", "z")
    merge(admin, pair)
    admin.ask("PUT", f"users/{pair.kept}/merge_into/{last}")
    assert admin.get("users/sis_login_id:ma").body["id"] == last
    for user, owner in ((last, pair.kept), (pair.kept, pair.source)):
        assert admin.ask("POST", f"users/{user}/split").status == 200
        assert admin.get("users/sis_login_id:ma").body["id"] == owner


def test_administrator_stays_one_when_merged(admin: Person, pair: Pair) -> None:
    """Administrator roles move with a merge and return with a split."""
    admin.ask("POST", "accounts/1/admins", {"user_id": pair.source})
    merge(admin, pair)
    owners = [[row["user"]["id"] for row in admin.get("accounts/1/admins").body]]
    admin.ask("POST", f"users/{pair.kept}/split")
    owners.append([row["user"]["id"] for row in admin.get("accounts/1/admins").body])
    assert owners == [[1, pair.kept], [1, pair.source]]

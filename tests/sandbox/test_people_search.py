"""accounts/:id/users: which texts are searched and how, who is listed, and in which order."""

import pytest

from tests.sandbox.person import Person
from tests.sandbox.process import Sandbox

NAME, LOGIN, OTHER, SIS = "Renée O'Neil_Quill  Vann", "r.ann+x@home.test", "zz.second", "sis:R-100"


@pytest.fixture
def renee(admin: Person) -> int:
    """A person with two logins and an address of each kind."""
    user = admin.person(NAME, LOGIN, "first@mail.test", sis_user_id=SIS)
    admin.login(user, OTHER)
    for address, confirmed in (("later@mail.test", "true"), ("claimed@mail.test", "false"), ("gone@mail.test", "true")):
        form = {"communication_channel[address]": address, "skip_confirmation": confirmed}
        admin.ask("POST", f"users/{user}/communication_channels", form)
    admin.ask("DELETE", f"users/{user}/communication_channels/email/gone@mail.test")
    admin.ask("PUT", f"users/{user}", {"user[short_name]": "Nickname"})
    return user


FINDING = {
    "name": "O'Neil",
    "part of a word": "enée",
    "upper case": "RENÉE",
    "underscore": "l_Q",
    "double blank as written": "Quill  Vann",
    "blank at its beginning within": " Vann",
    "login that is not shown": "zz.sec",
    "login with a plus": "ann+x",
    "SIS id, any part": "R-10",
    "SIS id, other case": "SIS:r-100",
    "first address": "first@mail",
    "second address": "later@mail.test",
    "unconfirmed address": "claimed@mail.test",
    "domain": "@mail.test",
}
MISSING = {
    "accents left out": "Renee",
    "decomposed letters": "Rene\u0301e",
    "words in another order": "Vann Renée",
    "single blank for two": "Quill Vann",
    "trailing blank": "Vann ",
    "leading blank": " Renée",
    "sortable name": "Vann, Renée",
    "short name": "Nickname",
    "retired address": "gone@mail.test",
    "percent is no wildcard": "O%Neil",
    "underscore is no wildcard": "O_Neil",
    "typographic apostrophe": "O’Neil",
    "two terms with a comma": f"{LOGIN},{OTHER}",
    "SIS form": f"sis_user_id:{SIS}",
}


@pytest.mark.parametrize("words", FINDING.values(), ids=FINDING)
def test_search_finds_parts_of_texts(admin: Person, renee: int, words: str) -> None:
    """Any part of the name, an active login, a SIS id or a living address, in any letter case."""
    assert admin.found(words) == [renee]


@pytest.mark.parametrize("words", MISSING.values(), ids=MISSING)
def test_search_takes_phrase_as_it_is(admin: Person, renee: int, words: str) -> None:
    """Other names, accents and blanks find nothing, and there are no wildcards."""
    assert renee
    assert admin.found(words) == []


def test_longer_texts_match_as_well(admin: Person) -> None:
    """A whole login or SIS id also finds longer ones that contain it."""
    one, two = admin.person("A", "ann@x.test", sis_user_id="S-100"), admin.person("B", "joann@x.test", sis_user_id="S-1001")
    assert (admin.found("ann@x.test"), admin.found("S-100")) == ([one, two], [one, two])


@pytest.mark.parametrize("words", ["", " ", "   "])
def test_blank_search_is_no_filter(admin: Person, renee: int, words: str) -> None:
    """An empty or blank term returns the whole list."""
    assert sorted(admin.found(words)) == [1, renee]


@pytest.mark.parametrize("words", ["a", "7", "é"])
def test_search_wants_two_characters(admin: Person, words: str) -> None:
    """A single character is 400, with the field and the reason."""
    answer = admin.get("accounts/1/users", query={"search_term": words})
    flaw = {"field": "search_term", "code": "invalid", "message": "2 or more characters is required"}
    assert (answer.status, answer.body) == (400, {"errors": [flaw]})


def test_digits_are_number_or_text(admin: Person) -> None:
    """Digits find the person with that number and everybody with the digits in a text; part of a number is not enough."""
    user = admin.person("B", "somebody")
    other = admin.person("A", f"x-{user}-y")
    assert admin.found(str(user)) == [other, user]
    assert admin.found(str(user)[:-1]) == [other]


@pytest.mark.parametrize("more", [{"user_ids[]": "1"}, {"sis_user_id[]": "x"}, {"include_deleted_users": "true"}, {"include[]": "deleted"}])
def test_unknown_filters_are_ignored(admin: Person, more: dict[str, str]) -> None:
    """Unknown filters do not change the list, and none of them shows removed people."""
    kept, gone = admin.person("Kept Person", "k"), admin.person("Gone Person", "g")
    admin.ask("DELETE", f"accounts/1/users/{gone}")
    assert admin.found("Person", query=more) == [kept]


def test_unlisted_people_are_not_found(admin: Person) -> None:
    """Removed and merged-away people and deleted logins are not found; suspended people are, except by login."""
    kept, gone, merged, quiet = (
        admin.person(f"{name} Person", f"{name}.login", sis_user_id=f"{name}.sis") for name in ("a", "b", "c", "d")
    )
    login = admin.login(kept, "second.login", sis_user_id="second.sis")
    admin.ask("DELETE", f"users/{kept}/logins/{login}")
    admin.ask("DELETE", f"accounts/1/users/{gone}")
    admin.ask("PUT", f"users/{merged}/merge_into/{kept}")
    admin.ask("PUT", f"users/{quiet}", {"user[event]": "suspend"})
    assert (admin.found("Person"), admin.found(str(merged))) == ([kept, quiet], [])
    assert [admin.found(words) for words in ("second", "b.", "c.login", "d.login", "d.sis")] == [[], [], [kept], [], [quiet]]


@pytest.fixture
def three(admin: Person) -> list[int]:
    """Adams, Clark and, without SIS id or address, Baker; sorted by login, address or SIS id they come in other orders."""
    adams = admin.person("Pat adams", "c.pat", "b@pat.test", sis_user_id="pat-10")
    baker = admin.person("Pat Baker", "b.pat")
    clark = admin.person("Pat Clark", "a.pat", "a@pat.test", sis_user_id="pat-2")
    return [adams, baker, clark]


ORDERS = {
    "": [0, 1, 2],
    "order=desc": [0, 1, 2],
    "sort=bogus&order=desc": [0, 1, 2],
    "sort=username": [0, 1, 2],
    "sort=username&order=desc": [2, 1, 0],
    "sort=email": [2, 0, 1],
    "sort=email&order=desc": [0, 2, 1],
    "sort=sis_id": [2, 0, 1],
    "sort=sis_id&order=desc": [0, 2, 1],
}


@pytest.mark.parametrize("query", ORDERS)
def test_people_come_in_order(admin: Person, three: list[int], query: str) -> None:
    """By sortable name in any case, or by the given sort, 2 before 10; people without a value come last."""
    rows = admin.get(f"accounts/1/users?search_term=pat&{query}").body
    assert [row["id"] for row in rows] == [three[place] for place in ORDERS[query]]


def test_sort_by_last_login_shows_it(admin: Person, three: list[int]) -> None:
    """Sorting by last login adds the key to each row and drops nobody."""
    rows = admin.get("accounts/1/users?search_term=pat&sort=last_login").body
    assert sorted(row["id"] for row in rows) == three
    assert all(row["last_login"] is None for row in rows)


ROW = {"id", "name", "created_at", "sortable_name", "short_name", "sis_user_id", "integration_id", "sis_import_id", "login_id"}


@pytest.mark.parametrize("include", ["", "email", "last_login", "uuid", "time_zone", "bogus"])
def test_rows_have_asked_keys(admin: Person, three: list[int], include: str) -> None:
    """A row has nine keys and the requested known includes."""
    row = admin.get("accounts/1/users", query={"search_term": "pat", "include[]": include}).body[0]
    assert row["id"] == three[0]
    assert set(row) == ROW | ({include} - {"", "bogus"})


@pytest.mark.parametrize(("kind", "places"), [("student", [0]), ("teacher", [1]), ("observer", [])])
def test_enrollment_type_keeps_such_people(admin: Person, three: list[int], kind: str, places: list[int]) -> None:
    """A live or concluded enrollment of the type counts, a deleted one does not."""
    course = admin.course()
    kinds = ("StudentEnrollment", "TeacherEnrollment", "ObserverEnrollment")
    rows = [admin.enroll(course, user, type=name).body["id"] for user, name in zip(three, kinds, strict=True)]
    admin.ask("DELETE", f"courses/{course}/enrollments/{rows[0]}?task=conclude")
    admin.ask("DELETE", f"courses/{course}/enrollments/{rows[2]}?task=delete")
    assert admin.found("pat", query={"enrollment_type": kind}) == [three[place] for place in places]


def test_unknown_enrollment_type_is_refused(admin: Person) -> None:
    """The answer is 400 and names the type."""
    answer = admin.get("accounts/1/users?enrollment_type=bogus")
    assert (answer.status, answer.body) == (400, {"status": "bad_request", "message": "Invalid enrollment type: bogus"})


def test_pages_tell_last_page_late(admin: Person) -> None:
    """Only the last page and the full page before it link to `last`; pages past the end are empty, and odd ones are 404."""
    for letter in "abcde":
        admin.person(f"Pat {letter}", f"{letter}.pat")
    pages = [admin.get(f"accounts/1/users?search_term=pat&per_page=2&page={page}") for page in (1, 2, 3, 9)]
    assert [sorted(page.links().keys() - {"current", "first"}) for page in pages[:3]] == [
        ["next"],
        ["last", "next", "prev"],
        ["last", "prev"],
    ]
    assert [len(page.body) for page in pages] == [2, 2, 1, 0]
    assert [admin.get(f"accounts/1/users?page={page}").status for page in ("0", "x")] == [404, 404]


TERMS = {"name": "Ada Person", "login": "ada.login", "SIS id": "ada.sis", "address": "ada@mail.test"}
BLIND = {
    "read_sis manage_sis": ({"SIS id"}, {"sis_user_id", "integration_id", "sis_import_id"}),
    "read_sis": (set(), set()),
    "manage_sis": (set(), {"sis_import_id"}),
    "view_user_logins": ({"login"}, {"login_id"}),
    "read_email_addresses": ({"address"}, {"email"}),
    "read_sis manage_sis view_user_logins read_email_addresses": (
        {"SIS id", "login", "address"},
        {"sis_user_id", "integration_id", "sis_import_id", "login_id", "email"},
    ),
}


@pytest.mark.parametrize("denied", BLIND)
def test_missing_right_empties_silently(sandbox: Sandbox, admin: Person, denied: str) -> None:
    """Fields that the caller may not read are not searched either: the list is empty with status 200, and rows lack the key."""
    blind, keys = BLIND[denied]
    user = admin.person("Ada Person", "ada.login", "ada@mail.test", sis_user_id="ada.sis")
    sandbox.deny(*denied.split())
    assert {what for what, words in TERMS.items() if admin.found(words) != [user]} == blind
    assert admin.found(str(user)) == [user]
    assert admin.get("accounts/1/users?search_term=ada%20person&include[]=email").body[0].keys() == (ROW | {"email"}) - keys


def test_address_in_login_is_found_still(sandbox: Sandbox, admin: Person) -> None:
    """Without the right to read addresses, an address finds only people whose login contains it."""
    admin.person("A", "ada", "ada@mail.test")
    other = admin.person("B", "x.ada@mail.test")
    sandbox.deny("read_email_addresses")
    assert admin.found("ada@mail.test") == [other]


def test_address_like_login_is_found_still(sandbox: Sandbox, admin: Person) -> None:
    """Without the right to read logins, an equal address still finds the person."""
    user = admin.person("A", "ada@mail.test")
    sandbox.deny("view_user_logins")
    assert admin.found("ada@mail.test") == [user]

"""Pages: the three kinds of list, and what each does with odd numbers."""

import pytest

from tests.sandbox.person import Person


def named(admin: Person, names: str) -> int:
    """A course with a section for each letter."""
    course = admin.course()
    for name in names:
        admin.make(f"courses/{course}/sections", name=name)
    return course


@pytest.mark.parametrize("page", ["0", "-1", "abc", ""])
def test_odd_page_of_numbered_list(admin: Person, page: str) -> None:
    """A numbered list answers 404 to a page that is no number from 1 on."""
    answer = admin.get(f"courses/{named(admin, 'A')}/sections?page={page}")
    assert (answer.status, answer.body) == (404, {"errors": [{"message": "An error occurred.", "error_code": "not_found"}]})


def test_counted_list_past_its_end(admin: Person) -> None:
    """Past the end a counted list is empty, offers a next page, hides the last, and says 30 a page."""
    answer = admin.get(f"courses/{named(admin, 'ABC')}/sections?per_page=2&page=9")
    assert (answer.body, sorted(answer.links())) == ([], ["current", "first", "next", "prev"])
    assert answer.links()["next"].endswith("page=10&per_page=30")


def test_uncounted_list_knows_last_late(admin: Person) -> None:
    """A list of unknown length names its last page only where it ends."""
    for _ in range(3):
        admin.course()
    first, second = (admin.get(f"accounts/1/courses?per_page=2&page={page}") for page in (1, 2))
    assert sorted(first.links()) == ["current", "first", "next"]
    assert sorted(second.links()) == ["current", "first", "last", "prev"]


def test_recursive_accounts_have_next_only(admin: Person) -> None:
    """The list of all accounts below has no other link, and odd pages are its first."""
    answer = admin.get("accounts/1/sub_accounts?recursive=true&per_page=1&page=abc")
    assert (list(answer.links()), answer.body[0]["name"]) == (["next"], "District 001")


def test_bookmark_outlives_its_row(admin: Person) -> None:
    """A bookmark says where to go on, even when the row it came from is gone; nobody is skipped."""
    course = admin.course()
    rows = [admin.enroll(course, admin.user(login)).body["id"] for login in ("a", "b", "c")]
    link = admin.get(f"courses/{course}/enrollments?per_page=2").links()["next"]
    admin.ask("DELETE", f"courses/{course}/enrollments/{rows[1]}?task=delete")
    assert [row["id"] for row in admin.get(link.partition("/api/v1/")[2]).body] == [rows[2]]


def test_links_follow_called_host(admin: Person) -> None:
    """Links lead to the host that was called, keep the caller's parameters and never show a token."""
    answer = admin.get("accounts/1/terms?access_token=x&term_name=e&per_page=1", headers={"Host": "canvas.test:8080"})
    assert answer.links()["next"] == "http://canvas.test:8080/api/v1/accounts/1/terms?term_name=e&page=2&per_page=1"

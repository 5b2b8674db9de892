"""Each fault that a test can order, as a client meets it."""

import http.client
import urllib.error

import pytest

from tests.sandbox.person import Person
from tests.sandbox.process import Sandbox

MAKE = {"course[name]": "Equity", "course[sis_course_id]": "c:EQ"}


def make(admin: Person) -> int:
    return admin.ask("POST", "accounts/1/courses", MAKE).status


def exists(admin: Person) -> bool:
    return admin.get("courses/sis_course_id:c:EQ").status == 200


@pytest.mark.parametrize(
    ("do", "status", "content_type", "text"),
    [
        ("500", 500, "text/html", ""),
        ("503", 503, "text/html", "Service Unavailable"),
        ("429", 429, "text/plain", "429 Forbidden (Rate Limit Exceeded)\n"),
        ("throttle403", 403, "text/plain", "403 Forbidden (Rate Limit Exceeded)\n"),
        ("html", 200, "text/html", "Log in to Canvas"),
        ("401", 401, "application/json", "Invalid access token."),
    ],
)
def test_answers_instead_of_doing(sandbox: Sandbox, admin: Person, do: str, status: int, content_type: str, text: str) -> None:
    """These come in place of the answer, and the write is not done."""
    sandbox.fault(do, "/courses$", method="POST")
    answer = admin.ask("POST", "accounts/1/courses", MAKE)
    assert (answer.status, answer.header("Content-Type").partition(";")[0]) == (status, content_type)
    assert text in answer.text
    assert not exists(admin)
    assert sandbox.requests()[0]["done"] is False


@pytest.mark.parametrize(("do", "done"), [("reset-before", False), ("reset-after", True)])
def test_reset_leaves_write_in_doubt(sandbox: Sandbox, admin: Person, do: str, done: bool) -> None:
    """A connection cut in the face of the client says nothing of whether the write was done; the log does."""
    sandbox.fault(do, method="POST")
    with pytest.raises((ConnectionError, urllib.error.URLError)):
        make(admin)
    assert exists(admin) is done
    assert next((entry["status"], entry["done"]) for entry in sandbox.requests()) == (None, done)


def test_delayed_answer_is_done_before(sandbox: Sandbox, admin: Person) -> None:
    """A delayed write is done at once; only its answer is late."""
    sandbox.fault("delay:0.1", method="POST")
    assert make(admin) == 200
    assert sandbox.requests()[0]["seconds"] > 0.1


def test_truncated_body_ends_half_way(sandbox: Sandbox, admin: Person) -> None:
    """The full length is announced, half the body comes, the write is done."""
    sandbox.fault("truncate", method="POST")
    with pytest.raises(http.client.IncompleteRead):
        make(admin)
    assert exists(admin)


def test_link_header_can_vanish(sandbox: Sandbox, admin: Person) -> None:
    """A list without its Link header looks like a last page."""
    sandbox.fault("drop-link", "sub_accounts")
    first, second = admin.get("accounts/1/sub_accounts"), admin.get("accounts/1/sub_accounts")
    assert (first.links(), len(first.body)) == ({}, 10)
    assert "next" in second.links()


def test_fault_counts_matching_requests(sandbox: Sandbox, admin: Person) -> None:
    """nth counts from the posting on, times goes on from there, and only what matches counts."""
    sandbox.fault("500", r"accounts/self\?x=", method="get", nth=2, times=2)
    statuses = [admin.get(f"accounts/self{query}").status for query in ("?x=1", "", "?x=2", "?x=3", "?x=4")]
    assert statuses == [200, 200, 500, 500, 200]
    assert sandbox.faults_left() == []


def test_faults_left_are_listed(sandbox: Sandbox, admin: Person) -> None:
    """Posting adds to what is ordered already, and what is not used up can be seen."""
    sandbox.fault("500", "courses", times=3)
    sandbox.fault("503", "users")
    admin.get("accounts/1/courses")
    assert [(fault["do"], fault["left"]) for fault in sandbox.faults_left()] == [("500", 2), ("503", 1)]


def test_mended_canvas_fails_no_more(sandbox: Sandbox, admin: Person) -> None:
    """Orders that have not struck yet can be taken back."""
    sandbox.fault("500", times=9)
    assert admin.get("accounts/self").status == 500
    sandbox.mend()
    assert (sandbox.faults_left(), admin.get("accounts/self").status) == ([], 200)

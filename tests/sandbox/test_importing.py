"""A SIS import that is under way, as a test orders it."""

import urllib.error
import urllib.request

import pytest

from tests.sandbox.person import Person
from tests.sandbox.process import Sandbox, start_sandbox

WHERE = "accounts/1/sis_imports/importing"
SINCE = "2021-08-16T09:00:00-07:00"


def test_nothing_is_imported_unasked(admin: Person) -> None:
    """At the start, and after a reset, no import runs."""
    answer = admin.get(WHERE)
    assert (answer.status, answer.body) == (200, {"sis_imports": []})


def test_ordered_import_is_shown(sandbox: Sandbox, admin: Person) -> None:
    """With the keys that a real Canvas showed; until it is taken back, or the sandbox reset."""
    sandbox.importing(SINCE)
    (row,) = admin.get(WHERE).body["sis_imports"]
    assert (row["started_at"], row["ended_at"], row["workflow_state"]) == ("2021-08-16T16:00:00Z", None, "importing")
    assert (len(row), row["data"]) == (23, {"import_type": "instructure_csv"})
    sandbox.importing(None)
    assert admin.get(WHERE).body == {"sis_imports": []}
    sandbox.importing(SINCE)
    sandbox.reset()
    assert admin.get(WHERE).body == {"sis_imports": []}


def test_imports_belong_to_root(admin: Person) -> None:
    """A sub-account has none to show."""
    number = admin.ask("POST", "accounts/1/sub_accounts", {"account[name]": "ILC"}).body["id"]
    answer = admin.get(f"accounts/{number}/sis_imports/importing")
    assert (answer.status, answer.body) == (400, {"errors": ["SIS imports can only be executed on root accounts"]})


@pytest.mark.parametrize(("denied", "status"), [(("import_sis",), 200), (("manage_sis",), 200), (("import_sis", "manage_sis"), 401)])
def test_either_right_shows_imports(denied: tuple[str, ...], status: int) -> None:
    """Importing or managing SIS data: one of them is enough."""
    with start_sandbox("--canvas", "2022-07", "--deny", *denied) as sandbox:
        assert Person(sandbox.url).get(WHERE).status == status


@pytest.mark.parametrize("body", [b"{}", b"[]", b'{"since": "soon"}', b"x"])
def test_odd_order_is_refused(sandbox: Sandbox, body: bytes) -> None:
    """An order that cannot be read changes nothing."""
    assert _post(sandbox, body) == 400


def _post(sandbox: Sandbox, body: bytes) -> int:
    asked = urllib.request.Request(f"{sandbox.url}/_sandbox/importing", data=body, method="POST")  # noqa: S310
    try:
        with urllib.request.urlopen(asked, timeout=60) as reply:  # noqa: S310
            return int(reply.status)
    except urllib.error.HTTPError as error:
        return error.code

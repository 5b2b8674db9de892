"""Which Canvas this is, and what the token may do there."""

from datetime import UTC, datetime, timedelta

import pytest

from ilc_canvas.canvas.client import CanvasClient
from ilc_canvas.canvas.failures import NotFoundError
from ilc_canvas.canvas.tenant import NEEDS
from ilc_canvas.reconcile.errors import TokenError
from tests.canvas.cast import ACCOUNT, NOW, client, write
from tests.sandbox.process import Sandbox, start_sandbox


def asking(sandbox: Sandbox, account: str = "self", token: str | None = None) -> CanvasClient:
    return CanvasClient(base_url=sandbox.url, token=token or sandbox.token, account=account, school_year="2021-22")


def test_tenant_says_all_needed(sandbox: Sandbox) -> None:
    """Address, numbers of account and root, name, and the token's user by number, in three requests."""
    sandbox.forget_requests()
    tenant = asking(sandbox).tenant()
    assert (tenant.base_url, tenant.account_id, tenant.root_account_id) == (sandbox.url, 1, 1)
    assert (tenant.account_name, tenant.token_user.isdigit()) == ("Sandbox University", True)
    assert len(sandbox.requests()) == 3


@pytest.mark.parametrize("account", ["self", "1", "sis_account_id:ilc", "sub"])
def test_account_by_any_name(sandbox: Sandbox, account: str) -> None:
    """The account may be named self, by its number or by its SIS id; the root is known all the same."""
    write(client(sandbox), [ACCOUNT])
    number = next(row["id"] for row in sandbox.state()["accounts"] if row.get("sis_account_id") == "ilc")
    tenant = asking(sandbox, str(number) if account == "sub" else account).tenant()
    expected = 1 if account in ("self", "1") else number
    assert (tenant.account_id, tenant.root_account_id) == (expected, 1)


def test_unknown_account_is_refused(sandbox: Sandbox) -> None:
    """An account that is not there, or that the token may not see, is said to be so."""
    with pytest.raises(NotFoundError, match="accounts/999"):
        asking(sandbox, "999").tenant()


def test_wrong_token_is_refused(sandbox: Sandbox) -> None:
    """A token that Canvas does not know is said to be so, without repeating it."""
    with pytest.raises(TokenError) as caught:
        asking(sandbox, token="other-token").tenant()
    assert "other-token" not in str(caught.value)


def test_all_rights_by_old_names(sandbox: Sandbox) -> None:
    """Where Canvas's granular rights are off, the old names count."""
    rights = asking(sandbox).tenant().rights
    assert (set(rights), set(rights.values())) == (set(NEEDS), {True})


@pytest.mark.parametrize(
    ("denied", "lacking"),
    [
        ("manage_courses_reset", []),  # switches the granular sets on, and is none of ours
        ("manage_sis", ["manage_sis"]),
        ("manage_account_settings", ["manage_account"]),
        ("manage_courses", ["manage_courses"]),
        ("manage_courses_admin", ["manage_courses"]),
        ("change_course_state", ["conclude_courses"]),
        ("manage_courses_conclude", ["conclude_courses"]),
        ("manage_sections_edit", ["manage_sections"]),
        ("manage_user_logins", ["manage_users"]),
        ("manage_students", ["manage_enrollments"]),
        ("manage_admin_users", ["manage_enrollments"]),
        ("add_ta_to_course", ["manage_enrollments"]),
        ("remove_ta_from_course", ["manage_enrollments"]),
        ("manage_role_overrides", ["manage_roles"]),
        ("read_course_list", ["see_courses"]),
        ("read_email_addresses", ["see_emails"]),
        ("view_user_logins", ["see_logins"]),
    ],
)
def test_lacking_right_is_seen(denied: str, lacking: list[str]) -> None:
    """Each right counts by its old or its granular name, whichever this Canvas uses."""
    with start_sandbox("--now", NOW, "--deny", denied) as sandbox:
        rights = asking(sandbox).tenant().rights
    assert [need for need, held in rights.items() if not held] == lacking


def test_clock_is_that_of_canvas(sandbox: Sandbox) -> None:
    """Time is Canvas's, from the Date header, before and after."""
    canvas = asking(sandbox)
    start = datetime.fromisoformat(NOW)
    assert abs(canvas.canvas_time() - datetime.now(UTC)) < timedelta(seconds=5)
    now = canvas.tenant().now
    assert start <= now + timedelta(seconds=1)
    assert now < start + timedelta(minutes=5)
    assert timedelta() <= canvas.canvas_time() - now < timedelta(seconds=5)

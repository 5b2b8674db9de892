"""Which Canvas this is, and what the token may do there."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import responses

from ilc_canvas.canvas.client import CanvasClient
from ilc_canvas.canvas.http.failures import NotFoundError
from ilc_canvas.canvas.http.transport import Transport
from ilc_canvas.canvas.kinds import all_needs
from ilc_canvas.canvas.tenant import _importing_since, read_tenant, refuse_importing
from ilc_canvas.reconcile.errors import IncompleteError, TokenError, UnavailableError
from tests.canvas.cast import ACCOUNT, HOST, NOW, ONE, client, write
from tests.sandbox.process import Sandbox, start_sandbox


def asking(sandbox: Sandbox, account: str = "self", token: str | None = None) -> CanvasClient:
    return CanvasClient(base_url=sandbox.url, token=token or sandbox.token, account=account, school_year="2021-22")


def test_tenant_says_all_needed(sandbox: Sandbox) -> None:
    """Address, numbers of account and root, name, and the token's user by number, in four requests."""
    sandbox.forget_requests()
    tenant = asking(sandbox).tenant()
    assert (tenant.base_url, tenant.account_id, tenant.root_account_id) == (sandbox.url, 1, 1)
    assert (tenant.account_name, tenant.token_user.isdigit()) == ("Sandbox University", True)
    assert (len(sandbox.requests()), tenant.importing) == (4, None)
    assert [tenant.account_uuid] == [row["uuid"] for row in sandbox.state()["accounts"] if row["id"] == 1]


@pytest.mark.parametrize("account", ["self", "1", "sis_account_id:ilc", "sub"])
def test_account_by_any_name(sandbox: Sandbox, account: str) -> None:
    """The account may be named self, by its number or by its SIS id; the root is known all the same."""
    write(client(sandbox), [ACCOUNT])
    number = next(row["id"] for row in sandbox.state()["accounts"] if row.get("sis_account_id") == "ilc")
    tenant = asking(sandbox, str(number) if account == "sub" else account).tenant()
    expected = 1 if account in ("self", "1") else number
    assert (tenant.account_id, tenant.root_account_id) == (expected, 1)
    assert [tenant.account_uuid] == [row["uuid"] for row in sandbox.state()["accounts"] if row["id"] == expected]


@pytest.mark.parametrize("shown", [{}, {"uuid": None}, {"uuid": 7}, {"uuid": ["a"]}])
def test_account_without_uuid(canvas: responses.RequestsMock, transport: Transport, shown: dict[str, object]) -> None:
    """A Canvas that shows no uuid, or something else in its place, has none."""
    canvas.add("GET", f"{ONE}", json={"id": 1, "name": "U", "root_account_id": None, **shown})
    canvas.add("GET", f"{HOST}/api/v1/users/self", json={"id": 5})
    canvas.add("GET", f"{ONE}/permissions", json={})
    canvas.add("GET", f"{ONE}/sis_imports/importing", json={"sis_imports": []})
    assert read_tenant(transport, "1").account_uuid == ""


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
    assert (set(rights), set(rights.values())) == (set(all_needs()), {True})


@pytest.mark.parametrize(
    ("denied", "lacking"),
    [
        ("manage_courses_reset", []),  # switches the granular sets on, and is none of ours
        ("manage_sis", ["manage_sis"]),
        ("manage_account_settings", ["manage_account"]),
        ("manage_courses", ["manage_courses"]),
        ("manage_courses_admin", ["manage_courses"]),
        ("change_course_state", ["conclude_courses", "publish_courses"]),
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
    assert now < start + timedelta(hours=2)  # it runs on while other tests use this Canvas
    assert timedelta() <= canvas.canvas_time() - now < timedelta(seconds=5)


def test_canvas_may_not_say_its_time(canvas: responses.RequestsMock, transport: Transport) -> None:
    """Without a Date header nobody knows how its clock stands to ours, and ours is taken."""
    canvas.add("GET", f"{ONE}", json={"id": 1, "name": "U", "root_account_id": None})
    canvas.add("GET", f"{HOST}/api/v1/users/self", json={"id": 5})
    canvas.add("GET", f"{ONE}/permissions", json={})
    canvas.add("GET", f"{ONE}/sis_imports/importing", json={"sis_imports": []})
    tenant = read_tenant(transport, "1")
    assert tenant.ahead is None
    assert abs(tenant.now - datetime.now(UTC)) < timedelta(seconds=30)


def minutes_before(minutes: float) -> str:
    return (datetime.fromisoformat(NOW) - timedelta(minutes=minutes)).isoformat()


@pytest.mark.parametrize(("minutes", "hangs"), [(0, False), (30, False), (60.1, True), (6000, True)])
def test_running_import_is_said(sandbox: Sandbox, minutes: float, *, hangs: bool) -> None:
    """While a SIS import runs nothing is planned; one of more than an hour is a matter for the Canvas administrator."""
    sandbox.importing(minutes_before(minutes))
    with pytest.raises(
        UnavailableError, match=r"SIS import is running in Canvas since .* Aug 2021, .* UTC: half of it is visible\."
    ) as caught:
        asking(sandbox).tenant()
    assert str(caught.value).endswith("Nothing was written. The next run looks again.")
    assert ("tell the Canvas administrator" in str(caught.value)) == hangs
    sandbox.importing(None)
    assert asking(sandbox).tenant().importing is None


@pytest.mark.parametrize(("after", "hangs"), [(timedelta(minutes=60), False), (timedelta(minutes=60, seconds=1), True)])
def test_long_import_has_a_limit(sandbox: Sandbox, after: timedelta, *, hangs: bool) -> None:
    """An hour itself is not too long; the time is shown in UTC, whatever offset Canvas gives."""
    tenant = asking(sandbox).tenant()
    since = datetime.fromisoformat("2021-08-16T09:00:00-07:00")
    with pytest.raises(UnavailableError, match="since 16 Aug 2021, 16:00 UTC") as caught:
        refuse_importing(replace(tenant, importing=since, now=since + after))
    assert ("may hang" in str(caught.value)) == hangs


@pytest.mark.parametrize("like", ["later", "2022-07"])
def test_import_may_not_be_asked(like: str) -> None:
    """A token that may not see imports has nothing to conclude from that."""
    with start_sandbox("--now", NOW, "--deny", "import_sis", "manage_sis", "--canvas", like) as sandbox:
        sandbox.importing(NOW)
        assert asking(sandbox).tenant().importing is None


def test_unreadable_import_answer(canvas: responses.RequestsMock, transport: Transport) -> None:
    """Of several imports the oldest counts, before it has begun its creation; an odd list is no answer."""
    rows = [{"started_at": None, "created_at": "2021-08-16T15:00:00Z"}, {"started_at": "2021-08-16T14:00:00Z", "created_at": None}]
    canvas.add("GET", f"{ONE}/sis_imports/importing", json={"sis_imports": rows})
    assert _importing_since(transport, 1) == datetime(2021, 8, 16, 14, tzinfo=UTC)
    canvas.replace("GET", f"{ONE}/sis_imports/importing", json=[])
    with pytest.raises(IncompleteError):
        _importing_since(transport, 1)


@pytest.mark.parametrize("status", [400, 401, 403, 404])
def test_refused_import_answer(canvas: responses.RequestsMock, transport: Transport, status: int) -> None:
    """No right, no such address, SIS switched off: nothing is concluded."""
    canvas.add("GET", f"{ONE}/sis_imports/importing", json={"errors": [{"message": "no"}]}, status=status)
    assert _importing_since(transport, 1) is None


def test_refused_token_while_asking(canvas: responses.RequestsMock, transport: Transport) -> None:
    """A token that is refused meanwhile ends the run all the same."""
    canvas.add("GET", f"{ONE}/sis_imports/importing", status=401, json={}, headers={"WWW-Authenticate": "Bearer"})
    with pytest.raises(TokenError):
        _importing_since(transport, 1)

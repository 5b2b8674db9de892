"""Making, changing and ending each kind of object, with and without trouble."""

import logging
from collections.abc import Mapping
from typing import Any

import pytest

from ilc_canvas.canvas.client import CanvasClient
from ilc_canvas.reconcile.change import Adopt, Change, Create, Remove, Update
from ilc_canvas.reconcile.errors import TokenError
from ilc_canvas.reconcile.kinds import NEXT, RULES, Kind
from ilc_canvas.reconcile.state import Key, Record
from tests.canvas.cast import (
    ACCOUNT,
    ADA,
    EQ,
    LEAD,
    ROLE,
    SMALL,
    TERM,
    address,
    changed,
    client,
    course,
    enrollment,
    first,
    numbered,
    owners,
    person,
    section,
    settle,
    sought,
    there,
    upto,
    write,
    writes,
)
from tests.sandbox.person import Person
from tests.sandbox.process import Sandbox

KINDS = [kind for kind, rule in RULES.items() if kind is not Kind.CHANNEL and not rule.has_marker]
"""Addresses have steps of their own: test_addresses.py. What has no SIS id is found by a marker: sync/test_meetings.py."""
CHANGES: Mapping[Kind, Update] = {
    Kind.ACCOUNT: changed(ACCOUNT, name="Leaders", time_zone="America/Denver"),
    Kind.TERM: changed(TERM, name="ILC 21-22", end_at="2022-07-02T07:00:00Z"),
    Kind.USER: changed(person(1), name="Ada King", sortable_name="King, Ada"),
    Kind.COURSE: changed(course(), name="Equity"),
    Kind.SECTION: changed(section(), name="Region One"),
}
FAULTS = ["503", "500", "reset-before", "reset-after", "429", "throttle403", "truncate", "html"]


def prepared(sandbox: Sandbox, kind: Kind) -> CanvasClient:
    """A client whose Canvas lacks only objects of this kind and below; what was asked until then is forgotten."""
    canvas = client(sandbox)
    write(canvas, upto(kind))
    sandbox.forget_requests()
    return canvas


def observed(sandbox: Sandbox, canvas: CanvasClient, key: Key) -> Record:
    record = canvas.observe(owners(sandbox)).get(key)
    assert record
    return record


@pytest.mark.parametrize("kind", KINDS)
def test_create_is_one_call(sandbox: Sandbox, kind: Kind) -> None:
    """Each kind is made in one call (an account's time zone needs a second), and is then as wanted."""
    canvas, record = prepared(sandbox, kind), first(kind)
    outcome = canvas.apply(Create(record))
    assert writes(sandbox) == (["POST", "PUT"] if kind is Kind.ACCOUNT else ["POST"])
    assert (outcome.result, outcome.status, outcome.attempts) == ("applied", 200, 1)
    assert [row["id"] for row in there(sandbox, record)] == [outcome.handle]
    assert canvas.look(Create(record)).result == "applied"


@pytest.mark.parametrize("kind", KINDS)
def test_second_create_changes_nothing(sandbox: Sandbox, kind: Kind) -> None:
    """What is there already is recognised and left as it is: no second one, and noop."""
    canvas, record = prepared(sandbox, kind), first(kind)
    write(canvas, [record])
    outcome = canvas.apply(Create(record))
    answer = "applied" if kind is Kind.ENROLLMENT else "noop"  # Canvas does not say whether a row was there: the run finds out
    assert (outcome.result, len(there(sandbox, record))) == (answer, 1)
    assert outcome.handle == there(sandbox, record)[0]["id"]


@pytest.mark.parametrize("kind", CHANGES)
def test_update_is_one_call(sandbox: Sandbox, kind: Kind) -> None:
    """Each kind is changed in one call, and reads as wanted."""
    canvas = prepared(sandbox, kind)
    write(canvas, [CHANGES[kind].before])
    change = numbered(sandbox, CHANGES[kind])
    sandbox.forget_requests()
    assert canvas.look(change).result == "not_applied"
    assert canvas.apply(change).result == "applied"
    assert (writes(sandbox), canvas.look(change).result) == (["PUT"], "applied")


def test_adoption_costs_no_call(sandbox: Sandbox) -> None:
    """Adopting is bookkeeping."""
    canvas = client(sandbox)
    sandbox.forget_requests()
    assert canvas.apply(Adopt(ACCOUNT, ACCOUNT)).result == "applied"
    assert sandbox.requests() == []


def test_account_gets_time_zone(sandbox: Sandbox) -> None:
    """Canvas ignores the time zone of a new sub-account; it is set all the same."""
    write(client(sandbox), [ACCOUNT])
    assert there(sandbox, ACCOUNT)[0]["default_time_zone"] == "America/Los_Angeles"


def test_account_stands_below_named_one(sandbox: Sandbox) -> None:
    """Our sub-account is made below the account that the settings name; term and people still belong to the root account."""
    below = sandbox.state()["accounts"][1]["id"]
    canvas = client(sandbox, account=str(below))
    write(canvas, [ACCOUNT, TERM, person(1)])
    assert there(sandbox, ACCOUNT)[0]["parent_account_id"] == below


@pytest.mark.parametrize("change", [CHANGES[Kind.COURSE], changed(course(), code="EJ"), changed(course(), end_at="2022-05-01T05:59:59Z")])
def test_course_keeps_its_dates(sandbox: Sandbox, change: Update) -> None:
    """Dates survive a change of anything else, since they and their flag are sent every time."""
    canvas = prepared(sandbox, Kind.COURSE)
    write(canvas, [course()])
    assert canvas.apply(change).result == "applied"
    fields = observed(sandbox, canvas, EQ).fields
    assert dict(change.after.fields).items() <= dict(fields).items()


@pytest.mark.parametrize("change", [Create(person(1)), changed(person(1), login="ada@example.org")])
def test_login_of_another_refused(sandbox: Sandbox, change: Create | Update) -> None:
    """A login that somebody else has is refused by that name, and nobody is changed for it."""
    canvas = client(sandbox)
    if isinstance(change, Update):
        write(canvas, [person(1)])
        change = numbered(sandbox, change)
    Person(sandbox.url).user(str(change.after.fields["login"]))
    before = sandbox.state()["users"]
    outcome = canvas.apply(change)
    assert (outcome.result, outcome.reason) == ("refused", "login-taken")
    assert sandbox.state()["users"] == before


@pytest.mark.parametrize(("ending", "state"), [("deactivate", "inactive"), ("conclude", "completed")])
def test_removal_ends_as_decided(sandbox: Sandbox, ending: str, state: str) -> None:
    """Removing an enrollment deactivates or concludes it, by policy; it is never deleted. Creating it again revives the same row."""
    canvas, row = client(sandbox, ending=ending), enrollment()
    write(canvas, SMALL)
    seen = observed(sandbox, canvas, row.key)
    removal = Remove(seen)
    assert canvas.look(removal).result == "not_applied"
    assert canvas.apply(removal).result == "applied"
    assert [found["enrollment_state"] for found in there(sandbox, row)] == [state]
    assert canvas.look(removal).result == "applied"
    revived = canvas.apply(Create(row, observed(sandbox, canvas, row.key)))
    assert (revived.result, revived.handle) == ("applied", seen.handle)
    assert [found["enrollment_state"] for found in there(sandbox, row)] == ["active"]


def test_removal_of_gone_is_noop(sandbox: Sandbox) -> None:
    """An enrollment that is not there need not be ended."""
    canvas = client(sandbox)
    write(canvas, SMALL)
    gone = Record(enrollment().key, enrollment().fields, enrollment().parents, 99_999)
    assert canvas.apply(Remove(gone)).result == "noop"


def test_course_ends_concluded(sandbox: Sandbox) -> None:
    """Removing a course concludes it; nobody can be enrolled in it after that."""
    canvas = client(sandbox)
    write(canvas, SMALL)
    removal = Remove(observed(sandbox, canvas, EQ))
    assert canvas.apply(removal).result == "applied"
    assert there(sandbox, course())[0]["workflow_state"] == "completed"
    assert canvas.look(removal).result == "applied"
    late = canvas.apply(Create(enrollment(person(1).key, "TeacherEnrollment")))
    assert late.result == "refused"


@pytest.mark.parametrize("fresh", [False, True])
def test_own_role_used_by_number(sandbox: Sandbox, fresh: bool) -> None:
    """A role of our own is given by its number, which survives a new label, also by a client that only read it."""
    canvas, row = prepared(sandbox, Kind.ENROLLMENT), enrollment(ADA, LEAD.id)
    if fresh:
        canvas = client(sandbox)
        canvas.observe(owners(sandbox))
    role = there(sandbox, ROLE)[0]
    Person(sandbox.url).ask("PUT", f"accounts/{role['account']['id']}/roles/{role['id']}", {"label": "Lead"})
    assert canvas.apply(Create(row)).result == "applied"
    (found,) = [each for each in sandbox.state()["enrollments"] if each["role_id"] == role["id"]]
    assert (found["role"], found["type"], found["limit_privileges_to_course_section"]) == ("Lead", "TaEnrollment", True)


def test_refused_token_is_raised(sandbox: Sandbox) -> None:
    """A token that is refused stops the run rather than being one change's outcome."""
    canvas = client(sandbox)
    sandbox.fault("401", "sub_accounts")
    with pytest.raises(TokenError):
        canvas.apply(Create(ACCOUNT))


def test_unread_refusal_is_unavailable(sandbox: Sandbox) -> None:
    """Where a refused create cannot be looked at, nothing is known of it, and nothing is raised."""
    canvas = client(sandbox)
    write(canvas, [ACCOUNT])
    sandbox.fault("503", "accounts/sis", method="GET", times=5)
    assert canvas.apply(Create(ACCOUNT)).result == "unavailable"


def test_no_person_in_logs(sandbox: Sandbox, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]) -> None:
    """A whole small run, with trouble, at the loudest level of every library: no token, name or address in the log."""
    caplog.set_level(logging.DEBUG)
    canvas = client(sandbox)
    sandbox.fault("429", "users", method="POST")
    write(canvas, SMALL)
    Person(sandbox.url).user("ada@example.org")
    login = numbered(sandbox, changed(person(1), login="ada@example.org"))
    bad = Create(address(NEXT, "Lovelace", login.after.handle))
    reasons = [canvas.apply(change).reason for change in (login, bad, Create(person(3, "Zoe Zimmer")))]
    assert (reasons[0], "with 400 (email)" in reasons[1], reasons[2]) == ("login-taken", True, "")
    canvas.observe(owners(sandbox))
    canvas.find_people([sought(number) for number in range(1, 5)])
    said = caplog.text + "".join(capsys.readouterr()) + "".join(reasons)
    assert not [word for word in ("Bearer", "Lovelace", "Grace", "Zimmer", "@", "example.org") if word in said]


@pytest.mark.parametrize("do", FAULTS)
@pytest.mark.parametrize("kind", KINDS)
def test_troubled_create_makes_one(sandbox: Sandbox, kind: Kind, do: str) -> None:
    """A create in trouble is applied, in doubt or unavailable; looking and applying again leaves exactly one object."""
    canvas, record = prepared(sandbox, kind), first(kind)
    sandbox.fault(do, method="POST")
    outcome = canvas.apply(Create(record))
    assert outcome.result in ("applied", "in_doubt", "unavailable")
    if do in ("429", "throttle403"):
        assert (outcome.result, outcome.attempts) == ("applied", 1)
    assert settle(canvas, Create(record)).done
    assert len(there(sandbox, record)) == 1
    assert canvas.look(Create(record)).result == "applied"


@pytest.mark.parametrize("do", FAULTS)
@pytest.mark.parametrize("times", [1, 4])
@pytest.mark.parametrize("kind", CHANGES)
def test_troubled_update_heals(sandbox: Sandbox, kind: Kind, times: int, do: str) -> None:
    """An update in trouble is repeated up to four times, and again after a look."""
    canvas = prepared(sandbox, kind)
    write(canvas, [CHANGES[kind].before])
    change = numbered(sandbox, CHANGES[kind])
    sandbox.fault(do, method="PUT", times=times)
    outcome = canvas.apply(change)
    assert outcome.result in (("applied",) if times == 1 else ("applied", "in_doubt", "unavailable"))
    assert settle(canvas, change).done
    assert (len(there(sandbox, change.before)), canvas.look(change).result) == (1, "applied")


@pytest.mark.parametrize("do", FAULTS)
@pytest.mark.parametrize("times", [1, 4])
@pytest.mark.parametrize("key", [EQ, enrollment().key])
def test_troubled_removal_heals(sandbox: Sandbox, key: Key, times: int, do: str) -> None:
    """A removal in trouble ends the object once, whether it was repeated or not."""
    canvas = client(sandbox)
    write(canvas, SMALL)
    removal: Change = Remove(observed(sandbox, canvas, key))
    sandbox.fault(do, method="DELETE" if key.kind is Kind.ENROLLMENT else "PUT", times=times)
    outcome = canvas.apply(removal)
    assert outcome.result in (("applied", "noop") if times == 1 else ("applied", "noop", "in_doubt", "unavailable"))
    if canvas.look(removal).result != "applied":
        assert canvas.apply(removal).done
    assert canvas.look(removal).result == "applied"


ODD = [person(1, "Zoë \N{HORSE}"), course(name="A & B = 100% + <b>?"), section(Key(Kind.SECTION, "ilc:2021-22:cop:EQ:a/b?c#d%"))]


@pytest.mark.parametrize("record", ODD)
def test_odd_texts_arrive_whole(sandbox: Sandbox, record: Record) -> None:
    """Names and SIS ids with signs that mean something to a form or an address arrive as they are."""
    canvas = prepared(sandbox, record.key.kind)
    write(canvas, [record])
    assert canvas.look(Create(record)).result == "applied"
    found: dict[str, Any] = there(sandbox, record)[0]
    assert found["name"] == record.fields["name"]

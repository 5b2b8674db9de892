"""The Canvas to which a store belongs, and how it goes along to a new address."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import update

from ilc_canvas.canvas.client import CanvasClient
from ilc_canvas.reconcile.change import Create
from ilc_canvas.reconcile.errors import LeaseError, StoreError, WrongTenantError
from ilc_canvas.reconcile.guards.guard import Reason, Verdict
from ilc_canvas.reconcile.kinds import Kind
from ilc_canvas.reconcile.run.values import Tenant
from ilc_canvas.reconcile.state import Key, Record
from ilc_canvas.store.audit import chain, reader
from ilc_canvas.store.db.database import Store
from ilc_canvas.store.db.lease import Lease
from ilc_canvas.store.db.scope import CanvasScope
from ilc_canvas.store.runs import details, parked, tenant_pin
from ilc_canvas.store.runs.decisions import approvals, identities
from ilc_canvas.store.runs.tables import TENANT
from ilc_canvas.store.runs.tenant_pin import Moved
from tests.canvas.cast import ACCOUNT, EQ, NOW, TERM, client, course, write
from tests.sandbox.process import Sandbox, start_sandbox
from tests.store.cast import BASE, NOON, ROSA, SCOPE, Desk, finalized, plan_of
from tests.store.cast import TENANT as HERE
from tests.store.keyed import decide, fill, quarantine, rows

UUID = "n56NOnoDIGMBrfpKoCKOeLMxMQuT3Gmrt534aUNN"
WITH_UUID = replace(HERE, account_uuid=UUID)


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    """A Canvas with our sub-account, term and one course."""
    with start_sandbox("--now", NOW) as running:
        write(client(running), [ACCOUNT, TERM, course()])
        yield running


@pytest.fixture
def canvas(sandbox: Sandbox) -> CanvasClient:
    """That Canvas, as it answers at its present address."""
    return client(sandbox)


def bind(desk: Desk, canvas: CanvasClient, **other: Any) -> None:
    """The store belongs to that Canvas at its former address, BASE; or to one that differs in this."""
    desk.journal.pin_tenant(replace(canvas.tenant(), base_url=BASE, **other))


def move(desk: Desk, canvas: CanvasClient, sandbox: Sandbox, *, lease: Lease | None = None) -> Moved:
    return tenant_pin.move(lease or desk.lease, canvas, sandbox.url, prefix="ilc", actor="ana", reason="vanity host", at=NOON)


def pin_now(store: Store) -> str:
    pin = tenant_pin.read_pin(store)
    return pin.base_url if pin else ""


def test_first_run_pins_identifiers(desk: Desk) -> None:
    """Address, name, both numbers and the uuid are remembered, and the log says so; the same Canvas again changes nothing."""
    for _ in range(2):
        desk.journal.pin_tenant(WITH_UUID)
    (event,) = reader.events(desk.store)
    assert event.kind == "pinned"
    assert event.body == {
        "base_url": BASE, "root_account_id": 1, "account_name": "ILC", "account_id": 4, "account_uuid": UUID
    }  # fmt: skip


def test_older_pin_is_completed(desk: Desk) -> None:
    """What an older version did not keep is filled in by the next run at the same address, which the log tells."""
    desk.journal.pin_tenant(HERE)
    with desk.store.write() as connection:
        connection.execute(update(TENANT).values(account_id=None, account_uuid=None))
    desk.journal.pin_tenant(WITH_UUID)
    desk.journal.pin_tenant(HERE)
    assert reader.events(desk.store)[-1].body == {"account_id": {"old": None, "new": 4}, "account_uuid": {"old": None, "new": UUID}}
    with pytest.raises(WrongTenantError, match="another account uuid"):
        desk.journal.pin_tenant(replace(HERE, account_uuid="other"))


def test_renamed_account_is_the_same(desk: Desk) -> None:
    """An account with its uuid and number is the same one under another name; the new name is noted."""
    desk.journal.pin_tenant(WITH_UUID)
    desk.journal.pin_tenant(replace(WITH_UUID, account_name="Leaders"))
    assert reader.events(desk.store)[-1].body == {"account_name": {"old": "ILC", "new": "Leaders"}}
    with pytest.raises(WrongTenantError, match='account name "Other" instead of "Leaders"'):
        desk.journal.pin_tenant(replace(HERE, account_name="Other"))


@pytest.mark.parametrize(
    ("other", "says"),
    [
        (replace(WITH_UUID, base_url="https://x.org"), "same Canvas under a new address.*‹move-store›"),
        (replace(HERE, base_url="https://x.org"), "looks like the same Canvas.*no identifier that proves it.*‹doctor›"),
        (replace(WITH_UUID, account_uuid="other"), "another account uuid.*so it may leave.*‹leave-canvas›"),
        (replace(WITH_UUID, account_id=5), "account number 5 instead of 4.*Correct the address"),
        (replace(WITH_UUID, base_url="https://x.org", root_account_id=2), "root account number 2 instead of 1.*Correct the address"),
    ],
)
def test_refusal_says_what_to_do(desk: Desk, other: Tenant, says: str) -> None:
    """A run elsewhere is refused: the sentence tells the same Canvas under a new address from another one, and what to do."""
    desk.journal.pin_tenant(WITH_UUID)
    with pytest.raises(WrongTenantError, match=f"^This store belongs to {BASE}.*{says}") as caught:
        desk.journal.pin_tenant(other)
    assert "\n" not in str(caught.value)
    assert pin_now(desk.store) == BASE


def test_move_takes_all_rows(desk: Desk, canvas: CanvasClient, sandbox: Sandbox) -> None:
    """Everything that goes by the address goes by the new one, and is otherwise as it was; the log says who moved it and why."""
    bind(desk, canvas)
    fill(desk)
    before = rows(desk.store)
    found = move(desk, canvas, sandbox)
    assert all(before.values())
    there = {name: [{**row, "base_url": sandbox.url} for row in each] for name, each in before.items()}
    assert rows(desk.store) == {name: sorted(each, key=str) for name, each in there.items()}
    event = reader.events(desk.store)[-1]
    assert (event.kind, event.actor, event.seq) == ("moved", "ana", found.seq)
    assert event.body.items() >= {"old": BASE, "new": sandbox.url, "proof": "uuid", "rows": found.rows}.items()
    assert event.reason == "vanity host"
    assert found.rows == sum(map(len, before.values()))
    chain.verify(desk.store)


def test_approval_goes_along(desk: Desk, canvas: CanvasClient, sandbox: Sandbox) -> None:
    """What was approved stays approved: it is the same Canvas. That is so for a plan without changes too, which only its digest names."""
    bind(desk, canvas)
    finalized(desk.store)
    for plan in (plan_of(Create(ROSA)), plan_of()):
        reason = Reason("observed-drop", "much has gone", 9, 1, ())
        desk.run(*plan.changes, status="held", verdict=Verdict((reason,)))
        approvals.approve(desk.store, plan.digest, actor="ben", reason="seen", scope=SCOPE, base_url=BASE, now=NOON)
    before = desk.journal.approvals(NOON)
    move(desk, canvas, sandbox)
    full, empty = desk.journal_of(desk.lease, sandbox.url).approvals(NOON)
    assert full == replace(before[0], base_url=sandbox.url)
    assert empty == replace(before[1], base_url=sandbox.url, digest=replace(plan_of(), base_url=sandbox.url).digest)
    assert desk.journal.approvals(NOON) == []


def test_move_ends_what_it_disproves(desk: Desk, canvas: CanvasClient, sandbox: Sandbox) -> None:
    """The quarantine for another Canvas is over, and one because the old address was dead; a recovery still waits for a person."""
    bind(desk, canvas)
    quarantine(desk, BASE, "canvas")
    quarantine(desk, sandbox.url, "tenant")
    assert move(desk, canvas, sandbox).released == ("canvas", "tenant")
    assert parked.held_back(desk.store, CanvasScope(sandbox.url, SCOPE))[0] is None
    assert [event.body["trouble"] for event in reader.events(desk.store) if event.kind == "released"] == ["canvas", "tenant"]
    assert [run.status for run in details.runs(desk.store)] == ["failed", "failed"]


def test_rows_of_both_addresses(desk: Desk, canvas: CanvasClient, sandbox: Sandbox) -> None:
    """If both addresses have a quarantine, that of the former one stays; of two decisions about a person the later one does."""
    bind(desk, canvas)
    quarantine(desk, BASE, "recovery")
    quarantine(desk, sandbox.url, "right")
    decide(desk, BASE, "leave-out")
    decide(desk, sandbox.url, "create", hours=1)
    move(desk, canvas, sandbox)
    canvas_scope = CanvasScope(sandbox.url, SCOPE)
    trouble, _ = parked.held_back(desk.store, canvas_scope)
    assert trouble is not None
    assert trouble.trouble == "recovery"
    assert [answer.decision for answer in identities.decided(desk.store, canvas_scope).values()] == ["create"]


def test_earlier_decision_gives_way(desk: Desk, canvas: CanvasClient, sandbox: Sandbox) -> None:
    """A decision at the former address that is later than one at the new address stays."""
    bind(desk, canvas)
    decide(desk, sandbox.url, "create")
    decide(desk, BASE, "leave-out", hours=1)
    move(desk, canvas, sandbox)
    (answer,) = identities.decided(desk.store, CanvasScope(sandbox.url, SCOPE)).values()
    assert answer.decision == "leave-out"


@pytest.mark.parametrize(
    "other", [{"account_uuid": UUID}, {"root_account_id": 2}, {"account_id": 9}, {"account_name": "X", "account_uuid": ""}]
)
def test_another_canvas_is_refused(desk: Desk, canvas: CanvasClient, sandbox: Sandbox, other: dict[str, Any]) -> None:
    """If an identifier differs nothing moves, and the sentence says what differs."""
    bind(desk, canvas, **other)
    fill(desk)
    before = rows(desk.store)
    with pytest.raises(WrongTenantError, match=r"another Canvas.*it has (another|root|account).*Nothing was changed"):
        move(desk, canvas, sandbox)
    assert rows(desk.store) == before


def test_nothing_has_moved(desk: Desk, canvas: CanvasClient, sandbox: Sandbox) -> None:
    """A store that never ran, or belongs there already, is told so, and Canvas is not asked."""
    sandbox.forget_requests()
    with pytest.raises(StoreError, match="belongs to no Canvas yet"):
        move(desk, canvas, sandbox)
    bind(desk, canvas)
    move(desk, canvas, sandbox)
    asked = len(sandbox.requests())
    with pytest.raises(StoreError, match=r"already.*nothing has moved.*Nothing was changed"):
        move(desk, canvas, sandbox)
    assert len(sandbox.requests()) == asked


def test_move_is_whole_or_absent(desk: Desk, canvas: CanvasClient, sandbox: Sandbox) -> None:
    """If its last step fails, or another has the lease by then, nothing has moved."""
    bind(desk, canvas)
    fill(desk)
    before = rows(desk.store)
    with pytest.raises(StoreError):
        tenant_pin.move(desk.lease, canvas, sandbox.url, prefix="ilc", actor=None, reason="", at=NOON)  # type: ignore[arg-type]
    stale = Lease(desk.store, "worker-0", token=desk.lease.token - 1, seconds=90, now=desk.clock)
    with pytest.raises(LeaseError):
        move(desk, canvas, sandbox, lease=stale)
    assert rows(desk.store) == before


def older(desk: Desk, canvas: CanvasClient, kept: dict[Key, int | None]) -> None:
    """The store is of an older version, which kept no uuid, and holds these numbers."""
    bind(desk, canvas)
    desk.carried(*(Create(Record(key, {}, handle=number)) for key, number in kept.items()))
    with desk.store.write() as connection:
        connection.execute(update(TENANT).values(account_id=None, account_uuid=None))


def number(canvas: CanvasClient, key: Key) -> int | None:
    return canvas.look(Create(Record(key, {}))).handle


def test_numbers_prove_without_uuid(desk: Desk, canvas: CanvasClient, sandbox: Sandbox) -> None:
    """In a store of an older version our sub-account and a course prove it, found by SIS id with the numbers of the ledger."""
    older(desk, canvas, {ACCOUNT.key: number(canvas, ACCOUNT.key), EQ: number(canvas, EQ), Key(Kind.COURSE, "ilc:2021-22:gone"): 9})
    assert move(desk, canvas, sandbox).proof == "numbers"
    pin = tenant_pin.read_pin(desk.store)
    assert pin is not None
    assert (pin.base_url, pin.account_uuid) == (sandbox.url, canvas.tenant().account_uuid)


def test_other_number_is_another_canvas(desk: Desk, canvas: CanvasClient, sandbox: Sandbox) -> None:
    """A course of ours that has another number there shows that it is another Canvas."""
    older(desk, canvas, {ACCOUNT.key: number(canvas, ACCOUNT.key), EQ: 4711})
    with pytest.raises(WrongTenantError, match=r"instead of 4711 for ilc:2021-22:cop:EQ\..*Nothing was changed"):
        move(desk, canvas, sandbox)


@pytest.mark.parametrize("kept", [(), (ACCOUNT.key,), (EQ,)])
def test_nothing_proves_it(desk: Desk, canvas: CanvasClient, sandbox: Sandbox, kept: tuple[Key, ...]) -> None:
    """Without uuid, or numbers of both sub-account and course, nothing moves: the sentence says what would prove it."""
    older(desk, canvas, {key: number(canvas, key) for key in kept})
    with pytest.raises(StoreError, match=r"Nothing that the store keeps proves.*former address.*‹plan›.*Nothing was changed"):
        move(desk, canvas, sandbox)
    assert pin_now(desk.store) == BASE

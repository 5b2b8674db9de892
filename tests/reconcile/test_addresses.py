"""A person's addresses in a plan: steps of their own, and never anybody else's."""

from collections.abc import Mapping
from dataclasses import replace

import pytest

from ilc_canvas.reconcile.change import Change, Plan
from ilc_canvas.reconcile.kinds import FORMER, MAIN, NEXT
from ilc_canvas.reconcile.plan import make_plan
from ilc_canvas.reconcile.state import Ledger, Owned, Record, State, channel_key
from tests.reconcile.cast import FRAME, NOON, owned, person

ADA = person(1).key
OLD, NEW, HAND = "p1@example.org", "new@example.org", "hand@example.org"


def channel(address: str, part: str = MAIN) -> Record:
    """An address of Ada's."""
    return Record(channel_key(ADA, part), {"address": address}, (ADA,), 1001)


def planned(wanted: str, seen: str | None, left: str | None = OLD, *, how: str = "created", more: Ledger = {}, **frame: object) -> Plan:  # noqa: B006 - never changed
    """What is planned if the roster wants one address, Canvas shows another one, and we left a third one."""
    ada = replace(person(1), handle=1001)
    shown = [channel(seen)] if seen else []
    shown += [Record(key, owned.fields, (ADA,), 1001) for key, owned in more.items()]
    kept = {channel(left).key: Owned(channel(left).key, {"address": left}, "created", NOON)} if left else {}
    ledger = {**owned([ada], how), **kept, **more}
    return make_plan(State.of([ada, channel(wanted)]), State.of([ada, *shown]), ledger, frame=replace(FRAME, **frame))  # type: ignore[arg-type]


def steps(plan: Plan) -> list[tuple[str, str, object]]:
    """Verb, part and address of each step, in order."""
    return [(change.verb, _part(change), change.subject.fields["address"]) for change in plan.changes]


def _part(change: Change) -> str:
    return change.key.id.rpartition("|")[2]


WHOLE: list[tuple[str, str, object]] = [("create", NEXT, NEW), ("update", MAIN, NEW), ("remove", FORMER, OLD)]
KEPT = {channel_key(ADA, FORMER): Owned(channel_key(ADA, FORMER), {"address": OLD}, "created", NOON)}
CASES: Mapping[str, tuple[Plan, list[tuple[str, str, object]]]] = {
    "as it is": (planned(OLD, OLD), []),
    "as it is, in other letters": (planned(OLD.upper(), OLD), []),
    "a new one": (planned(NEW, OLD), WHOLE),
    "a new one, adopted, and never noted": (planned(NEW, OLD, None, how="adopted"), WHOLE),
    "changed by hand": (planned(NEW, HAND), []),
    "changed by hand, and repaired": (planned(NEW, HAND, repair=True), WHOLE[:2]),
    "none any more": (planned(OLD, None), []),
    "never one": (planned(OLD, None, None), [("create", MAIN, OLD)]),
    "of others": (planned(NEW, OLD, None, how="matched"), []),
    "of others, all is written": (planned(NEW, OLD, None, how="matched", existing_write="all"), WHOLE),
    "of others, the SIS id is written": (planned(NEW, OLD, None, how="matched", existing_write="sis_id"), []),
    "a former one left over": (planned(NEW, NEW, NEW, more=KEPT), [("remove", FORMER, OLD)]),
    "a former one is wanted again": (planned(OLD, NEW, NEW, more=KEPT), [
        ("create", NEXT, OLD), ("update", MAIN, OLD), ("remove", f"{FORMER}-2", NEW)]),
}  # fmt: skip


@pytest.mark.parametrize(("plan", "wanted"), CASES.values(), ids=CASES)
def test_address_goes_step_by_step(plan: Plan, wanted: list[tuple[str, str, object]]) -> None:
    """Added, made the first, and only then the former one removed; what others put there, or made, stays."""
    assert steps(plan) == wanted


def test_each_step_stands_on_the_one_before() -> None:
    """The new address becomes the first once it is added, and the former one goes only after that: each step names what it needs."""
    parents = [[key.id.rpartition("|")[2] for key in change.subject.parents] for change in planned(NEW, OLD).changes]
    assert parents == [[ADA.id], [ADA.id, NEXT], [ADA.id, MAIN]]


def test_left_alone_is_said() -> None:
    """An address that somebody changed by hand is drift; one of an account that others made is a difference of theirs."""
    by_hand, of_others = planned(NEW, HAND), planned(NEW, OLD, None, how="matched")
    assert ([each.field for each in by_hand.drift], by_hand.not_ours) == (["address"], ())
    assert ([each.field for each in of_others.not_ours], of_others.drift) == (["address"], ())


def test_addresses_count_as_nobody() -> None:
    """An address that is removed takes nobody out of a course."""
    assert sum(getattr(change, "covers", 0) for change in planned(NEW, OLD).changes) == 0

"""The sentence of a run, from its counts."""

from dataclasses import replace
from typing import Any

import pytest

from ilc_canvas.program.basis import of_roster
from ilc_canvas.reconcile.change import Create, Deferred
from ilc_canvas.reconcile.deferral.reasons import DEFERRALS, REFUSED, WaitsFor, class_of, counted, is_open
from ilc_canvas.reconcile.kinds import Kind
from ilc_canvas.reconcile.run.messages import SAID
from ilc_canvas.reconcile.run.sentence import agrees, sentence
from ilc_canvas.reconcile.run.values import Report
from ilc_canvas.reconcile.state import Key, Record

NOTHING = {"create": 0, "update": 0, "remove": 0}
CONVERGED = Report(7, "converged", "d", of_roster(4), NOTHING)
APPLIED = Report(7, "applied", "d", of_roster(4), {"create": 2, "update": 0, "remove": 0}, applied=2)
ODD: dict[str, dict[str, Any]] = {
    "drift": {"drift": 61},
    "by-hand": {"by_hand": 2},
    "not-ours": {"not_ours": 3},
    "asked": {"asked": 2},
    **{word: {"deferred": {word: 9}} for word in DEFERRALS},
    "older": {"parked": 9},
}


def test_agreement_wants_every_count_at_zero() -> None:
    """Only a whole run that left nothing open, nothing changed by hand and nothing declined agrees."""
    assert sentence(CONVERGED) == "Canvas agrees with roster version 4."
    assert sentence(APPLIED) == "Canvas agrees with roster version 4: 2 of 2 changes done."
    assert sentence(replace(CONVERGED, only=("hub",))) == "Canvas agrees with roster version 4. Only hub was looked at."


@pytest.mark.parametrize("report", [CONVERGED, APPLIED], ids=["converged", "applied"])
@pytest.mark.parametrize("odd", ODD.values(), ids=ODD)
def test_each_count_ends_agreement(report: Report, odd: dict[str, Any]) -> None:
    """Everything left, open or decided is named with its number, and Canvas does not agree."""
    found = replace(report, **odd)
    assert not agrees(found)
    assert "agrees" not in sentence(found)
    (value,) = odd.values()
    assert str(value if isinstance(value, int) else 9) in sentence(found)


@pytest.mark.parametrize("status", ["planned", "held", "partial", "interrupted", "failed"])
def test_unfinished_run_never_agrees(status: str) -> None:
    """A run that is only planned, held, partly done or interrupted does not count as agreement."""
    assert "agrees" not in sentence(replace(APPLIED, status=status, sentence="It broke."))
    assert "agrees" not in sentence(replace(CONVERGED, status=status, sentence="It broke."))


def test_undo_speaks_of_its_run() -> None:
    """A run that takes another one back says so: Canvas is not as the roster asks."""
    undo = replace(APPLIED, undo=3)
    assert sentence(undo) == "2 of 2 changes done: run 3 is taken back."
    assert sentence(replace(undo, status="planned")) == "2 changes would take back run 3."
    assert sentence(replace(CONVERGED, undo=3)) == "Nothing of run 3 is left that could be taken back."


def test_all_parts_have_their_order() -> None:
    """Done; then what waits, people first; then what is left as it is; then what people decided."""
    report = replace(
        APPLIED, status="partial", drift=61, by_hand=2, not_ours=1, asked=2, deferred={"asked": 6, REFUSED: 1, "undone": 3, "left-out": 1}
    )
    assert sentence(report) == (
        "2 of 2 changes done; Canvas still differs from roster version 4. "
        "Waiting: somebody must decide about 2 people; 6 changes wait for an answer; 1 change that Canvas refused waits for its time. "
        "Left as it is: 61 things changed by hand, 2 enrollments added by hand, 1 difference in accounts that others made. "
        "Decided: 3 changes undone on purpose, 1 change for people left out."
    )


def test_reasons_have_classes() -> None:
    """A reason counts by what it begins with; one that nobody named is Canvas's, and waits for its time."""
    words = {"asked-login": "asked", "account-never": "account", "left-out": "left-out", "undone": "undone", "stays: nothing": "stays"}
    assert {why: class_of(why) for why in words} == words
    assert {class_of("the course ended on 30 Apr 2022, 23:59 Pacific, and"), class_of("blocked-gone")} == {"the course ended", "blocked"}
    assert {class_of(why) for why in ("login-taken", "Canvas answered 400.", "undoneness", "")} == {REFUSED}
    assert [why for why in (*words, "login-taken", "declined") if not is_open(why)] == ["left-out", "undone", "stays: nothing", "declined"]
    assert DEFERRALS[REFUSED].waits is WaitsFor.TIME
    assert {class_of(why) for why in SAID if why.startswith(("asked-", "account-n", "account-t"))} == {"asked", "account"}


def test_deferred_changes_are_counted() -> None:
    """By class, each change once."""
    people = [Create(Record(Key(Kind.USER, f"ilc:p:P{n}"), {})) for n in range(3)]
    rows = [Deferred(change, why) for change, why in zip(people, ("asked-login", "asked-name", "undone"), strict=True)]
    assert counted(rows) == {"asked": 2, "undone": 1}

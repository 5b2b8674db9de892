"""Checks of files are kept for a month, hold what they hold, and forget a person who is erased."""

from datetime import datetime, timedelta

import pytest
from sqlalchemy import text

from ilc_canvas.program.basis import ROSTER
from ilc_canvas.reconcile.kinds import Kind
from ilc_canvas.reconcile.state import Key
from ilc_canvas.store.audit import chain
from ilc_canvas.store.db.database import Store
from ilc_canvas.store.documents import checks
from ilc_canvas.store.documents.checks import Check, CheckedFile
from ilc_canvas.store.privacy import erasure
from ilc_canvas.store.privacy.retention import forget
from tests.store.cast import NOON, finalized

DATA = bytes(range(256)) * 100
MOMENT = timedelta(microseconds=1)


def _keep(store: Store, value: str = "T9", *, file: str = "roster.csv", at: datetime = NOON) -> Check:
    finding = {"level": "error", "file": file, "line": 4, "column": "team_id", "value": value, "text": "is not there.", "fix": "Add it."}
    files = [CheckedFile("roster", file, "a" * 64, DATA), CheckedFile("teams", "teams.csv", "b" * 64, b"")]
    given = Check(ROSTER, "2021-22", at, "ana", 1, 0, {"people": 3}, [finding], ["Read as UTF-16."], files)
    found = checks.read(store, ROSTER, checks.keep(store, given), at=at)
    assert found
    return found


def _there(store: Store) -> list[int]:
    with store.read() as connection:
        return list(connection.execute(text("SELECT number FROM document_check ORDER BY number")).scalars())


def test_check_is_kept_whole(store: Store) -> None:
    """Findings, counts and files come back as they were given, whatever bytes these hold; of another document there is none."""
    found = _keep(store)
    assert (found.errors, found.counts, found.forms, found.findings[0]["value"]) == (1, {"people": 3}, ["Read as UTF-16."], "T9")
    kept = checks.file_of(store, found, "roster")
    assert kept
    assert (kept.name, kept.content) == ("roster.csv", DATA)
    assert checks.file_of(store, found, "cops") is None
    assert checks.read(store, "calendar", found.number, at=NOON) is None
    assert [each.number for each in checks.listing(store, ROSTER, NOON)] == [found.number]


def test_numbers_never_come_twice(store: Store) -> None:
    """After all checks are gone the next one has a new number: a kept address leads nowhere else."""
    assert _keep(store).number == 1
    forget(store, before=NOON, actor="schedule", at=NOON + checks.KEPT)
    assert (_there(store), _keep(store).number) == ([], 2)


@pytest.mark.parametrize(("age", "left"), [(checks.KEPT - MOMENT, [1]), (checks.KEPT, [])])
def test_check_is_kept_for_thirty_days(store: Store, age: timedelta, left: list[int]) -> None:
    """To the microsecond, however long other things are kept; neither page nor files are left then, and the chain verifies."""
    found = _keep(store)
    assert bool(checks.read(store, ROSTER, found.number, at=NOON + age)) == bool(left)
    forget(store, before=NOON - timedelta(days=400), actor="schedule", at=NOON + age)
    assert _there(store) == left
    assert (checks.file_of(store, found, "roster") is not None) == bool(left)
    chain.verify(store)


@pytest.mark.parametrize(("value", "file"), [("rosa núñez 20", "r.csv"), ("r20@example.org", "r.csv"), ("T9", "without_Núñez 20.csv")])
def test_erased_person_is_in_no_check(store: Store, value: str, file: str) -> None:
    """A check that names the person goes whole; of all others the files go, which may name anybody."""
    finalized(store, 20)
    finalized(store, 19, files="b")
    other, _ = _keep(store), _keep(store, value, file=file)
    erasure.erase(store, Key(Kind.USER, "ilc:p:ILC-0020"), actor="ana", reason="asked", at=NOON)
    assert _there(store) == [other.number]
    assert checks.file_of(store, other, "roster") is None
    with store.read() as connection:
        left = str([connection.execute(text(f"SELECT * FROM {name}")).all() for name in ("document_check", "document_check_file")])  # noqa: S608
    assert value == "T9" or value not in left

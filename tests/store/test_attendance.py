"""Attendance versions in the store: in force at once, part of no plan, and without names of people in the chain."""

from datetime import timedelta

import pytest

from ilc_canvas.program.reports.attendance import Attendance, Presence
from ilc_canvas.reconcile.errors import AttendanceError, ChainError
from ilc_canvas.store.attendance import versions
from ilc_canvas.store.audit import chain
from ilc_canvas.store.audit.reader import events
from ilc_canvas.store.db.database import Store
from ilc_canvas.store.documents.tables import CONTENT
from ilc_canvas.store.documents.versions import newest_basis
from ilc_canvas.store.privacy.erasure import erase
from ilc_canvas.store.privacy.retention import forget
from tests.store.cast import NOON, ROSA, finalized

ROWS = (Presence("M-1", "ILC-0002", 0, "Rosa Núñez 1"), Presence("M-1", "", 30, "R. Alvarez"))
ATTENDANCE = Attendance("2021-22", 0, ROWS)


def _record(store: Store, rows: tuple[Presence, ...] = ROWS, files: str = "a", **later: int) -> int:
    hashes = {"a.csv": files * 64}
    given = Attendance("2021-22", 0, rows)
    at = NOON + timedelta(**later)
    return versions.record(store, given, rows={"a.csv": len(rows)}, hashes=hashes, findings=[], recorded_by="ana", at=at, reason="fall")


def test_attendance_is_in_force_at_once(store: Store) -> None:
    """What was recorded is read back, and the next one of the same year supersedes it."""
    assert _record(store) == 1
    assert versions.read(store) == Attendance("2021-22", 1, ROWS, NOON)
    assert _record(store, ROWS[:1], "b", hours=1) == 2
    assert [(info.number, info.state, info.entries) for info in versions.listing(store)] == [(2, "finalized", 1), (1, "superseded", 2)]
    assert versions.newest(store, "2020-21") is None


def test_attendance_is_refused_in_its_name(store: Store) -> None:
    """Nothing recorded, no such version, the same file: each is said of the attendance."""
    with pytest.raises(AttendanceError, match=r"No attendance is recorded yet.*‹import-document attendance›"):
        versions.read(store)
    with pytest.raises(AttendanceError, match=r"no attendance version 7. See: ‹attendances›"):
        versions.read(store, 7)
    _record(store)
    with pytest.raises(AttendanceError, match="already loaded: they are attendance version 1, recorded by ana"):
        _record(store)


def test_no_plan_is_made_from_it(store: Store) -> None:
    """Recording attendance leaves the basis of plans as it is, so that no approval ends and no sync falls due."""
    finalized(store)
    with store.read() as connection:
        before = newest_basis(connection, "2021-22")
    _record(store)
    with store.read() as connection:
        assert newest_basis(connection, "2021-22") == newest_basis(connection) == before


def test_chain_names_nobody(store: Store) -> None:
    """The events have counts and hashes; neither who came nor who recorded it is in the chain."""
    _record(store)
    told = events(store)
    assert [event.kind for event in told] == ["attendance-drafted", "attendance-finalized"]
    counts = {name: told[1].body[name] for name in ("meetings", "people", "entries", "outside", "sha256")}
    assert counts == {"meetings": 1, "people": 1, "entries": 2, "outside": 30, "sha256": ["a" * 64]}
    assert not any(word in str(event.body) for event in told for word in ("ILC-0002", "Núñez", "Alvarez", "a.csv"))
    assert chain.verify(store).count == 2


def test_edited_attendance_is_found(store: Store) -> None:
    """Attendance that was changed in the store by other means is not used."""
    _record(store)
    with store.write() as connection:
        connection.execute(CONTENT.update().values(content='{"rows":[]}'))
    with pytest.raises(ChainError, match="Attendance version 1 in the store is not as the audit log recorded it"):
        versions.read(store)


def test_erased_person_recorded_nothing(store: Store) -> None:
    """Erasing somebody empties the name where it says who recorded a row; the attendance still verifies, and counts as before."""
    finalized(store, 21)
    finalized(store, 20, files="b")
    _record(store, (Presence("M-1", "ILC-0002", 0, "Núñez 21"), ROWS[1]))
    erase(store, ROSA.key._replace(id="ilc:p:ILC-0021"), actor="ana", reason="asked", at=NOON)
    assert [(row.person_id, row.recorded_by) for row in versions.read(store).rows] == [("ILC-0002", ""), ("", "R. Alvarez")]


def test_superseded_attendance_forgets_recorders(store: Store) -> None:
    """Who recorded a version that was superseded long ago is forgotten; the one in force keeps it."""
    _record(store)
    _record(store, ROWS[:1], "b", hours=1)
    assert forget(store, before=NOON + timedelta(days=1), actor="worker", at=NOON + timedelta(days=2)).rosters == 1
    assert {row.recorded_by for row in versions.read(store, 1).rows} == {""}
    assert [row.recorded_by for row in versions.read(store).rows] == ["Rosa Núñez 1"]

"""Events beside the runs: exports, and settings that have changed."""

import json
from typing import Any

import pytest

from ilc_canvas.reconcile.change import Create
from ilc_canvas.reconcile.errors import LeaseError
from ilc_canvas.store.audit import chain, settings_and_exports
from tests.store.cast import NOON, Desk, seat


def _bodies(desk: Desk, kind: str) -> list[dict[str, Any]]:
    return [json.loads(row.body) for row in chain.pages(desk.store) if row.kind == kind]


def _settings(desk: Desk, **values: object) -> int:
    return settings_and_exports.settings(desk.lease, values, actor="ana", at=NOON)


def test_first_settings_are_all_noted(desk: Desk) -> None:
    """The first time every setting is noted; while nothing changes, nothing more is."""
    assert [_settings(desk, repair=False, in_flight=6) for _ in range(3)] == [2, 0, 0]
    assert _bodies(desk, "settings") == [{"changed": {"repair": {"old": None, "new": False}, "in_flight": {"old": None, "new": 6}}}]


def test_changed_settings_are_noted(desk: Desk) -> None:
    """What has changed is noted with its old and its new value, against all that was noted before; a guard set back is noted as well."""
    for limit in (5, 50, 5):
        _settings(desk, repair=False, removals=limit)
    assert [body["changed"] for body in _bodies(desk, "settings")][1:] == [
        {"removals": {"old": 5, "new": 50}},
        {"removals": {"old": 50, "new": 5}},
    ]
    _settings(desk, removals=5)
    assert _bodies(desk, "settings")[-1] == {"changed": {"repair": {"old": False, "new": None}}}


def test_settings_need_the_lease(desk: Desk) -> None:
    """Who has lost the lease notes nothing."""
    with desk.store.write() as connection:
        connection.exec_driver_sql("UPDATE lease SET token = token + 1")
    with pytest.raises(LeaseError):
        _settings(desk, repair=True)
    assert _bodies(desk, "settings") == []


def test_export_is_noted_before_it(desk: Desk) -> None:
    """An export of one run or of all is an event with its size."""
    run = desk.carried(Create(seat()))
    assert settings_and_exports.exported(desk.store, run=run, actor="ben", at=NOON) == 5
    assert settings_and_exports.exported(desk.store, run=None, actor="ben", at=NOON) == 6
    assert _bodies(desk, "exported") == [{"of": f"run {run}", "events": 5}, {"of": "all", "events": 6}]
    assert chain.verify(desk.store).count == 7

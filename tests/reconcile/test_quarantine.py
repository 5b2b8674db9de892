"""Which troubles stop all writing, and when the program looks at them again."""

from datetime import timedelta

import pytest

from ilc_canvas.reconcile.errors import (
    IncompleteError,
    MissingRightError,
    RecoveryError,
    RosterError,
    TokenError,
    UnavailableError,
    WrongTenantError,
)
from ilc_canvas.reconcile.run.quarantine import Quarantine, quarantined, trouble_of
from tests.reconcile.cast import NOON

HOUR = timedelta(hours=1)


@pytest.mark.parametrize(
    ("error", "trouble"),
    [(TokenError, "token"), (MissingRightError, "right"), (WrongTenantError, "tenant"), (RecoveryError, "recovery"),
     (UnavailableError, "canvas"), (IncompleteError, "canvas"), (RosterError, ""), (KeyError, "")],
)  # fmt: skip
def test_troubles_by_error(error: type[Exception], trouble: str) -> None:
    """Each error that affects everything has its trouble; the others have none."""
    assert trouble_of(error("x")) == trouble


def test_probes_grow_rare() -> None:
    """The wait is five minutes, fifteen, an hour, then six hours; a different trouble starts again."""
    found: Quarantine | None = None
    waits = []
    for _ in range(6):
        found = quarantined(found, "token", "x", now=NOON)
        waits.append((found.next_at or NOON) - NOON)
    assert waits == [HOUR / 12, HOUR / 4, HOUR, 6 * HOUR, 6 * HOUR, 6 * HOUR]
    assert quarantined(found, "canvas", "x", now=NOON).next_at == NOON + HOUR / 12


@pytest.mark.parametrize(("seconds", "by_hand", "forbidden"), [(299, False, True), (300, False, False), (0, True, False)])
def test_schedule_waits_people_do_not(seconds: int, by_hand: bool, forbidden: bool) -> None:
    """The schedule waits for the time of the probe; a person may look at once."""
    assert quarantined(None, "token", "x", now=NOON).forbids(NOON + timedelta(seconds=seconds), by_hand=by_hand) is forbidden


@pytest.mark.parametrize("trouble", ["tenant", "recovery"])
def test_some_troubles_need_a_person(trouble: str) -> None:
    """These never pass by themselves, and forbid a run by hand too."""
    found = quarantined(None, trouble, "x", now=NOON)
    assert found.forbids(NOON + 9999 * HOUR, by_hand=True)

"""Meetings that are made, moved and called off while runs die and requests fail: no event twice, none lost, each as the calendar has it."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from itertools import product
from operator import attrgetter
from pathlib import Path

import pytest

from tests.sampling import sampled
from tests.sandbox.process import start_sandbox
from tests.stores import new_store
from tests.sync.crash import SEND, Crash, Forge
from tests.sync.draw import SIDES
from tests.sync.meetings import BOTH, FIRST_CALENDAR, MIDYEAR, ONE, TWO, Diary
from tests.sync.world import NOW, again, approved

WRITES = 6  # two events made, three moved, one marked as cancelled
SECOND = (
    replace(ONE, first_day=date(2021, 9, 21), last_day=date(2021, 9, 21)),
    replace(TWO, status="cancelled"),
    replace(BOTH, first_day=date(2021, 10, 12), last_day=date(2021, 10, 12)),
    MIDYEAR,
    replace(ONE, meeting_id="NEW-1", title="New 1"),
    replace(ONE, meeting_id="NEW-2", title="New 2", audience=("AI",)),
)
AFTERWARDS = {
    "cop:EQ:COP-EQ-1": ("Equity 1", "2021-09-21T23:30:00Z"),
    "cop:EQ:COP-EQ-2": ("Cancelled: Equity 2", "2021-11-10T00:30:00Z"),
    "cop:EQ:JOINT-1": ("Joint", "2021-10-12T23:30:00Z"),
    "cop:AI:JOINT-1": ("Joint", "2021-10-12T23:30:00Z"),
    "cop:EQ:NEW-1": ("New 1", "2021-09-14T23:30:00Z"),
    "cop:AI:NEW-2": ("New 2", "2021-09-14T23:30:00Z"),
    "hub:MIDYEAR/1": ("Midyear", "2022-02-04T08:00:00Z"),
    "hub:MIDYEAR/2": ("Midyear", "2022-02-05T08:00:00Z"),
}
FAULTS = ("503", "500", "reset-before", "reset-after", "429", "throttle403", "truncate", "html")
DEATHS = [
    *(Crash(*case) for case in product(("intended", "apply", "happened", SEND), SIDES, range(1, WRITES + 1), (1, 6))),
    *(Crash(point, side) for point in ("begin", "observe", "planned", "closed") for side in SIDES),
]
BAD = [(fault, method, nth) for method, most in (("POST", 2), ("PUT", 4)) for nth in range(1, most + 1) for fault in FAULTS]
LISTS = [(fault, "GET", nth) for nth in (1, 2) for fault in ("drop-link", "truncate", "500", "reset-after")]


@pytest.fixture(scope="module")
def planned(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Diary]:
    """The first calendar is in Canvas, and the second one is signed: to be copied."""
    with start_sandbox("--now", NOW) as sandbox:
        diary = Diary(sandbox, approved(sandbox, new_store(tmp_path_factory.mktemp("meetings"))).store)
        assert diary.run().status == "applied"
        diary.sign(*FIRST_CALENDAR)
        assert diary.run().status == "applied"
        diary.sign(*SECOND)
        diary.begun_with(sandbox.state())
        sandbox.keep()
        yield diary


@pytest.fixture
def diary(planned: Diary, tmp_path: Path) -> Diary:
    """Before the run of the second calendar."""
    world = again(planned, tmp_path / "world")
    return Diary(world.sandbox, world.store, before=world.before)


def test_sweep_meets_every_write(diary: Diary) -> None:
    """The sweep counts as many writes as the run really makes."""
    assert diary.run().writes == WRITES
    assert _after(diary) == AFTERWARDS


@pytest.mark.parametrize("crash", sampled("deaths among meetings", DEATHS, 24, kind=attrgetter("point", "side", "in_flight")), ids=str)
def test_killed_run_heals(diary: Diary, forge: Forge, crash: Crash) -> None:
    """A run that is killed at any point is finished by the next one."""
    forge.run(diary.sandbox.url, diary.store, crash)
    _heals(diary)


@pytest.mark.parametrize(("fault", "method", "nth"), sampled("faults at meetings", BAD + LISTS, 24, kind=lambda case: case[:2]))
def test_fault_heals(diary: Diary, fault: str, method: str, nth: int) -> None:
    """Any fault at any write or list of the calendar ends in the same state."""
    diary.sandbox.fault(fault, "calendar_events", method=method, nth=nth)
    _heals(diary)


def _heals(diary: Diary) -> None:
    diary.heal(3)
    again = diary.run()
    assert (again.status, again.writes, again.drift, again.conflicts) == ("converged", 0, 0, 0)
    assert (_after(diary), diary.complaints()) == (AFTERWARDS, [])


def _after(diary: Diary) -> dict[str, tuple[str, str]]:
    return {key: (row["title"], row["start_at"]) for key, row in diary.events().items()}

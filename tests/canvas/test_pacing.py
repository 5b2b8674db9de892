"""How fast calls follow each other, by what Canvas says is left."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from ilc_canvas.canvas.http.throttle import breather, left_at_rest
from ilc_canvas.canvas.http.transport import Timing, Transport
from ilc_canvas.canvas.kinds import all_calls
from tests.canvas.cast import Waits
from tests.sandbox.process import start_sandbox


@pytest.mark.parametrize(
    ("shown", "others", "left"), [(349.9, 5, 599.9), (49.0, 5, 299.0), (599.9, 0, 599.9), (590.0, 3, 600.0), (790, 3, 790)]
)
def test_own_loans_are_not_used_up(shown: float, others: int, left: float) -> None:
    """What other calls of ours have borrowed comes back: it is no reason to go slowly."""
    assert left_at_rest(shown, others=others) == left


@pytest.mark.parametrize(("flying", "waits"), [(0, False), (5, False), (10, False), (11, True), (12, True)])
def test_loans_fill_the_bucket(flying: int, *, waits: bool) -> None:
    """Twelve calls borrow all of a bucket of 600: the last one waits a little, and is not refused."""
    assert (breather(599.8, flying=flying) is not None) is waits


def test_many_at_once_are_not_slowed() -> None:
    """On a Canvas whose throttle counts, eleven calls at once go on without a wait, one after the other."""
    waits = Waits()
    timing = Timing(sleep=waits.append, monotonic=waits.monotonic)
    with start_sandbox("--throttle", "--latency-ms", "50") as sandbox, ThreadPoolExecutor(11) as pool:
        busy = Transport(sandbox.url, lambda: sandbox.token, all_calls(), in_flight=11, timing=timing)
        list(pool.map(lambda _: busy.call("GET", "users/self"), range(66)))
    assert (list(waits), busy.traffic.throttled) == ([], 0)

"""Waiting for what another process does."""

import time
from collections.abc import Callable


def until(happened: Callable[[], object], seconds: float = 60.0) -> float:
    """Wait for it; how long that took."""
    began = time.monotonic()
    while not happened():
        assert time.monotonic() - began < seconds, "it did not happen"
        time.sleep(0.1)
    return time.monotonic() - began

"""Ctrl-C and SIGTERM during a run: the calls under way are finished and recorded, then it ends. A second one ends it at once."""

import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType


@contextmanager
def stoppable(gently: bool) -> Iterator[Callable[[], bool]]:
    """Whether somebody wants the run to stop. Not `gently`: it ends at once, as what writes nothing may."""
    asked = threading.Event()
    if not gently or threading.current_thread() is not threading.main_thread():
        yield asked.is_set
        return

    def ask(number: int, frame: FrameType | None) -> None:
        if asked.is_set():
            signal.default_int_handler(number, frame)
        asked.set()
        sys.stderr.write("Stopping when the calls under way are done. Press Ctrl-C again to stop at once.\n")

    before = {number: signal.signal(number, ask) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield asked.is_set
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)

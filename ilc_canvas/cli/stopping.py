"""Ctrl-C and SIGTERM during a run: the calls under way are finished and recorded, then it ends. A second one ends it at once."""

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

_SAID = b"Stopping when the calls under way are done. Press Ctrl-C again to stop at once.\n"


@contextmanager
def stoppable(*, gently: bool = True, patience: float = 0) -> Iterator[threading.Event]:
    """Set when somebody wants the run to stop. After `patience` seconds more (0: never) it ends as at a second Ctrl-C, whatever hangs.

    Not `gently`: it ends at once, as what writes nothing may.
    """
    asked = threading.Event()
    if not gently or threading.current_thread() is not threading.main_thread():
        yield asked
        return

    def ask(number: int, frame: FrameType | None) -> None:
        if asked.is_set():
            signal.default_int_handler(number, frame)
        asked.set()
        if patience:
            signal.setitimer(signal.ITIMER_REAL, patience)
        else:
            os.write(2, _SAID)  # a handler may come in the middle of what sys.stderr does

    handlers = {signal.SIGINT: ask, signal.SIGTERM: ask, **({signal.SIGALRM: signal.default_int_handler} if patience else {})}
    before = {number: signal.signal(number, handler) for number, handler in handlers.items()}
    try:
        yield asked
    finally:
        if patience:
            signal.setitimer(signal.ITIMER_REAL, 0)
        for number, handler in before.items():
            signal.signal(number, handler)

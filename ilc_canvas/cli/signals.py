"""Ctrl-C and SIGTERM during a run: calls under way finish and are recorded, then it ends. A second signal ends it at once."""

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

_STOPPING = b"Stopping when the calls under way are done. Press Ctrl-C again to stop at once.\n"


@contextmanager
def stoppable(*, gently: bool = True, patience: float = 0) -> Iterator[threading.Event]:
    """An event that is set when somebody wants the run to stop. `patience` seconds later (0: never) it ends as on a second Ctrl-C.

    Not `gently`: it ends at once, for commands that write nothing.
    """
    stop = threading.Event()
    if not gently or threading.current_thread() is not threading.main_thread():
        yield stop
        return

    def handle(number: int, frame: FrameType | None) -> None:
        if stop.is_set():
            signal.default_int_handler(number, frame)
        stop.set()
        if patience:
            signal.setitimer(signal.ITIMER_REAL, patience)
        else:
            os.write(2, _STOPPING)  # a signal may interrupt sys.stderr

    handlers = {signal.SIGINT: handle, signal.SIGTERM: handle, **({signal.SIGALRM: signal.default_int_handler} if patience else {})}
    before = {number: signal.signal(number, handler) for number, handler in handlers.items()}
    try:
        yield stop
    finally:
        if patience:
            signal.setitimer(signal.ITIMER_REAL, 0)
        for number, handler in before.items():
            signal.signal(number, handler)

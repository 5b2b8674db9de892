"""The work of a call, counted instead of timed: the lines of Python that it ran through, which no load on the machine changes."""

import sys
from collections.abc import Callable
from types import FrameType
from typing import Any


def lines_run(call: Callable[[], object]) -> int:
    """The lines that a call ran, its libraries' among them; each turn of a comprehension is one."""
    lines, before = 0, sys.gettrace()

    def trace(_frame: FrameType, event: str, _arg: object) -> Any:
        nonlocal lines
        lines += event == "line"
        return trace

    sys.settrace(trace)
    try:
        call()
    finally:
        sys.settrace(before)
    return lines


def growth(call: Callable[[int], object], size: int) -> float:
    """By what factor the work grows if its size doubles: 2 where it is in proportion, 4 where each is compared with each."""
    call(size)  # what is kept for good is made here
    once = lines_run(lambda: call(size))
    return lines_run(lambda: call(2 * size)) / once

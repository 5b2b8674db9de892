"""Runs whose every turn is the same each time: calls that take their turns without threads, and a death at a named call."""

import sys
from collections.abc import Callable, Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from unittest.mock import patch

JOURNAL = ("begin", "pin_tenant", "open_intents", "save_course_counts", "planned", "intended", "happened", "closed")
CANVAS = ("tenant", "observe", "apply", "look")
SEND = "send"  # a write of the client's, on the wire


class Numbered(Future[Any]):
    """A future whose place in a set is the same each time."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self.number = number

    def __hash__(self) -> int:
        return self.number


class InTurn(Executor):
    """Does each call when it is submitted, on the caller's thread: six in flight are six answers that nobody has booked yet."""

    def __init__(self, most: int | None = None) -> None:
        del most
        self._count = 0

    def submit(self, call: Callable[..., Any], /, *given: Any, **named: Any) -> Future[Any]:
        """Its future is done at once."""
        self._count += 1
        future = Numbered(self._count)
        try:
            future.set_result(call(*given, **named))
        except BaseException as error:  # noqa: BLE001 - as a thread pool hands it on
            future.set_exception(error)
        return future


@contextmanager
def in_turn() -> Iterator[None]:
    """In this block the program's pools have no threads, so that a sequence can be replayed."""
    rooms = [room for name, room in sys.modules.items() if name.startswith("ilc_canvas.")]
    users = [room for room in rooms if getattr(room, "ThreadPoolExecutor", None) is ThreadPoolExecutor]
    patches = [patch.object(room, "ThreadPoolExecutor", InTurn) for room in users]
    for each in patches:
        each.start()
    try:
        yield
    finally:
        for each in patches:
            each.stop()


class DeathError(BaseException):
    """The process is killed here."""


@dataclass
class Doom:
    """Where a run dies: before or after the position-th call of a port's method. From then on nothing answers: the process is gone."""

    point: str
    side: str = "after"
    position: int = 1
    count: int = 0
    dead: bool = False

    def around(self, name: str, call: Callable[..., Any]) -> Callable[..., Any]:
        """The same call, deadly at its turn."""

        def deadly(*given: Any, **named: Any) -> Any:
            turn = self.reached(name)
            self.strike(turn and self.side == "before")
            result = call(*given, **named)
            self.strike(turn)
            return result

        return deadly

    def reached(self, name: str) -> bool:
        """Whether it is this call's turn; DeathError where death came before."""
        self.strike(now=False)
        self.count += name == self.point
        return name == self.point and self.count == self.position

    def strike(self, now: bool) -> None:
        """DeathError from now on."""
        self.dead = self.dead or now
        if self.dead:
            raise DeathError


class Doomed:
    """A port that may die."""

    def __init__(self, real: Any, doom: Doom) -> None:
        self._real, self._doom = real, doom

    def __getattr__(self, name: str) -> Any:
        if self._doom.dead:
            raise DeathError
        found = getattr(self._real, name)
        return self._doom.around(name, found) if callable(found) else found

"""How much work one template may be: a text that would never end, or be huge, is an error and not a hanging program."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from jinja2 import TemplateRuntimeError

MOST_ROUNDS = 20_000
"""Of all loops and calls of one text together."""
MOST_CHARACTERS = 400_000
"""Of one text; Canvas takes 500,000 bytes (live.md 5a)."""
_left: ContextVar["list[int] | None"] = ContextVar("left", default=None)


class TooMuchError(TemplateRuntimeError):
    """A text loops too often or is too long."""


@contextmanager
def budget() -> Iterator[None]:
    """For one text."""
    token = _left.set([MOST_ROUNDS, MOST_CHARACTERS])
    try:
        yield
    finally:
        _left.reset(token)


def spend_round() -> None:
    """One more round of a loop, or one more call."""
    _spend(0, 1, f"it repeats things more than {MOST_ROUNDS:,} times")


def spend_characters(number: int) -> None:
    """So many more characters."""
    _spend(1, number, f"it is longer than {MOST_CHARACTERS:,} characters")


def counted(values: Iterable[object]) -> Iterator[object]:
    """The values, each of which costs a round."""
    for value in values:
        spend_round()
        yield value


def _spend(at: int, number: int, text: str) -> None:
    left = _left.get()
    if left is None:
        return
    left[at] -= number
    if left[at] < 0:
        raise TooMuchError(text)

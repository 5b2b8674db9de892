"""Values that stand twice where each may stand once."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

from ilc_canvas.roster.findings import At
from ilc_canvas.roster.rows import Sheet

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Double(Generic[T]):
    """A row whose value an earlier row has already."""

    at: At
    value: T
    first_at: At
    first: T


def doubles(sheet: Sheet[T], of: Callable[[T], str]) -> Iterator[Double[T]]:
    """Each later row, with the first one that has the same `of`, whatever its case; an empty value is no double."""
    seen: dict[str, tuple[At, T]] = {}
    for at, value in sheet:
        word = of(value).casefold()
        if word and word in seen:
            yield Double(at, value, *seen[word])
        elif word:
            seen[word] = (at, value)

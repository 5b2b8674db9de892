"""Values that stand twice where each may stand once."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

from ilc_canvas.program.people.new_ids import plain_id
from ilc_canvas.roster.findings import At, Finding
from ilc_canvas.roster.rows import Sheet

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Duplicate(Generic[T]):
    """A row whose value an earlier row has already."""

    at: At
    value: T
    first_at: At
    first: T


def duplicates(sheet: Sheet[T], of: Callable[[T], str]) -> Iterator[Duplicate[T]]:
    """Each later row, with the first one that has the same `of`, whatever its case; an empty value is not a duplicate."""
    seen: dict[str, tuple[At, T]] = {}
    for at, value in sheet:
        word = of(value).casefold()
        if word and word in seen:
            yield Duplicate(at, value, *seen[word])
        elif word:
            seen[word] = (at, value)


def alike(sheet: Sheet[T], column: str, of: Callable[[T], str]) -> Iterator[Finding]:
    """A warning for each later row whose id differs from an earlier one only by zeros, dashes, dots or underscores."""
    seen: dict[str, tuple[At, str]] = {}
    for at, value in sheet:
        code = of(value)
        first_at, first = seen.setdefault(plain_id(code), (at, code))
        if code.casefold() != first.casefold():
            text = f"differs from {first} (line {first_at.line}) only by zeros or dashes."
            yield at.warning(column, code, text, fix="Is it the same one, written in two ways? Then take one row out.")

"""Counts with their nouns, and lists of words."""

from collections.abc import Sequence


def count(number: int, one: str, many: str = "") -> str:
    """1 person, 2 people, 1,455 changes"""
    return f"{number:,} {form(number, one, many)}"


def form(number: int, one: str, many: str = "") -> str:
    """The words that go with a number, without the number itself: it is, they are"""
    return one if number == 1 else many or f"{one}s"


def listed(words: Sequence[str], last: str = "and") -> str:
    """a; a and b; a, b, and c"""
    if len(words) < 3:
        return f" {last} ".join(words)
    return f"{', '.join(words[:-1])}, {last} {words[-1]}"

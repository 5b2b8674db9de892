"""How an office's files are read: its own words for columns and values, and the limits."""

import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from ilc_canvas.reconcile.errors import RosterError

MEGABYTE = 1024 * 1024
MOST_BYTES = 10 * MEGABYTE
MOST_ROWS = 50_000
MOST_COLUMNS = 64

OnRows = Callable[[str, int], None]
"""Is told how many rows of a file have been read, by the file's name."""


def folded(text: str) -> str:
    """The text without regard to case, to spaces of any kind, and to how accents are encoded."""
    return " ".join(unicodedata.normalize("NFC", text).casefold().split())


@dataclass(frozen=True, slots=True)
class ReadingRules:
    """An office's own words, compared with `folded`, and the limits."""

    columns: Mapping[str, str] = field(default_factory=dict)
    """Our column by the office's header; "" leaves the column out."""
    values: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    """For a column of ours: our value by the office's."""
    most_bytes: int = MOST_BYTES
    most_rows: int = MOST_ROWS

    @classmethod
    def of(
        cls,
        columns: Mapping[str, str],
        values: Mapping[str, Mapping[str, str]],
        *,
        most_bytes: int = MOST_BYTES,
        most_rows: int = MOST_ROWS,
    ) -> "ReadingRules":
        """The rules of words as an office writes them."""
        by_column = {name: {folded(theirs): ours for theirs, ours in each.items()} for name, each in values.items()}
        return cls({folded(theirs): ours for theirs, ours in columns.items()}, by_column, most_bytes, most_rows)


STANDARD = ReadingRules()


def no_rows(name: str, rows: int) -> None:
    """Nobody follows the reading."""


def too_many(name: str, rules: ReadingRules) -> RosterError:
    """A file with more rows than are read."""
    return RosterError(f"{name} has more than {rules.most_rows:,} rows. Is it the right file? The setting roster.most_rows allows more.")


def too_wide(name: str, columns: int) -> RosterError:
    """A file with more columns than are read."""
    return RosterError(f"{name} has {columns} columns; more than {MOST_COLUMNS} are not read.")


def megabytes(most_bytes: int) -> str:
    """10 MB"""
    return f"{most_bytes // MEGABYTE:,} MB"

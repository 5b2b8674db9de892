"""Printing text, JSON and errors."""

import json
import sys
from collections.abc import Iterable

from ilc_canvas.cli.commands import with_commands
from ilc_canvas.reconcile.errors import IlcError, RosterHeldError
from ilc_canvas.reconcile.words.hints import put_in
from ilc_canvas.reconcile.words.plain import plain

EXIT_HELD, EXIT_ERROR = 3, 1
CUT = 10  # rows of a long list


def one_line(text: str | None) -> str | None:
    """Text that a person typed, on one line: line breaks become spaces."""
    return None if text is None else plain(" ".join(text.split()))


def say(*lines: str) -> None:
    """Print lines for a person on stdout."""
    for line in lines:
        sys.stdout.write(plain(with_commands(line)) + "\n")
    sys.stdout.flush()


def say_json(value: object) -> None:
    """Print one JSON document on stdout."""
    sys.stdout.write(plain(json.dumps(put_in(value, with_commands), ensure_ascii=False, indent=1, default=str), keep="\n") + "\n")
    sys.stdout.flush()


def say_error(error: IlcError, *, as_json: bool) -> int:
    """Print the error as one sentence on stderr, or as JSON on stdout, and return its exit code."""
    if as_json:
        say_json(as_error(error))
    else:
        sys.stderr.write(plain(with_commands(str(error)), keep="\n") + "\n")
    return EXIT_HELD if isinstance(error, RosterHeldError) else EXIT_ERROR


def as_error(error: IlcError) -> dict[str, dict[str, str]]:
    """An error for programs, with its kind as the code."""
    return {"error": {"code": type(error).__name__.removesuffix("Error").lower(), "text": str(error)}}


def cut(lines: Iterable[str], *, all_rows: bool) -> list[str]:
    """The first ten lines, and how many more there are."""
    rows = list(lines)
    more = len(rows) - CUT
    return rows if all_rows or more <= 1 else [*rows[:CUT], f"  and {more} more (--all)"]

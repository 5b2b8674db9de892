"""What goes to the screen: text, JSON, errors."""

import json
import re
import sys
from collections.abc import Iterable

from ilc_canvas.cli.commands import said
from ilc_canvas.reconcile.errors import IlcError, RosterHeldError
from ilc_canvas.reconcile.hints import put_in

EXIT_HELD, EXIT_ERROR = 3, 1
CUT = 10  # rows of a long list


_COMMANDS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]")
"""What a terminal would obey, or take for the end of a line: colours, cursor, direction of writing."""


def plain(text: str) -> str:
    """The text with everything that a terminal would obey escaped as in JSON, so that JSON stays what it is."""
    return _COMMANDS.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def one_line(text: str | None) -> str | None:
    """What a person has typed, on one line: line breaks are spaces."""
    return None if text is None else plain(" ".join(text.split()))


def say(*lines: str) -> None:
    """Lines for a person, on stdout."""
    for line in lines:
        sys.stdout.write(plain(said(line)) + "\n")
    sys.stdout.flush()


def say_json(value: object) -> None:
    """One JSON document on stdout."""
    say(json.dumps(put_in(value, said), ensure_ascii=False, indent=1, default=str))


def say_error(error: IlcError, *, as_json: bool) -> int:
    """The error as one sentence on stderr (as JSON on stdout), and its exit code."""
    if as_json:
        say_json(as_error(error))
    else:
        sys.stderr.write(f"{plain(said(str(error)))}\n")
    return EXIT_HELD if isinstance(error, RosterHeldError) else EXIT_ERROR


def as_error(error: IlcError) -> dict[str, dict[str, str]]:
    """An error for programs: its code is the name of its kind."""
    return {"error": {"code": type(error).__name__.removesuffix("Error").lower(), "text": str(error)}}


def cut(lines: Iterable[str], *, all_rows: bool) -> list[str]:
    """The first ten lines, and how many more there are."""
    rows = list(lines)
    more = len(rows) - CUT
    return rows if all_rows or more <= 1 else [*rows[:CUT], f"  and {more} more (--all)"]

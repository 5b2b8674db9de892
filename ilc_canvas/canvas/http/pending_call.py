"""A call on its way to Canvas, and how it is named in a sentence."""

import re
from dataclasses import dataclass
from typing import Any

Pairs = list[tuple[str, Any]]
_WORD = re.compile(r"[a-z_]+")


@dataclass(slots=True)
class PendingCall:
    """One call: what is asked for, whether it may be sent again, and until when."""

    method: str
    path: str
    pairs: Pairs | None
    repeatable: bool
    until: float
    renewed: bool = False  # whether it was sent again with another token already
    unclear: bool = False  # whether an attempt may have been done: what later ones say does not prove that nothing was

    @property
    def name(self) -> str:
        """For a sentence."""
        return named(self.method, self.path)

    @property
    def write(self) -> str:
        """What kind of write this is, by method and the last word of its path; empty for a reading."""
        words = [part for part in self.path.partition("?")[0].split("/") if _WORD.fullmatch(part)]
        return "" if self.method == "GET" else f"{self.method} {words[-1] if words else ''}"


def named(method: str, path: str) -> str:
    """A call for a sentence: method and path, without the query."""
    return f"{method} {path.partition('?')[0].removeprefix('/api/v1/')}"

"""Texts of others (names in Canvas and in files) as they may be shown: on a screen, in a table, in a mail, in a log."""

import json
import unicodedata

_OBEYED = frozenset({"Cc", "Cf", "Co", "Cs", "Zl", "Zp"})
"""Controls, line breaks, what is invisible or turns the direction of writing, private and broken characters: by Unicode's categories."""
_FILLERS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u2800\u3164\uffa0")
"""Letters and marks that show nothing."""
_JOINERS = frozenset("\u200c\u200d")
"""Invisible, and part of how some languages are spelt."""


def plain(text: str, *, keep: str = "") -> str:
    """The text with everything that a terminal or a reader would obey, or not see, escaped as in JSON; but for the characters to `keep`.

    JSON stays what it is, so this can be the last thing that is done with any output.
    """
    if text.isprintable() and _FILLERS.isdisjoint(text):
        return text
    return "".join(json.dumps(char)[1:-1] if _is_obeyed(char) and char not in keep else char for char in text)


def shows_nothing(text: str) -> bool:
    """Whether there are letters or marks in it that show nothing."""
    return not _FILLERS.isdisjoint(text)


def _is_obeyed(char: str) -> bool:
    return char in _FILLERS or (unicodedata.category(char) in _OBEYED and char not in _JOINERS)

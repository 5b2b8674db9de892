"""Damage in names, titles and labels: traces of a file that was converted, exported or pasted wrongly, which must not become data."""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

from ilc_canvas.reconcile.words.plain import shows_nothing
from ilc_canvas.roster.findings import Severity

_HIGH = "\x80-\u00ff€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ"
_AGAIN = 'Save the file again as "CSV UTF-8", and look whether the name is right.'
_RETYPE = "Retype it, without pasting."
_RETYPE_IF = f"Is that intended? If not: {_RETYPE}"
_ITSELF = "Write the character itself, or accept it as it is."
_EMPTY_IF = "Leave the cell empty, or accept it as it is."
_OTHER = "was read as another encoding than it is in."
_MAYBE_OTHER = "may have been read as another encoding than it is in."
_EMPTY = "holds characters that show nothing."


@dataclass(frozen=True, slots=True)
class Damage:
    """One kind of damage: how it is found, whether it can ever be right, and what is said about it."""

    severity: Severity
    found: Callable[[str], bool]
    text: str
    fix: str


def _pattern(expression: str) -> Callable[[str], bool]:
    pattern = re.compile(expression)
    return lambda text: pattern.search(text) is not None


def _mixes_alphabets(text: str) -> bool:
    """Whether a single word has letters of two alphabets that look alike."""
    return any(len(_alphabets(word)) > 1 for word in re.findall(r"[^\W\d_]+", text)) and not text.isascii()


def _alphabets(word: str) -> set[str]:
    names = {unicodedata.name(char, "").partition(" ")[0] for char in word}
    return names & {"LATIN", "CYRILLIC", "GREEK", "ARMENIAN", "CHEROKEE"}


def _is_unassigned(text: str) -> bool:
    return any(unicodedata.category(char) == "Cn" for char in text)


def _error(found: Callable[[str], bool] | str, text: str, fix: str) -> Damage:
    return Damage("error", _pattern(found) if isinstance(found, str) else found, text, fix)


def _warning(found: Callable[[str], bool] | str, text: str, fix: str) -> Damage:
    return Damage("warning", _pattern(found) if isinstance(found, str) else found, text, fix)


TABLE = (
    _error("\ufffd", "holds the mark that stands for a lost character.", f"A character was lost. {_AGAIN}"),
    _error(f"Ã[{_HIGH}]|Â[\xa0-\xbf]|â€|ðŸ|ï»¿", _OTHER, _AGAIN),
    _error(r"√[^\x00-\x7f]|‚Ä[ôìîúù]|[├┬][^\x00-\x7f]|ΓÇ", _OTHER, _AGAIN),
    _error(shows_nothing, _EMPTY, _RETYPE),
    _error("[\ud800-\udfff\ue000-\uf8ff]", "holds characters that only one program or font knows.", _RETYPE),
    _error(r"^#(REF!|N/A|NAME\?|VALUE!|DIV/0!|NULL!|NUM!)$", "is what a spreadsheet writes for an error.", "Look it up there."),
    _warning("[\u200c\u200d](?=[A-Za-z\\s]|$)|(?:(?<=[A-Za-z\\s])|^)[\u200c\u200d]", _EMPTY, _RETYPE_IF),
    _warning(_is_unassigned, "holds characters that this program does not know.", _RETYPE_IF),
    _warning("[ÄÅÐÑÒÓØÙÆÈÉ][¡-¿€‚ƒ„…†‡ˆ‰Š‹ŒŽ•˜™š›œžŸ]", _MAYBE_OTHER, f"Is that intended? If not: {_AGAIN}"),
    _warning(r"[^\W\d_]\?+[^\W\d_]", "has a question mark within a word.", f"Is it meant, or was a letter lost? {_AGAIN}"),
    _warning(r"&(#\d{2,6}|#x[0-9a-fA-F]{2,5}|[A-Za-z]{2,8});", "has a character written as for a web page.", _ITSELF),
    _warning(
        r"%[C-F][0-9A-F]%[89AB][0-9A-F]|=[C-F][0-9A-F]=[89AB][0-9A-F]|\\u[0-9a-fA-F]{4}", "has a character written as a code.", _ITSELF
    ),
    _warning(_mixes_alphabets, "mixes letters of two alphabets in a word.", f"Letters that look alike are not the same. {_RETYPE}"),
    _warning(r"[\u0300-\u036f]{3}", "stacks marks on a letter.", _RETYPE_IF),
    _warning(r"^(NULL|null|none|None|NONE|nan|NaN|NAN|undefined|n/a|N/A)$", "is what a program writes where there is nothing.", _EMPTY_IF),
)
"""The one table of damage: the first line that fits is what is said about a cell."""


def damage_in(text: str) -> Damage | None:
    """The damage in a text; None if there is none to be seen. The address of a web page is written in its own way."""
    if text.isascii() and not _SIGNS.search(text):
        return None
    found = next((damage for damage in TABLE if damage.found(text)), None)
    return None if found and found.severity == "warning" and "://" in text else found


_SIGNS = re.compile(r"[?&%=#\\]|^[NnUu]")
"""What ASCII text has at least if something in the table fits it."""

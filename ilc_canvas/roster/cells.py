"""The cells of one row, read by what they mean; what cannot be read becomes a finding."""

import re
import unicodedata
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from functools import lru_cache
from itertools import zip_longest

from ilc_canvas.roster.findings import Finding
from ilc_canvas.roster.office.rewriting import SUCH_AS, as_address, as_cds, as_code, as_number, as_word, day_hint
from ilc_canvas.roster.reading import Row

CODE = re.compile(r"[A-Za-z0-9._-]{1,64}")
ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?\.)+[A-Za-z]{2,}")
LONGEST_NAME = 255
LONGEST_ADDRESS = 100  # it is the login too
MOST_COMPARED = 200  # words that a misspelled one is compared with; every row may have one
FIRST_YEAR, LAST_YEAR = 2000, 2100
LENGTHS = {6: 7, 7: 7, 13: 14, 14: 14}  # a spreadsheet eats one leading zero


@dataclass(frozen=True, slots=True)
class Cells:
    """A row and the list that its findings go to."""

    row: Row
    findings: list[Finding]

    def text(self, column: str) -> str:
        """As it is; "" where the column is not there."""
        return self.row.cells.get(column, "")

    def name(self, column: str) -> str:
        """A name that must be there, and that Canvas takes: up to 255 characters."""
        value = self.text(column)
        if not value:
            self._error(column, value, "is missing.", fix="Fill it in.")
        if len(value) > LONGEST_NAME:
            self._error(column, value, f"is {len(value)} characters long.", fix=f"Canvas takes {LONGEST_NAME}. Shorten it.")
        return value

    def code(self, column: str) -> str:
        """A code that must be there and is fit to be part of a SIS id."""
        value = self.text(column)
        if not value:
            self._error(column, value, "is missing.", fix="Fill it in.")
        elif not CODE.fullmatch(value):
            fix = "Use up to 64 letters, digits, dots, dashes and underscores, without spaces."
            fix += f"{SUCH_AS}{as_code(value)}." if as_code(value) else ""
            self._error(column, value, "cannot be part of an id in Canvas.", fix=fix)
        return value

    def codes(self, column: str) -> tuple[str, ...]:
        """Codes with semicolons between them, each once."""
        return tuple(dict.fromkeys(part.strip() for part in self.text(column).split(";") if part.strip()))

    def word(self, column: str, allowed: Collection[str]) -> str:
        """One of these words ("" among them where it may be empty)."""
        value = self.text(column)
        if value not in allowed:
            self._error(column, value, "is not known here." if value else "is missing.", fix=_one_of(value, allowed))
        return value

    def number(self, column: str) -> int | None:
        """A count, or None if nothing (or nothing readable) is written."""
        value = self.text(column)
        if value.isascii() and value.isdigit() and len(value) <= 6:
            return int(value)
        if value:
            number = as_number(value)
            fix = f"Write it as {number}." if number else "Write it in digits, or leave it empty."
            self._error(column, value, "is not a number.", fix=fix)
        return None

    def day(self, column: str, instead: date) -> date:
        """A date written 2021-10-05, from 2000 to 2100; `instead` where it is not."""
        value = self.text(column)
        try:
            day = date.fromisoformat(value if len(value) == len("2021-10-05") and value[4] == "-" == value[7] else "")
        except ValueError:
            self._error(column, value, "is not a date." if value else "is missing.", fix=day_hint(value))
            return instead
        if not FIRST_YEAR <= day.year <= LAST_YEAR:
            self._error(column, value, f"is not between {FIRST_YEAR} and {LAST_YEAR}.", fix="Correct the year.")
            return instead
        return day

    def address(self, column: str) -> str:
        """An e-mail address, as written."""
        value = self.text(column)
        if not ADDRESS.fullmatch(value) or ".." in value:
            inside = as_address(value)
            meant = ADDRESS.fullmatch(inside) and ".." not in inside
            fix = f"Write it as {inside}, if that is right." if meant else "Ask the person for the right one."
            self._error(column, value, "is not an e-mail address." if value else "is missing.", fix=fix)
        elif len(value) > LONGEST_ADDRESS:
            self._error(column, value, f"is {len(value)} characters long.", fix=f"A login in Canvas takes {LONGEST_ADDRESS}.")
        return value

    def cds(self, column: str) -> str:
        """A CDS code as 14 digits: a lost zero is put back with a warning, a district's 7 digits get the zeros of its record."""
        value = self.text(column)
        if not value:
            return ""
        length = LENGTHS.get(len(value))
        if length is None or not (value.isascii() and value.isdigit()):
            fix = "A school has 14 digits, a district 7. Look it up in the CDE directory, and keep the column as text."
            fix = f"Write it as {as_cds(value)}." if as_cds(value) else fix
            self._error(column, value, "is not a CDS code.", fix=fix)
            return value
        if length != len(value):
            fix = f"It is read as {value.zfill(length)}. A spreadsheet has eaten the zero: keep the column as text."
            self.findings.append(self.row.at.warning(column, value, "lacks a leading zero.", fix=fix))
        return value.zfill(length).ljust(14, "0")

    def _error(self, column: str, value: str, text: str, *, fix: str) -> None:
        self.findings.append(self.row.at.error(column, value, text, fix=fix))


def nearest(value: str, known: Collection[str]) -> str:
    """` Is it EQ?` where something known is like it, else nothing; nothing either where too much is known to compare."""
    return "" if len(known) > MOST_COMPARED else _nearest(value, tuple(known))


@lru_cache(maxsize=4096)
def _nearest(value: str, known: tuple[str, ...]) -> str:
    """The same; a word that is wrong in many rows is compared once."""
    folded = {word.casefold(): word for word in sorted(known) if word}
    written = unicodedata.normalize("NFKC", value).casefold()
    near = get_close_matches(written, folded, n=9)
    if not near:
        return ""
    likest = min(near, key=lambda word: sum(one != other for one, other in zip_longest(word, written)))
    return f" Is it {folded[likest]}?"


def _one_of(value: str, allowed: Collection[str]) -> str:
    return _one_of_words(value, tuple(allowed))


@lru_cache(maxsize=4096)
def _one_of_words(value: str, allowed: tuple[str, ...]) -> str:
    words = ", ".join(word for word in allowed if word)
    meant = as_word(value, allowed)
    near = f" Is it {meant}?" if meant else nearest(value, allowed)
    return f"Use one of {words}{', or leave it empty' if '' in allowed else ''}.{near}"

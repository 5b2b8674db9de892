"""Bytes become text: the encoding is recognized and named, and what could only be guessed is refused."""

import re
from dataclasses import dataclass

from ilc_canvas.reconcile.errors import RosterError

_AGAIN = 'Save the file again as "CSV UTF-8".'
_MARKS = {b"\xff\xfe": "UTF-16 (little-endian)", b"\xfe\xff": "UTF-16 (big-endian)"}
_UTF_32 = (b"\xff\xfe\0\0", b"\0\0\xfe\xff")
_UTF_8_LETTER = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
_ODD_IN_CP1252 = re.compile(
    r"[^\W\d_][\u0192\u201a\u201e\u2026\u2020\u2021\u02c6\u2030\u2039\u2022\u02dc\u2122\u203a\xa1-\xb3\xb5\xb6\xb8-\xbf\xd7\xf7]+[^\W\d_]"
    r"|[^\W\d_][\u2013\u2014][a-z\xdf-\xff]|[a-z\xdf-\xff][\u0160\u0152\u017d\u0178]"
)
"""What hardly any word holds; text in other encodings looks like this: a sign between letters, a dash or a capital letter within a word."""
_FOREIGN_WORD = re.compile(r"\w*[^\W\d_a-zA-Z]\w*")


@dataclass(frozen=True, slots=True)
class Encoding:
    """How the bytes of a file are text."""

    codec: str
    words: str  # in a sentence: "UTF-8"
    usual: bool  # UTF-8: there is nothing to say about it
    open_end: bool  # the last line has no line break
    last_line: int


def utf8(name: str, data: bytes) -> str:
    """The text of UTF-8 with or without a mark; nothing else. RosterError otherwise."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise RosterError(f"{name}, line {_line(data, error.start)}, is not UTF-8. {_AGAIN}") from error
    return _without_zeros(name, text)


def encoding(name: str, data: bytes) -> Encoding:
    """UTF-8, UTF-16 with its mark, or cp1252. RosterError if it is none of them, or could be a damaged one."""
    if data.startswith(_UTF_32):
        raise RosterError(f"{name} is UTF-32, which is not read. {_AGAIN}")
    if words := _MARKS.get(data[:2]):
        try:
            return _found("utf-16", words, _without_zeros(name, data.decode("utf-16")))
        except UnicodeDecodeError as error:
            raise RosterError(f"{name} begins as {words}, and ends or breaks within a character. Fetch the file again.") from error
    try:
        return _found("utf-8-sig", "UTF-8", _without_zeros(name, data.decode("utf-8-sig")), usual=True)
    except UnicodeDecodeError as error:
        text = _cp1252(name, data, error)
        example = _FOREIGN_WORD.search(text)
        return _found("cp1252", f'Windows-1252 (cp1252, so that one word is "{example[0]}")' if example else "Windows-1252 (cp1252)", text)


def _cp1252(name: str, data: bytes, error: UnicodeDecodeError) -> str:
    """As a spreadsheet on Windows writes it. UTF-8 with a broken letter in it is damage, and so is what no word can hold."""
    line = _line(data, error.start)
    if data.startswith(b"\xef\xbb\xbf") or error.reason == "unexpected end of data" or _UTF_8_LETTER.search(data):
        raise RosterError(f"{name}, line {line}, is not UTF-8, as the rest of the file is: it is damaged there. Fetch it again. {_AGAIN}")
    try:
        text = _without_zeros(name, data.decode("cp1252"))
    except UnicodeDecodeError as wrong:
        at = _line(data, wrong.start)
        raise RosterError(f"{name}, line {at}, is not UTF-8, nor Windows-1252 (cp1252). {_AGAIN}") from wrong
    if odd := _ODD_IN_CP1252.search(text):
        at = text.count("\n", 0, odd.start()) + 1
        raise RosterError(f'{name}, line {at}, is not UTF-8, and read as Windows-1252 (cp1252) it has "{odd[0]}" within a word. {_AGAIN}')
    return text


def _found(codec: str, words: str, text: str, *, usual: bool = False) -> Encoding:
    return Encoding(codec, words, usual, open_end=not text.endswith(("\n", "\r")), last_line=text.count("\n") + 1)


def _line(data: bytes, at: int) -> int:
    return data.count(b"\n", 0, at) + 1


def _without_zeros(name: str, text: str) -> str:
    if "\0" in text:
        raise RosterError(f"{name} holds zero bytes: it is not UTF-8 text. {_AGAIN}")
    return text

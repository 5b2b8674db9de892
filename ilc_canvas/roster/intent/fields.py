"""What is written in one field of a form, understood or not; nothing is guessed."""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from ilc_canvas.program.roster import Cop
from ilc_canvas.roster.cells import ADDRESS

_UNSEEN = re.compile("[\u200b\u200c\u200d\u2060\ufeff\u00ad]")
_SHAPES = ("%Y/%m/%d %I:%M:%S %p", "%m/%d/%Y %H:%M:%S", "%Y-%m-%d %H:%M:%S", "%m/%d/%Y %I:%M:%S %p")
_OFFSET = re.compile(r"(.*\S) GMT([+-])(\d{1,2})(?::?(\d{2}))?")
_REGION = re.compile(r"(?:region|r)?[ -]*(i{1,3}|iv|[1-4]|one|two|three|four)(?: \(.*\))?")
_REGIONS: Mapping[str, str] = {
    "1": "I", "2": "II", "3": "III", "4": "IV", "one": "I", "two": "II", "three": "III", "four": "IV", "i": "I", "ii": "II", "iii": "III",
    "iv": "IV",
}  # fmt: skip
_DASHES = re.compile("[\u2010-\u2015\u2212]")
_TITLES = re.compile(r"^(?:dr|mr|mrs|ms|prof)\.? ")


def folded(text: str) -> str:
    """Without regard to case, accents, kinds of dashes and blanks, and forms of Unicode."""
    plain = unicodedata.normalize("NFKD", _DASHES.sub("-", _UNSEEN.sub("", text)))
    return " ".join("".join(char for char in plain if not unicodedata.combining(char)).casefold().split())


def name_key(name: str) -> frozenset[str]:
    """The words of a name, in any order: without titles, nicknames, and signs."""
    without = re.sub(r"\([^)]*\)|[\"“”][^\"“”]*[\"“”]", " ", name.lstrip("=+-@ "))
    return frozenset(re.findall(r"[^\W\d_]+", _TITLES.sub("", folded(without)).replace("'", "").replace("ʻ", "").replace("-", "")))


def address(written: str) -> str:
    """The one address in a cell, in small letters; "" if there is none, or more than one, or a broken one."""
    text = _UNSEEN.sub("", written).replace("\u00a0", " ").strip().casefold()
    text = text.removeprefix("mailto:").rstrip(".")
    return text if ADDRESS.fullmatch(text) and ".." not in text else ""


def moment(written: str, zone: ZoneInfo) -> datetime | None:
    """The time in UTC; without an offset it is that of the program's zone."""
    text = " ".join(written.split())
    match = _OFFSET.fullmatch(text)
    iso = f"{match[2]}{int(match[3]):02}:{match[4] or '00'}" if match else ""
    for shape in _SHAPES:
        try:
            if iso:
                return datetime.strptime(f"{match[1] if match else ''} {iso}", f"{shape} %z").astimezone(UTC)
            return datetime.strptime(text, shape).replace(tzinfo=zone).astimezone(UTC)
        except ValueError:
            continue
    return None


def region(written: str) -> str:
    """I to IV, or "" for what is not one of them."""
    match = _REGION.fullmatch(folded(written))
    return _REGIONS[match[1]] if match else ""


def cops(written: str, catalog: Sequence[Cop]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The codes of the titles that are ticked, and what is not a title. Titles may hold the separator: the longest one that fits counts."""
    titles = sorted(((folded(cop.title), cop.code) for cop in catalog), key=lambda pair: -len(pair[0]))
    text, codes, unknown = folded(written), [], []
    while text := text.lstrip(";, "):
        found = next(((title, code) for title, code in titles if re.match(re.escape(title) + r"(?:\s*[;,]|$)", text)), None)
        if found:
            codes.append(found[1])
            text = text[len(found[0]) :]
        else:
            part = re.split(r";|, ", text, maxsplit=1)[0]
            unknown.append(part)
            text = text[len(part) :]
    return tuple(dict.fromkeys(codes)), tuple(unknown)

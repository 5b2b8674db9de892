"""A value as it should have been written: what the example in a hint is made of. "" if it cannot be told."""

import re
from collections.abc import Collection, Mapping
from datetime import date, timedelta

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_NUMBERS = re.compile(r"(\d{1,2})([/.-])(\d{1,2})\2(\d{4}|\d{2})")
_YEAR_FIRST = re.compile(r"(\d{4})[/.-](\d{1,2})[/.-](\d{1,2})")
_DIGITS = re.compile(r"(\d{4})(\d{2})(\d{2})")
_MONTH_FIRST = re.compile(r"([a-z]{3,9})\.?[ -]+(\d{1,2})(?:st|nd|rd|th)?,?[ -]+(\d{4}|\d{2})")
_DAY_FIRST = re.compile(r"(\d{1,2})(?:st|nd|rd|th)?[ .-]+([a-z]{3,9})\.?,?[ -]+(\d{4}|\d{2})")
_WEEKDAY = re.compile(r"^(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*,? +")
_MIDNIGHT = re.compile(r"[ t]0{1,2}:00(?::00)?(?:\.0+)?$")
_SERIAL_ZERO, _SERIALS = date(1899, 12, 30), range(36_526, 73_051)  # days as a spreadsheet counts them, from 2000 to 2100
_TIME = re.compile(r"(\d{1,2})(?:[:.h](\d{2}))?(?::\d{2})? ?([ap])?\.?m?\.?")
_FOUR_DIGITS = re.compile(r"([01]\d|2[0-3])([0-5]\d)")
_COUNT = re.compile(r"(\d{1,3}(?:,\d{3})+|\d{1,6})(?:\.0+)?(?: +(?:people|persons|members|seats|places|participants))?")
_SCHOOL_YEAR = re.compile(r"(?:.*?\D)?((?:20)?\d{2}) ?[-/–—] ?((?:20)?\d{2})(?:\D.*)?")
_WORDS: Mapping[str, str] = {
    "y": "yes", "true": "yes", "1": "yes", "n": "no", "false": "no", "0": "no",
    "region 1": "I", "region 2": "II", "region 3": "III", "region 4": "IV",
}  # fmt: skip


def as_day(value: str) -> str:
    """9/4/2021 as 2021-09-04: the month first, as Americans write, unless it cannot be one."""
    text = _MIDNIGHT.sub("", _WEEKDAY.sub("", value.casefold().strip()))
    if text.isdecimal() and text.isascii() and len(text) == 5:
        return (_SERIAL_ZERO + timedelta(days=int(text))).isoformat() if int(text) in _SERIALS else ""
    if match := _YEAR_FIRST.fullmatch(text) or _DIGITS.fullmatch(text):
        return _day(match[1], match[2], match[3])
    if match := _NUMBERS.fullmatch(text):
        month_first = _day(match[4], match[1], match[3])
        day_first = _day(match[4], match[3], match[1])
        return (day_first or month_first) if match[2] == "." else (month_first or day_first)
    if match := _MONTH_FIRST.fullmatch(text):
        return _day(match[3], _month(match[1]), match[2])
    if match := _DAY_FIRST.fullmatch(text):
        return _day(match[3], _month(match[2]), match[1])
    return ""


def day_hint(value: str) -> str:
    """How to write this day; if day and month may have been exchanged, which day it would be."""
    day = as_day(value)
    if not day:
        return "Write it as year-month-day: 2021-10-05."
    match = _NUMBERS.fullmatch(value.strip())
    unclear = match and match[1] != match[3] and int(match[1]) <= 12 and int(match[3]) <= 12
    meant = date.fromisoformat(day)
    return f"Write it as {day}, if {meant:%B} {meant.day} is meant." if unclear else f"Write it as {day}."


def _month(name: str) -> str:
    return str(_MONTHS.index(name[:3]) + 1) if name[:3] in _MONTHS else "0"


def _day(year: str, month: str, day: str) -> str:
    try:
        return date(int(year) + (2000 if len(year) == 2 else 0), int(month), int(day)).isoformat()
    except ValueError:
        return ""


def as_time(value: str) -> str:
    """4:30 PM as 16:30."""
    text = value.casefold().strip().replace("\u202f", " ").replace("\u00a0", " ")
    if match := _FOUR_DIGITS.fullmatch(text):
        return f"{match[1]}:{match[2]}"
    match = _TIME.fullmatch(text)
    if not match or not (match[2] or match[3]):
        return ""
    hour, minute = int(match[1]), int(match[2] or 0)
    if match[3]:
        if not 1 <= hour <= 12:
            return ""
        hour = hour % 12 + (12 if match[3] == "p" else 0)
    return f"{hour:02}:{minute:02}" if hour < 24 and minute < 60 else ""


def as_number(value: str) -> str:
    """1,200 people as 1200."""
    match = _COUNT.fullmatch(value.casefold().strip()) if value.isascii() else None
    return match[1].replace(",", "") if match else ""


def as_school_year(value: str) -> str:
    """2021/2022 as 2021-22."""
    match = _SCHOOL_YEAR.fullmatch(value.strip()) if value.isascii() or "–" in value or "—" in value else None
    if not match:
        return ""
    first, last = int(match[1][-2:]), int(match[2][-2:])
    return f"20{first:02}-{last:02}" if (first + 1) % 100 == last else ""


SUCH_AS = " Such as "


def as_code(value: str) -> str:
    """ILC 0001 as ILC-0001. Nothing for what may be a link, which may hold a passcode."""
    if "=" in value or "://" in value:
        return ""
    return re.sub(r"[^A-Za-z0-9._]+", "-", value).strip("-.")[:64]


def as_cds(value: str) -> str:
    """43-69427-4330312 as 43694274330312."""
    digits = re.sub(r"[ '\u2019-]|\.0+$", "", value)
    return digits if digits.isascii() and digits.isdigit() and len(digits) in (7, 14) and digits != value else ""


def as_address(value: str) -> str:
    """mailto:ada@example.org, and Ada <ada@example.org>, as ada@example.org."""
    inner = re.search(r"<([^<>]*)>", value)
    text = (inner[1] if inner else value).strip()
    return re.sub(r"^mailto:", "", text, flags=re.IGNORECASE).strip(" .,;'\"")


def as_word(value: str, allowed: Collection[str]) -> str:
    """Team Lead as lead: the one word of those allowed that is in it."""
    text = " ".join("".join(char if char.isalnum() else " " for char in value.casefold()).split())
    if (word := _WORDS.get(text) or _WORDS.get(f"region {text}")) in allowed and word:
        return word
    by_text = {each.casefold().replace("_", " "): each for each in allowed if each}
    inside = [each for words, each in by_text.items() if f" {words} " in f" {text} "]
    return inside[0] if len(inside) == 1 else ""

"""Whether the office's own words stay true: no word that ages, no date or year that belongs into roster or calendar."""

import re
from collections.abc import Iterator

from ilc_canvas.courses.check.survival import Fault
from ilc_canvas.courses.values.words import shown

_AGING = re.compile(
    r"(?i)\b((?:next|this|last|coming) (?:week|weekend|monday|tuesday|wednesday|thursday|friday|saturday|sunday|semester|term)"
    r"|(?:next|last) year|next month|this month|today|tonight|tomorrow|yesterday|soon|upcoming|recently|currently|nowadays|as of now)\b"
)
_MONTH = (
    r"(?:Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?|Oct(?:ober)?|Nov(?:ember)?"
    r"|Dec(?:ember)?)"
)
_DATE = re.compile(
    rf"\b({_MONTH}\.? \d{{1,2}}(?:st|nd|rd|th)?|\d{{1,2}} {_MONTH}|\d{{1,2}}/\d{{1,2}}/\d{{2,4}}|\d{{4}}-\d{{2}}-\d{{2}}"
    r"|(?<=\bon )\d{1,2}/\d{1,2}|(?<=\bby )\d{1,2}/\d{1,2})\b"
)
_YEAR = re.compile(r"(?<![\w#./-])((?:19|20)\d\d(?:[-–/]\d{2,4})?)(?![\w%])")
_ADDRESSES = re.compile(r"\]\([^)\s]*\)|(?:href|src)=\"[^\"]*\"|https?://\S+|#[0-9A-Fa-f]{6}\b")
_COMMENT = re.compile(r"\{#.*?#\}", re.DOTALL)


def without_comments(source: str) -> str:
    """The template without notes of its authors; lines keep their numbers."""
    return _COMMENT.sub(lambda found: "\n" * found[0].count("\n"), source)


def wording_faults(line: str) -> Iterator[Fault]:
    """What is wrong with the words of one line."""
    text = _ADDRESSES.sub("]", line)
    for found in _AGING.finditer(text):
        yield f'"{found[0]}" is true only for a while', "Say it without a time, or let the value of a meeting say it."
    dates = list(_DATE.finditer(text))
    for found in dates:
        yield f'"{found[0]}" is a date', "Dates come from the calendar: {{ meeting.day }}."
    for found in _YEAR.finditer(text):
        if not any(date.start() <= found.start() < date.end() for date in dates):
            yield f'"{found[0]}" is a year', "The school year is {{ year }}."
    if shown(line) != " ".join(line.split()):
        yield "there is a character that nobody sees, or that turns the direction of writing", "Rewrite this line."

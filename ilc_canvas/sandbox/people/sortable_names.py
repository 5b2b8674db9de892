"""How Canvas takes a person's name apart to sort by surname."""

import re
from dataclasses import dataclass

SUFFIX = re.compile(r"(Sn?r\.?|Senior|Jn?r\.?|Junior|II|III|IV|V|VI|Esq\.?|Esquire)", re.IGNORECASE)


@dataclass(frozen=True)
class Parts:
    """The parts of a name; surname is None if it cannot be told."""

    given: str
    surname: str | None
    suffix: str


def sortable(name: str, *, before: str = "") -> str:
    """`Last, First` of a name. Only the previous sortable name can tell that a surname has several words."""
    found = parts(name, known=parts(before, surname_first=True).surname or "")
    rest = " ".join(part for part in (found.given, found.suffix) if part)
    return rest if found.surname is None else f"{found.surname}, {rest}".strip()


def is_derived(sortable_name: str, name: str) -> bool:
    """Whether a sortable name is what the name gives anyway."""
    return parts(sortable_name, surname_first=True) == parts(name)


def parts(name: str, *, surname_first: bool = False, known: str = "") -> Parts:
    surname, given, suffix = at_commas(name)
    if surname and " " in surname and SUFFIX.fullmatch(given) and not (surname_first or suffix):
        given, surname, suffix = surname, None, given
    words = given.split()
    if not suffix and len(words) > 1 and SUFFIX.fullmatch(words[-1]):
        suffix = words.pop()
    if surname is None:
        surname = last_words(words, known.split())
    return Parts(" ".join(words), surname, suffix)


def at_commas(name: str) -> tuple[str | None, str, str]:
    """(surname, given names, suffix) as separated by commas; without a comma everything is a given name."""
    first, *others = (part.strip() for part in name.strip().split(",", 2))
    if not others:
        return None, first, ""
    given, third = others[0], "".join(others[1:])
    if third and not SUFFIX.fullmatch(third):
        return first, f"{given} {third}", ""
    return first, given, third


def last_words(words: list[str], known: list[str]) -> str | None:
    """Take the surname off the end of the words: the known one, or else the last of several words."""
    if known and words[-len(known) :] == known:
        del words[-len(known) :]
        return " ".join(known)
    return words.pop() if len(words) > 1 else None

"""How Canvas takes a person's name apart to sort by surname."""

import re

SUFFIX = re.compile(r"(Sn?r\.?|Senior|Jn?r\.?|Junior|II|III|IV|V|VI|Esq\.?|Esquire)$", re.IGNORECASE)


def sortable(name: str) -> str:
    """`Last, First` of a name: the last word is the surname, unless a comma says which is."""
    surname, given, suffix = parts(name)
    rest = " ".join(part for part in (given, suffix) if part)
    return f"{surname}, {rest}" if surname and rest else surname or rest


def parts(name: str) -> tuple[str, str, str]:
    """(surname, given names, suffix); any may be empty."""
    before, comma, after = (part.strip() for part in name.strip().partition(","))
    if comma and not SUFFIX.match(after):
        given, _, suffix = (part.strip() for part in after.partition(","))
        return before, given, suffix
    words = before.split()
    suffix = after or (words.pop() if len(words) > 1 and SUFFIX.match(words[-1]) else "")
    surname = words.pop() if len(words) > 1 else ""
    return surname, " ".join(words), suffix

"""How Canvas's database sorts texts: by letters, then accents, then case; signs before digits, and 2 before 10."""

import re
from functools import lru_cache
from unicodedata import combining, normalize

SIGNS = " _-,;:!?.'\"()[]{}@*/\\&#%`^+<=>|~$"
DIGITS = re.compile(r"\d+")
LONGEST_NUMBER = 40
PLACES = {ord(sign): place for place, sign in enumerate(SIGNS, 1)}
Collated = tuple[str, str, str]


@lru_cache(maxsize=20_000)
def collated(text: str) -> Collated:
    """The sort key of a text."""
    taken_apart = normalize("NFKD", text)
    letters = "".join(letter for letter in taken_apart if not combining(letter))
    numbered = DIGITS.sub(lambda found: found[0].zfill(LONGEST_NUMBER), letters.casefold())
    return numbered.translate(PLACES), taken_apart.casefold(), text.swapcase()

"""Passwords: Argon2id with 19 MiB, two passes, one lane."""

import unicodedata
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError

from ilc_canvas.reconcile.errors import AccountError
from ilc_canvas.reconcile.wording import count
from ilc_canvas.store.people.accounts import login_of

SHORTEST, LONGEST = 15, 1000
_FEWEST = 5  # different characters
_HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)


def hashed(password: str, name: str) -> str:
    """The hash of a new password. AccountError if it is too short or too long, made of few characters, or of the name."""
    text = _normal(password)
    if not SHORTEST <= len(text) <= LONGEST:
        raise AccountError(f"A password has at least {count(SHORTEST, 'character')}, and at most {LONGEST:,}. Nothing was changed.")
    rest = text.casefold().replace(login_of(name), "")
    if len(set(text)) < _FEWEST or len(rest) < SHORTEST // 2:
        raise AccountError("This password is easy to guess. Take several words that do not belong together. Nothing was changed.")
    return _HASHER.hash(text)


def matches(password: str, stored: str | None) -> bool:
    """Whether this is the password of the stored hash. It takes as long if there is no account, and so no hash."""
    try:
        return _HASHER.verify(stored or _nobody(), _normal(password[:LONGEST])) and stored is not None
    except (Argon2Error, InvalidHashError):
        return False


def _normal(password: str) -> str:
    """However a keyboard composes its letters, a password stays the same."""
    return unicodedata.normalize("NFKC", password)


@cache
def _nobody() -> str:
    return _HASHER.hash("nobody has this password")

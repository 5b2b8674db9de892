"""Passwords: Argon2id with 19 MiB, two passes, one lane; none that is among those that are known or easily made from them."""

import unicodedata
from functools import cache
from threading import Lock

from argon2 import PasswordHasher
from argon2.exceptions import Argon2Error, InvalidHashError
from zxcvbn import zxcvbn

from ilc_canvas.reconcile.errors import AccountError
from ilc_canvas.reconcile.words.wording import count
from ilc_canvas.store.people.accounts import login_of

SHORTEST, LONGEST = 15, 1000
_GUESSES = 10  # powers of ten: what an attacker needs who begins with the passwords that are known
_JUDGED = 72  # characters, from the beginning: zxcvbn takes no more
_OURS = ("ilc", "canvas", "console", "instructional", "leadership", "corps")
_ONE = Lock()  # zxcvbn keeps the words that it is given where all threads find them
_HASHER = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)


def hashed(password: str, name: str) -> str:
    """The hash of a new password. AccountError if it is too short or too long, known, or easily guessed."""
    text = _normal(password)
    if not SHORTEST <= len(text) <= LONGEST:
        raise AccountError(f"A password has at least {count(SHORTEST, 'character')}, and at most {LONGEST:,}. Nothing was changed.")
    if _is_easy(text, name):
        raise AccountError("This password is easy to guess. Take several words that do not belong together. Nothing was changed.")
    return _HASHER.hash(text)


def _is_easy(text: str, name: str) -> bool:
    """Whether it is, or is made from, one of the passwords that many have, a pattern, the name, or what this is about."""
    with _ONE:
        judged = zxcvbn(text[:_JUDGED], user_inputs=[login_of(name), *login_of(name).split(), *_OURS])
    return bool(judged["guesses_log10"] < _GUESSES)


def matches(password: str, stored: str | None) -> bool:
    """Whether this is the password of the stored hash. It takes as long if there is no account, or none with a password."""
    try:
        return _HASHER.verify(stored or _nobody(), _normal(password[:LONGEST])) and bool(stored) and len(password) <= LONGEST
    except (Argon2Error, InvalidHashError):
        return False


def _normal(password: str) -> str:
    """However a keyboard composes its letters, a password stays the same."""
    return unicodedata.normalize("NFKC", password)


@cache
def _nobody() -> str:
    return _HASHER.hash("nobody has this password")

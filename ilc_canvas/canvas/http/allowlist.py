"""The calls that this program can make at all, and the right that each needs; everything else is a mistake of ours and is not sent."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from urllib.parse import unquote

from ilc_canvas.reconcile.words.hints import Next

_ID = r"[^/?]+"


@dataclass(frozen=True, slots=True)
class Call:
    """Calls, what they are for, and the right that they need: by the label of Canvas's own page of permissions, and its internal name."""

    pattern: str  # a regular expression of method and path, in which ID stands for any number or SIS id
    purpose: str
    right: str

    def matches(self, call: str) -> bool:
        """Whether it is one of these."""
        return _compiled(self.pattern).fullmatch(call) is not None


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern.replace("ID", _ID))


@dataclass(frozen=True, slots=True)
class Allowlist:
    """All that may be called."""

    every: tuple[Call, ...]

    def check(self, method: str, path: str, names: Iterable[str] = ()) -> None:
        """ValueError for any other call, and for one that would act as somebody else by its query or parameters (`names`)."""
        bare, _, query = path.partition("?")
        call = f"{method} {bare.removeprefix('/api/v1/')}"
        if self._find(call) is None or "as_user_id" in unquote(query) or "as_user_id" in names:
            raise ValueError(f"not a call of this program: {method} {bare}")

    def lacking(self, method: str, path: str) -> str:
        """One sentence for a call that Canvas answered with 401 or 403, and whom to ask for what. `path`: without /api/v1/ and query."""
        call = self._find(f"{method} {path}")
        if call is None:
            return f"This token may not do that: it lacks a right in Canvas. Which one says: {Next.DOCTOR}"
        ask = f"Ask the Canvas administrator for it{_where(path)}. See: {Next.DOCTOR}"
        return f"This token may not {call.purpose}: its user lacks {call.right}. {ask}"

    def _find(self, call: str) -> Call | None:
        return next((each for each in self.every if each.matches(call)), None)


_PLACES = {"accounts": "the account", "courses": "the account of course", "sections": "the account of section"}


def _where(path: str) -> str:
    """On which account; of a person none is known."""
    what, _, rest = path.partition("/")
    number = rest.partition("/")[0]
    if what not in _PLACES:
        return ""
    return f" on {_PLACES[what]} {'that ILC_CANVAS_ACCOUNT names' if number == 'self' else number}"

"""The words of `--only`: cop:EQ, net:R1, pilot:P417, hub, person:ILC-0001."""

import re
from collections.abc import Container, Iterable, Sequence

from ilc_canvas.program.desired import desired
from ilc_canvas.program.names import course_key, scope, user_key
from ilc_canvas.program.policy import Policy
from ilc_canvas.program.roster import Roster
from ilc_canvas.reconcile.errors import RosterError
from ilc_canvas.reconcile.state import Key, Record

_WORD = re.compile(r"hub|(?:cop|net|pilot|person):[A-Za-z0-9._-]+")


def selected(record: Record, words: tuple[str, ...], *, prefix: str, school_year: str) -> bool:
    """Whether a record is, or lies in, what these words name."""
    keys = {meant(word, prefix=prefix, school_year=school_year) for word in words}
    return record.course in keys or record.user in keys


def meant(word: str, *, prefix: str, school_year: str) -> Key:
    """The course or person that a word names. ValueError, with the forms that there are, for any other word."""
    if not _WORD.fullmatch(word):
        raise ValueError(f"{word!r} names nothing here. Use cop:EQ, net:R1, pilot:P417, hub or person:ILC-0001.")
    kind, _, code = word.partition(":")
    if kind == "person":
        return user_key(prefix, code)
    return course_key(scope(prefix, school_year), *word.split(":"))


def known(words: Iterable[str], roster: Roster, policy: Policy, *, ours: Container[Key]) -> tuple[str, ...]:
    """The words that mean something: in this roster, or among what is `ours`."""
    wanted = desired(roster, policy).records if words else {}
    keys = {word: meant(word, prefix=policy.prefix, school_year=roster.school_year) for word in words}
    return tuple(word for word, key in keys.items() if key in wanted or key in ours)


def require_known(words: Sequence[str], roster: Roster, policy: Policy, *, ours: Container[Key]) -> None:
    """RosterError for a word that means nothing: neither in this roster nor among what is `ours`."""
    found = known(words, roster, policy, ours=ours)
    for word in words:
        if word not in found:
            raise RosterError(f"--only {word}: there is no such thing in roster version {roster.version}. Nothing was done.")


def check_words(words: Iterable[str]) -> None:
    """ValueError for the first word that names nothing."""
    for word in words:
        meant(word, prefix="ilc", school_year="2021-22")

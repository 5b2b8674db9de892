"""The words of `--only`: cop:EQ, net:R1, pilot:P417, hub, person:ILC-0001."""

import re
from collections.abc import Container, Iterable, Iterator, Sequence
from difflib import get_close_matches

from ilc_canvas.program.desired import desired_state
from ilc_canvas.program.names import course_key, region_code, scope, user_key
from ilc_canvas.program.people.new_ids import plain_id
from ilc_canvas.program.placement import active_cops, networks, pilots
from ilc_canvas.program.policy import Policy
from ilc_canvas.program.roster import Roster
from ilc_canvas.reconcile.errors import RosterError
from ilc_canvas.reconcile.state import Key, Record
from ilc_canvas.reconcile.words.wording import listed

_WORD = re.compile(r"hub|(?:cop|net|pilot|person):[A-Za-z0-9._-]+")
_NEAR = 0.8
"""How alike two words must be for one to be suggested in place of the other, of 1."""


def selected(record: Record, words: tuple[str, ...], *, prefix: str, school_year: str) -> bool:
    """Whether a record is, or belongs to, something that these words name."""
    keys = {meant(word, prefix=prefix, school_year=school_year) for word in words}
    return record.course in keys or record.user in keys


def meant(word: str, *, prefix: str, school_year: str) -> Key:
    """The course or person that a word names. ValueError, listing the valid forms, for any other word."""
    if not _WORD.fullmatch(word):
        raise ValueError(f"{word!r} names nothing here. Use cop:EQ, net:R1, pilot:P417, hub or person:ILC-0001.{_respelled(word)}")
    kind, _, code = word.partition(":")
    if kind == "person":
        return user_key(prefix, code)
    return course_key(scope(prefix, school_year), *word.split(":"))


def _respelled(word: str) -> str:
    """Did you mean cop:EQ? For a word that differs only in the case of its first part, or in blanks."""
    kind, colon, code = "".join(word.split()).partition(":")
    other = f"{kind.casefold()}{colon}{code.upper() if code.islower() else code}"
    return f" Did you mean {other}?" if other != word and _WORD.fullmatch(other) else ""


def words_of(roster: Roster) -> Iterator[str]:
    """Every word that names a course or a person of this roster."""
    yield from (f"cop:{cop.code}" for cop in active_cops(roster))
    yield from (f"net:{region_code(region)}" for region in networks(roster))
    yield from (f"pilot:{team.team_id}" for team in pilots(roster))
    yield "hub"
    yield from (f"person:{person.person_id}" for person in roster.people)


def suggestion(word: str, words: Iterable[str]) -> str:
    """Did you mean cop:EQ? Empty if none of these words is much like it. Ids of people must agree but for case, dashes and zeros."""
    here = dict.fromkeys(words)
    same = [each for each in here if each.casefold() == word.casefold() or (_is_person(each, word) and plain_id(each) == plain_id(word))]
    folded = {each.casefold(): each for each in here if not each.startswith("person:")}
    near = [] if word.casefold().startswith("person:") else get_close_matches(word.casefold(), folded, 3, _NEAR)
    found = same or [folded[each] for each in near]
    return f" Did you mean {listed(found, 'or')}?" if found and word not in here else ""


def _is_person(*words: str) -> bool:
    return all(word.casefold().startswith("person:") for word in words)


def known(words: Iterable[str], roster: Roster, policy: Policy, *, ours: Container[Key]) -> tuple[str, ...]:
    """The words that name something in this roster or among what is `ours`."""
    desired = desired_state(roster, policy).records if words else {}
    keys = {word: meant(word, prefix=policy.prefix, school_year=roster.school_year) for word in words}
    return tuple(word for word, key in keys.items() if key in desired or key in ours)


def require_known(words: Sequence[str], roster: Roster, policy: Policy, *, ours: Container[Key]) -> None:
    """Raises RosterError for a word that names nothing in this roster or among what is `ours`."""
    valid = known(words, roster, policy, ours=ours)
    for word in words:
        if word not in valid:
            text = f"{word}: there is no such thing in roster version {roster.version}. Nothing was done."
            raise RosterError(text + suggestion(word, words_of(roster)))


def check_words(words: Iterable[str]) -> None:
    """Raises ValueError for the first word that does not name a course or person."""
    for word in words:
        meant(word, prefix="ilc", school_year="2021-22")

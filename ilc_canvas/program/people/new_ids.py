"""The same person under a new id: compares people who leave a roster with people who join it."""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from ilc_canvas.program.roster import Person, Roster

_SEPARATORS = re.compile(r"[-_.\s]+")
_LEADING_ZEROS = re.compile(r"(?<![0-9])0+(?=[0-9])")


@dataclass(frozen=True, slots=True)
class Rekeys:
    """Decisions about ids."""

    same: Mapping[str, str] = field(default_factory=dict)  # old id -> new id of the same person; not carried out yet
    different: frozenset[frozenset[str]] = frozenset()  # pairs of ids that belong to two people


@dataclass(frozen=True, slots=True)
class Pair:
    """Somebody who leaves and somebody who joins, and the columns that suggest they are one person, strongest first."""

    leaver: Person
    joiner: Person
    evidence: tuple[str, ...]  # of email, person_id, display_name

    @property
    def needs_answer(self) -> bool:
        """Whether more than the name matches, so that somebody must decide."""
        return self.evidence != ("display_name",)


def plain_id(person_id: str) -> str:
    """ilc316 for ILC-0316, ilc-316 and ILC0316: lower case, without leading zeros, dashes, dots, underscores and spaces."""
    return _SEPARATORS.sub("", _LEADING_ZEROS.sub("", person_id.casefold()))


def plain_name(name: str) -> str:
    """minhtran for Minh Trần: only letters and digits, in lower case and without accents."""
    return "".join(char for char in unicodedata.normalize("NFKD", name.casefold()) if char.isalnum())


_FORMS: Mapping[str, Callable[[Person], str]] = {
    "email": lambda person: person.email.strip().casefold(),
    "person_id": lambda person: plain_id(person.person_id),
    "display_name": lambda person: plain_name(person.display_name),
}


def pairs(before: Roster, after: Roster, rekeys: Rekeys) -> tuple[Pair, ...]:
    """Pairs of a leaver and a joiner who may be the same person, if nobody has decided; in the order of the new file."""
    settled = carried_over(before, after, rekeys.same)
    leavers = [person for person in before.people if person.person_id not in after.person_by_id and person.person_id not in settled]
    former = {column: _by_form(leavers, form) for column, form in _FORMS.items()}
    arrived = set(settled.values()) | before.person_by_id.keys()
    joiners = (person for person in after.people if person.person_id not in arrived)
    candidates = (pair for joiner in joiners for pair in _pairs_of(joiner, former))
    return tuple(pair for pair in candidates if frozenset((pair.leaver.person_id, pair.joiner.person_id)) not in rekeys.different)


def _by_form(people: Iterable[Person], form: Callable[[Person], str]) -> Mapping[str, list[Person]]:
    by_form: defaultdict[str, list[Person]] = defaultdict(list)
    for person in people:
        if text := form(person):
            by_form[text].append(person)
    return by_form


def _pairs_of(joiner: Person, former: Mapping[str, Mapping[str, list[Person]]]) -> Iterator[Pair]:
    """One pair for each leaver, with all its evidence."""
    evidence: defaultdict[str, list[str]] = defaultdict(list)
    leavers: dict[str, Person] = {}
    for column, form in _FORMS.items():
        for leaver in former[column].get(form(joiner), ()):
            evidence[leaver.person_id].append(column)
            leavers[leaver.person_id] = leaver
    for person_id, columns in evidence.items():
        yield Pair(leavers[person_id], joiner, tuple(columns))


def carried_over(before: Roster, after: Roster, same: Mapping[str, str]) -> Mapping[str, str]:
    """Old id -> new id for those whose new id first appears in `after`, where the old one is gone."""
    old, new = before.person_by_id, after.person_by_id
    return {was: now for was, now in same.items() if now in new and now not in old and was not in new}


def expected(before: Roster, after: Roster, same: Mapping[str, str]) -> Mapping[str, str]:
    """Old id -> new id for those who leave although their new id is missing."""
    old, new = before.person_by_id, after.person_by_id
    return {was: now for was, now in same.items() if was in old and was not in new and now not in new}


def both_there(after: Roster, same: Mapping[str, str]) -> Mapping[str, str]:
    """Old id -> new id for those who are in `after` twice, under both ids."""
    return {was: now for was, now in same.items() if was in after.person_by_id and now in after.person_by_id}


def missing(before: Roster, after: Roster, same: Mapping[str, str]) -> frozenset[str]:
    """The ids in `before` that are gone, except those that only changed."""
    gone = before.person_by_id.keys() - after.person_by_id.keys()
    return frozenset(gone - carried_over(before, after, same).keys())


def known_between(before: Roster, after: Roster, links: Iterable[tuple[str, str]]) -> Mapping[str, str]:
    """Id in `before` -> id in `after` for each person whose id has changed, over any number of steps, in either direction of time."""
    left = before.person_by_id.keys() - after.person_by_id.keys()
    arrived = after.person_by_id.keys() - before.person_by_id.keys()
    near = _neighbors(links)
    candidates = {was: _ids_of(was, near) & arrived for was in sorted(left & near.keys())}
    only = {was: next(iter(ids)) for was, ids in candidates.items() if len(ids) == 1}
    return {was: now for was, now in only.items() if list(only.values()).count(now) == 1}


def all_ids(person_id: str, links: Iterable[tuple[str, str]]) -> frozenset[str]:
    """All ids that a person is known to have had."""
    return frozenset(_ids_of(person_id, _neighbors(links)))


def _neighbors(links: Iterable[tuple[str, str]]) -> Mapping[str, set[str]]:
    near: defaultdict[str, set[str]] = defaultdict(set)
    for one, other in links:
        near[one].add(other)
        near[other].add(one)
    return near


def _ids_of(person_id: str, near: Mapping[str, set[str]]) -> set[str]:
    ids, waiting = {person_id}, [person_id]
    while waiting:
        further = near.get(waiting.pop(), set()) - ids
        ids |= further
        waiting += further
    return ids

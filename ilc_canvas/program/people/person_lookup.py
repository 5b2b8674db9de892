"""Finds people by person_id in any case, e-mail address, or name."""

from collections.abc import Iterable, Iterator
from difflib import SequenceMatcher

from ilc_canvas.program.people.new_ids import plain_id
from ilc_canvas.program.roster import Person, Roster
from ilc_canvas.reconcile.people.person_names import names_agree, plain_words

_NEAR = 0.7
"""How alike two spellings must be for one to be suggested in place of the other, of 1."""


def meant_people(text: str, rosters: Iterable[Roster]) -> list[Person]:
    """The people that this text can refer to, by the first roster that has any: by id, else by address, else by words of the name."""
    for roster in rosters:
        for fits in (_by_id, _by_address, _by_name):
            people = [person for person in roster.people if fits(text, person)]
            if people:
                return people
    return []


def is_found(text: str, person: Person) -> bool:
    """Whether this text is the id (ilc-6 is ILC-0006), or part of the address or name, in any case and order, with or without accents."""
    return plain_id(text) == plain_id(person.person_id) or _by_part_of_address(text, person) or _by_part_of_name(text, person)


def near(text: str, people: Iterable[Person], most: int = 5) -> list[Person]:
    """The people whose name or id is spelled much like this text, the most alike first."""
    ranked = [(_likeness(text, person), person) for person in people]
    found = sorted((pair for pair in ranked if pair[0] >= _NEAR), key=lambda pair: (-pair[0], pair[1].sortable_name))
    return [person for _, person in found[:most]]


def _likeness(text: str, person: Person) -> float:
    """How alike they are, from 0 to 1; a short form of the given name (Bob) counts as the same name."""
    if names_agree(person.display_name, person.sortable_name, text):
        return 1.0
    matcher = SequenceMatcher(b=" ".join(sorted(plain_words(text))))
    return max((_ratio(matcher, spelling) for spelling in _spellings(person)), default=0.0)


def _spellings(person: Person) -> Iterator[str]:
    yield " ".join(sorted(_words_of(person)))
    yield " ".join(sorted(plain_words(person.display_name)))
    yield " ".join(sorted(plain_words(person.family_name)))
    yield " ".join(sorted(plain_words(person.person_id)))


def _ratio(matcher: "SequenceMatcher[str]", other: str) -> float:
    matcher.set_seq1(other)
    hopeless = matcher.real_quick_ratio() < _NEAR or matcher.quick_ratio() < _NEAR
    return 0.0 if hopeless else matcher.ratio()


def _words_of(person: Person) -> set[str]:
    return set(plain_words(f"{person.display_name} {person.given_name} {person.family_name}"))


def _by_part_of_address(text: str, person: Person) -> bool:
    return "@" in text and text.strip().casefold() in person.email.casefold()


def _by_part_of_name(text: str, person: Person) -> bool:
    """Whether each word is part of a word of the name."""
    words = plain_words(text)
    return bool(words) and all(any(word in each for each in _words_of(person)) for word in words)


def _by_id(text: str, person: Person) -> bool:
    return person.person_id.casefold() == text.strip().casefold()


def _by_address(text: str, person: Person) -> bool:
    return bool(person.email) and person.email.casefold() == text.strip().casefold()


def _by_name(text: str, person: Person) -> bool:
    """Whether each word is, or begins, a word of the name."""
    words = plain_words(text)
    return bool(words) and all(any(each.startswith(word) for each in _words_of(person)) for word in words)

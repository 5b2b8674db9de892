"""Who is meant: a person_id in any case, an e-mail address, or a name."""

from collections.abc import Iterable

from ilc_canvas.program.roster import Person, Roster
from ilc_canvas.reconcile.person_names import plain_words


def meant_people(text: str, rosters: Iterable[Roster]) -> list[Person]:
    """The people whom this can mean, each once, by the newest roster that knows any: by id, else by address, else by words of the name."""
    for roster in rosters:
        for fits in (_by_id, _by_address, _by_name):
            found = [person for person in roster.people if fits(text, person)]
            if found:
                return found
    return []


def _by_id(text: str, person: Person) -> bool:
    return person.person_id.casefold() == text.strip().casefold()


def _by_address(text: str, person: Person) -> bool:
    return bool(person.email) and person.email.casefold() == text.strip().casefold()


def _by_name(text: str, person: Person) -> bool:
    """Each word is one of the name's, or begins one."""
    words = plain_words(text)
    known = plain_words(f"{person.display_name} {person.given_name} {person.family_name}")
    return bool(words) and all(any(each.startswith(word) for each in known) for word in words)

"""The names that people use for things."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from ilc_canvas.program.calendars.meeting_records import meeting_records
from ilc_canvas.program.desired import named_state
from ilc_canvas.program.roster import Roster
from ilc_canvas.reconcile.change import Change, Remove
from ilc_canvas.reconcile.kinds import is_inside
from ilc_canvas.reconcile.state import Fields, Key, State, has_number, person_of
from ilc_canvas.settings import Settings
from ilc_canvas.store.calendars import versions as calendars
from ilc_canvas.store.db.database import Store
from ilc_canvas.store.rosters import versions
from ilc_canvas.store.runs import ledger

WITHOUT_ID = "a section without SIS id"
"""A section made by Canvas or by hand: its key does not say which course it belongs to."""
ROSTERS = 3  # how many of the newest to read: somebody who has left is in an older one


@dataclass(frozen=True)
class Names:
    """Names for keys, from the rosters (newest first) and from the plan itself."""

    known: Mapping[Key, str]

    def __getitem__(self, key: Key) -> str:
        return self.known.get(key, _without_id(key))

    @classmethod
    def of(cls, states: Sequence[State], steps: Sequence[Change]) -> "Names":
        """Names from earlier states take precedence."""
        known: dict[Key, str] = {}
        ending = [row for change in steps if isinstance(change, Remove) for row in change.others]
        for record in [*(record for state in states for record in state), *(change.subject for change in steps), *ending]:
            name = record.fields.get("name")
            if name:
                known.setdefault(person_of(record.key), str(name))
        return cls(known)


@dataclass(frozen=True)
class LateNames(Names):
    """Those that are known at once; all others are looked up when the first of them is asked for."""

    late: Callable[[], Names]

    def __getitem__(self, key: Key) -> str:
        return self.known[key] if key in self.known else self._others[key]

    @cached_property
    def _others(self) -> Names:
        return self.late()


def names_around(settings: Settings, store: Store, roster: Roster, *, person_id: str) -> Names:
    """What is around one person: courses and their sections, and the person; everybody else only if need be."""
    alone = replace(roster, people=tuple(person for person in roster.people if person.person_id == person_id))
    near = Names.of([named_state(alone, settings.policy)], ())
    return LateNames(near.known, lambda: known_names(settings, store))


def _without_id(key: Key) -> str:
    """A thing in a course that is known only by its Canvas number has no name in the roster."""
    return f"a {key.rule.noun} without SIS id" if has_number(key) and is_inside(key.rule) else key.id


def known_names(settings: Settings, store: Store, changes: Sequence[Change] = (), *, version: int | None = None) -> Names:
    """Names from these changes and from signed rosters up to this version: the newest few, and the newest of each school year."""
    signed = [info for info in versions.listing(store) if info.state != "draft" and (version is None or info.number <= version)]
    numbers = [info.number for place, info in enumerate(signed) if place < ROSTERS or info.state == "finalized"]
    states = [named_state(versions.read(store, number), settings.policy) for number in numbers]
    names = Names.of([*states, *_meetings(settings, store, {info.school_year: info.number for info in reversed(signed)})], changes)
    return Names({**content_names(ledger.contents(store)), **names.known})


def content_names(contents: Mapping[Key, Fields]) -> dict[Key, str]:
    """What pages, discussions and modules are called, and what belongs to them, by the ledger."""
    named = {key: str(fields["name"]) for key, fields in contents.items() if "name" in fields}
    by_id = {key.id: name for key, name in named.items()}
    return {key: named.get(key) or _detail_name(key, by_id) for key in contents}


def _detail_name(key: Key, by_id: Mapping[str, str]) -> str:
    """An item by what it leads to; a menu entry by Canvas's own word for it."""
    course, _, name = key.id.rpartition(":")
    return by_id.get(f"{course}:{name.rpartition('|')[2]}", name.rpartition("|")[2])


def _meetings(settings: Settings, store: Store, newest: Mapping[str, int]) -> Iterator[State]:
    """The meetings of each school year's calendar, as that year's newest roster has them."""
    for info in calendars.listing(store):
        if info.state == "finalized" and info.school_year in newest:
            roster = versions.read(store, newest[info.school_year])
            yield State.of(meeting_records(calendars.read(store, info.number), roster, settings.policy))

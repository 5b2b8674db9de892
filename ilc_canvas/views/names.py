"""What people call things."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ilc_canvas.program.desired import desired
from ilc_canvas.reconcile.change import Change, Remove
from ilc_canvas.reconcile.kinds import is_inside
from ilc_canvas.reconcile.state import Key, State, person_of
from ilc_canvas.settings import Settings
from ilc_canvas.store.db.database import Store
from ilc_canvas.store.rosters import versions

WITHOUT_ID = "a section without SIS id"
"""What Canvas, or people, made: its key tells no course."""
ROSTERS = 3  # the newest ones: who has left is in an older one


@dataclass(frozen=True)
class Names:
    """What people call things: from the rosters, newest first, and from the plan itself."""

    known: Mapping[Key, str]

    def __getitem__(self, key: Key) -> str:
        return self.known.get(key, _without_id(key))

    @classmethod
    def of(cls, states: Sequence[State], steps: Sequence[Change]) -> "Names":
        """Later states give way to earlier ones."""
        known: dict[Key, str] = {}
        ending = [row for change in steps if isinstance(change, Remove) for row in change.others]
        for record in [*(record for state in states for record in state), *(change.subject for change in steps), *ending]:
            name = record.fields.get("name")
            if name:
                known.setdefault(person_of(record.key), str(name))
        return cls(known)


def _without_id(key: Key) -> str:
    """What stands in a course and goes by its number has no name of ours."""
    return f"a {key.rule.noun} without SIS id" if key.id.startswith("canvas:") and is_inside(key.rule) else key.id


def known_names(settings: Settings, store: Store, changes: Sequence[Change] = (), *, version: int | None = None) -> Names:
    """From these changes and the newest signed rosters, up to this version: the newest ones, and the newest of each school year."""
    signed = [info for info in versions.listing(store) if info.state != "draft" and (version is None or info.number <= version)]
    wanted = [info.number for place, info in enumerate(signed) if place < ROSTERS or info.state == "finalized"]
    return Names.of([desired(versions.read(store, number), settings.policy) for number in wanted], changes)

"""Taking back that something stays undone."""

from collections.abc import Sequence
from datetime import datetime

from ilc_canvas.program.selection import meant
from ilc_canvas.reconcile.declined import Declined
from ilc_canvas.reconcile.errors import DecisionError
from ilc_canvas.reconcile.hints import Next
from ilc_canvas.reconcile.state import Key, person_of
from ilc_canvas.settings import Settings
from ilc_canvas.store.db.database import Store
from ilc_canvas.store.runs import declines, identities
from ilc_canvas.views import years


def forget(settings: Settings, store: Store, words: Sequence[str] | None, *, actor: str, reason: str, at: datetime) -> Sequence[Declined]:
    """Take back the decisions that these keys or words name, or all of them (None): the next plan has the changes again.

    DecisionError for one that names none; then nothing has changed.
    """
    places = years.places(settings, store, at)
    rows = declines.listing(store, places)
    these = rows if words is None else _meant(rows, words, scopes=[place.scope for place in places])
    people = [each.key for each in these if each.why == "left-out"]
    changes = [each.key for each in these if each.why != "left-out"]
    if changes or not people:
        declines.forget(store, places, changes, actor=actor, reason=reason, at=at)
    if people:
        identities.forget(store, places[0], people, actor=actor, reason=reason, at=at)
    return these


def _meant(rows: Sequence[Declined], words: Sequence[str], *, scopes: Sequence[str]) -> list[Declined]:
    """The decisions that these keys or words name. DecisionError for one that names none."""
    found: dict[tuple[Key, str], Declined] = {}
    for word in words:
        these = [each for each in rows if any(_is_meant(word, each.key, scope=scope) for scope in scopes)]
        if not these:
            raise DecisionError(f"Nothing is declined about {word}. Nothing was changed. See: {Next.DECLINED}")
        found |= {(each.key, each.why): each for each in these}
    return list(found.values())


def _is_meant(word: str, key: Key, *, scope: str) -> bool:
    """By the key, by the person, or by the course that it lies in."""
    prefix, _, year = scope.partition(":")
    try:
        named = meant(word, prefix=prefix, school_year=year)
    except ValueError:
        return word == str(key)
    return person_of(key) == named if named.rule.is_person else key == named or key.id.startswith(f"{named.id}:")

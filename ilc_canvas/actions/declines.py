"""Taking back decisions that keep changes undone."""

from collections.abc import Sequence
from datetime import datetime

from ilc_canvas.program.selection import meant, suggestion
from ilc_canvas.reconcile.deferral.declined import Declined
from ilc_canvas.reconcile.errors import DecisionError
from ilc_canvas.reconcile.state import Key, person_of
from ilc_canvas.reconcile.words.hints import Next
from ilc_canvas.settings import Settings
from ilc_canvas.store.db.database import Store
from ilc_canvas.store.runs.decisions import declines, identities
from ilc_canvas.views import years
from ilc_canvas.views.selectors import words_of


def forget(settings: Settings, store: Store, words: Sequence[str] | None, *, actor: str, reason: str, at: datetime) -> Sequence[Declined]:
    """Take back the decisions that these keys or words name, or all of them (None). The next plan has the changes again.

    DecisionError if a word names no decision; nothing is changed then.
    """
    canvas_scopes = years.canvas_scopes(settings, store, at)
    rows = declines.listing(store, canvas_scopes)
    selected = rows if words is None else _matching(rows, words, scopes=[canvas_scope.scope for canvas_scope in canvas_scopes])
    people = [each.key for each in selected if each.why == "left-out"]
    changes = [each.key for each in selected if each.why != "left-out"]
    if changes or not people:
        declines.forget(store, canvas_scopes, changes, actor=actor, reason=reason, at=at)
    if people:
        identities.forget(store, canvas_scopes[0], people, actor=actor, reason=reason, at=at)
    return selected


def _matching(rows: Sequence[Declined], words: Sequence[str], *, scopes: Sequence[str]) -> list[Declined]:
    """The decisions that these keys or words name. DecisionError if a word names none."""
    matches: dict[tuple[Key, str], Declined] = {}
    for word in words:
        selected = [each for each in rows if any(_is_match(word, each.key, scope=scope) for scope in scopes)]
        if not selected:
            meant_word = suggestion(word, words_of(each.key for each in rows))
            raise DecisionError(f"Nothing is declined about {word}. Nothing was changed.{meant_word} See: {Next.DECLINED}")
        matches |= {(each.key, each.why): each for each in selected}
    return list(matches.values())


def _is_match(word: str, key: Key, *, scope: str) -> bool:
    """Whether the word names this key, its person, or its course."""
    prefix, _, year = scope.partition(":")
    try:
        named = meant(word, prefix=prefix, school_year=year)
    except ValueError:
        return word == str(key)
    return person_of(key) == named if named.rule.is_person else key == named or key.id.startswith(f"{named.id}:")

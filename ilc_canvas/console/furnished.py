"""What courses are asked to hold, kept while nothing that it is made from has changed: writing all texts takes seconds."""

from threading import Lock

from ilc_canvas.courses.content_source import ContentSource
from ilc_canvas.program.basis import of_contents
from ilc_canvas.reconcile.basis import Basis
from ilc_canvas.reconcile.state import State
from ilc_canvas.store.db.database import Store
from ilc_canvas.views.courses.readiness import asked_for

_MOST = 4
"""School years, with what they were a moment ago."""


class Furnished:
    """Answers as `asked_for`, and remembers the last answers by roster, calendar and the texts as they lie in their folder."""

    def __init__(self) -> None:
        self._kept: dict[tuple[object, ...], State] = {}
        self._one = Lock()

    def __call__(self, source: ContentSource, store: Store, basis: Basis, *, school_year: str) -> State:
        """All that is asked for. Whoever asks for the same at the same time waits for one answer."""
        key = (school_year, of_contents(basis), source.shelf.digest if source.shelf else source.fault)
        with self._one:
            if key not in self._kept:
                found = asked_for(source, store, basis, school_year=school_year)
                rest = list(self._kept.items())[1 - _MOST :]
                self._kept = {**dict(rest), key: found}
            return self._kept[key]

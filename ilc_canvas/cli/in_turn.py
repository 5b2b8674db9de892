"""School years one after the other: each run told by itself, one exit code, one JSON document."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ilc_canvas.cli.output import EXIT_ERROR, as_error, say, say_error
from ilc_canvas.reconcile.errors import ChainError, IlcError, LeaseError, PausedError, StoreError

if TYPE_CHECKING:
    from collections.abc import Callable

    from ilc_canvas.reconcile.run import Ask
    from ilc_canvas.settings import Settings
    from ilc_canvas.store.db.database import Store

    Turn = tuple[str, Ask]

WORST_FIRST = (130, 1, 3, 4, 2, 0)
"""Of several exit codes the one that is told: stopped, error, held, partial, pending, done."""
ABOUT_ALL = (ChainError, LeaseError, PausedError, StoreError)
"""What stops one school year stops the next one, too."""


@dataclass(frozen=True)
class Ended:
    """How the run of one school year ended."""

    school_year: str
    code: int
    value: Mapping[str, object]  # for programs
    lines: Sequence[str] = field(default=())  # for people
    error: IlcError | None = None


def turns(settings: "Settings", store: "Store", ask: "Ask", *, school_year: str, approved: str) -> "list[Turn]":
    """For which school years the run is: that of the run to be taken back, of the plan approved just now, the one that is named, or all
    that are cared for. RosterError, StoreError.
    """
    from ilc_canvas import bootstrap
    from ilc_canvas.store.rosters import versions
    from ilc_canvas.store.runs import details
    from ilc_canvas.views import years

    if ask.undo is not None:
        return [(details.run(store, ask.undo).info.scope.rpartition(":")[2], ask)]
    if approved:
        return [(years.of_plan(settings, store, approved).school_year, ask)]
    wanted = (versions.newest_finalized(store, school_year).school_year,) if school_year else ()
    return years.asks(settings, store, ask, of=wanted or years.in_care(settings, store, bootstrap.now()))


def in_turn(wanted: "Sequence[Turn]", carry: "Callable[[Turn], Ended]", *, as_json: bool) -> list[Ended]:
    """Carry out each, and tell it at once; one that fails does not keep the next one from its turn, unless that would fail as well."""
    ended: list[Ended] = []
    for turn in wanted:
        ended.append(carry(turn))
        if not as_json:
            _tell(ended[-1], several=len(wanted) > 1)
        if ended[-1].code == WORST_FIRST[0] or isinstance(ended[-1].error, ABOUT_ALL):
            break
    return ended


def _tell(ended: Ended, *, several: bool) -> None:
    if several:
        say(f"School year {ended.school_year}", "")
    if ended.error:
        say_error(ended.error, as_json=False)
    say(*ended.lines, *([""] if several else []))


def failed(school_year: str, error: IlcError, report: Mapping[str, object]) -> Ended:
    """A run that came to nothing has the keys of any other, if it had begun, and the error."""
    return Ended(school_year, EXIT_ERROR, {"school_year": school_year, **report, **as_error(error)}, error=error)


def worst(ended: Sequence[Ended]) -> Ended:
    """The one whose exit code is told: of equals the first."""
    return min(ended, key=lambda each: WORST_FIRST.index(each.code))


def document(ended: Sequence[Ended]) -> dict[str, object]:
    """The report whose exit code is told, as if there were no other, and beside it the others: what knows of one year only reads on."""
    told = worst(ended)
    return {**told.value, "other_years": list(_others(ended, told))}


def _others(ended: Sequence[Ended], told: Ended) -> Iterator[Mapping[str, object]]:
    return (each.value for each in ended if each is not told)

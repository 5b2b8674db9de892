"""Runs for several school years: each shown by itself, with one exit code and one JSON document."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ilc_canvas.cli.output import EXIT_ERROR, as_error, say, say_error
from ilc_canvas.reconcile.errors import ChainError, IlcError, LeaseError, PausedError, StoreError

if TYPE_CHECKING:
    from collections.abc import Callable

    from ilc_canvas.reconcile.run.values import RunRequest
    from ilc_canvas.settings import Settings
    from ilc_canvas.store.db.database import Store

    Turn = tuple[str, RunRequest]

WORST_FIRST = (130, 1, 3, 4, 2, 0)
"""Which of several exit codes is used: stopped, error, held, partial, pending, done."""
ABOUT_ALL = (ChainError, LeaseError, PausedError, StoreError)
"""Errors that would stop the other school years too."""


@dataclass(frozen=True)
class YearResult:
    """How the run of one school year ended."""

    school_year: str
    code: int
    value: Mapping[str, object]  # for programs
    lines: Sequence[str] = field(default=())  # for people
    error: IlcError | None = None


def yearly_requests(settings: "Settings", store: "Store", ask: "RunRequest", *, school_year: str, approved: str) -> "list[Turn]":
    """The school years to run: that of the run to undo, that of the plan just approved, the one named, or all current ones.

    RosterError or StoreError if one of these does not exist.
    """
    from ilc_canvas import process
    from ilc_canvas.store.rosters import versions
    from ilc_canvas.store.runs import details
    from ilc_canvas.views import years

    if ask.undo is not None:
        return [(details.run(store, ask.undo).info.scope.rpartition(":")[2], ask)]
    if approved:
        return [(years.of_plan(settings, store, approved).school_year, ask)]
    requests = (versions.newest_year(store, school_year),) if school_year else ()
    return years.run_requests(settings, store, ask, of=requests or years.current_years(settings, store, process.now()))


def run_each_year(requests: "Sequence[Turn]", run_year: "Callable[[Turn], YearResult]", *, as_json: bool) -> list[YearResult]:
    """Run each year and show its result at once. A failure does not stop the next year, unless that would fail too."""
    results: list[YearResult] = []
    for turn in requests:
        results.append(run_year(turn))
        if not as_json:
            _show(results[-1], several=len(requests) > 1)
        if results[-1].code == WORST_FIRST[0] or isinstance(results[-1].error, ABOUT_ALL):
            break
    return results


def _show(result: YearResult, *, several: bool) -> None:
    if several:
        say(f"School year {result.school_year}", "")
    if result.error:
        say_error(result.error, as_json=False)
    say(*result.lines, *([""] if several else []))


def failed(school_year: str, error: IlcError, report: Mapping[str, object]) -> YearResult:
    """The result of a failed run: the usual keys, if it had begun, and the error."""
    return YearResult(school_year, EXIT_ERROR, {"school_year": school_year, **report, **as_error(error)}, error=error)


def worst(results: Sequence[YearResult]) -> YearResult:
    """The result whose exit code is used; the first one if several are equal."""
    return min(results, key=lambda each: WORST_FIRST.index(each.code))


def document(results: Sequence[YearResult]) -> dict[str, object]:
    """The worst report at the top level and the others in `other_years`, so that scripts for one year keep working."""
    main = worst(results)
    return {**main.value, "other_years": list(_others(results, main))}


def _others(results: Sequence[YearResult], main: YearResult) -> Iterator[Mapping[str, object]]:
    return (each.value for each in results if each is not main)

"""What a run came to, in one sentence or a few: the same on every screen, in the log, in mail and in JSON. Counts only, no names."""

from collections.abc import Iterator, Mapping

from ilc_canvas import clock
from ilc_canvas.reconcile.deferral import DEFERRALS, For
from ilc_canvas.reconcile.run import Report
from ilc_canvas.reconcile.words import count


def sentence(report: Report) -> str:
    """Done, waiting, left as it is, decided; a run that failed says why in the words of its error."""
    if report.status == "failed":
        return report.sentence
    only = f"Only {', '.join(report.only)} was looked at." if report.only else ""
    return " ".join(filter(None, [_head(report), *standing(report), unpublished(report), only]))


def unpublished(report: Report) -> str:
    """How many courses nobody but their teachers can see; empty where all are published."""
    one, many = "course is not published: its people do not see it yet.", "courses are not published: their people do not see them yet."
    return count(len(report.unpublished), one, many) if report.unpublished else ""


def standing(report: Report) -> list[str]:
    """What waits, for whom; what is left as it is; what people have decided: a sentence for each that there is."""
    kinds = [
        ("Waiting", "; ".join(_waiting(report))),
        ("Left as it is", ", ".join(_left(report))),
        ("Decided", ", ".join(_decided(report))),
    ]
    return [f"{word}: {text}." for word, text in kinds if text]


def agrees(report: Report) -> bool:
    """Whether a run found, or left, Canvas as the roster wants it: no more, no less, nothing open."""
    return has_all(report) and not (report.by_hand or report.not_ours)


def has_all(report: Report) -> bool:
    """Whether Canvas has all that the roster asks for, and perhaps more."""
    ended = report.status in ("converged", "applied") and report.undo is None
    return ended and not (report.drift or report.deferred or report.parked or report.asked or report.withheld or report.failed)


def _head(report: Report) -> str:
    planned = sum(report.counts.values())
    if report.status == "interrupted":
        return _stopped(report, planned)
    if report.status == "held" and not goes(report):
        return f"{count(report.held or planned, 'change waits', 'changes wait')} for a person; nothing was written."
    if report.undo is not None:
        return _taken_back(report, planned)
    if _is_dry(report) and planned:
        parts = f": {parting(report)}" if goes(report) else ""
        return f"{count(planned, 'change is', 'changes are')} to be done for {report.basis}{parts}."
    return _state(report, planned)


def _is_dry(report: Report) -> bool:
    return report.dry_run or report.status == "planned"


def goes(report: Report) -> int:
    """How many changes go ahead by themselves though others wait for a person; 0 where nothing is held, or all is."""
    return sum(report.counts.values()) - report.held - report.resting if report.held else 0


def parting(report: Report) -> str:
    """What goes, and what waits."""
    ahead = count(goes(report), "goes ahead by itself", "go ahead by themselves")
    return f"{ahead}, {count(report.held, 'waits', 'wait')} for a person"


def _stopped(report: Report, planned: int) -> str:
    if not planned:
        return "Stopped before it was known what is to be done; nothing was written."
    return f"Stopped after {report.applied:,} of {count(planned, 'change')}; the next run goes on from what it finds."


def _taken_back(report: Report, planned: int) -> str:
    if not planned:
        return f"Nothing of run {report.undo} is left that could be taken back."
    if _is_dry(report):
        return f"{count(planned, 'change')} would take back run {report.undo}."
    return f"{_numbers(report, planned)}: run {report.undo} is taken back{'' if report.status == 'applied' else ' in part'}."


def _state(report: Report, planned: int) -> str:
    """How Canvas stands to the roster, and what was done to that end."""
    version = str(report.basis)
    if has_all(report):
        state = f"Canvas {'agrees with' if agrees(report) else 'has all of'} {version}"
        return f"{state}: {_numbers(report, planned)}." if planned else f"{state}."
    if planned:
        return f"{_numbers(report, planned)}; Canvas still differs from {version}."
    return f"Canvas differs from {version} and is left so{' for now' if any(_waiting(report)) else ''}."


def _numbers(report: Report, planned: int) -> str:
    failed = f", {report.failed:,} failed" if report.failed else ""
    left = report.withheld - report.resting - report.held
    rest = f", {left:,} not begun" if left > 0 else ""
    waits = f", {count(report.held, 'waits', 'wait')} for a person" if report.held else ""
    return f"{report.applied:,} of {count(planned, 'change')} done{failed}{rest}{waits}"


def _waiting(report: Report) -> Iterator[str]:
    """People first, then what stands in the way, then what comes by itself."""
    if report.asked:
        yield f"somebody must decide about {count(report.asked, 'person', 'people')}"
    if report.parked and not report.deferred:  # a report of an older version
        yield count(report.parked, "change is deferred", "changes are deferred")
    for waits in (For.PERSON, For.BLOCKED, For.TIME):
        yield from _deferred(report.deferred, waits)
    if report.resting and report.until:
        removals = count(report.resting, "removal waits", "removals wait")
        yield f"{removals} for the end of the grace, {clock.at(report.until)}"


def _decided(report: Report) -> Iterator[str]:
    return _deferred(report.deferred, For.NOTHING)


def _deferred(deferred: Mapping[str, int], waits: For) -> Iterator[str]:
    for word, kind in DEFERRALS.items():
        if kind.waits is waits and word in deferred:
            yield count(deferred[word], kind.one, kind.many)


def _left(report: Report) -> Iterator[str]:
    """What people did in Canvas, which stays."""
    if report.drift:
        yield count(report.drift, "thing changed by hand", "things changed by hand")
    if report.by_hand:
        yield count(report.by_hand, "enrollment added by hand", "enrollments added by hand")
    if report.not_ours:
        yield count(report.not_ours, "difference of accounts that others made", "differences of accounts that others made")

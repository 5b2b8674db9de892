"""What a run did, in a sentence or two: the same on every screen, in the log, in mail and in JSON. Counts only, no names."""

from collections.abc import Iterator, Mapping

from ilc_canvas import clock
from ilc_canvas.reconcile.deferral.reasons import DEFERRALS, WaitsFor
from ilc_canvas.reconcile.guards.forecast import Forecast
from ilc_canvas.reconcile.run.values import Report
from ilc_canvas.reconcile.words.wording import count


def sentence(report: Report) -> str:
    """What was done, what waits, what is left alone, what people decided; a failed run gives its error."""
    if report.status == "failed":
        return report.sentence
    only = f"Only {', '.join(report.only)} was looked at." if report.only else ""
    return " ".join(filter(None, [_head(report), *standing(report), unpublished(report), only]))


def unpublished(report: Report) -> str:
    """How many courses only their teachers can see; empty if all are published."""
    one, many = "course is not published: its people do not see it yet.", "courses are not published: their people do not see them yet."
    return count(len(report.unpublished), one, many) if report.unpublished else ""


def hearing(forecast: Forecast) -> str:
    """How many people Canvas would notify, and how many of them get mail without having asked for it."""
    if not forecast.notified:
        return "Nobody is notified by Canvas."
    who, asked = count(forecast.notified, "person", "people"), "if they turned such notices on"
    if forecast.mailed == forecast.notified:
        return f"Canvas would notify {who}, by mail."
    if forecast.mailed:
        return f"Canvas would notify {who}: {forecast.mailed:,} by mail, the others {asked}."
    return f"Canvas would notify {who}, {asked}."


def standing(report: Report) -> list[str]:
    """What waits and for whom, what is left alone, what people decided: one sentence for each, if any."""
    parts = [
        ("Waiting", "; ".join(_waiting(report))),
        ("Left as it is", ", ".join(_left(report))),
        ("Decided", ", ".join(_decided(report))),
    ]
    return [f"{word}: {text}." for word, text in parts if text]


def agrees(report: Report) -> bool:
    """Whether Canvas matches the roster exactly after the run, with nothing left to do."""
    return has_all(report) and not (report.by_hand or report.not_ours)


def has_all(report: Report) -> bool:
    """Whether Canvas has everything that the roster asks for, and possibly more."""
    ended = report.status in ("converged", "applied") and report.undo is None
    return ended and not (report.drift or report.deferred or report.parked or report.asked or report.withheld or report.failed)


def _head(report: Report) -> str:
    planned = sum(report.counts.values())
    if report.status == "interrupted":
        return _stopped(report, planned)
    if report.status == "held" and not goes(report):
        return f"{count(report.held or planned, 'change waits', 'changes wait')} for a person; nothing was written."
    if report.undo is not None:
        return _undone(report, planned)
    if _is_dry(report) and planned:
        parts = f": {parting(report)}" if goes(report) else ""
        return f"{count(planned, 'change is', 'changes are')} to be done for {report.basis}{parts}."
    return _state(report, planned)


def _is_dry(report: Report) -> bool:
    return report.dry_run or report.status == "planned"


def goes(report: Report) -> int:
    """How many changes go ahead while others wait for a person; 0 if none are held, or all are."""
    return sum(report.counts.values()) - report.held - report.resting if report.held else 0


def parting(report: Report) -> str:
    """What goes ahead and what waits."""
    ahead = count(goes(report), "goes ahead by itself", "go ahead by themselves")
    return f"{ahead}, {count(report.held, 'waits', 'wait')} for a person"


def _stopped(report: Report, planned: int) -> str:
    if not planned:
        return "Stopped before the plan was made; nothing was written."
    return f"Stopped after {report.applied:,} of {count(planned, 'change')}; the next run continues from there."


def _undone(report: Report, planned: int) -> str:
    if not planned:
        return f"Nothing of run {report.undo} is left that could be taken back."
    if _is_dry(report):
        return f"{count(planned, 'change')} would take back run {report.undo}."
    return f"{_numbers(report, planned)}: run {report.undo} is taken back{'' if report.status == 'applied' else ' in part'}."


def _state(report: Report, planned: int) -> str:
    """How Canvas compares with the roster, and what was done."""
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
    """What waits for people first, then what is blocked, then what only needs time."""
    if report.asked:
        yield f"somebody must decide about {count(report.asked, 'person', 'people')}"
    if report.conflicts:
        yield count(report.conflicts, "thing was", "things were") + " changed both by hand and by the program: somebody must choose"
    if report.parked and not report.deferred:  # a report from an older version
        yield count(report.parked, "change is deferred", "changes are deferred")
    for waits in (WaitsFor.PERSON, WaitsFor.BLOCKED, WaitsFor.TIME):
        yield from _deferred(report.deferred, waits)
    if report.resting and report.until:
        removals = count(report.resting, "removal waits", "removals wait")
        yield f"{removals} for the grace period to end, {clock.at(report.until)}"


def _decided(report: Report) -> Iterator[str]:
    return _deferred(report.deferred, WaitsFor.NOTHING)


def _deferred(deferred: Mapping[str, int], waits: WaitsFor) -> Iterator[str]:
    for word, kind in DEFERRALS.items():
        if kind.waits is waits and word in deferred:
            yield count(deferred[word], kind.one, kind.many)


def _left(report: Report) -> Iterator[str]:
    """What people did in Canvas, which is left alone."""
    if by_hand := report.drift - report.conflicts:
        yield count(by_hand, "thing changed by hand", "things changed by hand")
    if report.by_hand:
        yield count(report.by_hand, "enrollment added by hand", "enrollments added by hand")
    if report.not_ours:
        yield count(report.not_ours, "difference in accounts that others made", "differences in accounts that others made")

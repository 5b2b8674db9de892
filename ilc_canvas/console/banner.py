"""The banner at the top of every page: the first thing that is wrong everywhere."""

from dataclasses import dataclass

from ilc_canvas import clock
from ilc_canvas.console.visit import Visit
from ilc_canvas.reconcile.errors import RosterError
from ilc_canvas.store.runs import parked
from ilc_canvas.store.worker import heartbeat, pauses
from ilc_canvas.views import years
from ilc_canvas.views.chain_state import last_check


@dataclass(frozen=True, slots=True)
class Banner:
    """A mark, a few words, a sentence, and where to go."""

    mark: str
    title: str
    text: str
    url: str = ""
    link: str = ""


def banner_of(visit: Visit) -> Banner | None:
    """The first that applies; None if all is well."""
    return _broken(visit) or _quarantined(visit) or _no_worker(visit) or _halted(visit)


def _broken(visit: Visit) -> Banner | None:
    check = last_check(visit.store)
    if not check.is_broken:
        return None
    after = "Nothing is written to Canvas. Call the operator: the store was changed from outside, and the last good copy must be put back."
    return Banner("bad", "The audit log is broken", f"{check.text} {after}", "/audit", "Audit log")


def _quarantined(visit: Visit) -> Banner | None:
    try:
        scopes = years.canvas_scopes(visit.settings, visit.store, visit.at)
    except RosterError:
        return None
    trouble = next((each for scope in scopes if (each := parked.held_back(visit.store, scope)[0])), None)
    if trouble is None:
        return None
    again = f"Nothing is written; it is looked at again on {clock.at(trouble.next_at)}." if trouble.next_at else "Nothing is written."
    end = "" if trouble.next_at else " It does not end by itself: somebody has to look at it and end it."
    return Banner("bad", f"In quarantine since {clock.at(trouble.since)}", f"{trouble.text} {again}{end}", "/health", "Health")


def _no_worker(visit: Visit) -> Banner | None:
    if heartbeat.alive(visit.store, visit.at):
        return None
    last = next(iter(heartbeat.beats(visit.store)), None)
    seen = f"The last one gave its last sign of life on {clock.at(last.at)}. " if last else ""
    return Banner("bad", "No worker is running", f"{seen}What you ask for is kept, and done when one runs again. Call the operator.")


def _halted(visit: Visit) -> Banner | None:
    """A pause, or the calendar of the settings."""
    pause, plans = pauses.paused(visit.store, visit.at), "Plans can be made and read."
    if pause:
        until = f"Paused until {clock.at(pause.until)}" if pause.until else "Paused"
        why = f": “{pause.reason}”" if pause.reason else ""
        return Banner("pause", until, f"By {pause.actor}, since {clock.at(pause.since)}{why}. {plans}", "/sync", "Go on now")
    until_then = visit.settings.closed_until(visit.at)
    return Banner("pause", f"Nothing is written until {clock.at(until_then)}", f"The calendar says so. {plans}") if until_then else None

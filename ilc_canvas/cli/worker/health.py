"""health: the check that a container runs every half minute. Fast, and without reading Canvas."""

import socket
from datetime import UTC, datetime, timedelta

from ilc_canvas.cli.output import EXIT_ERROR, say, say_json
from ilc_canvas.cli.worker.quick_settings import store_and_silence
from ilc_canvas.store.db.health_probe import FRESH, HEAD, Facts, facts


def check(*, anywhere: bool, as_json: bool) -> int:
    """Say in one sentence whether all is well, and return 0 or 1. StoreError if the store cannot be read."""
    store, hours = store_and_silence()
    state, now, host = facts(store), datetime.now(UTC), "" if anywhere else socket.gethostname()
    trouble = problem(state, now, host=host, silence=timedelta(hours=hours))
    text = trouble or _well(state, now, host)
    if as_json:
        ages = {"heartbeat_seconds": _seconds(state.alive(host, now=now), now), "success_seconds": _seconds(state.success, now)}
        say_json({"healthy": not trouble, "text": text, "schema": state.schema, **ages})
    else:
        say(text)
    return EXIT_ERROR if trouble else 0


def problem(state: Facts, now: datetime, *, host: str, silence: timedelta) -> str:
    """What is wrong, in one sentence, for a worker on this host (empty: any host). Empty if nothing is wrong."""
    if state.schema != HEAD:
        return f"Not healthy: the store has schema {state.schema}, and this program needs {HEAD}. See: ilc-canvas db current"
    alive = state.alive(host, now=now)
    if alive is None or now - alive > FRESH:
        since = f"has sent a heartbeat for {_span(now - alive)}" if alive else "is running"
        return f"Not healthy: no worker{_on(host)} {since}. Its log says why; start it: ilc-canvas worker"
    if state.success and state.success > now + FRESH:
        return "Not healthy: the last good run is dated in the future, so this machine's clock is wrong, or was. See: ilc-canvas status"
    if state.success and now - state.success > silence:
        return f"Not healthy: no run has ended well for {_span(now - state.success)}. See: ilc-canvas status"
    return ""


def _well(state: Facts, now: datetime, host: str) -> str:
    ended = f"a run ended well {_span(now - state.success)} ago" if state.success else "no run has ended yet"
    return f"Healthy: a worker{_on(host)} is alive, the store fits, and {ended}."


def _on(host: str) -> str:
    return f" on {host}" if host else ""


def _span(span: timedelta) -> str:
    """40 s, 12 min or 5 h, in whole units."""
    seconds = max(0, int(span.total_seconds()))
    return f"{seconds} s" if seconds < 120 else f"{seconds // 60} min" if seconds < 7200 else f"{seconds // 3600} h"


def _seconds(moment: datetime | None, now: datetime) -> int | None:
    return int((now - moment).total_seconds()) if moment else None

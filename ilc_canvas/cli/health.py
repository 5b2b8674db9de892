"""health: what a container asks every half minute. Quick, and without a word to Canvas."""

import socket
from datetime import UTC, datetime, timedelta

from ilc_canvas.cli.glance import store_and_silence
from ilc_canvas.cli.output import EXIT_ERROR, say, say_json
from ilc_canvas.store.db.health_probe import FRESH, HEAD, Facts, facts


def check(*, anywhere: bool, as_json: bool) -> int:
    """Say in one sentence whether all is well; the exit code, 0 or 1. StoreError where the store cannot be read."""
    store, hours = store_and_silence()
    found, now, host = facts(store), datetime.now(UTC), "" if anywhere else socket.gethostname()
    trouble = amiss(found, now, host=host, silence=timedelta(hours=hours))
    text = trouble or _well(found, now, host)
    if as_json:
        ages = {"heartbeat_seconds": _seconds(found.alive(host), now), "success_seconds": _seconds(found.success, now)}
        say_json({"healthy": not trouble, "text": text, "schema": found.schema, **ages})
    else:
        say(text)
    return EXIT_ERROR if trouble else 0


def amiss(found: Facts, now: datetime, *, host: str, silence: timedelta) -> str:
    """What is wrong, in a sentence, for a worker on this host (empty: on any); empty where nothing is."""
    if found.schema != HEAD:
        return f"Not healthy: the store has schema {found.schema}, and this program needs {HEAD}. See: ilc-canvas db current"
    alive = found.alive(host)
    if alive is None or now - alive > FRESH:
        since = f"has given a sign of life for {_span(now - alive)}" if alive else "is running"
        return f"Not healthy: no worker{_on(host)} {since}. Its log says why; start it: ilc-canvas worker"
    if found.success and now - found.success > silence:
        return f"Not healthy: no run has ended well for {_span(now - found.success)}. See: ilc-canvas status"
    return ""


def _well(found: Facts, now: datetime, host: str) -> str:
    ended = f"a run ended well {_span(now - found.success)} ago" if found.success else "no run has ended yet"
    return f"Healthy: a worker{_on(host)} is alive, the store fits, and {ended}."


def _on(host: str) -> str:
    return f" on {host}" if host else ""


def _span(span: timedelta) -> str:
    """40 s, 12 min, 5 h: whole ones."""
    seconds = max(0, int(span.total_seconds()))
    return f"{seconds} s" if seconds < 120 else f"{seconds // 60} min" if seconds < 7200 else f"{seconds // 3600} h"


def _seconds(moment: datetime | None, now: datetime) -> int | None:
    return int((now - moment).total_seconds()) if moment else None

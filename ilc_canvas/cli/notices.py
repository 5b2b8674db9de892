"""notices: what was told to whom without asking, what waits, and a test"""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from ilc_canvas import clock
from ilc_canvas.cli.options import Json
from ilc_canvas.cli.output import EXIT_ERROR, say, say_json
from ilc_canvas.reconcile.words import count

if TYPE_CHECKING:
    from datetime import datetime

    from ilc_canvas.settings import Settings
    from ilc_canvas.store.worker.outbox import Queued


def notices(
    limit: Annotated[int, typer.Option(help="How many.", min=1)] = 20,
    test: Annotated[bool, typer.Option("--test", help="Send a test notice now, and say where to, or why not.")] = False,
    as_json: Json = False,
) -> None:
    """The last notices by mail and webhook, newest first: sent, waiting, failed."""
    from ilc_canvas import bootstrap
    from ilc_canvas.cli.beginning import begin
    from ilc_canvas.store.worker import outbox

    settings = begin(logged=test)
    if test:
        _test(settings, as_json=as_json)
        return
    with bootstrap.opened(settings) as store:
        rows = outbox.listing(store, limit)
    if as_json:
        say_json([_as_dict(row, bootstrap.now()) for row in rows])
    elif not rows:
        say("There has been no notice yet. To see whether they would arrive: ilc-canvas notices --test")
    else:
        say(*(_line(row, bootstrap.now()) for row in rows))


def _as_dict(row: "Queued", now: "datetime") -> dict[str, Any]:
    notice = row.notice
    told = {"notice": row.number, "at": row.at, "state": row.state(now), "kind": notice.kind, "about": notice.about}
    told |= {"subject": notice.subject, "lines": notice.lines}
    return {**told, **{name: getattr(row, name) for name in ("attempts", "next_at", "sent_at", "told", "error")}}


def _line(row: "Queued", now: "datetime") -> str:
    state = row.state(now)
    later = f", again at {clock.hour(row.next_at)}" if state == "waiting" else ""
    why = f"  ({count(row.attempts, 'attempt')}{later}: {row.error})" if row.error else ""
    return f"{row.number:>4}  {clock.row(row.at)}  {state:<7} {row.notice.subject}{why}"


def _test(settings: "Settings", *, as_json: bool) -> None:
    """One notice by each channel, each for itself."""
    from ilc_canvas import bootstrap
    from ilc_canvas.post import send_trial

    told = send_trial(settings, bootstrap.now)
    if as_json:
        say_json([{"channel": each.channel, "where": each.where, "sent": each.sent, "text": each.remarks} for each in told])
    else:
        say(*(each.sentence for each in told))
    if not all(each.sent for each in told):
        raise typer.Exit(EXIT_ERROR)

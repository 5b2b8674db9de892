"""notices: those sent, waiting or failed, and a test"""

from typing import TYPE_CHECKING, Annotated, Any

import typer

from ilc_canvas import clock
from ilc_canvas.cli.options import Json
from ilc_canvas.cli.output import EXIT_ERROR, say, say_json
from ilc_canvas.reconcile.words.wording import count

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
    from ilc_canvas import bootstrap, process
    from ilc_canvas.cli.startup import begin
    from ilc_canvas.store.worker import outbox

    settings = begin(logged=test)
    if test:
        _test(settings, as_json=as_json)
        return
    with bootstrap.open_store(settings) as store:
        rows = outbox.listing(store, limit)
    if as_json:
        say_json([_as_dict(row, process.now()) for row in rows])
    elif not rows:
        say("There has been no notice yet. To see whether they would arrive: ilc-canvas notices --test")
    else:
        say(*(_line(row, process.now()) for row in rows))


def _as_dict(row: "Queued", now: "datetime") -> dict[str, Any]:
    notice = row.notice
    values = {"notice": row.number, "at": row.at, "state": row.state(now), "kind": notice.kind, "about": notice.about}
    values |= {"subject": notice.subject, "lines": notice.lines}
    return {**values, **{name: getattr(row, name) for name in ("attempts", "next_at", "sent_at", "delivered_to", "error")}}


def _line(row: "Queued", now: "datetime") -> str:
    state = row.state(now)
    later = f", again at {clock.hour(row.next_at)}" if state == "waiting" else ""
    why = f"  ({count(row.attempts, 'attempt')}{later}: {row.error})" if row.error else ""
    return f"{row.number:>4}  {clock.row(row.at)}  {state:<7} {row.notice.subject}{why}"


def _test(settings: "Settings", *, as_json: bool) -> None:
    """Send one test notice through each channel."""
    from ilc_canvas import process
    from ilc_canvas.worker.notices import send_trial

    trials = send_trial(settings, process.now)
    if as_json:
        say_json([{"channel": each.channel, "where": each.where, "sent": each.sent, "text": each.remarks} for each in trials])
    else:
        say(*(each.sentence for each in trials))
    if not all(each.sent for each in trials):
        raise typer.Exit(EXIT_ERROR)

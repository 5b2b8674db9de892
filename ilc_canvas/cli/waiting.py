"""parked, release: what is left alone for now, and the end of a quarantine"""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import typer

from ilc_canvas import clock
from ilc_canvas.cli.options import Json, Reason
from ilc_canvas.cli.output import say, say_json
from ilc_canvas.reconcile.words import count

if TYPE_CHECKING:
    from ilc_canvas.views.waiting import Waiting


def as_dict(waits: "Waiting") -> dict[str, Any]:
    """For programs: quarantine, parked, asked, declined."""
    trouble = waits.quarantine
    shown = {"trouble": trouble.trouble, "text": trouble.text, "since": trouble.since, "next_at": trouble.next_at} if trouble else None
    return {"quarantine": shown, "parked": len(waits.parked), "asked": len(waits.asked), "declined": len(waits.declined)}


def told(waits: "Waiting") -> Iterator[str]:
    """For people: nothing if nothing waits."""
    from ilc_canvas.views.sentences import decision

    trouble = waits.quarantine
    if trouble:
        when = f"it is looked at again at {clock.at(trouble.next_at)}" if trouble.next_at else "when it is put right: ilc-canvas release"
        yield f"Quarantine since {clock.at(trouble.since)}, nothing is written: {trouble.text} ({when})"
    if waits.parked:
        yield f"Parked   {count(len(waits.parked), 'change')}. See: ilc-canvas parked"
    if waits.asked:
        yield f"Asked    about {count(len(waits.asked), 'person', 'people')}. See: ilc-canvas people review"
    if waits.declined:
        yield f"Declined {count(len(waits.declined), 'change')}, left undone on purpose; the last: {decision(waits.declined[0])}."
        yield "         See: ilc-canvas declined"


def parked(as_json: Json = False) -> None:
    """Changes that are left alone for a while: why, and when they are tried again."""
    from ilc_canvas import bootstrap
    from ilc_canvas.cli.beginning import begin
    from ilc_canvas.views.names import known_names
    from ilc_canvas.views.sentences import told_aside
    from ilc_canvas.views.waiting import waiting

    settings = begin()
    with bootstrap.opened(settings) as store:
        rows = waiting(settings, store, bootstrap.now()).parked
        names = known_names(settings, store)
    if as_json:
        columns = ("verb", "reason", "since", "attempts", "next_at")
        say_json([{"key": str(row.key), **{name: getattr(row, name) for name in columns}} for row in rows])
        return
    for row in rows:
        say(f"{told_aside(row.key, row.reason, names)} Tried again at {clock.at(row.next_at)}.")
    say("To try all of them now: ilc-canvas sync --retry" if rows else "Nothing is parked.")


def release(reason: Reason = "", as_json: Json = False) -> None:
    """End a quarantine by hand, when what was wrong is put right. Wants a reason."""
    from ilc_canvas import bootstrap
    from ilc_canvas.actions import quarantine
    from ilc_canvas.cli.beginning import begin

    if not reason.strip():
        raise typer.BadParameter('Say what was put right: --reason "..."')
    settings = begin()
    with bootstrap.opened(settings) as store:
        former = quarantine.release(settings, store, actor=bootstrap.actor(), reason=reason, at=bootstrap.now())
    if as_json:
        say_json({"released": former.trouble})
    else:
        say(f"The quarantine of {clock.at(former.since)} is over ({former.text}). Look first: ilc-canvas plan")

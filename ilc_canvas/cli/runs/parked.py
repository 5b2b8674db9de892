"""parked, release: changes left alone for now, and ending a quarantine"""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import typer

from ilc_canvas import clock
from ilc_canvas.cli.options import Json, Reason
from ilc_canvas.cli.output import say, say_json
from ilc_canvas.reconcile.words.wording import count

if TYPE_CHECKING:
    from ilc_canvas.views.runs.parked import ParkedView


def as_dict(waits: "ParkedView") -> dict[str, Any]:
    """For programs: quarantine, parked, asked, declined."""
    trouble = waits.quarantine
    quarantine = {"trouble": trouble.trouble, "text": trouble.text, "since": trouble.since, "next_at": trouble.next_at} if trouble else None
    return {"quarantine": quarantine, "parked": len(waits.parked), "asked": len(waits.questions), "declined": len(waits.declined)}


def parked_lines(waits: "ParkedView") -> Iterator[str]:
    """For people; no lines if nothing waits."""
    from ilc_canvas.views.sentences import decision

    trouble = waits.quarantine
    if trouble:
        when = f"checked again at {clock.at(trouble.next_at)}" if trouble.next_at else "once it is fixed: ilc-canvas release"
        yield f"Quarantine since {clock.at(trouble.since)}, nothing is written: {trouble.text} ({when})"
    if waits.parked:
        yield f"Parked   {count(len(waits.parked), 'change')}. See: ilc-canvas parked"
    if waits.questions:
        yield f"Asked    about {count(len(waits.questions), 'person', 'people')}. See: ilc-canvas people review"
    if waits.declined:
        yield f"Declined {count(len(waits.declined), 'change')}, left undone on purpose; the last: {decision(waits.declined[0])}."
        yield "         See: ilc-canvas declined"


def parked(as_json: Json = False) -> None:
    """Changes that are left alone for now: why, and when they are tried again."""
    from ilc_canvas import bootstrap, process
    from ilc_canvas.cli.startup import begin
    from ilc_canvas.views.names import known_names
    from ilc_canvas.views.runs.parked import parked_view
    from ilc_canvas.views.sentences import deferred_text

    settings = begin()
    with bootstrap.open_store(settings) as store:
        rows = parked_view(settings, store, process.now()).parked
        names = known_names(settings, store)
    if as_json:
        columns = ("verb", "reason", "since", "attempts", "next_at")
        say_json([{"key": str(row.key), **{name: getattr(row, name) for name in columns}} for row in rows])
        return
    for row in rows:
        say(f"{deferred_text(row.key, row.reason, names)} Tried again at {clock.at(row.next_at)}.")
    say("To try all of them now: ilc-canvas sync --retry" if rows else "Nothing is parked.")


def release(reason: Reason = "", as_json: Json = False) -> None:
    """End a quarantine by hand once its cause is fixed. Needs a reason."""
    from ilc_canvas import bootstrap, process
    from ilc_canvas.actions import quarantine
    from ilc_canvas.cli.startup import begin

    if not reason.strip():
        raise typer.BadParameter('Say what was fixed: --reason "..."')
    settings = begin()
    with bootstrap.open_store(settings) as store:
        former = quarantine.release(settings, store, actor=process.actor(), reason=reason, at=process.now())
    if as_json:
        say_json({"released": former.trouble})
    else:
        say(f"The quarantine of {clock.at(former.since)} has ended ({former.text}). Look first: ilc-canvas plan")

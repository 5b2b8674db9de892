"""audit list"""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from ilc_canvas import clock
from ilc_canvas.cli.given import scope_words
from ilc_canvas.cli.options import Json
from ilc_canvas.cli.output import one_line, say, say_json

if TYPE_CHECKING:
    from ilc_canvas.store.audit.reader import Event

_FORMATS = ["%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M:%S"]
_DETAILS = ("result", "verb", "status", "decision", "trouble", "of", "digest")
"""What a line tells of an event's body: the first that is there."""


def list_(
    run: Annotated[int | None, typer.Option("--run", help="Of one run only.")] = None,
    since: Annotated[datetime | None, typer.Option(help="Since then: 2021-10-04 or 2021-10-04T18:00.", formats=_FORMATS)] = None,
    person: Annotated[str, typer.Option(help="About one person: id, address or name.", callback=one_line)] = "",
    *,
    kind: Annotated[list[str] | None, typer.Option(help="Of one kind only, such as approved; may be given several times.")] = None,
    limit: Annotated[int, typer.Option(help="How many.", min=1)] = 50,
    as_json: Json = False,
) -> None:
    """Events, newest first: who did what, when, to how much, and why. Keys, no names, but for what somebody has typed."""

    from ilc_canvas import bootstrap
    from ilc_canvas.cli.beginning import begin
    from ilc_canvas.store.audit import reader
    from ilc_canvas.store.rosters import known_people

    settings = begin()
    with bootstrap.opened(settings) as store:
        start = since.replace(tzinfo=settings.zone) if since else None
        people = known_people.keys(store, settings.prefix, person) if person else None
        wanted = reader.Wanted(run, start, reader.require_kinds(store, kind or ()), people)
        events, there = reader.newest(store, wanted, limit=limit), reader.how_many(store, wanted)
    if as_json:
        say_json([_as_json(event) for event in events])
        return
    say(*(_row(event) for event in events))
    if not events:
        say("There is no such event.")
    elif there > len(events):
        say(f"These are the newest {len(events):,} of {there:,}. For more: --limit {there}")


def _as_json(event: "Event") -> dict[str, object]:
    names = ("seq", "at", "kind", "actor", "run", "key", "reason", "scope", "signed_by", "body", "hash")
    return {name: getattr(event, name) for name in names}


def _row(event: "Event") -> str:
    """12  2021-10-04 09:12:00 Pacific  approved  ana  run 3, 12 changes, only cop:EQ: seen"""
    body = event.body
    detail = next((str(body[name]) for name in _DETAILS if body.get(name)), "")
    changes = f"{body['changes']} changes" if isinstance(body.get("changes"), int) else ""
    signed = f"signed by {' and '.join(event.signed_by)}" if event.signed_by else ""
    version = f"version {body['version']}" if "version" in body else ""
    about = [f"run {event.run}" if event.run else "", str(event.key or ""), detail, version, changes, *scope_words(event.scope), signed]
    told = ": ".join(filter(None, [", ".join(filter(None, about)), event.reason]))
    return f"{event.seq:>6}  {clock.second(event.at)}  {event.kind:<16} {event.actor:<10} {told}".rstrip()

"""audit list"""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from ilc_canvas import clock
from ilc_canvas.cli.options import Json
from ilc_canvas.cli.output import one_line, say, say_json
from ilc_canvas.cli.runs.approvals_text import scope_words
from ilc_canvas.reconcile.words.wording import count, form

if TYPE_CHECKING:
    from ilc_canvas.store.audit.reader import Event

_FORMATS = ["%Y-%m-%d", "%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M", "%Y-%m-%dT%H:%M:%S"]
_DETAILS = ("result", "verb", "status", "decision", "trouble", "of", "digest")
"""Keys of an event's body that a line may show: the first one present."""


def list_(
    run: Annotated[int | None, typer.Option("--run", help="Only of this run.")] = None,
    since: Annotated[datetime | None, typer.Option(help="Local time: 2021-10-04 or 2021-10-04T18:00.", formats=_FORMATS)] = None,
    person: Annotated[str, typer.Option(help="About one person: id, address or name.", callback=one_line)] = "",
    *,
    kind: Annotated[list[str] | None, typer.Option(help="Only of this kind, such as approved; may be given several times.")] = None,
    limit: Annotated[int, typer.Option(help="How many.", min=1)] = 50,
    as_json: Json = False,
) -> None:
    """Events, newest first: who did what, when, to how much, and why. Shows keys instead of names, except in texts that people typed."""

    from ilc_canvas import bootstrap
    from ilc_canvas.cli.startup import begin
    from ilc_canvas.store.audit import reader
    from ilc_canvas.store.rosters import known_people

    settings = begin()
    with bootstrap.open_store(settings) as store:
        start = since.replace(tzinfo=settings.zone) if since else None
        people = known_people.keys(store, settings.prefix, person) if person else None
        query = reader.Wanted(run, start, reader.require_kinds(store, kind or ()), people)
        events, total = reader.newest(store, query, limit=limit), reader.how_many(store, query)
    if as_json:
        say_json([_as_json(event) for event in events])
        return
    say(*(_row(event) for event in events))
    if not events:
        say("There are no such events.")
    elif total > len(events):
        newest = form(len(events), "This is the newest", f"These are the newest {len(events):,}")
        say(f"{newest} of {total:,}. For more: --limit {total}")


def _as_json(event: "Event") -> dict[str, object]:
    names = ("seq", "at", "kind", "actor", "run", "key", "reason", "scope", "signed_by", "body", "hash")
    return {name: getattr(event, name) for name in names}


def _row(event: "Event") -> str:
    """12  2021-10-04 09:12:00 Pacific  approved  ana  run 3, 12 changes, only cop:EQ: seen"""
    body = event.body
    detail = next((str(body[name]) for name in _DETAILS if body.get(name)), "")
    changes = count(body["changes"], "change") if isinstance(body.get("changes"), int) else ""
    signed = f"signed by {' and '.join(event.signed_by)}" if event.signed_by else ""
    version = f"version {body['version']}" if "version" in body else ""
    about = [f"run {event.run}" if event.run else "", str(event.key or ""), detail, version, changes, *scope_words(event.scope), signed]
    text = ": ".join(filter(None, [", ".join(filter(None, about)), event.reason]))
    return f"{event.seq:>6}  {clock.second(event.at)}  {event.kind:<16} {event.actor:<10} {text}".rstrip()

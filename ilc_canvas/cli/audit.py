"""audit list, export, verify"""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from csv import DictWriter
from pathlib import Path
from typing import Annotated, TextIO

import typer

from ilc_canvas.cli.options import Json
from ilc_canvas.cli.output import say, say_json

Run = Annotated[int | None, typer.Option("--run", help="Of one run only.")]


def list_(run: Run = None, limit: Annotated[int, typer.Option(help="How many.", min=1)] = 50, as_json: Json = False) -> None:
    """Events, oldest first: keys only, no names."""
    from ilc_canvas import bootstrap
    from ilc_canvas.store import log

    with bootstrap.opened(bootstrap.begin()) as store:
        events = log.events(store, run=run, limit=limit)
    if as_json:
        names = ("seq", "at", "kind", "actor", "run", "key", "body", "hash")
        say_json([{name: getattr(event, name) for name in names} for event in events])
        return
    for event in events:
        detail = event.body.get("result") or event.body.get("verb") or event.body.get("status") or ""
        say(f"{event.seq:>6}  {event.at:%Y-%m-%d %H:%M:%S}Z  {event.kind:<10} {event.actor:<10} {event.key or ''} {detail}".rstrip())


def export(
    csv: Annotated[Path, typer.Option("--csv", help="The file to write, or - for the screen.", allow_dash=True)],
    run: Run = None,
) -> None:
    """All events as CSV, safe to open in a spreadsheet. Holds names and addresses."""
    from ilc_canvas import bootstrap
    from ilc_canvas.store import log

    with bootstrap.opened(bootstrap.begin()) as store, _target(csv) as target:
        writer = DictWriter(target, log.COLUMNS)
        writer.writeheader()
        writer.writerows(log.export_rows(store, run))


@contextmanager
def _target(path: Path) -> Iterator[TextIO]:
    """The file, for its owner alone since it holds names; or the screen."""
    if str(path) == "-":
        yield sys.stdout
        return
    with open(path, "w", encoding="utf-8", newline="", opener=lambda name, flags: os.open(name, flags, 0o600)) as file:
        yield file


def verify(as_json: Json = False) -> None:
    """Recompute the whole chain; names the first event that does not fit."""
    from ilc_canvas import bootstrap
    from ilc_canvas.store import events

    with bootstrap.opened(bootstrap.begin()) as store:
        found = events.verify(store)
    if as_json:
        say_json({"events": found.count, "head": found.head.hash, "seq": found.head.seq})
    else:
        say(f"The chain of {found.count:,} events verifies. Its head is {found.head.hash}: keep it elsewhere to notice a cut end.")

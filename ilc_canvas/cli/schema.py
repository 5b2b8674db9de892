"""db create, db upgrade, db current, db backup, db restore"""

from pathlib import Path
from typing import Annotated

import typer

from ilc_canvas.cli.options import Json, Reason
from ilc_canvas.cli.output import say, say_json
from ilc_canvas.reconcile.words import count


def create(as_json: Json = False) -> None:
    """Make a new, empty store where ILC_CANVAS_STORE says. A first roster import does it too; nothing else ever does."""
    from ilc_canvas.cli.beginning import begin
    from ilc_canvas.store.opening import make_store

    store = make_store(begin().store)
    store.close()
    if as_json:
        say_json({"store": store.name})
    else:
        say(f"A new store is made: {store.name}.", "Next: ilc-canvas doctor, then ilc-canvas roster import FILES")


def upgrade() -> None:
    """Bring the store's schema to this program's version."""
    from ilc_canvas.cli.beginning import begin
    from ilc_canvas.store import opening
    from ilc_canvas.store.db import schema

    store = opening.open_store(begin().store)
    opening.upgrade(store)
    say(f"The store {store.name} has schema {schema.current(store)}.")
    store.close()


def current(as_json: Json = False) -> None:
    """The store's schema, and this program's."""
    from ilc_canvas.cli.beginning import begin
    from ilc_canvas.store.db import health_probe, schema
    from ilc_canvas.store.opening import open_store

    store = open_store(begin().store)
    have, want = schema.current(store), health_probe.HEAD
    store.close()
    if as_json:
        say_json({"current": have, "head": want})
    else:
        say(f"The store has schema {have}; this program needs {want}.")


def backup(file: Annotated[Path, typer.Argument(help="A file that is not there yet.")], as_json: Json = False) -> None:
    """Copy a store in a SQLite file as it is at one moment, also while a run is under way. Holds names and addresses."""
    from ilc_canvas.cli.beginning import begin
    from ilc_canvas.store.backup import backup as copy
    from ilc_canvas.store.opening import open_store

    store = open_store(begin().store)
    found = copy(store, file)
    store.close()
    if as_json:
        say_json({"file": str(found.path), "bytes": found.size, "schema": found.schema, "seq": found.head.seq, "head": found.head.hash})
        return
    say(
        f"Done: {found.path} holds the store with {count(found.head.seq, 'event')}, and was looked through ({found.size:,} bytes).",
        "Keep it elsewhere, for few eyes: it holds names and addresses. Put it back with: ilc-canvas db restore FILE --reason TEXT",
    )


def restore(file: Annotated[Path, typer.Argument(help="What db backup has made.")], reason: Reason = "", as_json: Json = False) -> None:
    """Put a backup back, with no worker running. The store of now is kept beside it, and the next run waits for a yes, like a first one."""
    from functools import partial

    from ilc_canvas import bootstrap
    from ilc_canvas.actions import restored
    from ilc_canvas.cli.beginning import begin

    if not reason.strip():
        raise typer.BadParameter('Say why, so that others understand it: --reason "..."')
    settings = begin()
    key = partial(bootstrap.signer, settings)
    found = restored.restore(settings, file, key, actor=bootstrap.actor(), reason=reason, at=bootstrap.now())
    former = str(found.former) if found.former else None
    if as_json:
        say_json({"file": str(file), "events": found.copy.head.seq, "former": former, "head": found.head.as_json()})
        return
    say(
        f"Done: the store is that of {file}, with {count(found.copy.head.seq, 'event')}; the audit log says so.",
        *([f"The store that was there is kept: {former}"] if former else []),
        "What Canvas was told since then is found by the next run, which waits for a yes, like a first one: ilc-canvas plan",
    )

"""db create, db upgrade, db current, db backup, db restore"""

from pathlib import Path
from typing import Annotated

import typer

from ilc_canvas.cli.options import Json, Reason
from ilc_canvas.cli.output import say, say_json
from ilc_canvas.reconcile.words.wording import count


def create(as_json: Json = False) -> None:
    """Create a new, empty store at ILC_CANVAS_STORE. The first roster import does this too; nothing else does."""
    from ilc_canvas.cli.startup import begin
    from ilc_canvas.store.opening import make_store

    store = make_store(begin().store)
    store.close()
    if as_json:
        say_json({"store": store.name})
    else:
        say(f"Created a new store: {store.name}.", "Next: ilc-canvas doctor, then ilc-canvas roster import FILES")


def upgrade() -> None:
    """Upgrade the store's schema to this program's version."""
    from ilc_canvas.cli.startup import begin
    from ilc_canvas.store import opening
    from ilc_canvas.store.db import schema

    store = opening.open_store(begin().store)
    opening.upgrade(store)
    say(f"The store {store.name} has schema {schema.current(store)}.")
    store.close()


def current(as_json: Json = False) -> None:
    """The store's schema, and this program's."""
    from ilc_canvas.cli.startup import begin
    from ilc_canvas.store.db import health_probe, schema
    from ilc_canvas.store.opening import open_store

    store = open_store(begin().store)
    schema_version, needed = schema.current(store), health_probe.HEAD
    store.close()
    if as_json:
        say_json({"current": schema_version, "head": needed})
    else:
        say(f"The store has schema {schema_version}; this program needs {needed}.")


def backup(file: Annotated[Path, typer.Argument(help="A new file.")], as_json: Json = False) -> None:
    """Copy a SQLite store as it is at one moment, even during a run. The copy contains names and addresses."""
    from ilc_canvas.cli.startup import begin
    from ilc_canvas.store.backup import backup as copy
    from ilc_canvas.store.opening import open_store

    store = open_store(begin().store)
    result = copy(store, file)
    store.close()
    if as_json:
        say_json(
            {"file": str(result.path), "bytes": result.size, "schema": result.schema, "seq": result.head.seq, "head": result.head.hash}
        )
        return
    say(
        f"Done: {result.path} holds the store with {count(result.head.seq, 'event')}, and was checked ({result.size:,} bytes).",
        "Keep it elsewhere and share it with few people: it contains names and addresses.",
        "To restore it: ilc-canvas db restore FILE --reason TEXT",
    )


def restore(file: Annotated[Path, typer.Argument(help="A file made by db backup.")], reason: Reason = "", as_json: Json = False) -> None:
    """Restore a backup while no worker is running. The current store is kept beside it; the next run needs approval, like a first run."""
    from functools import partial

    from ilc_canvas import bootstrap, process
    from ilc_canvas.actions import restore
    from ilc_canvas.cli.startup import begin

    if not reason.strip():
        raise typer.BadParameter('Say why, so that others understand it: --reason "..."')
    settings = begin()
    key = partial(bootstrap.signer, settings)
    result = restore.restore(settings, file, key, actor=process.actor(), reason=reason, at=process.now())
    former = str(result.former) if result.former else None
    if as_json:
        say_json({"file": str(file), "events": result.copy.head.seq, "former": former, "head": result.head.as_json()})
        return
    say(
        f"Done: the store is that of {file}, with {count(result.copy.head.seq, 'event')}; the audit log records it.",
        *([f"The previous store is kept: {former}"] if former else []),
        "The next run finds what was written to Canvas since then. It needs approval, like a first run: ilc-canvas plan",
    )

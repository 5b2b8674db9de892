"""audit export, verify, key, head, accept"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from csv import DictWriter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TextIO

import typer

from ilc_canvas.cli.new_file import new_file
from ilc_canvas.cli.options import Json
from ilc_canvas.cli.output import one_line, say, say_json
from ilc_canvas.reconcile.words import count

if TYPE_CHECKING:
    from ilc_canvas.store.audit.signing import Signer

Given = Annotated[str, typer.Option("--reason", help="Why; kept in the audit log.", callback=one_line)]
Run = Annotated[int | None, typer.Option("--run", help="Of one run only.")]


def export(
    csv: Annotated[Path, typer.Option("--csv", help="The file to write, or - for the screen.", allow_dash=True)],
    run: Run = None,
) -> None:
    """All events as CSV, safe to open in a spreadsheet. Holds names and addresses; the log says that you took it."""
    from itertools import islice

    import structlog

    from ilc_canvas import bootstrap
    from ilc_canvas.cli.beginning import begin
    from ilc_canvas.cli.commands import said
    from ilc_canvas.store.audit import reader, settings_and_exports

    with bootstrap.opened(begin()) as store, _target(csv) as target:
        number = settings_and_exports.exported(store, run=run, actor=bootstrap.actor(), at=bootstrap.now())
        writer = DictWriter(target, reader.COLUMNS)
        writer.writeheader()
        rows = islice(reader.export_rows(store, run), number)
        writer.writerows({column: said(text) for column, text in row.items()} for row in rows)
    if str(csv) == "-":
        structlog.get_logger(__name__).info("audit.exported", events=number)
    else:
        say(f"{count(number, 'event')} {'is' if number == 1 else 'are'} in {csv}. It holds names and addresses, for your eyes alone.")


@contextmanager
def _target(path: Path) -> Iterator[TextIO]:
    """A new file for its owner alone, since it holds names, which says that it is UTF-8, as Excel wants; or the screen."""
    if str(path) == "-":
        yield sys.stdout
        return
    with new_file(path) as file:
        yield file


def verify(
    head: Annotated[
        Path | None, typer.Option("--head", help="A log or a file of heads, kept elsewhere.", exists=True, dir_okay=False)
    ] = None,
    key: Annotated[Path | None, typer.Option("--key", help="Public keys (PEM).", exists=True, dir_okay=False)] = None,
    as_json: Json = False,
) -> None:
    """Recompute the whole chain, and look up every head that was kept; names the first thing that does not fit."""
    from ilc_canvas import bootstrap
    from ilc_canvas.cli.beginning import begin
    from ilc_canvas.store.audit import chain, heads

    settings = begin()
    with bootstrap.opened(settings) as store:
        found = chain.verify(store)
        kept = heads.heads_file(store)
        path = head or (kept if kept and heads.last_kept(store) else None)
        keys = bootstrap.public_keys(settings, store, key)
        known = heads.check(store, heads.read_lines(path), keys) if path else 0
    if as_json:
        say_json({"events": found.count, "head": found.head.hash, "seq": found.head.seq, "heads": known, "keys": [*keys]})
        return
    say(f"The chain of {found.count:,} events verifies. Its head is {found.head.hash}: keep it elsewhere to notice a cut end.")
    if path:
        by = f"signed with {' or '.join(keys)}" if keys else "unsigned"
        say(f"{count(known, 'head')} of {path} {'is' if known == 1 else 'are'} in it, {by}.")


def key(as_json: Json = False) -> None:
    """The public key that checks the signatures of heads: give it to whoever keeps them."""
    signer = _signer()
    if as_json:
        say_json({"key": signer.name, "pem": signer.public_pem})
    else:
        say(signer.public_pem.rstrip())


def _signer() -> "Signer":
    from ilc_canvas import bootstrap
    from ilc_canvas.cli.beginning import begin
    from ilc_canvas.reconcile.errors import SettingsError

    settings = begin()
    with bootstrap.opened(settings) as store:
        signer = bootstrap.signer(settings, store)
    if signer is None:
        raise SettingsError("No key is set: heads are unsigned on PostgreSQL until ILC_CANVAS_HEAD_KEY_FILE names one.")
    return signer


def head(as_json: Json = False) -> None:
    """The present head of the log, signed. Kept elsewhere, it shows a cut end and a replaced store."""
    from ilc_canvas import bootstrap
    from ilc_canvas.cli.beginning import begin
    from ilc_canvas.store.audit import heads

    settings = begin()
    with bootstrap.opened(settings) as store:
        found = heads.signed(store, bootstrap.signer(settings, store))
    if as_json:
        say_json(found.as_json())
    else:
        say(found.line)


def accept(reason: Given, as_json: Json = False) -> None:
    """Go on with a store that was restored from a backup. The next run waits for a yes, like a first one."""
    from ilc_canvas import bootstrap
    from ilc_canvas.actions import restored
    from ilc_canvas.cli.beginning import begin

    require_reason(reason)
    settings = begin()
    with bootstrap.opened(settings) as store:
        found = restored.accept(
            store, bootstrap.signer(settings, store), holder=bootstrap.holder(), actor=bootstrap.actor(), reason=reason, at=bootstrap.now()
        )
    if as_json:
        say_json(found.as_json())
    else:
        say("The store is accepted as it is; the log says so. The next run is held for a yes, like a first one.", found.line)


def require_reason(reason: str) -> None:
    """Usage error for an empty one."""
    if not reason.strip():
        raise typer.BadParameter("--reason wants a reason: it is kept in the audit log.")

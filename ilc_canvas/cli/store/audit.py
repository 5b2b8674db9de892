"""audit export, verify, key, head, accept"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from csv import DictWriter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TextIO

import typer

from ilc_canvas.cli.options import Json
from ilc_canvas.cli.output import one_line, say, say_json
from ilc_canvas.cli.store.new_file import new_file
from ilc_canvas.reconcile.words.wording import count

if TYPE_CHECKING:
    from ilc_canvas.store.audit.signing import Signer

RequiredReason = Annotated[str, typer.Option("--reason", help="Why; kept in the audit log.", callback=one_line)]
Run = Annotated[int | None, typer.Option("--run", help="Only of this run.")]


def export(
    csv: Annotated[Path, typer.Option("--csv", help="The file to write, or - for the screen.", allow_dash=True)],
    run: Run = None,
) -> None:
    """Export all events as CSV, safe to open in a spreadsheet. Contains names and addresses; the log records the export."""
    from itertools import islice

    import structlog

    from ilc_canvas import bootstrap, process
    from ilc_canvas.cli.commands import with_commands
    from ilc_canvas.cli.startup import begin
    from ilc_canvas.store.audit import reader, settings_and_exports

    with bootstrap.open_store(begin()) as store, _target(csv) as target:
        number = settings_and_exports.exported(store, run=run, actor=process.actor(), at=process.now())
        writer = DictWriter(target, reader.COLUMNS)
        writer.writeheader()
        rows = islice(reader.export_rows(store, run), number)
        writer.writerows({column: with_commands(text) for column, text in row.items()} for row in rows)
    if str(csv) == "-":
        structlog.get_logger(__name__).info("audit.exported", events=number)
    else:
        say(f"{count(number, 'event is', 'events are')} in {csv}. It contains names and addresses, so keep it to yourself.")


@contextmanager
def _target(path: Path) -> Iterator[TextIO]:
    """A new file readable only by its owner, since it holds names, marked as UTF-8 for Excel; or the screen."""
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
    """Recompute the whole chain and look up every head that was kept; report the first mismatch."""
    from ilc_canvas import bootstrap
    from ilc_canvas.cli.startup import begin
    from ilc_canvas.store.audit import chain, heads

    settings = begin()
    with bootstrap.open_store(settings) as store:
        result = chain.verify(store)
        kept = heads.heads_file(store)
        path = head or (kept if kept and heads.last_kept(store) else None)
        keys = bootstrap.public_keys(settings, store, key)
        matches = heads.check(store, heads.read_lines(path), keys) if path else 0
    if as_json:
        say_json({"events": result.count, "head": result.head.hash, "seq": result.head.seq, "heads": matches, "keys": [*keys]})
        return
    verified = f"The chain of {count(result.count, 'event')} verifies."
    say(f"{verified} Its head is {result.head.hash}: keep it elsewhere to notice a truncated log.")
    if path:
        by = f"signed with {' or '.join(keys)}" if keys else "unsigned"
        say(f"{count(matches, f'head of {path} is', f'heads of {path} are')} in it, {by}.")


def key(as_json: Json = False) -> None:
    """The public key that verifies signed heads: give it to the people who keep them."""
    signer = _signer()
    if as_json:
        say_json({"key": signer.name, "pem": signer.public_pem})
    else:
        say(*signer.public_pem.rstrip().splitlines())


def _signer() -> "Signer":
    from ilc_canvas import bootstrap
    from ilc_canvas.cli.startup import begin
    from ilc_canvas.reconcile.errors import SettingsError

    settings = begin()
    with bootstrap.open_store(settings) as store:
        signer = bootstrap.signer(settings, store)
    if signer is None:
        raise SettingsError("No key is set: heads are unsigned on PostgreSQL until ILC_CANVAS_HEAD_KEY_FILE names one.")
    return signer


def head(as_json: Json = False) -> None:
    """The current head of the log, signed. Kept elsewhere, it reveals a truncated log or a replaced store."""
    from ilc_canvas import bootstrap
    from ilc_canvas.cli.startup import begin
    from ilc_canvas.store.audit import heads

    settings = begin()
    with bootstrap.open_store(settings) as store:
        result = heads.signed(store, bootstrap.signer(settings, store))
    if as_json:
        say_json(result.as_json())
    else:
        say(result.line)


def accept(reason: RequiredReason, as_json: Json = False) -> None:
    """Continue with a store that was restored from a backup. The next run needs approval, like a first run."""
    from ilc_canvas import bootstrap, process
    from ilc_canvas.actions import restore
    from ilc_canvas.cli.startup import begin

    require_reason(reason)
    settings = begin()
    with bootstrap.open_store(settings) as store:
        result = restore.accept(
            store, bootstrap.signer(settings, store), holder=process.holder(), actor=process.actor(), reason=reason, at=process.now()
        )
    if as_json:
        say_json(result.as_json())
    else:
        say("The store is accepted as it is; the log records it. The next run needs approval, like a first run.", result.line)


def require_reason(reason: str) -> None:
    """Usage error if the reason is empty."""
    if not reason.strip():
        raise typer.BadParameter("--reason must not be empty: it is kept in the audit log.")

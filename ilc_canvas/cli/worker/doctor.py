"""doctor: what works, what does not, and what to ask the Canvas administrator for."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

import typer

from ilc_canvas.cli.options import Json
from ilc_canvas.cli.output import EXIT_ERROR, say, say_json

if TYPE_CHECKING:
    from ilc_canvas.worker.examination import CheckResult


def doctor(as_json: Json = False) -> None:
    """Check settings, store, Canvas, token, rights, roles and clock: what works, and what to ask for. Writes nothing to Canvas."""
    lines = []
    for line in _examine():
        lines.append(line)
        if not as_json:
            say(_line(line))
    if as_json:
        say_json([{"what": line.what, "works": line.works, "text": line.text} for line in lines])
    if any(line.stops and not line.works for line in lines):
        raise typer.Exit(EXIT_ERROR)


Anywhere = Annotated[bool, typer.Option("--any", help="A worker on any machine will do.")]


def health(anywhere: Anywhere = False, as_json: Json = False) -> None:
    """Whether a worker on this machine is alive, the store fits this program, and runs end well: exit 0 or 1. Does not read Canvas."""
    from ilc_canvas.cli.worker.health import check

    raise typer.Exit(check(anywhere=anywhere, as_json=as_json))


def _line(result: "CheckResult") -> str:
    word = "works " if result.works else "FAILS " if result.stops else "CHECK "
    return f"{result.what:<9} {word}  {result.text}"


def _examine() -> Iterator["CheckResult"]:
    """Yield each check as soon as it is done. Canvas is checked even if the store cannot be opened."""
    from ilc_canvas import bootstrap
    from ilc_canvas.cli.startup import begin
    from ilc_canvas.files import config_file
    from ilc_canvas.reconcile.errors import IlcError, StoreError
    from ilc_canvas.worker.examination import CheckResult, examine, part_of

    try:
        settings = begin()
        yield CheckResult("Settings", True, f"read from {config_file()} and the environment")
        instruments = bootstrap.instruments(settings)
        try:
            with bootstrap.open_store(settings) as store:
                yield from examine(settings, store, instruments)
        except StoreError as error:
            yield CheckResult("Store", False, str(error))
            yield from examine(settings, None, instruments)
    except IlcError as error:
        yield CheckResult(part_of(error), False, str(error))

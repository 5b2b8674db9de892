"""The commands: parse, call one function, print, set the exit code. Imports happen inside commands, so that --help is quick."""

import logging
import os
import shlex
import sys
import threading
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import typer

EXIT_USAGE, EXIT_INTERRUPTED = 64, 130


def main() -> None:
    """Run one command and exit. Exit codes: 0 done, 2 changes pending, 3 held, 4 partial, 1 error, 64 wrong usage, 130 Ctrl-C."""
    _leave(run(sys.argv[1:]))


def _leave(code: int) -> None:
    """Exit without waiting for threads whose calls hang."""
    if all(thread.daemon or thread is threading.main_thread() for thread in threading.enumerate()):
        sys.exit(code)
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError):
            stream.flush()
    os._exit(code)


def run(arguments: list[str]) -> int:
    """Run one command and return its exit code. An IlcError is one sentence on stderr, never a traceback."""
    from ilc_canvas.cli.output import say_error
    from ilc_canvas.reconcile.errors import IlcError, UnforeseenError, understood

    as_json = "--json" in arguments
    try:
        return _checked(arguments) if _only_health(arguments) else _typed(arguments, as_json=as_json)
    except KeyboardInterrupt:
        return _stopped(as_json=as_json)
    except IlcError as error:
        return say_error(error, as_json=as_json)
    except OSError as error:
        return say_error(IlcError(f"{error.filename or 'A file'} cannot be used: {error.strerror or error}."), as_json=as_json)
    except Exception as error:
        logging.getLogger(__name__).critical("unforeseen", exc_info=error)  # to the log, if one is enabled
        text = f"{understood(error)} To see it, set ILC_CANVAS_LOG_LEVEL=error and run the same command again."
        return say_error(UnforeseenError(text), as_json=as_json)


def _stopped(*, as_json: bool) -> int:
    """Report Ctrl-C and return its exit code."""
    from ilc_canvas.cli.output import say_json

    if as_json:
        say_json({"error": {"code": "interrupted", "text": "Stopped by Ctrl-C. Everything done until then is recorded."}})
    return EXIT_INTERRUPTED


def _only_health(arguments: list[str]) -> bool:
    """Whether this is the health check, which skips the command library because loading it would take most of the time."""
    return arguments[:1] == ["health"] and set(arguments[1:]) <= {"--any", "--json"}


def _checked(arguments: list[str]) -> int:
    from ilc_canvas.cli.worker.health import check

    return check(anywhere="--any" in arguments, as_json="--json" in arguments)


def _typed(arguments: list[str], *, as_json: bool) -> int:
    import typer

    from ilc_canvas.cli.app import app

    try:
        return int(typer.main.get_command(app).main(arguments, prog_name="ilc-canvas", standalone_mode=False) or 0)
    except typer.Abort:
        return _stopped(as_json=as_json)
    except typer.TyperException as error:
        return _misused(error, arguments, as_json=as_json)


def _misused(error: "typer.TyperException", arguments: list[str], *, as_json: bool) -> int:
    """Report wrong usage, show the right one, and repeat what was typed, since the CLI library does not always name the value. The
    library's own exit code for this is 2, which means something else here.
    """
    from ilc_canvas.cli.output import say_json
    from ilc_canvas.cli.usage import usage_text
    from ilc_canvas.reconcile.words.plain import plain

    text, context = usage_text(error), getattr(error, "ctx", None)
    if as_json:
        say_json({"error": {"code": "usage", "text": text}})
        return EXIT_USAGE
    usage = f"{context.get_usage()}\n\n" if context and not text.startswith("Usage") else ""
    sys.stderr.write(plain(f"{usage}{text}\nTyped: ilc-canvas {shlex.join(arguments)}", keep="\n") + "\n")
    return EXIT_USAGE

"""The commands: parse, call one function, print, exit code. What a command needs is imported when it runs, so that --help is quick."""

import logging
import os
import sys
import threading
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import typer

EXIT_USAGE, EXIT_INTERRUPTED = 64, 130


def main() -> None:
    """Run one command. Exit codes: 0 done, 2 changes pending, 3 held, 4 partial, 1 error, 64 wrong usage, 130 Ctrl-C."""
    _leave(run(sys.argv[1:]))


def _leave(code: int) -> None:
    """The end; a thread whose call hangs would be waited for, so it is not."""
    if all(thread.daemon or thread is threading.main_thread() for thread in threading.enumerate()):
        sys.exit(code)
    for stream in (sys.stdout, sys.stderr):
        with suppress(OSError):
            stream.flush()
    os._exit(code)


def run(arguments: list[str]) -> int:
    """The exit code of one command; an IlcError is one sentence on stderr, never a traceback."""
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
        logging.getLogger(__name__).critical("unforeseen", exc_info=error)  # to the log, where one is asked for
        told = f"{understood(error)} To see that: ILC_CANVAS_LOG_LEVEL=error, and the same command again."
        return say_error(UnforeseenError(told), as_json=as_json)


def _stopped(*, as_json: bool) -> int:
    """Ctrl-C."""
    from ilc_canvas.cli.output import say_json

    if as_json:
        say_json({"error": {"code": "interrupted", "text": "Stopped by Ctrl-C. What was done until then is recorded."}})
    return EXIT_INTERRUPTED


def _only_health(arguments: list[str]) -> bool:
    """Whether just the health check is asked for: the library of commands would take longer than all else, so it is left out."""
    return arguments[:1] == ["health"] and set(arguments[1:]) <= {"--any", "--json"}


def _checked(arguments: list[str]) -> int:
    from ilc_canvas.cli.health import check

    return check(anywhere="--any" in arguments, as_json="--json" in arguments)


def _typed(arguments: list[str], *, as_json: bool) -> int:
    import typer

    from ilc_canvas.cli.app import app

    try:
        return int(typer.main.get_command(app).main(arguments, prog_name="ilc-canvas", standalone_mode=False) or 0)
    except typer.Abort:
        return _stopped(as_json=as_json)
    except typer.TyperException as error:
        return _misused(error, as_json=as_json)


def _misused(error: "typer.TyperException", *, as_json: bool) -> int:
    """Wrong usage, with the usage that is right; the CLI library's own exit code for it is 2, which means something else here."""
    from ilc_canvas.cli.output import say_json

    text, context = error.format_message(), getattr(error, "ctx", None)
    if as_json:
        say_json({"error": {"code": "usage", "text": text}})
        return EXIT_USAGE
    usage = f"{context.get_usage()}\n\n" if context and not text.startswith("Usage") else ""
    sys.stderr.write(f"{usage}{text}\n")
    return EXIT_USAGE

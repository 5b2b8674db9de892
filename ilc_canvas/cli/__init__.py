"""The commands: parse, call one function, print, exit code. What a command needs is imported when it runs, so that --help is quick."""

import sys

EXIT_USAGE, EXIT_INTERRUPTED = 64, 130


def main() -> None:
    """Run one command. Exit codes: 0 done, 2 changes pending, 3 held, 4 partial, 1 error, 64 wrong usage, 130 Ctrl-C."""
    from ilc_canvas.cli.app import app

    sys.exit(run(app, sys.argv[1:]))


def run(app: object, arguments: list[str]) -> int:
    """The exit code of one command; an IlcError is one sentence on stderr, never a traceback."""
    import typer
    from click.exceptions import Abort, ClickException, Exit

    from ilc_canvas.cli.output import say_error
    from ilc_canvas.reconcile.errors import IlcError

    command = typer.main.get_command(app)  # type: ignore[arg-type]
    try:
        return int(command.main(arguments, prog_name="ilc-canvas", standalone_mode=False) or 0)
    except Exit as error:
        return error.exit_code
    except (Abort, KeyboardInterrupt):
        return EXIT_INTERRUPTED
    except ClickException as error:
        error.show()
        return EXIT_USAGE
    except IlcError as error:
        return say_error(error, as_json="--json" in arguments)

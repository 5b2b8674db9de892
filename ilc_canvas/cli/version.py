"""--version"""

from typing import Annotated

import typer

from ilc_canvas.cli.output import say


def _say_version(asked: bool) -> None:
    """Print the version of the installed program, and end."""
    from importlib.metadata import version

    if asked:
        say(f"ilc-canvas {version('ilc-canvas')}")
        raise typer.Exit


def program(
    version: Annotated[
        bool, typer.Option("--version", help="Print the version of this program.", is_eager=True, callback=_say_version)
    ] = False,
) -> None:
    """Options of the program itself."""

"""sandbox, demo"""

import subprocess
import sys
from typing import Annotated

import typer


def sandbox(context: typer.Context) -> None:
    """Start a stand-in Canvas on this machine; --help shows its options (--port, --token, --now, --deny, --throttle, --lag, ...)."""
    process = subprocess.Popen([sys.executable, "-m", "ilc_canvas.sandbox", *context.args])  # noqa: S603 - our own program
    try:
        raise typer.Exit(process.wait())
    except KeyboardInterrupt:
        process.terminate()
        raise typer.Exit(process.wait()) from None


def demo(keep: Annotated[bool, typer.Option("--keep", help="Leave the sandbox running at the end, to look around.")] = False) -> None:
    """The two-minute tour: a roster signed, a Canvas filled, an amended roster held and approved; all on this machine."""
    from ilc_canvas.cli import run
    from ilc_canvas.demo import tour

    tour(run, keep=keep)

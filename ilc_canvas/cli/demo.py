"""sandbox, demo"""

import os
import signal
import sys
from typing import Annotated

import typer


def sandbox(context: typer.Context) -> None:
    """Start a stand-in Canvas on this machine; --help shows its options (--port, --token, --now, --deny, --throttle, --lag, ...)."""
    sys.stdout.flush()
    # Replaces this process, so that nothing is left over however it ends.
    os.execv(sys.executable, [sys.executable, "-m", "ilc_canvas.sandbox", *context.args])  # noqa: S606 - our own program


def demo(
    keep: Annotated[bool, typer.Option("--keep", help="Leave the sandbox running at the end, to look around.")] = False,
    console: Annotated[
        bool, typer.Option("--console", help="Leave the last approval to you, in the staff's web pages, with a worker beside them.")
    ] = False,
) -> None:
    """The two-minute tour: a roster signed, a Canvas filled, an amended roster held and approved; all on this machine."""
    from ilc_canvas.cli import run
    from ilc_canvas.cli.console.visitors import serve_visitors
    from ilc_canvas.demo import tour

    if keep and console:
        raise typer.BadParameter("Give --keep or --console: with the console everything keeps running as well. Nothing was done.")
    for number in (signal.SIGTERM, signal.SIGHUP):  # like Ctrl-C, so that the stand-in Canvas ends with the demo
        signal.signal(number, signal.default_int_handler)
    tour(run, keep=keep, serve=serve_visitors if console else None)

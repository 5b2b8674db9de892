"""How far a run has come: a bar on a terminal, plain lines elsewhere."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from ilc_canvas.sync import Watch, quiet

EVERY = 200  # changes between two plain lines


@contextmanager
def progress(*, show: bool) -> Iterator[Watch]:
    """A watch for a run."""
    if not show:
        yield quiet
    elif sys.stderr.isatty():
        with _bar() as watch:
            yield watch
    else:
        yield _lines


def _lines(done: int, total: int, last: str) -> None:
    del last
    if done % EVERY == 0 or (done == total and total > EVERY):
        sys.stderr.write(f"{done:,} of {total:,} changes done\n")


@contextmanager
def _bar() -> Iterator[Watch]:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("Canvas"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=None)
        yield lambda done, total, _: bar.update(task, completed=done, total=total)

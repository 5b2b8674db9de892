"""Progress of a run: a bar on a terminal, plain lines elsewhere."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager

from ilc_canvas.reconcile.words.plain import plain
from ilc_canvas.reconcile.words.wording import count
from ilc_canvas.roster.files.rules import OnRows, no_rows
from ilc_canvas.sync import OnProgress, no_progress

EVERY = 200  # changes between two plain lines


@contextmanager
def progress(*, show: bool) -> Iterator[OnProgress]:
    """A progress callback for a run."""
    if not show:
        yield no_progress
    elif sys.stderr.isatty():
        with _bar() as on_progress:
            yield on_progress
    else:
        yield _lines


def _lines(done: int, total: int, last: str) -> None:
    del last
    if done % EVERY == 0 or (done == total and total > EVERY):
        sys.stderr.write(f"{done:,} of {count(total, 'change')} done\n")


@contextmanager
def _bar() -> Iterator[OnProgress]:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("Canvas"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task("", total=None)
        yield lambda done, total, _: bar.update(task, completed=done, total=total)


@contextmanager
def reading_progress(*, show: bool) -> Iterator[OnRows]:
    """A callback for reading large files, which shows the rows of each file on a terminal, and nothing elsewhere."""
    if not show or not sys.stderr.isatty():
        yield no_rows
        return
    from rich.console import Console
    from rich.progress import Progress, TaskID, TextColumn

    tasks: dict[str, TaskID] = {}
    with Progress(TextColumn("{task.description}"), console=Console(stderr=True), transient=True) as bar:

        def on_rows(name: str, rows: int) -> None:
            text = f"{plain(name).replace('[', '(')}: {count(rows, 'row')} read"
            if name not in tasks:
                tasks[name] = bar.add_task(text)
            bar.update(tasks[name], description=text)

        yield on_rows

"""Commands in processes of their own that need not load the program first: `python -m tests.commands` has it loaded, and forks.

It reads orders, a JSON line each, and answers each with the command's exit code when it is done.
"""

import atexit
import json
import os
import select
import subprocess
import sys
import traceback
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple, NoReturn

import typer

import ilc_canvas
from ilc_canvas.cli import main as command

ROOT = Path(__file__).parents[1]
_LEFT_OUT = ("__main__", "migrations", "sandbox")


class Answer(NamedTuple):
    """What a command said."""

    code: int
    out: str
    err: str


class CommandServer:
    """The process that forks commands; it lasts until the tests are over."""

    def __init__(self) -> None:
        start = [sys.executable, "-m", "tests.commands"]
        self._process = subprocess.Popen(start, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT)
        assert self._process.stdin
        assert self._process.stdout
        self._orders, self._answers = self._process.stdin, self._process.stdout

    def run(self, words: Sequence[str], environment: Mapping[str, str], within: float) -> Answer:
        """One command; TimeoutExpired if it takes longer."""
        with TemporaryDirectory(prefix="ilc-said-") as folder:
            out, err = Path(folder, "out"), Path(folder, "err")
            self._orders.write(json.dumps({"words": words, "environment": environment, "out": str(out), "err": str(err)}) + "\n")
            self._orders.flush()
            if not select.select([self._answers], [], [], within)[0]:
                _server.cache_clear()
                self.close(gently=False)
                raise subprocess.TimeoutExpired(words, within, err.read_bytes())
            return Answer(int(self._answers.readline()), out.read_text(), err.read_text())

    def close(self, *, gently: bool = True) -> None:
        """No more orders."""
        self._orders.close()
        if not gently:
            self._process.kill()
        self._process.wait(timeout=60)
        self._answers.close()


@cache
def _server() -> CommandServer:
    server = CommandServer()
    atexit.register(server.close)
    return server


def run(words: Sequence[str], environment: Mapping[str, str], *, within: float = 300.0) -> Answer:
    """One command as a person types it, with nothing in its environment but this."""
    return _server().run(words, environment, within)


def build_once() -> None:
    """The library of commands builds ours anew for each one that is typed; in a process of the tests, where many are, once is enough."""
    from ilc_canvas.cli.app import app

    typer.main.get_command = cache(typer.main.get_command)
    typer.main.get_command(app)


def load() -> None:
    """All that commands import when they run."""
    for found in walk_packages(ilc_canvas.__path__, "ilc_canvas."):
        if not any(part in found.name for part in _LEFT_OUT):
            import_module(found.name)
    build_once()


def fork(order: Mapping[str, Any]) -> int:
    """One command; its exit code."""
    child = os.fork()
    if not child:
        _become(order)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def _become(order: Mapping[str, Any]) -> NoReturn:
    """This process is the command's from here on."""
    code = 1
    try:
        for number, name in ((0, os.devnull), (1, order["out"]), (2, order["err"])):
            os.dup2(os.open(name, os.O_RDWR | os.O_CREAT), number)
        os.environ.clear()
        os.environ.update(order["environment"])
        sys.argv = ["ilc-canvas", *order["words"]]
        command()
    except SystemExit as end:
        code = int(end.code or 0)
    except BaseException:  # noqa: BLE001 - as Python itself ends
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def main() -> None:
    """Until the orders end."""
    load()
    for line in sys.stdin:
        code = fork(json.loads(line))
        sys.stdout.write(f"{code}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()

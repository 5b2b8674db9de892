"""python -m tests.bench.counted FILE sync ...: one command in this process; what it cost the store and the CPU goes into FILE as JSON.

It imports the program as a person's command does, so that CPU and memory are those of the whole process.
"""

import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from tests.sandbox.process import ROOT


@dataclass
class Spent:
    """By one command, or in one block."""

    commits: int = 0
    statements: int = 0
    seconds: float = 0.0
    cpu: float = 0.0
    memory: int = 0  # most, in MB
    code: int = 0

    def on_progress(self) -> None:
        """Count from now on what any engine of this process does."""
        from sqlalchemy import Engine, event

        event.listen(Engine, "commit", self._commit)
        event.listen(Engine, "before_cursor_execute", self._statement)

    def leave(self) -> None:
        """Count no more."""
        from sqlalchemy import Engine, event

        event.remove(Engine, "commit", self._commit)
        event.remove(Engine, "before_cursor_execute", self._statement)

    def _commit(self, _connection: object) -> None:
        self.commits += 1

    def _statement(self, *_: object) -> None:
        self.statements += 1


def counted(words: Sequence[str], environment: Mapping[str, str]) -> Spent:
    """One command in a new process, and what it spent."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "spent.json")
        command = [sys.executable, "-m", "tests.bench.counted", str(file), *words]
        began = time.monotonic()
        subprocess.run(command, cwd=ROOT, env=dict(environment), check=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        seconds = time.monotonic() - began
        return Spent(**{**json.loads(file.read_text()), "seconds": seconds})


def main() -> None:
    """Run it and write down what it cost."""
    from ilc_canvas.cli import run

    spent = Spent()
    spent.on_progress()
    spent.code = run(sys.argv[2:])
    usage = resource.getrusage(resource.RUSAGE_SELF)
    spent.cpu, spent.memory = usage.ru_utime + usage.ru_stime, usage.ru_maxrss // 1024
    Path(sys.argv[1]).write_text(json.dumps(asdict(spent)))


if __name__ == "__main__":
    main()

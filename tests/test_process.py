"""How a process is named in the audit log and in the lease."""

import subprocess
import sys

from tests.sandbox.process import ROOT


def test_two_processes_have_two_names() -> None:
    """Workers in containers that share a machine's name have the same process number: a mark tells their leases apart."""
    ask = [sys.executable, "-c", "from ilc_canvas import process; print(process.holder().rpartition(':')[2].partition('.')[2])"]
    marks = {subprocess.run(ask, cwd=ROOT, capture_output=True, text=True, check=True, timeout=60).stdout for _ in range(2)}
    assert len(marks) == 2

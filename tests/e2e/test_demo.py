"""The tour that README's first command runs."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.sandbox.process import ROOT


@pytest.mark.timeout(400)
def test_demo_tells_the_whole_story(tmp_path: Path) -> None:
    """It ends well, shows each step and its figures, reads nobody's settings, and leaves nothing behind."""
    theirs = {"ILC_CANVAS_URL": "https://canvas.example.edu", "ILC_CANVAS_STORE": f"sqlite:///{tmp_path}/mine.db", "TMPDIR": str(tmp_path)}
    plain = {name: value for name, value in os.environ.items() if name != "ILC_CANVAS_COURSES"}
    command = [sys.executable, "-m", "ilc_canvas", "demo"]
    done = subprocess.run(command, env={**plain, **theirs}, cwd=ROOT, capture_output=True, text=True, check=False, timeout=300)
    assert (done.returncode, "Traceback" in done.stderr) == (0, False), done.stderr
    steps = (
        "972 new enrollments, 324 new people, 19 new courses, 136 new sections, 101 new meetings, 201 new pages, 104 new discussions,",
        "Done at ",
        "Nothing to do at ",
        "Left as it is: 2 things changed by hand.",
        "meeting Equity & Justice in Every Classroom: meeting 1: another time, ",
        'page "How we work together" of Equity & Justice in Every Classroom (2021-22): another text, ',
        "11 new enrollments, 10 enrollments end, 1 new person, 1 new e-mail, 1 new name, 1 section renamed, 5 boxes of pages refreshed.",
        "Held for a person: 1 reason.",
        "Done at ",
        "verifies",
        "You have seen: a roster signed, 19 courses built and furnished in ",
        "973 enrollments are active in Canvas",
        "Next: ",
    )
    told = done.stdout
    for step in steps:
        assert step in told, f"{step!r} is missing, or comes too early"
        told = told[told.index(step) + len(step) :]
    assert "run.closed" not in done.stderr
    assert not list(tmp_path.iterdir())

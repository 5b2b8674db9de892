"""plan --texts: what would change in pages, word by word."""

from pathlib import Path

import pytest

from tests.cli.conftest import Cli
from tests.cli.test_runs import sign
from tests.e2e.office import SAMPLE, importing
from tests.sandbox.process import Sandbox


@pytest.mark.timeout(240)
def test_words_that_go_and_come(connected: Cli, canvas: Sandbox, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:  # noqa: ARG001
    """A new facilitator is in the box of the home page: the plan shows the line that goes and the one that comes; nothing is written."""
    monkeypatch.setenv("ILC_CANVAS_SETTLE_SECONDS", "0")
    monkeypatch.setenv("ILC_CANVAS_COURSES", '{"content": true}')
    sign(connected)
    digest = connected("plan", "--only", "cop:ELD", "--json").json["digest"]
    assert connected("sync", "--only", "cop:ELD", "--approve", digest, "--reason", "seen").code == 0
    newer = importing(SAMPLE / "roster_2021-22_v4_amended.csv", teams="teams_2021-22_v4.csv", cops="cops_2021-22_v4.csv")
    assert connected(*newer).code == 0
    assert connected("roster", "finalize", "--signed-by", "R. Alvarez").code == 0
    said = connected("plan", "--only", "cop:ELD", "--texts")
    shown = said.out[said.out.index("Texts that would be refreshed:") :]
    assert 'page "Home" of Language Development Across the Curriculum' in shown
    gone, come = ([line for line in shown.splitlines() if line.startswith(f"  {mark} ")] for mark in "-+")
    assert ("Marcus Broussard" in "".join(gone), "David Zhao" in "".join(come)) == (True, True)
    assert not any("data-ilc" in line for line in shown.splitlines())
    assert connected("plan", "--texts", "--json").code == 64

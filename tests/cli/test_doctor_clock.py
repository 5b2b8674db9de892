"""What doctor says of Canvas's clock."""

import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.cli.conftest import Cli, Said
from tests.cli.people_cast import Office
from tests.cli.test_runs import sign
from tests.sandbox.process import TOKEN, start_sandbox

YEAR = 365 * 86_400


def clock(cli: Cli, monkeypatch: pytest.MonkeyPatch, *options: str) -> tuple[Said, str]:
    """What doctor says at a Canvas that was started so, and its line about the clock."""
    with start_sandbox(*options) as canvas:
        monkeypatch.setenv("ILC_CANVAS_URL", canvas.url)
        monkeypatch.setenv("ILC_CANVAS_TOKEN", TOKEN)
        said = cli("doctor")
    return said, next(line for line in said.out.splitlines() if line.startswith("Clock"))


@pytest.mark.parametrize("skew", ["0", "0.4", "-0.4"])
def test_clock_that_agrees(cli: Cli, monkeypatch: pytest.MonkeyPatch, skew: str) -> None:
    """A few seconds are not a notable difference, and never -0 s."""
    said, line = clock(cli, monkeypatch, f"--skew={skew}")
    assert said.code == 0
    assert re.match(r"Clock     works   (agrees with ours|is \d s (ahead of|behind) ours); by Canvas's clock it is \d", line)


@pytest.mark.parametrize(("skew", "how"), [("90", "ahead of"), ("-90", "behind")])
def test_clock_that_differs(cli: Cli, monkeypatch: pytest.MonkeyPatch, skew: str, how: str) -> None:
    """A difference of a minute or two works, and is shown."""
    said, line = clock(cli, monkeypatch, f"--skew={skew}")
    assert (said.code, bool(re.match(rf"Clock     works   is (8|9)\d s {how} ours; ", line))) == (0, True)


@pytest.mark.parametrize("skew", [-10 * YEAR, -86_400, 86_400, 10 * YEAR])
def test_clock_that_is_far_off(cli: Cli, monkeypatch: pytest.MonkeyPatch, skew: int) -> None:
    """A difference of a day or of years is flagged: both clocks are shown, one of them is wrong, and that stops nobody."""
    said, line = clock(cli, monkeypatch, f"--skew={skew}")
    assert (said.code, line.startswith("Clock     CHECK   by Canvas's clock it is ")) == (0, True)
    assert f"{datetime.now(UTC).year}" in line
    assert "one of the two is wrong" in line


def test_canvas_that_does_not_say_its_time(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a Date header no difference is known: this machine's clock is used."""
    said, line = clock(cli, monkeypatch, "--no-date")
    assert said.code == 0
    assert line.startswith("Clock     works   Canvas does not give the time; by this machine's clock it is ")


def test_silent_clock_and_past_year(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    """Then the school year is judged by this machine's clock, and the line says so."""
    sign(cli)
    said, line = clock(cli, monkeypatch, "--no-date")
    assert said.code == 1
    assert line.startswith("Clock     FAILS   nobody can be enrolled: Canvas does not give the time; by this machine's clock it is ")


def test_year_that_runs_decides(cli: Cli, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A late correction of a school year that has ended is no reason to say that nobody can be enrolled: another one is running."""
    with start_sandbox("--now", "2022-09-15T16:00:00Z") as canvas:
        monkeypatch.setenv("ILC_CANVAS_URL", canvas.url)
        monkeypatch.setenv("ILC_CANVAS_TOKEN", TOKEN)
        office = Office(cli, tmp_path, canvas)
        office.sign(school_year="2022-23")
        office.sign(school_year="2021-22")
        line = next(line for line in cli("doctor").out.splitlines() if line.startswith("Clock"))
    assert "FAILS" not in line
    assert "the school year ends on 30 Jun 2023" in line

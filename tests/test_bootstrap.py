"""Settings become objects; and the log holds no secrets."""

import json
import logging
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import structlog
from pydantic import SecretStr

from ilc_canvas import bootstrap, logs
from ilc_canvas.files import config_path
from ilc_canvas.program.policy import Policy
from ilc_canvas.reconcile.errors import SettingsError
from ilc_canvas.reconcile.guards.guard import Limits
from ilc_canvas.roster.counties import read_counties
from ilc_canvas.settings import Settings
from ilc_canvas.sync import ApplySettings

SECRET = "secret-of-the-office"
CANARY = "7~" + "Q" * 40
Log = Callable[..., list[Any]]


@pytest.fixture
def plain(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Settings:
    """The defaults, whatever is set on this machine."""
    for name in [*Settings.model_fields, "token_file", "store_file"]:
        monkeypatch.delenv(f"ILC_CANVAS_{name.upper()}", raising=False)
    (tmp_path / "ilc.toml").touch()
    monkeypatch.setenv("ILC_CANVAS_CONFIG", str(tmp_path / "ilc.toml"))
    return Settings()


@pytest.fixture
def log(capfd: pytest.CaptureFixture[str]) -> Iterator[Log]:
    """Sets up the log with a secret token, lets something happen, and gives what went to stderr; afterwards all is as it was."""
    root = logging.getLogger()
    handlers, level, hook = root.handlers[:], root.level, sys.excepthook

    def lines(happen: Callable[[], None], threshold: str = "info") -> list[Any]:
        logs.set_up_log(SECRET, threshold)
        happen()
        said = capfd.readouterr()
        assert said.out == ""
        return [json.loads(line) for line in said.err.splitlines()]

    yield lines
    root.handlers[:] = handlers
    root.setLevel(level)
    sys.excepthook = hook
    structlog.reset_defaults()


def test_defaults_are_those_of_the_rooms(plain: Settings) -> None:
    """What nobody has set is what policy, guard and pace hold to be right."""
    assert (plain.policy, plain.guard.limits, bootstrap.apply_settings(plain)) == (Policy(), Limits(), ApplySettings())


def test_canvas_needs_address_and_token(plain: Settings) -> None:
    """What is missing is named."""
    with pytest.raises(SettingsError, match="ILC_CANVAS_URL is not set"):
        bootstrap.client(plain, "2021-22")
    with pytest.raises(SettingsError, match=r"ILC_CANVAS_TOKEN_FILE .* is not set"):
        bootstrap.client(plain.model_copy(update={"url": "https://canvas.example.edu"}), "2021-22")


def test_address_is_asked_as_it_is_kept(plain: Settings) -> None:
    """However the address is typed, Canvas is asked and the store is kept under its one spelling."""
    settings = plain.model_copy(update={"url": "HTTPS://Canvas.Example.edu:443/", "token": SecretStr(SECRET)})
    assert settings.address == "https://canvas.example.edu"
    assert bootstrap.client(settings, "2021-22")._transport.origin == settings.address


def test_counties_are_there_without_checkout(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A folder config/ with settings alone does not hide what is shipped beside them."""
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "ilc.toml").touch()
    monkeypatch.chdir(tmp_path)
    assert config_path("ilc.toml") == Path("config/ilc.toml")
    assert read_counties(config_path("counties.csv"))["Los Angeles"] in ("I", "II", "III", "IV")


def test_log_is_one_object_a_line(log: Log) -> None:
    """Ours and those of libraries alike, with level and time; libraries that talk much are heard from warnings on."""

    def happen() -> None:
        structlog.get_logger("ours").info("run.closed", run=3, key="user=ilc:p:ILC-0001")
        logging.getLogger("canvasapi.requester").info("Request: GET /users?search_term=somebody")
        logging.getLogger("apscheduler").warning("missed by %s", "2 s")

    ours, theirs = log(happen)
    assert (ours["event"], ours["run"], ours["key"], ours["level"]) == ("run.closed", 3, "user=ilc:p:ILC-0001", "info")
    assert (theirs["event"], theirs["level"], "timestamp" in theirs) == ("missed by 2 s", "warning", True)


def test_log_hides_tokens(log: Log) -> None:
    """The token by its value, and whatever looks like one, at any depth and from any logger."""

    def happen() -> None:
        structlog.get_logger().warning(f"with {SECRET}", header={"Authorization": f"Bearer {CANARY}"}, tried=[SECRET, 7])
        logging.getLogger("urllib3").warning("sent %s", CANARY)

    ours, theirs = log(happen)
    assert not [secret for secret in (SECRET, CANARY) if secret in json.dumps([ours, theirs])]
    assert (ours["header"]["Authorization"], ours["tried"]) == ("Bearer [token]", ["[token]", 7])


def test_traceback_shows_no_locals(log: Log) -> None:
    """A logged error has its traceback, without the values that were at hand, and without its text."""
    password = "local-" + "canary"

    def happen() -> None:
        held = password
        try:
            raise ValueError(f"refused {SECRET} of {len(held)} letters")  # noqa: TRY301
        except ValueError:
            structlog.get_logger().exception("failed")

    (line,) = log(happen)
    assert line["exception"][0]["exc_type"] == "ValueError"
    assert not [secret for secret in (SECRET, password, "refused") if secret in json.dumps(line)]


def test_crash_is_a_line_of_the_log() -> None:
    """What nobody foresaw ends the process with its kind and its places as one object; its text, which may hold a name, is left out."""
    code = f"from ilc_canvas import logs; logs.set_up_log({SECRET!r}); {{}}['Rosa {SECRET}']"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=60)
    line = json.loads(done.stderr)
    assert (done.returncode, line["event"], line["level"], line["exception"][0]["exc_type"]) == (1, "crashed", "critical", "KeyError")
    assert line["exception"][0]["frames"]
    assert not [word for word in ("Rosa", SECRET) if word in done.stderr]


def test_level_of_log_is_a_setting(log: Log) -> None:
    """From warnings on, nothing of an ordinary run is written."""
    assert log(lambda: structlog.get_logger("ours").info("run.closed", run=3), "warning") == []

"""health: one sentence and an exit code, for container health checks."""

import socket
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from ilc_canvas.cli.worker.health import problem
from ilc_canvas.cli.worker.quick_settings import store_and_silence
from ilc_canvas.settings import read_settings
from ilc_canvas.store.db.health_probe import HEAD, Facts
from ilc_canvas.store.opening import open_store
from ilc_canvas.store.worker import heartbeat
from tests.cli.conftest import Cli
from tests.sandbox.process import ROOT
from tests.store.cast import NOON

Beat = Callable[..., None]


@pytest.fixture
def beat(cli: Cli) -> Beat:  # noqa: ARG001 - it makes the store
    """A sign of life of a worker, on this machine unless another is named; now, or so many seconds ago."""

    def given(host: str = socket.gethostname(), *, ago: float = 0, state: str = "leading") -> None:
        store, now = open_store(store_and_silence()[0]), datetime.now(UTC)
        at = now - timedelta(seconds=ago)
        heartbeat.beat(store, f"ilc@{host}:7", state=state, version="0.1.0", sentence="", at=at, started_at=at)
        store.close()

    return given


def test_alive_worker_is_healthy(cli: Cli, beat: Beat) -> None:
    """A fresh sign of life and a store that fits: exit 0 and one sentence, though no run has ended yet."""
    beat()
    said = cli("health")
    assert (said.code, said.err) == (0, "")
    assert said.out == f"Healthy: a worker on {socket.gethostname()} is alive, the store fits, and no run has ended yet.\n"


def test_silent_worker_is_not(cli: Cli, beat: Beat) -> None:
    """A minute of silence: exit 1, since when, and what to do."""
    beat(ago=61)
    said = cli("health")
    assert (said.code, said.out.count("\n")) == (1, 1)
    assert said.out.startswith(f"Not healthy: no worker on {socket.gethostname()} has sent a heartbeat for ")
    assert cli("health", "--json").json["heartbeat_seconds"] >= 61


def test_worker_elsewhere_is_not_ours(cli: Cli, beat: Beat) -> None:
    """Another machine's worker keeps this container unhealthy, unless any will do; one that was stopped never counts."""
    beat("elsewhere")
    assert (cli("health").code, cli("health", "--any").code) == (1, 0)
    beat("elsewhere", state="stopped")
    assert cli("health", "--any").out.startswith("Not healthy: no worker is running.")


def test_store_that_does_not_fit(cli: Cli, beat: Beat) -> None:
    """No store, no tables, another schema: exit 1 each, with the way on."""
    beat()
    store = open_store(store_and_silence()[0])
    with store.write() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    store.close()
    said = cli("health", "--json")
    assert (said.code, said.json["healthy"], said.json["schema"]) == (1, False, "9999")
    assert f"this program needs {HEAD}" in said.json["text"]


def test_no_store_yet(cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a store the check says what to do, and makes nothing."""
    monkeypatch.setenv("ILC_CANVAS_STORE", f"sqlite:///{tmp_path}/none/store.db")
    said = cli("health")
    assert (said.code, said.err.count("\n"), "db create" in said.err) == (1, 1, True)
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize(("hours", "good"), [(25.9, True), (26.1, False)])
def test_silence_of_good_runs(hours: float, *, good: bool) -> None:
    """A living worker whose runs have not ended well for longer than is set is not healthy."""
    found = Facts(HEAD, (("ilc@box:7", NOON, "leading"),), NOON - timedelta(hours=hours))
    said = problem(found, NOON, host="box", silence=timedelta(hours=26))
    assert said == ("" if good else "Not healthy: no run has ended well for 26 h. See: ilc-canvas status")


_SET: dict[str, dict[str, str]] = {
    "nothing": {},
    "environment": {"STORE": "sqlite:////srv/a.db", "SILENCE_HOURS": "12.5"},
    "secret file": {"STORE": "sqlite:////srv/a.db", "STORE_FILE": "secret"},
    "toml": {"CONFIG": "file.toml"},
    "environment over toml": {"CONFIG": "file.toml", "STORE": "sqlite:////srv/b.db", "SILENCE_HOURS": ""},
    "odd number": {"SILENCE_HOURS": "1_2"},
}


@pytest.mark.parametrize("how", _SET)
def test_glance_sees_what_settings_see(how: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, cli: Cli) -> None:  # noqa: ARG001
    """Wherever they are set, store and silence are the same as in the settings."""
    (tmp_path / "secret").write_text("postgresql+psycopg://ana@db/ilc\n")
    (tmp_path / "file.toml").write_text('store = "sqlite:////srv/c.db"\nsilence_hours = 7\n')
    monkeypatch.delenv("ILC_CANVAS_STORE")
    for name, value in _SET[how].items():
        monkeypatch.setenv(f"ILC_CANVAS_{name}", str(tmp_path / value) if name in ("CONFIG", "STORE_FILE") else value)
    settings = read_settings()
    assert store_and_silence() == (settings.store, settings.silence_hours)


def test_check_is_light(tmp_path: Path) -> None:
    """The check imports none of the large libraries: neither those of the store and of Canvas nor that of the commands."""
    heavy = ("sqlalchemy", "sqlmodel", "alembic", "canvasapi", "pydantic", "requests", "typer", "structlog")
    code = f"import sys, ilc_canvas.cli; ilc_canvas.cli.run(['health']); print([m for m in {heavy} if m in sys.modules])"
    environment = {"ILC_CANVAS_STORE": f"sqlite:///{tmp_path}/none.db"}
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=environment, capture_output=True, text=True, check=True, timeout=60)
    assert (done.stdout, "Store not found" in done.stderr) == ("[]\n", True)


def test_misused_check_says_usage(cli: Cli) -> None:
    """A word that it does not know is wrong usage, as with all commands."""
    assert (cli("health", "--everywhere").code, cli("health", "--help").code) == (64, 0)

"""Wrong usage, errors, and help."""

import os
import signal
import socket
import subprocess
import sys
import time
import tomllib
from pathlib import Path

import pytest
import requests

from tests.cli.conftest import Cli
from tests.e2e.office import SAMPLE, importing
from tests.sandbox.process import ROOT

PROGRAM = (sys.executable, "-m", "ilc_canvas")


@pytest.mark.parametrize(
    "words",
    [
        ("nonsense",),
        ("sync", "--nonsense"),
        ("sync", "--only"),
        ("show",),
        ("show", "three"),
        ("roster", "import"),
        ("roster", "import", "gone.csv", "--teams", "gone.csv", "--cops", "gone.csv", "--school-year", "2021-22"),
        ("roster", "diff", "3"),
        ("roster", "finalize"),
        ("runs", "--limit", "-1"),
        ("audit", "list", "--limit", "-1"),
        ("audit", "export"),
    ],
)
def test_wrong_usage_is_64(cli: Cli, words: tuple[str, ...]) -> None:
    """Wrong usage exits with 64 and a message on stderr, without a traceback."""
    said = cli(*words)
    assert (said.code, said.out) == (64, "")
    assert said.err
    assert "Traceback" not in said.err


@pytest.mark.parametrize(
    ("words", "missing"),
    [
        (("roster", "import", str(ROOT / "README.md"), "--cops", str(ROOT / "README.md")), "Missing options --teams and --school-year."),
        (("roster", "import"), "Missing argument ROSTER and options --teams, --cops, and --school-year."),
        (("roster", "finalize"), "Missing option --signed-by."),
        (("roster", "diff"), "Missing arguments BEFORE and AFTER."),
        (("roster", "diff", "3"), "Missing argument AFTER."),
    ],
)
def test_all_that_is_missing_at_once(cli: Cli, words: tuple[str, ...], missing: str) -> None:
    """Every required word and option that was left out is named in one sentence, for people and for programs."""
    said, for_programs = cli(*words), cli(*words, "--json")
    assert (said.code, said.err.splitlines()[-2]) == (64, missing)
    assert (for_programs.code, for_programs.json["error"]) == (64, {"code": "usage", "text": missing})


def test_version_of_the_program(cli: Cli) -> None:
    """--version prints the version of the project, before any setting is read."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    assert cli("--version") == (0, f"ilc-canvas {project['version']}\n", "")


@pytest.mark.parametrize("word", ["EQ", "cop", "cop:", "cop:EQ NB", "course:EQ", "hub:1", "person:", "ilc:2021-22:hub", "cop:EQ,NB", ""])
@pytest.mark.parametrize("command", ["plan", "sync"])
def test_only_wants_its_own_words(cli: Cli, command: str, word: str) -> None:
    """A word of --only that names nothing is wrong usage, and the forms that there are are shown."""
    said = cli(command, "--only", word)
    assert said.code == 64
    assert "cop:EQ, net:R1, pilot:P417, hub or person:ILC-0001" in " ".join(said.err.split())


@pytest.mark.parametrize("words", [(), ("roster",), ("audit",), ("db",), ("canvas",)])
def test_no_command_shows_help(cli: Cli, words: tuple[str, ...]) -> None:
    """Without a command the commands are listed."""
    said = cli(*words)
    assert "Usage: ilc-canvas" in said.out + said.err
    assert "Traceback" not in said.err


@pytest.mark.parametrize(
    "words",
    [
        (), ("plan",), ("sync",), ("runs",), ("show",), ("status",), ("doctor",), ("demo",), ("db", "upgrade"), ("db", "current"),
        ("roster", "import"), ("roster", "finalize"), ("roster", "show"), ("roster", "diff"), ("roster", "list"),
        ("audit", "list"), ("audit", "export"), ("audit", "verify"), ("canvas", "moved"),
    ],
)  # fmt: skip
def test_every_command_explains_itself(cli: Cli, words: tuple[str, ...]) -> None:
    """--help and -h end well and begin with the usage."""
    said = cli(*words, "--help")
    assert (said.code, said.err) == (0, "")
    assert said.out.lstrip().startswith("Usage: ilc-canvas")
    assert cli(*words, "-h").out == said.out


def test_help_imports_no_heavy_room() -> None:
    """What a command needs is imported when it runs."""
    code = "import sys, ilc_canvas.cli.app; print(*sorted(sys.modules))"
    loaded = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split()
    assert not {"sqlalchemy", "canvasapi", "pydantic", "requests", "structlog", "ilc_canvas.bootstrap"} & set(loaded)


@pytest.mark.parametrize("words", [("runs",), ("explain", "ILC-0001", "--offline")], ids=" ".join)
def test_what_reads_a_file_loads_neither_canvas_nor_server(cli: Cli, words: tuple[str, ...]) -> None:
    """A command that only reads a store in a file loads nothing of Canvas, of a run, or of PostgreSQL."""
    cli(*importing(SAMPLE / "roster_2021-22_final.csv"))
    cli("roster", "finalize", "--signed-by", "R. Alvarez")
    heavy = ("canvasapi", "requests", "alembic", "apscheduler", "psycopg", "sqlalchemy.dialects.postgresql")
    code = f"import sys, ilc_canvas.cli; done = ilc_canvas.cli.run({list(words)}); print(done, [m for m in {heavy} if m in sys.modules])"
    said = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True, timeout=60).stdout
    assert said.splitlines()[-1] == "0 []"


@pytest.mark.parametrize("words", [("plan",), ("sync",), ("doctor",), ("plan", "--json")])
def test_missing_address_is_one_sentence(cli: Cli, words: tuple[str, ...]) -> None:
    """Without Canvas's address nothing can be planned; the setting is named."""
    cli(*importing(SAMPLE / "roster_2021-22_final.csv"))
    cli("roster", "finalize", "--signed-by", "R. Alvarez")
    said = cli(*words)
    assert said.code == 1
    assert "ILC_CANVAS_URL is not set" in said.out + said.err
    assert "Traceback" not in said.err


def test_error_as_json_for_programs(cli: Cli) -> None:
    """With --json an error is a document on stdout too."""
    said = cli("sync", "--json")
    assert (said.code, set(said.json), set(said.json["error"])) == (1, {"error"}, {"code", "text"})
    assert said.json["error"]["code"] == "roster"
    assert "No roster is finalized yet" in said.json["error"]["text"]


def test_empty_digest_permits_nothing(cli: Cli) -> None:
    """--approve with nothing, as from an unset variable, is refused, and is not a plain sync."""
    said = cli("sync", "--approve", "")
    assert said.code == 64
    assert "digest" in said.err


def test_unknown_digest_is_refused(connected: Cli) -> None:
    """A digest of no plan permits nothing, says so, and makes no run."""
    connected(*importing(SAMPLE / "roster_2021-22_final.csv"))
    connected("roster", "finalize", "--signed-by", "R. Alvarez")
    said = connected("sync", "--approve", "0000-0000-0000")
    assert (said.code, said.out) == (1, "")
    assert said.err.startswith("No plan here has the digest 0000-0000-0000. Nothing was changed.")
    assert connected("runs", "--json").json == []


@pytest.mark.parametrize("store", ["sqlite:////dev/null/store.db", "mysql://localhost/ilc", "postgresql+psycopg://127.0.0.1:1/ilc"])
def test_unusable_store_is_one_sentence(cli: Cli, monkeypatch: pytest.MonkeyPatch, store: str) -> None:
    """A store that cannot be opened ends with 1 and a sentence, without a traceback."""
    monkeypatch.setenv("ILC_CANVAS_STORE", store)
    said = cli("status")
    assert (said.code, said.out) == (1, "")
    assert said.err.strip()
    assert "Traceback" not in said.err


@pytest.mark.parametrize("target", ["gone/audit.csv", "."])
def test_file_that_cannot_be_written_is_said(cli: Cli, tmp_path: Path, target: str) -> None:
    """An export to an unwritable place exits with 1 (64 for a folder) and names the place."""
    said = cli("audit", "export", "--csv", str(tmp_path / target))
    assert said.code in (1, 64)
    assert str(tmp_path / target) in said.err
    assert "Traceback" not in said.err


def test_reader_that_leaves_is_no_error(tmp_path: Path) -> None:
    """A pipe that is closed early, as by head, brings no traceback."""
    environment = {**os.environ, "ILC_CANVAS_STORE": f"sqlite:///{tmp_path}/store.db"}
    with subprocess.Popen(
        [*PROGRAM, "runs"], env=environment, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        process.stdout.close()
        assert process.stderr is not None
        assert "Traceback" not in process.stderr.read()


def test_sigterm_ends_whole_sandbox() -> None:
    """SIGTERM to the command alone also ends the stand-in Canvas: nothing answers at its address."""
    with subprocess.Popen([*PROGRAM, "sandbox"], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        url = process.stdout.readline().removeprefix("listening on ").strip()
        assert requests.get(f"{url}/_sandbox/state", timeout=60).status_code == 200
        process.terminate()
        _, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (0, "")
    with pytest.raises(requests.ConnectionError):
        requests.get(f"{url}/_sandbox/state", timeout=60)


@pytest.mark.parametrize("port", ["taken", "70000"])
def test_port_in_use_is_one_sentence(port: str) -> None:
    """A port that is taken or invalid is reported in one line, with what to do."""
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        number = str(other.getsockname()[1]) if port == "taken" else port
        done = subprocess.run([*PROGRAM, "sandbox", "--port", number], cwd=ROOT, capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, done.stdout, done.stderr.count("\n")) == (1, "", 1)
    assert done.stderr.startswith(f"Port {number} ")
    assert "--port" in done.stderr


def test_ctrl_c_ends_sandbox_quietly() -> None:
    """Ctrl-C ends the stand-in Canvas without a traceback."""
    with subprocess.Popen(
        [*PROGRAM, "sandbox"], cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, process_group=0
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline().startswith("listening on http://127.0.0.1:")
        time.sleep(0.1)
        os.killpg(process.pid, signal.SIGINT)
        _, err = process.communicate(timeout=60)
    assert (process.returncode, err) == (0, "")

"""podman without a service behind it: containers as config/compose.yaml hardens them, on a Canvas that stands in on this machine."""

import json
import os
import subprocess
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from types import TracebackType
from typing import Any, NamedTuple, Self
from uuid import uuid4

import yaml

from tests.sandbox.process import ROOT

COMPOSE = ROOT / "config" / "compose.yaml"
FOLDER = Path(os.environ.get("IMAGE_FOLDER", "/tmp/ilc-image"))  # noqa: S108 -- kept from one run to the next: the base takes minutes
UID = 10001
SECRET = "7301~a-token-that-is-nowhere-but-in-its-file"
_PODMAN = ("podman", "--root", f"{FOLDER}/storage", "--runroot", f"{FOLDER}/run", "--storage-driver", "vfs", "--cgroup-manager", "cgroupfs")
_HERE = ("--network", "host", "--ulimit", "nofile=1024:1024", "--ulimit", "nproc=1024:1024")


class Answer(NamedTuple):
    """What a command said, and its exit code."""

    code: int
    out: str
    err: str


def podman(*words: str, check: bool = True) -> Answer:
    """One command of podman. Its talk of systemd, which is not there, is not part of the answer."""
    done = subprocess.run([*_PODMAN, "--runtime", "runc", *words], capture_output=True, text=True, check=False, timeout=300)
    lines = [line for line in done.stderr.splitlines() if "systemd" not in line]
    answer = Answer(done.returncode, done.stdout, "\n".join(lines))
    assert not check or answer.code == 0, answer
    return answer


def image() -> str:
    """The image's name; it is what tests/image/build.sh builds of this checkout."""
    return f"localhost/{compose()['services']['worker']['image']}"


@cache
def compose() -> Mapping[str, Any]:
    """config/compose.yaml, with its anchors resolved."""
    found: Mapping[str, Any] = yaml.safe_load(COMPOSE.read_text("utf-8"))
    return found


def hardening(service: str = "worker") -> list[str]:
    """What config/compose.yaml takes from a service, as options of podman."""
    asked = compose()["services"][service]
    options = [*(f"--tmpfs={each}" for each in asked["tmpfs"]), *(f"--cap-drop={each}" for each in asked["cap_drop"])]
    options += [f"--security-opt={each.removesuffix(':true')}" for each in asked["security_opt"]]
    options += [f"--ulimit={name}={value}:{value}" for name, value in asked["ulimits"].items()]
    limits = [f"--pids-limit={asked['pids_limit']}", f"--memory={asked['mem_limit']}", f"--cpus={asked['cpus']}"]
    return [*options, *limits, f"--user={asked['user']}", *(["--read-only"] if asked["read_only"] else [])]


class Place:
    """A volume, secrets in files that only the container's user can read, and settings: what the containers of one office share."""

    def __init__(self, folder: Path, url: str, **settings: str) -> None:
        self.volume = f"ilc-{uuid4().hex[:12]}"
        self.secret = folder / "token"
        self.secret.write_text(f"{SECRET}\n", "utf-8")
        self.secret.chmod(0o400)
        os.chown(self.secret, UID, UID)
        given = {"URL": url, "TOKEN_FILE": "/run/secrets/token", "SETTLE_SECONDS": "0.5", "REREAD_SECONDS": "0.2"}
        self._options = _variables({**given, **settings})
        self._options += ["--volume", f"{self.volume}:/data", "--volume", f"{self.secret}:/run/secrets/token:ro"]
        self._options += ["--volume", f"{ROOT / 'config' / 'sample'}:/sample:ro"]

    def __enter__(self) -> Self:
        podman("volume", "create", self.volume)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        podman("volume", "rm", "--force", self.volume)

    def run(self, *words: str) -> Answer:
        """One command in a container that is gone afterwards."""
        return podman("run", "--rm", *_HERE, *hardening(), *self._options, image(), *words, check=False)

    def json(self, *words: str) -> tuple[int, Any]:
        """One command with --json: its exit code, and the value."""
        answer = self.run(*words, "--json")
        return answer.code, json.loads(answer.out)

    def start(self, words: Sequence[str] = (), **settings: str) -> "Container":
        """A container that stays, with these settings besides; without words with what the image itself would run."""
        name = f"ilc-{uuid4().hex[:12]}"
        named = ("--name", name, "--hostname", name)
        podman("run", "--detach", *named, *_HERE, *hardening(), *self._options, *_variables(settings), image(), *words)
        return Container(name)


def _variables(settings: Mapping[str, str]) -> list[str]:
    return [option for name, value in settings.items() for option in ("--env", f"ILC_CANVAS_{name}={value}")]


class Container:
    """One that runs, until its with block ends."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        podman("rm", "--force", "--time", "1", self.name)

    def shell(self, script: str) -> Answer:
        """A line of shell in it."""
        return podman("exec", self.name, "sh", "-c", script, check=False)

    def status(self) -> dict[str, str]:
        """What the kernel says of the program itself, below tini: Uid, CapEff, NoNewPrivs and so on."""
        text = self.shell('for each in /proc/[0-9]*; do [ "$(cat $each/comm)" = ilc-canvas ] && cat $each/status; done').out
        return {name: value.strip() for name, _, value in (line.partition(":") for line in text.splitlines())}

    def inspect(self) -> Any:
        """All that the engine knows of it."""
        return json.loads(podman("inspect", self.name).out)[0]

    def healthy(self) -> bool:
        """What the image's own health check says now."""
        return podman("healthcheck", "run", self.name, check=False).code == 0

    def log(self) -> str:
        """What it has written to both outputs."""
        answer = podman("logs", self.name)
        return answer.out + answer.err

    def kill(self) -> None:
        """SIGKILL, as when the machine ends it."""
        podman("kill", "--signal", "KILL", self.name)

    def stop(self, seconds: int) -> int:
        """SIGTERM, and its exit code; after so many seconds it would be killed."""
        podman("stop", "--time", str(seconds), self.name)
        return int(self.inspect()["State"]["ExitCode"])

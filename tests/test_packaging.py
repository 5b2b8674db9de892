"""What is shipped: packages, data, versions, lock files."""

import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path
from shutil import copytree, ignore_patterns
from typing import Any

import pytest
import yaml

import ilc_canvas
from ilc_canvas.console.security.place import place_of
from ilc_canvas.reconcile.errors import SettingsError
from ilc_canvas.settings import read_settings

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
DOCKER = (ROOT / "Dockerfile").read_text("utf-8")
COMPOSE = yaml.safe_load((ROOT / "config" / "compose.yaml").read_text("utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = ("migrate", "worker", "console", "migrate-pg", "worker-pg", "console-pg")
CONSOLES = ("console", "console-pg")
EVERYWHERE = "0.0.0.0"  # noqa: S104 - within a container
LOCKS = ("config/requirements.txt", "config/requirements-dev.txt")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> frozenset[str]:
    """The names in a wheel, built from a copy with what is installed here."""
    copy, target = tmp_path_factory.mktemp("copy") / "main", tmp_path_factory.mktemp("wheel")
    for folder in ("ilc_canvas", "config"):
        copytree(ROOT / folder, copy / folder, ignore=ignore_patterns("__pycache__", ".*"))
    for name in ("pyproject.toml", "README.md"):
        (copy / name).write_bytes((ROOT / name).read_bytes())
    command = [sys.executable, "-m", "pip", "wheel", "-q", "--no-deps", "--no-build-isolation", "--no-index", "-w", str(target), str(copy)]
    subprocess.run(command, check=True, timeout=100)
    (file,) = target.glob("*.whl")
    with zipfile.ZipFile(file) as archive:
        return frozenset(archive.namelist())


def test_packages_are_the_folders() -> None:
    """Each folder with Python in it is a package that is shipped, and there is no other."""
    found = {".".join(path.parent.relative_to(ROOT).parts) for path in (ROOT / "ilc_canvas").rglob("*.py")}
    assert set(PROJECT["tool"]["setuptools"]["packages"]) == found | {"ilc_canvas.config"}


def test_every_package_has_its_init() -> None:
    """No folder is a package by accident."""
    folders = {path.parent for path in (ROOT / "ilc_canvas").rglob("*.py")}
    assert not [folder for folder in folders if not (folder / "__init__.py").is_file()]


def test_wheel_holds_all_code(wheel: frozenset[str]) -> None:
    """Each module of the checkout is in the wheel, and no test."""
    modules = {path.relative_to(ROOT).as_posix() for path in (ROOT / "ilc_canvas").rglob("*.py")}
    assert modules <= wheel
    assert not [name for name in wheel if name.startswith("tests/")]


def test_wheel_holds_all_data(wheel: frozenset[str]) -> None:
    """Settings, counties, schools, the sample, texts of courses, the template of migrations, pages, and the mark of types come along."""
    sample = {f"ilc_canvas/config/sample/{path.name}" for path in (ROOT / "config" / "sample").iterdir()}
    assert len(sample) == 11
    assert sample | {"ilc_canvas/config/ilc.toml", "ilc_canvas/config/counties.csv", "ilc_canvas/py.typed"} <= wheel
    assert {"ilc_canvas/config/reference/schools.csv", "ilc_canvas/config/reference/districts.csv"} <= wheel
    texts = {path.relative_to(ROOT).as_posix() for path in (ROOT / "config" / "courses").rglob("*.*")}
    assert {f"ilc_canvas/{name}" for name in texts} <= wheel
    assert {"ilc_canvas/store/migrations/script.py.mako", "ilc_canvas/config/console_role.sql"} <= wheel
    pages = [path for folder in ("templates", "static") for path in (ROOT / "ilc_canvas" / "console" / folder).iterdir()]
    assert {path.relative_to(ROOT).as_posix() for path in pages} <= wheel
    assert [name for name in wheel if re.fullmatch(r"ilc_canvas/store/migrations/versions/\w+\.py", name)]


def test_wheel_gives_the_command(wheel: frozenset[str]) -> None:
    """The command is entered in the wheel, and leads to the function that there is."""
    assert PROJECT["project"]["scripts"] == {"ilc-canvas": "ilc_canvas.cli:main"}
    assert any(name.endswith("/entry_points.txt") for name in wheel)


def test_versions_agree_everywhere() -> None:
    """Project and image say the same version, and the same Python."""
    version = PROJECT["project"]["version"]
    assert re.findall(r"VERSION=([\d.]+)", DOCKER) == [version, version]
    assert f"-t ilc-canvas:{version} ." in DOCKER
    assert {(SERVICES[name]["image"], SERVICES[name]["build"]["args"]["VERSION"]) for name in OURS} == {(f"ilc-canvas:{version}", version)}
    assert getattr(ilc_canvas, "__version__", version) == version
    assert PROJECT["project"]["requires-python"] == ">=3.11"
    assert "Python 3.11 or later" in (ROOT / "README.md").read_text("utf-8")
    assert set(re.findall(r"^FROM (\S+)", DOCKER, re.MULTILINE)) == {"python:3.11-slim-bookworm"}


@pytest.mark.parametrize("lock", LOCKS)
def test_locks_hold_no_address(lock: str) -> None:
    """A lock file works with whatever registry is set up: it names none."""
    assert not re.findall(r"://|--(?:extra-)?index-url|--find-links|--trusted-host", (ROOT / lock).read_text("utf-8"))


@pytest.mark.parametrize("lock", LOCKS)
def test_locks_have_hashes_throughout(lock: str) -> None:
    """Each package is pinned, and each pin has a hash."""
    text = re.sub(r"\\\n", " ", (ROOT / lock).read_text("utf-8"))
    lines = [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    assert len(lines) > 20
    assert not [line for line in lines if not re.match(r"[a-z0-9._-]+==\S+ .*--hash=sha256:[0-9a-f]{64}", line)]


def test_locks_agree_with_each_other() -> None:
    """What runs is also what is tested: the same versions in both files."""
    running, all_ = (set(re.findall(r"^([a-z0-9._-]+==\S+)", (ROOT / lock).read_text("utf-8"), re.MULTILINE)) for lock in LOCKS)
    assert running <= all_


def test_locks_hold_what_project_needs() -> None:
    """Each dependency of the project is locked, and so are the tools that build it."""
    extras = PROJECT["project"]["optional-dependencies"]
    wanted = [*PROJECT["project"]["dependencies"], *extras["postgres"], *extras["console"], *extras["build"]]
    names = {re.split(r"[\[<>=~!]", text)[0].lower() for text in wanted}
    locked = set(re.findall(r"^([a-z0-9._-]+)==", (ROOT / LOCKS[0]).read_text("utf-8"), re.MULTILINE))
    assert names <= locked


def test_image_takes_what_it_needs() -> None:
    """The image's build sees the four things that make a wheel, and nothing else."""
    ignored = (ROOT / ".dockerignore").read_text("utf-8").split()
    assert ignored[0] == "*"
    assert {line[1:] for line in ignored if line.startswith("!")} == {"ilc_canvas", "config", "pyproject.toml", "README.md"}


def test_image_runs_without_rights() -> None:
    """The last stage ends as a numeric user, has a health check and a stop signal, and starts the worker below tini."""
    last = DOCKER.rpartition("\nFROM ")[2]
    assert re.findall(r"^USER (\S+)$", last, re.MULTILINE) == ["10001:10001"]
    assert re.search(r"^HEALTHCHECK .*CMD \[\"ilc-canvas\", \"health\"\]$", last, re.MULTILINE)
    assert "\nSTOPSIGNAL SIGTERM\n" in last
    assert 'ENTRYPOINT ["tini", "--", "ilc-canvas"]\nCMD ["worker"]\n' in last
    assert not re.search(r"apt-get|/pip install", last)


def test_image_is_given_no_secret() -> None:
    """No variable and no argument of the build is named like a secret; what is installed is locked by hashes."""
    names = re.findall(r"([A-Z_]+)=", " ".join(re.findall(r"^(?:ENV|ARG) (?:.*\\\n)*.*", DOCKER, re.MULTILINE)))
    assert "ILC_CANVAS_STORE" in names
    assert not [name for name in names if re.search("TOKEN|KEY|PASSWORD|SECRET|WEBHOOK", name)]
    assert "install --require-hashes --only-binary :all: -r config/requirements.txt" in DOCKER


@pytest.mark.parametrize("name", OURS)
def test_compose_takes_rights_away(name: str) -> None:
    """Each container of ours has a read-only root, no capability, limits, and a numeric user."""
    service = SERVICES[name]
    assert (service["read_only"], service["cap_drop"], service["user"]) == (True, ["ALL"], "10001:10001")
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert {"cap_add", "privileged", "devices", "pid", "ipc"}.isdisjoint(service)
    assert all(service[limit] for limit in ("pids_limit", "mem_limit", "cpus"))
    assert service["ulimits"] == {"core": 0}
    assert any(each.partition(":")[0] == "/tmp" for each in service["tmpfs"])  # noqa: S108 -- a mount within the container
    assert not [each for each in service["volumes"] if "docker.sock" in each]


@pytest.mark.parametrize("name", OURS)
def test_compose_gives_secrets_as_files(name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each variable of a service is a setting that there is; a secret's names the file of a secret that the service gets."""
    given = {key: value for key, value in SERVICES[name]["environment"].items() if key != "ILC_CANVAS_CONFIG"}
    files = {value for key, value in given.items() if key.endswith("_FILE")}
    assert files == {f"/run/secrets/{secret}" for secret in SERVICES[name].get("secrets", [])}
    assert not [key for key in given if re.search("TOKEN|KEY|PASSWORD|WEBHOOK", key) and not key.endswith("_FILE")]
    for key, value in given.items():
        monkeypatch.setenv(key, "/dev/null" if key.endswith("_FILE") else re.sub(r"\$\{.*\}", "", value))
    monkeypatch.delenv("ILC_CANVAS_STORE_FILE", raising=False)
    assert read_settings().http_port in (0, 9464)


@pytest.mark.parametrize(("worker", "migration"), [("worker", "migrate"), ("worker-pg", "migrate-pg")])
def test_compose_migrates_before_it_works(worker: str, migration: str) -> None:
    """A worker starts when the migration is through; it has time to end, comes back, and tells how it is on loopback alone."""
    service = SERVICES[worker]
    assert service["depends_on"][migration] == {"condition": "service_completed_successfully"}
    assert (SERVICES[migration]["command"], service["command"]) == (["db", "upgrade"], ["worker"])
    assert (service["stop_grace_period"], service["restart"]) == ("30s", "unless-stopped")
    assert service["healthcheck"]["test"] == ["CMD", "ilc-canvas", "health"]
    assert all(port.startswith("127.0.0.1:") for port in service["ports"])


def test_compose_has_one_store_at_once() -> None:
    """Each service belongs to one profile, so that no two stores meet in one Canvas; only PostgreSQL has two workers."""
    profiles = {name: service["profiles"] for name, service in SERVICES.items()}
    sqlite, postgres = ["sqlite"], ["postgres"]
    consoles = {"console": ["sqlite-console"], "console-role": ["postgres-console"], "console-pg": ["postgres-console"]}
    workers = {"migrate": sqlite, "worker": sqlite, "db": postgres, "migrate-pg": postgres, "worker-pg": postgres}
    assert profiles == workers | consoles
    assert SERVICES["worker-pg"]["deploy"] == {"replicas": 2}
    assert "deploy" not in SERVICES["worker"]


def test_compose_keeps_database_inside() -> None:
    """The database is on the internal network alone, publishes nothing, and its image has a full version."""
    database = SERVICES["db"]
    assert database["networks"] == SERVICES["migrate-pg"]["networks"] == ["inside"]
    assert COMPOSE["networks"]["inside"] == {"internal": True}
    assert "ports" not in database
    assert re.fullmatch(r"postgres:16\.\d+-bookworm", database["image"])
    assert (database["read_only"], database["cap_drop"]) == (True, ["ALL"])


@pytest.mark.parametrize("name", CONSOLES)
def test_compose_keeps_secrets_from_console(name: str) -> None:
    """It gets no token, key or mail password, answers a proxy on loopback alone, and has no way out unless others sign people in."""
    service = SERVICES[name]
    assert set(service["secrets"]) <= {"console_store", "oidc_secret", "canvas_secret"}
    assert (service["command"], service["ports"]) == (["console"], ["127.0.0.1:8080:8080"])
    assert service["healthcheck"]["test"] == ["CMD", "ilc-canvas", "console", "health"]
    assert set(service["networks"]) <= {"inside", "front"}
    assert COMPOSE["networks"]["front"] == {
        "driver_opts": {"com.docker.network.bridge.enable_ip_masquerade": "${ILC_CONSOLE_WAY_OUT:-false}"}
    }
    given = service["environment"]
    assert (given["ILC_CANVAS_CONSOLE_HOST"], given["ILC_CANVAS_CONSOLE_PORT"]) == (EVERYWHERE, "8080")
    with pytest.raises(SettingsError, match="needs its public address"):  # so no console goes without https by accident
        place_of(EVERYWHERE, 8080, "")


def test_compose_gives_console_its_role() -> None:
    """On PostgreSQL its rights are set after each migration and before it starts, by the same server's psql, from the file in config."""
    role = SERVICES["console-role"]
    assert role["depends_on"] == {"migrate-pg": {"condition": "service_completed_successfully"}}
    assert SERVICES["console-pg"]["depends_on"] == {"console-role": {"condition": "service_completed_successfully"}}
    assert (role["image"], role["networks"], role["read_only"], role["user"]) == (SERVICES["db"]["image"], ["inside"], True, "10001:10001")
    assert role["volumes"] == ["./console_role.sql:/etc/console_role.sql:ro"]
    assert {"POSTGRES_USER": "ilc", "POSTGRES_DB": "ilc"}.items() <= SERVICES["db"]["environment"].items()


def test_readme_quotes_what_is_said() -> None:
    """Each message that README explains is one that the program gives."""
    source = "".join(path.read_text("utf-8") for path in (ROOT / "ilc_canvas").rglob("*.py"))
    table = (ROOT / "README.md").read_text("utf-8").partition("## When something is wrong")[2].partition("\n## ")[0]
    parts = [part.strip() for quoted in re.findall(r'"([^"]+)"', table) for part in quoted.split("...")]
    assert len(parts) > 6
    assert not [part for part in parts if part.strip(",") not in source]

"""What is shipped: packages, data, versions, lock files."""

import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path
from shutil import copytree, ignore_patterns

import pytest

import ilc_canvas

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
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
    """Settings, counties and the whole sample come along, with the template of migrations and the mark of types."""
    sample = {f"ilc_canvas/config/sample/{path.name}" for path in (ROOT / "config" / "sample").iterdir()}
    assert len(sample) == 9
    assert sample | {"ilc_canvas/config/ilc.toml", "ilc_canvas/config/counties.csv", "ilc_canvas/py.typed"} <= wheel
    assert "ilc_canvas/store/migrations/script.py.mako" in wheel
    assert [name for name in wheel if re.fullmatch(r"ilc_canvas/store/migrations/versions/\w+\.py", name)]


def test_wheel_gives_the_command(wheel: frozenset[str]) -> None:
    """The command is entered in the wheel, and leads to the function that there is."""
    assert PROJECT["project"]["scripts"] == {"ilc-canvas": "ilc_canvas.cli:main"}
    assert any(name.endswith("/entry_points.txt") for name in wheel)


def test_versions_agree_everywhere() -> None:
    """Project and image say the same version, and the same Python."""
    version, docker = PROJECT["project"]["version"], (ROOT / "Dockerfile").read_text("utf-8")
    assert re.findall(r"VERSION=([\d.]+)", docker) == [version, version]
    assert f"-t ilc-canvas:{version} ." in docker
    assert getattr(ilc_canvas, "__version__", version) == version
    assert PROJECT["project"]["requires-python"] == ">=3.11"
    assert "Python 3.11 or later" in (ROOT / "README.md").read_text("utf-8")
    assert set(re.findall(r"^FROM (\S+)", docker, re.MULTILINE)) == {"python:3.11-slim-bookworm"}


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
    wanted = [*PROJECT["project"]["dependencies"], *extras["postgres"], *extras["build"]]
    names = {re.split(r"[\[<>=~!]", text)[0].lower() for text in wanted}
    locked = set(re.findall(r"^([a-z0-9._-]+)==", (ROOT / LOCKS[0]).read_text("utf-8"), re.MULTILINE))
    assert names <= locked


def test_image_takes_what_it_needs() -> None:
    """The image's build sees the four things that make a wheel, and nothing else."""
    ignored = (ROOT / ".dockerignore").read_text("utf-8").split()
    assert ignored[0] == "*"
    assert {line[1:] for line in ignored if line.startswith("!")} == {"ilc_canvas", "config", "pyproject.toml", "README.md"}


def test_readme_quotes_what_is_said() -> None:
    """Each message that README explains is one that the program gives."""
    source = "".join(path.read_text("utf-8") for path in (ROOT / "ilc_canvas").rglob("*.py"))
    table = (ROOT / "README.md").read_text("utf-8").partition("## When something is wrong")[2].partition("\n## ")[0]
    parts = [part.strip() for quoted in re.findall(r'"([^"]+)"', table) for part in quoted.split("...")]
    assert len(parts) > 6
    assert not [part for part in parts if part.strip(",") not in source]

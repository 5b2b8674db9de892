"""The image, built when there is none of this checkout yet; only where IMAGE=1 asks for it: it takes minutes, root and Debian's tools."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.image.engine import FOLDER, SECRET, Place
from tests.sandbox.process import ROOT, Sandbox, start_sandbox


@pytest.fixture(scope="session", autouse=True)
def built() -> None:
    """The image of this checkout; what has not changed is not built again."""
    if os.environ.get("IMAGE") != "1":
        pytest.skip("set IMAGE=1, as root on Debian bookworm, to build the image and run it")
    subprocess.run([ROOT / "tests" / "image" / "build.sh", FOLDER], check=True, timeout=900, stdout=subprocess.DEVNULL)


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    """A Canvas that stands in, on this machine, in the program's own summer."""
    with start_sandbox("--token", SECRET, "--now", "2021-08-16T16:00:00Z") as running:
        yield running


@pytest.fixture
def own_place(tmp_path: Path, sandbox: Sandbox) -> Iterator[Place]:
    """A volume that no worker shares."""
    with Place(tmp_path, sandbox.url) as made:
        assert made.run("db", "create").code == 0
        yield made


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory, sandbox: Sandbox) -> Iterator[Place]:
    """A volume, secrets and settings, with a store of this schema."""
    folder: Path = tmp_path_factory.mktemp("place")
    with Place(folder, sandbox.url) as made:
        assert made.run("db", "create").code == 0
        yield made

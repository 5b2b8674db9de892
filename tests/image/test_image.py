"""The image itself: what it says of itself, what is in it, and what is not."""

import json
from typing import Any

import pytest

from tests.image.engine import Place, image, podman


@pytest.fixture(scope="module")
def said() -> Any:
    """The image's own configuration."""
    return json.loads(podman("image", "inspect", image()).out)[0]


def test_image_says_how_it_runs(said: Any) -> None:
    """It runs the worker below tini as user 10001, has a health check, and ends by SIGTERM."""
    config = said["Config"]
    assert config["User"] == "10001:10001"
    assert [*config["Entrypoint"], *config["Cmd"]] == ["tini", "--", "ilc-canvas", "worker"]
    assert config["StopSignal"] == "SIGTERM"
    assert said["Healthcheck"]["Test"] == ["CMD", "ilc-canvas", "health"]
    assert config["Volumes"] == {"/data": {}}


def test_image_says_what_it_is(said: Any) -> None:
    """Title, version and revision stand in its labels; no variable of it is a secret's."""
    labels = {name.removeprefix("org.opencontainers.image."): value for name, value in said["Labels"].items()}
    assert labels["title"] == "ilc-canvas"
    assert image().endswith(f":{labels['version']}")
    assert len(labels["revision"]) == 40
    names = {text.partition("=")[0] for text in said["Config"]["Env"]}
    assert {name for name in names if name.startswith("ILC_CANVAS_")} == {"ILC_CANVAS_STORE"}


def test_image_holds_no_tools(place: Place) -> None:
    """There is nothing in it to build with, and nothing that would give more rights."""
    with place.start(["sandbox"]) as running:
        tools = running.shell("for each in pip pip3 uv gcc cc make git curl; do command -v $each; done")
        assert tools.out == ""
        assert running.shell("python -c 'import pip'").code == running.shell("python -c 'import setuptools'").code == 1
        assert running.shell("/usr/local/bin/python -c 'import pip'").code == 1
        assert running.shell("find / -xdev -type f -perm /6000").out == ""


def test_image_has_its_bytecode(place: Place) -> None:
    """A start on a read-only root compiles nothing: each module of the program and of Python's own has its bytecode."""
    script = "import os, sys, ilc_canvas.bootstrap; m = [x.__spec__ for x in sys.modules.values() if getattr(x, '__spec__', None)]; "
    script += "print([s.name for s in m if (s.origin or '').endswith('.py') and s.cached and not os.path.exists(s.cached)], len(m) > 300)"
    with place.start(["sandbox"]) as running:
        answer = running.shell(f'python -c "{script}"')
    assert answer.out == "[] True\n"

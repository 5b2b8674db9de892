"""The import rules hold, and each of them fails when it is broken."""

import re
import subprocess
import sys
import tomllib
from pathlib import Path
from shutil import copytree, ignore_patterns

import pytest

ROOT = Path(__file__).parents[1]
CONTRACTS = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]["contracts"]
BROKEN = {
    "layers": ("ilc_canvas/store/db/scope.py", "import ilc_canvas.settings"),
    "the rooms of the store": ("ilc_canvas/store/db/scope.py", "import ilc_canvas.store.runs.history"),
    "reconcile and program are pure": ("ilc_canvas/reconcile/plan.py", "import sqlalchemy"),
    "canvasapi only in canvas": ("ilc_canvas/sync/run.py", "import canvasapi"),
    "SQL only in store": ("ilc_canvas/views/years.py", "import sqlalchemy"),
    "the sandbox imports nothing of ours": ("ilc_canvas/sandbox/people/sortable_names.py", "import ilc_canvas.reconcile.state"),
    "nothing of ours imports the sandbox": ("ilc_canvas/cli/demo.py", "import ilc_canvas.sandbox.people.sortable_names"),
    "a run sees ports alone": ("ilc_canvas/sync/ports.py", "import ilc_canvas.store.db.scope"),
    "what people do and look at cannot reach canvas": ("ilc_canvas/actions/approvals.py", "import requests"),
}


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The package and its rules in another place, where they may be broken."""
    place = tmp_path_factory.mktemp("contracts")
    copytree(ROOT / "ilc_canvas", place / "ilc_canvas", ignore=ignore_patterns("__pycache__"))
    (place / "pyproject.toml").write_bytes((ROOT / "pyproject.toml").read_bytes())
    return place


def _lint(place: Path) -> list[str]:
    """The contracts that are broken."""
    command = [str(Path(sys.executable).with_name("lint-imports"))]
    done = subprocess.run(command, cwd=place, capture_output=True, text=True, check=False, timeout=100)
    found = re.findall(r"^(.+) BROKEN", done.stdout, re.MULTILINE)
    assert (done.returncode != 0) == bool(found), done.stdout + done.stderr
    return found


def test_contracts_hold_as_it_is(copy: Path) -> None:
    """Nothing is imported that may not be."""
    assert _lint(copy) == []


def test_every_contract_is_tried() -> None:
    """There is a broken import for each rule."""
    assert {contract["name"] for contract in CONTRACTS} == set(BROKEN)


@pytest.mark.parametrize("contract", BROKEN)
def test_forbidden_import_breaks_contract(copy: Path, contract: str) -> None:
    """One import that a rule forbids is found by that rule."""
    name, line = BROKEN[contract]
    file = copy / name
    before = file.read_text("utf-8")
    file.write_text(f"{before}\n{line}\n", "utf-8")
    try:
        assert contract in _lint(copy)
    finally:
        file.write_text(before, "utf-8")

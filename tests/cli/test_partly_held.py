"""A plan of which a part waits: exit 3, which part goes and which waits, in plan, sync, show and status."""

from pathlib import Path

import pytest

from tests.cli.people_cast import Office, rows

GUARD = "[guard]\nremovals_per_course = 1\nremovals_per_course_percent = 1\n"


@pytest.fixture
def changed(office: Office, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Office:
    """P3 and P4 leave, which waits for a person in each course; P2 has a new name, which does not."""
    path = tmp_path / "ilc.toml"
    path.write_text(GUARD, "utf-8")
    monkeypatch.setenv("ILC_CANVAS_CONFIG", str(path))
    office.sign()
    office.sync()
    office.sign([row for row in rows(P2={"display_name": "Ben O."}) if row["person_id"] not in ("P3", "P4")])
    return office


def test_every_screen_tells_the_parts(changed: Office) -> None:
    """plan and sync end with 3; the lines that wait are marked; sync does the rest; status and show have the command that permits it."""
    plan = changed.cli("plan")
    assert plan.code == 3
    assert "1 goes ahead by itself, " in plan.out
    lines = [line for line in plan.out.splitlines() if line.startswith(("  - ", "  ~ "))]
    assert all(("← waits for a person" in line) == line.startswith("  - ") for line in lines)
    sync = changed.cli("sync")
    assert (sync.code, "1 of " in sync.out, "Held for a person" in sync.out) == (3, True, True)
    digest = changed.cli("runs", "--json").json[0]["digest"]
    assert f"sync --approve {digest}" in sync.out
    assert f"sync --approve {digest}" in changed.cli("status").out
    shown = changed.cli("show", str(changed.cli("runs", "--json").json[0]["run"]))
    assert shown.out.index("Waiting for a person: ") < shown.out.index("Done: 1 change.")
    assert changed.cli("sync", "--approve", digest, "--reason", "seen").code == 0
    assert changed.cli("plan").code == 0

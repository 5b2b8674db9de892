"""What is refused before anything is written, or at the first write."""

import shutil

import pytest

from tests.e2e.conftest import Open
from tests.e2e.office import CLOCK, FILES, SAMPLE, Office, importing, read_rows, write_rows, writes

pytestmark = pytest.mark.timeout(400)
SMALL = ("--only", "cop:NB")


def _manifest(version: str) -> tuple[str, str]:
    return ("--manifest", str(SAMPLE / f"{FILES[version][0]}.manifest.json"))


def test_truncated_file_stores_nothing(opened: Open) -> None:
    """A truncated roster file does not match its manifest: exit 1, and no version is stored."""
    office = opened()
    said = office.run(*importing(SAMPLE / "roster_2021-22_truncated.csv"), *_manifest("3"))
    assert (said.code, said.out) == (1, "")
    assert said.err.startswith("The files do not belong to ")
    assert office.json("roster", "list").value == []


def test_swapped_files_store_nothing(opened: Open) -> None:
    """Version 4 under the manifest of version 3 is refused, and so is version 3's content under version 4's name."""
    office = opened()
    swapped = office.folder / f"{FILES['4'][0]}.csv"
    shutil.copy(SAMPLE / f"{FILES['3'][0]}.csv", swapped)
    for path, version in ((SAMPLE / f"{FILES['4'][0]}.csv", "3"), (swapped, "4")):
        said = office.run(*importing(path, *FILES[version][1:]), *_manifest(version))
        assert (said.code, said.out) == (1, "")
        assert said.err.startswith("The files do not belong to ")
    assert office.json("roster", "list").value == []


def test_row_changed_after_signing_refused(opened: Open) -> None:
    """One cell that was changed after the manifest was written: refused, nothing stored."""
    office = opened()
    rows = read_rows()
    rows[5]["given_name"] += "x"
    write_rows(office.folder / f"{FILES['3'][0]}.csv", rows)
    said = office.run(*importing(office.folder / f"{FILES['3'][0]}.csv"), *_manifest("3"))
    assert said.code == 1
    assert office.json("roster", "list").value == []


def test_token_without_sis_right_stops(opened: Open) -> None:
    """Without manage_sis nothing is built: exit 1, the right by the administrator's name for it, at most one write."""
    office = opened(*CLOCK, "--deny", "manage_sis")
    office.sign("3")
    held = office.json("plan", *SMALL)
    office.sandbox.forget_requests()
    words = ("--approve", held.value["digest"]) if "digest" in held.value else ()
    said = office.run("sync", *words, *SMALL)
    assert said.code == 1
    assert "SIS Data - manage" in said.err
    assert len(writes(office.sandbox.requests())) <= 1
    assert not office.sandbox.state()["courses"]


def test_past_term_is_said_once(opened: Open) -> None:
    """If the school year has ended by today's clock, plan and sync exit with 1, say so in one line, and write nothing."""
    office = opened("--port", "0")
    office.sign("3")
    for command in ("plan", "sync"):
        said = office.run(command)
        told = [line for line in said.err.splitlines() if not line.startswith("{")]  # apart from the log
        assert (said.code, "\n".join([said.out, *told]).count("ended on")) == (1, 1)
    assert not writes(office.sandbox.requests())


def test_other_canvas_is_refused(opened: Open) -> None:
    """A store belongs to the Canvas of the first run that wrote; another one is refused before anything is read of it."""
    office, other = opened(), opened()
    office.sign("3")
    assert office.approve(*SMALL).value["status"] == "applied"
    office.environment["ILC_CANVAS_URL"] = other.sandbox.url
    said = office.run("plan", *SMALL)
    assert said.code == 1
    assert other.sandbox.url in said.err
    assert not writes(other.sandbox.requests())


def test_refused_token_is_said(office: Office) -> None:
    """A token that Canvas does not know: exit 1, one sentence, and the token is not repeated."""
    (office.folder / "token").write_text("7~canarycanarycanarycanarycanarycanary\n")
    said = office.run("plan")
    assert said.code == 1
    assert "token" in said.err.lower()
    assert "canary" not in said.out + said.err
    assert "Traceback" not in said.err


def test_silent_canvas_is_said(office: Office) -> None:
    """A Canvas that is not there: exit 1 and one sentence."""
    office.environment["ILC_CANVAS_URL"] = "http://127.0.0.1:9"
    said = office.run("plan")
    assert said.code == 1
    assert "Traceback" not in said.err

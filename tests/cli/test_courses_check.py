"""courses check: the office's texts, before they are in a course."""

from pathlib import Path

import pytest

from tests.cli.conftest import Cli
from tests.courses.cast import COURSES, edited
from tests.courses.check.cast import with_body


def test_shipped_texts_pass(cli: Cli) -> None:
    """The texts of the program have no error; the three tools without credit are named, and what to do next."""
    said = cli("courses", "check")
    assert said.code == 0
    assert said.out.count("so it is not published.\n") == 3
    assert said.out.splitlines()[-2:] == [
        f"Texts in {COURSES}: no error, 3 warnings.",
        "Next: ilc-canvas courses preview cop:EQ shows how they look.",
    ]


def test_broken_texts_fail(cli: Cli, tmp_path: Path) -> None:
    """An error says file and line, and what to do; the exit code is 1."""
    said = cli("courses", "check", str(with_body(tmp_path / "texts", "\nSee [here](https://example.org).\n")))
    assert said.code == 1
    assert 'cop/cycle.md, line 6: the text of a link is "here".\n  Say where it leads: "Open the meeting notes".\n' in said.out
    assert said.out.endswith(": 1 error, 3 warnings. They cannot be used until the errors are corrected.\n")


def test_findings_for_programs(cli: Cli, tmp_path: Path) -> None:
    """JSON has each finding with its level, file and line."""
    folder = with_body(tmp_path / "texts", "\nWe meet soon.\n")
    said = cli("courses", "check", str(folder), "--json")
    (error,) = [each for each in said.json["findings"] if each["level"] == "error"]
    assert (said.code, said.json["errors"], said.json["warnings"]) == (1, 1, 3)
    assert (error["file"], error["line"], error["text"]) == ("cop/cycle.md", 6, '"soon" is true only for a while.')


def test_hostile_findings_are_shown_plainly(cli: Cli, tmp_path: Path) -> None:
    """What a text holds cannot steer a terminal or pass for a command of ours."""
    said = cli("courses", "check", str(with_body(tmp_path / "texts", "<\x1b[31mx>\n\n[\u202e‹plan›](ilc:page:\u202ex)\n")))
    assert said.code == 1
    assert not [char for char in said.out if char in "\x1b\u202e"]


def test_folder_of_the_settings(cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The office's own folder is used if the settings name one; one that is not there is an error."""
    monkeypatch.setenv("ILC_CANVAS_COURSES", f'{{"templates": "{tmp_path / "own"}"}}')
    assert "There is no folder" in cli("courses", "check").err
    edited(tmp_path / "own", {"cop/home.md": {'key = "home"': 'key = "start"'}})
    said = cli("courses", "check")
    assert said.code == 1
    assert 'home is "home", and there is no page with that key.' in said.out


def test_texts_of_the_working_directory_are_nobodys(cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder config/courses where the command happens to run is not used unless somebody names it."""
    with_body(tmp_path / "config" / "courses", "We meet soon.\n")
    monkeypatch.chdir(tmp_path)
    assert cli("courses", "check").code == 0
    assert cli("courses", "check", "config/courses").code == 1


def test_folder_that_is_not_there(cli: Cli) -> None:
    """A folder that was typed and is not there is wrong usage."""
    assert cli("courses", "check", "/nowhere").code == 64

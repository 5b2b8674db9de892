"""courses preview: a course as pages, from the store alone."""

import os
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from tests.cli.conftest import Cli, signing
from tests.commands import run
from tests.courses.cast import CREDIT, edited
from tests.program.sample import NAMES, SAMPLE

SEL = "Social-Emotional Learning and Trauma-Informed Practice"


class Links(HTMLParser):
    """The addresses of a page."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.found = set[str]()
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "a":
            self.found |= {value or "" for name, value in attrs if name == "href"}


@pytest.fixture
def signed(cli: Cli) -> Cli:
    """The sample's roster and calendar are finalized."""
    roster, teams, cops, manifest = (str(SAMPLE / name) for name in NAMES[3])

    def sign() -> None:
        year = ("--school-year", "2021-22")
        assert cli("roster", "import", roster, "--teams", teams, "--cops", cops, "--manifest", manifest, *year).code == 0
        assert cli("roster", "finalize", "--signed-by", "R. Alvarez").code == 0
        assert cli("calendar", "import", str(SAMPLE / "calendar_2021-22.csv"), *year).code == 0
        assert cli("calendar", "finalize", "--signed-by", "R. Alvarez").code == 0

    signing("preview", sign)
    return cli


@pytest.mark.parametrize(("word", "files"), [("cop:SEL", 31), ("net:R1", 26), ("pilot:P117", 25), ("hub", 9)])
def test_links_lead_to_files(signed: Cli, tmp_path: Path, word: str, files: int) -> None:
    """Every page, discussion and module is a file, and every link on any of them leads to one, or out to the web."""
    said = signed("courses", "preview", word, "--to", str(tmp_path / "out"))
    assert (said.code, said.err) == (0, "")
    texts = {path.name: path.read_text("utf-8") for path in (tmp_path / "out").iterdir()}
    assert len(texts) == files
    links = {link for text in texts.values() for link in Links(text).found if not link.startswith("https://meet.example.org/")}
    assert links <= set(texts)
    assert set(texts) == links | {"index.html"}


def test_preview_says_what_it_is_made_from(signed: Cli, tmp_path: Path) -> None:
    """The course, the versions, and where to look; home has the facilitators, and a draft says that it is one."""
    said = signed("courses", "preview", "cop:SEL", "--to", str(tmp_path / "out"))
    assert said.out.splitlines() == [
        f"{SEL} (2021-22): 31 files from roster version 3 of 2021-22 and calendar version 1.",
        f"Open {tmp_path / 'out' / 'index.html'} in a browser. The pages contain names; only you can read them.",
    ]
    assert "Verónica Castañeda" in (tmp_path / "out" / "index.html").read_text("utf-8")
    assert "Not published: only those who run" in (tmp_path / "out" / "page-for-facilitators.html").read_text("utf-8")
    assert (tmp_path / "out").stat().st_mode & 0o777 == 0o700


def test_preview_needs_no_folder(signed: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a folder, a new one is made and named."""
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    said = signed("courses", "preview", "hub")
    found = re.search(r"Open (\S+) in a browser", said.out)
    assert found
    assert Path(found[1]).is_file()
    assert Path(found[1]).parent.name.startswith("ilc-hub-")


@pytest.mark.usefixtures("signed")
def test_preview_opens_a_browser(tmp_path: Path) -> None:
    """The home page is given to the browser of this machine; without one, that is said."""
    opener = tmp_path / "browser"
    opener.write_text(f'#!/bin/sh\necho "$1" > {tmp_path}/opened\n')
    opener.chmod(0o755)
    bare = {"ILC_CANVAS_STORE": os.environ["ILC_CANVAS_STORE"], "PATH": "/nowhere"}
    with_browser = run(["courses", "preview", "hub", "--to", str(tmp_path / "a"), "--open"], {**bare, "BROWSER": f"{opener} %s"})
    without = run(["courses", "preview", "hub", "--to", str(tmp_path / "b"), "--open"], bare)
    assert (tmp_path / "opened").read_text().strip() == (tmp_path / "a" / "index.html").as_uri()
    assert (with_browser.code, without.code) == (0, 0)
    assert "There is no browser here" not in with_browser.out
    assert without.out.endswith("There is no browser here that could be started.\n")


def test_preview_overwrites_nothing(signed: Cli, tmp_path: Path) -> None:
    """A second preview into the same folder is refused, and what is there stays."""
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "index.html").write_text("mine")
    said = signed("courses", "preview", "hub", "--to", str(tmp_path / "out"))
    assert said.code == 1
    assert "already exists" in said.err
    assert [path.read_text() for path in (tmp_path / "out").iterdir()] == ["mine"]


def test_preview_of_edited_texts(signed: Cli, tmp_path: Path) -> None:
    """Other texts can be tried before anything is installed: here a tool has got its credit."""
    texts = edited(tmp_path / "texts", {"tools/primary-sources.md": CREDIT})
    signed("courses", "preview", "cop:EQ", "--to", str(tmp_path / "out"), "--from", str(texts))
    shelf = (tmp_path / "out" / "page-tools.html").read_text("utf-8")
    assert 'href="hub-page-tool-primary-sources.html"' in shelf
    assert "By Ana Ruiz, version 2, CC BY 4.0" in (tmp_path / "out" / "hub-page-tool-primary-sources.html").read_text("utf-8")


def test_nothing_runs_in_a_preview(signed: Cli, tmp_path: Path) -> None:
    """A script that somebody put into a text does not run, since the page forbids it."""
    texts = edited(tmp_path / "texts", {"cop/cycle.md": {"## The five steps": "<script>alert(1)</script>\n\n## The five steps"}})
    signed("courses", "preview", "cop:EQ", "--to", str(tmp_path / "out"), "--from", str(texts))
    text = (tmp_path / "out" / "page-cycle.html").read_text("utf-8")
    assert text.index("default-src 'none'; style-src 'unsafe-inline'; img-src https:") < text.index("<script>")


@pytest.mark.parametrize(
    ("word", "said"),
    [("cop:EQQ", "Did you mean cop:EQ?"), ("cop:XX", "There is no course cop:XX"), ("person:ILC-0001", "There is no course")],
)
def test_course_that_is_not_there(signed: Cli, tmp_path: Path, word: str, said: str) -> None:
    """A word that names no course of the roster is an error, with a suggestion if there is one like it; nothing is written."""
    answer = signed("courses", "preview", word, "--to", str(tmp_path / "out"))
    assert answer.code == 1
    assert said in answer.err
    assert not (tmp_path / "out").exists()


def test_preview_without_roster(cli: Cli, tmp_path: Path) -> None:
    """Before a roster is signed there is no course to show."""
    assert cli("courses", "preview", "hub", "--to", str(tmp_path / "out")).code == 1


def test_preview_of_broken_texts(signed: Cli, tmp_path: Path) -> None:
    """Texts that cannot be used, or fail with these values, are told with file and line."""
    missing = edited(tmp_path / "one", {"cop/outline.toml": {'home = "home"': 'home = "start"'}})
    failing = edited(tmp_path / "two", {"cop/cycle.md": {"## The five steps": "{{ cop.titel }}"}})
    for texts, said in ((missing, "cop/outline.toml, line 1"), (failing, "cop/cycle.md, line 13: ")):
        answer = signed("courses", "preview", "cop:EQ", "--to", str(tmp_path / "out"), "--from", str(texts))
        assert answer.code == 1
        assert said in answer.err

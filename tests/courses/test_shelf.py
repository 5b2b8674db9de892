"""The folder of templates: what is read, its digest, and what is wrong with front matter and outlines."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from ilc_canvas.courses.findings import errors
from ilc_canvas.courses.shelf import read_shelf, require_shelf
from ilc_canvas.reconcile.errors import TemplateError
from tests.courses.cast import COURSES, edited, shelf

Edits = Mapping[str, Mapping[str, str]]
HOME, CYCLE, STAFF, OUTLINE, TOOL = "cop/home.md", "cop/cycle.md", "cop/for-facilitators.md", "cop/outline.toml", "tools/primary-sources.md"
A_FILE = 'license = ""\n[[files]]\nname = "A"\nurl = "a.pdf"\nkind = "PDF"\nsize = "2 MB"'
BROKEN: Mapping[str, tuple[Edits, str, int, str]] = {
    "unknown key": ({HOME: {'key = "home"': 'key = "home"\ncolour = "red"'}}, HOME, 3, '"colour" is not known here'),
    "unknown refresh": ({HOME: {'key = "home"': 'key = "home"\nrefresh = "always"'}}, HOME, 3, 'refresh cannot be "always"'),
    "unknown kind": ({HOME: {'key = "home"': 'key = "home"\nkind = "quiz"'}}, HOME, 3, 'kind cannot be "quiz"'),
    "published in words": ({HOME: {'key = "home"': 'key = "home"\npublished = "yes"'}}, HOME, 3, "published must be true or false"),
    "no title": ({HOME: {'title = "Home"': ""}}, HOME, 2, "title is missing"),
    "title that is no text": ({HOME: {'title = "Home"': "title = 7"}}, HOME, 3, "title must be a text"),
    "key in capitals": ({HOME: {'key = "home"': 'key = "Home Page"'}}, HOME, 2, '"Home Page" cannot be a key'),
    "front matter is no TOML": ({HOME: {'title = "Home"': "title = Home"}}, HOME, 3, "this is not TOML"),
    "no front matter": ({HOME: {"+++": "---"}}, HOME, 1, "the front matter is missing"),
    "front matter without end": ({"cop/extra.md": {"": "+++\nkey = 'a'\n"}}, "cop/extra.md", 1, "the front matter is missing"),
    "key twice": ({"cop/cycle.md": {'key = "cycle"': 'key = "home"'}}, "cop/home.md", 2, "is that of cop/cycle.md too"),
    "pinned page": ({HOME: {'key = "home"': 'key = "home"\npinned = true'}}, HOME, 1, "a page cannot be pinned"),
    "each of something else": ({"cop/meeting.md": {'each = "meeting"': 'each = "team"'}}, "cop/meeting.md", 3, 'each cannot be "team"'),
    "tool pages outside the hub": ({"cop/meeting.md": {'each = "meeting"': 'each = "tool"'}}, "cop/meeting.md", 1, "in the hub alone"),
    "outline is no TOML": ({OUTLINE: {'home = "home"': "home ="}}, OUTLINE, 2, "this is not TOML"),
    "unknown key of a module": ({OUTLINE: {'name = "Start here"': 'name = "Start here"\nicon = "x"'}}, OUTLINE, 8, '"icon" is not known'),
    "unknown tab": ({OUTLINE: {'["grades"]': '["grade"]'}}, OUTLINE, 3, '"grade" is not known in hidden'),
    "home missing": ({OUTLINE: {'home = "home"': 'home = "start"'}}, OUTLINE, 1, 'home is "start", and there is no page'),
    "home not said": ({OUTLINE: {'home = "home"': ""}}, OUTLINE, 1, "home is missing"),
    "home is a discussion": ({OUTLINE: {'home = "home"': 'home = "introduce"'}}, OUTLINE, 1, "home must be one published page"),
    "item missing": ({OUTLINE: {'"questions"]': '"question"]'}}, OUTLINE, 5, 'the module "start" holds "question", and there is no page'),
    "item twice": ({OUTLINE: {'"questions"]': '"questions", "cycle"]'}}, OUTLINE, 5, 'holds "cycle" twice'),
    "module without items": ({OUTLINE: {'items = ["tools"]': "items = []"}}, OUTLINE, 21, 'the module "tools" holds nothing'),
    "module twice": ({OUTLINE: {'key = "share-out"': 'key = "tools"'}}, OUTLINE, 26, 'two modules have the key "tools"'),
    "open page in a closed module": ({STAFF: {"published = false": ""}}, STAFF, 1, "people would find it"),
    "closed page in an open module": ({CYCLE: {'key = "cycle"': 'key = "cycle"\npublished = false'}}, CYCLE, 1, "publishes it"),
    "stage missing": ({OUTLINE: {'order = ["strengths"': 'order = ["strength"'}}, OUTLINE, 0, 'names the stage "strength"'),
    "stage without text": ({OUTLINE: {'before = "Bring your aim': 'befor = "Bring your aim'}}, OUTLINE, 66, "before is missing"),
    "few does not fit": ({OUTLINE: {'  ["strengths"],\n': '  ["strengths", "aim"],\n'}}, OUTLINE, 0, "row 1 of few"),
    "repeated is not in order": ({OUTLINE: {'repeated = "evidence"': 'repeated = "opening"'}}, OUTLINE, 0, "is not in the order"),
    "blocks missing": ({"blocks.jinja": {}}, "blocks.jinja", 0, "it is missing"),
    "address of a file": ({TOOL: {'license = ""': A_FILE}}, TOOL, 12, "must begin with https"),
    "tool key twice": ({TOOL: {'key = "primary-sources"': 'key = "adult-learning"'}}, TOOL, 2, "the key of tools/adult-learning.md"),
}  # fmt: skip


@pytest.mark.parametrize("name", BROKEN)
def test_broken_folder_is_found(tmp_path: Path, name: str) -> None:
    """The finding names file and line, and the texts cannot be used until it is put right."""
    edits, file, line, said = BROKEN[name]
    folder = edited(tmp_path, edits)
    if name == "blocks missing":
        (folder / "blocks.jinja").unlink()
    fitting = [each for each in errors(read_shelf(folder).findings) if each.file == file and said in each.text]
    assert fitting, read_shelf(folder).findings
    assert (fitting[0].line, bool(fitting[0].fix)) == (line, True)
    with pytest.raises(TemplateError, match="Nothing was done"):
        require_shelf(folder)


def test_shipped_folder_can_be_used() -> None:
    """Four kinds of courses and three tools, and no error."""
    assert {kind: len(design.templates) for kind, design in shelf().designs.items()} == {"cop": 14, "network": 11, "pilot": 9, "hub": 8}
    assert len(shelf().tools) == 3
    assert not errors(read_shelf(COURSES).findings)


def test_page_that_nobody_finds_is_told(tmp_path: Path) -> None:
    """A page in no module, and a file that nothing reads, are warnings."""
    (edited(tmp_path, {}) / "cop" / "extra.md").write_text('+++\nkey = "extra"\ntitle = "Extra"\n+++\ntext\n')
    (tmp_path / "notes.txt").write_text("x")
    texts = [finding.text for finding in read_shelf(tmp_path).findings if finding.file in ("cop/extra.md", "notes.txt")]
    assert texts == ['no module holds "extra", so people find it only among all pages or discussions.', "nothing reads this file."]
    assert require_shelf(tmp_path)


@pytest.mark.parametrize("data", [b"\xff\xfe+\x00", b"+++\0", b"x" * 200_001])
def test_file_that_is_no_text(tmp_path: Path, data: bytes) -> None:
    """Bytes that are no UTF-8, or too many, are told and not read on."""
    (edited(tmp_path, {}) / "cop" / "home.md").write_bytes(data)
    assert any(each.file == "cop/home.md" and "no text in UTF-8" in each.text for each in read_shelf(tmp_path).findings)


def test_links_are_not_followed(tmp_path: Path) -> None:
    """A link in the folder cannot bring in a file from elsewhere."""
    folder = edited(tmp_path / "courses", {})
    (tmp_path / "secret.md").write_text("+++\nkey = 'secret'\ntitle = 'Secret'\n+++\nQ7x\n")
    (folder / "cop" / "secret.md").symlink_to(tmp_path / "secret.md")
    reading = read_shelf(folder)
    assert any(each.file == "cop/secret.md" and "link" in each.text for each in reading.findings)
    assert not any("Q7x" in text for text in reading.shelf.files.values())


def test_digest_names_all_files(tmp_path: Path) -> None:
    """The same files give the same digest wherever they are; any other word in any file, or another name, gives another."""
    same = read_shelf(edited(tmp_path / "same", {})).shelf.digest
    word = read_shelf(edited(tmp_path / "word", {"blocks.jinja": {"Join the meeting": "Join"}})).shelf.digest
    folder = edited(tmp_path / "name", {})
    (folder / "tools" / "primary-sources.md").rename(folder / "tools" / "sources.md")
    assert same == shelf().digest
    assert len({same, word, read_shelf(folder).shelf.digest}) == 3


def test_windows_files_are_read_alike(tmp_path: Path) -> None:
    """Line breaks and the mark of Windows editors change nothing."""
    folder = edited(tmp_path, {})
    for path in folder.rglob("*.md"):
        path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\n", b"\r\n"))
    assert read_shelf(folder).shelf == shelf()

"""Titles and names of modules, and texts that are outside of pages."""

from pathlib import Path

import pytest

from ilc_canvas.courses.check.check import check, slug
from ilc_canvas.courses.findings import errors
from tests.courses.cast import edited
from tests.courses.check.cast import FRONT, found, with_body


@pytest.mark.parametrize(
    ("title", "said"),
    [
        ("HOW we work, together", "is too much like that of cop/how-we-work.md"),
        ("Hów we work together", "is too much like that of"),
        ("x" * 256, "a title is longer than 255 characters"),
        ("Our cycle \N{SUNFLOWER}", "there is a picture in the title"),
        ("{{ cop.titel }}", "has no attribute 'titel'"),
        ("{{ cop.title", "is not understood"),
        ("Our cycle in 2022", '"2022" is a year'),
        ("{{ ''.__class__ }}", "unsafe"),
        ("{{ meeting.title }}", "'meeting' is undefined"),
        ("{% if false %}x{% endif %}", "a title is empty"),
    ],
)
def test_broken_title_is_found(tmp_path: Path, title: str, said: str) -> None:
    """The finding is in the file of the page."""
    findings = found(with_body(tmp_path, "text", front=FRONT.replace("The improvement cycle", title)))
    assert any(said in each.text for each in findings), findings


@pytest.mark.parametrize("title", ["x" * 255, "Why we begin", "{{ cop.title }}", "Año & más: ¿qué?"])
def test_sound_title_passes(tmp_path: Path, title: str) -> None:
    """Long ones up to Canvas's limit, values, and any letters."""
    assert found(with_body(tmp_path, "text", front=FRONT.replace("The improvement cycle", title))) == []


def test_topics_may_share_a_title_with_pages(tmp_path: Path) -> None:
    """Pages have addresses of their own, and discussions others."""
    folder = edited(tmp_path, {"cop/introduce.md": {"Introduce yourself": "How we work together"}})
    assert not errors(check(folder))


def test_slugs_are_as_in_canvas() -> None:
    """Accents and marks go."""
    assert [slug(title) for title in ("Cómo trabajamos", "Same  title!", "The year's calendar")] == [
        "como-trabajamos",
        "same-title",
        "the-year-s-calendar",
    ]


def test_modules_of_one_name_are_found(tmp_path: Path) -> None:
    """Two modules that are called the same cannot be told apart in Canvas."""
    findings = check(edited(tmp_path, {"cop/outline.toml": {'name = "Share-out"': 'name = "Our cycle"'}}))
    assert [each.text for each in errors(findings)] == ['two modules are called "Our cycle".']


def test_stages_are_checked(tmp_path: Path) -> None:
    """What a meeting is about is a text as well: its words, its links, its values."""
    after = {"ilc:topic:reflect)": "ilc:topic:reflex)", "Bring your aim": "Next week, bring your aim"}
    texts = {each.text for each in errors(check(edited(tmp_path, {"cop/outline.toml": after})))}
    assert texts == {
        '"Next week" is true only for a while.',
        'the link "ilc:topic:reflex" leads to nothing that people of this course can open.',
    }


@pytest.mark.parametrize("file", ["tools/primary-sources.md", "hub/tool.md", "network/meeting.md", "pilot/home.md", "cop/introduce.md"])
def test_every_file_is_checked(tmp_path: Path, file: str) -> None:
    """Tools, repeated pages, discussions, and all kinds of courses."""
    folder = edited(tmp_path, {})
    path = folder / file
    lines = path.read_text("utf-8").count("\n") + 2
    path.write_text(path.read_text("utf-8") + "\n[click here](https://example.org)\n", "utf-8")
    assert [(each.line, each.text) for each in found(folder, file) if each.severity == "error"] == [
        (lines, 'the text of a link is "click here".')
    ]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("{% macro lead() %}", "{% macro lead() %", "this is not understood"),
        ("{% macro lead() %}", "{{ ''.__class__.__mro__ }}{% macro lead() %}", "unsafe"),
        ("{% macro lead() %}", "{{ 10**9 }}{% macro lead() %}", "only for whole numbers"),
        ("{% macro lead() %}", "{% macro again() %}{{ again() }}{% endmacro %}{{ again() }}{% macro lead() %}", "never ends"),
    ],
)
def test_broken_blocks_are_found(tmp_path: Path, old: str, new: str, said: str) -> None:
    """What is wrong with the blocks themselves is told as a finding about their file."""
    findings = errors(check(edited(tmp_path, {"blocks.jinja": {old: new}})))
    assert len(findings) == 1
    assert said in findings[0].text
    assert findings[0].file == "blocks.jinja"

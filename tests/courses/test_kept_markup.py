"""What is rendered is what a Canvas keeps: sent to one as it cleans rich text, and compared to the byte."""

from collections.abc import Iterator

import pytest

from ilc_canvas.courses.shelf import require_shelf
from tests.courses.cast import CREDIT, calendar, edited, furnished, sample_courses
from tests.sandbox.person import Person
from tests.sandbox.process import start_sandbox


@pytest.fixture(scope="module")
def admin() -> Iterator[Person]:
    """Somebody who may write in a Canvas."""
    with start_sandbox() as sandbox:
        yield Person(sandbox.url)


def _kept(admin: Person, course: int, text: str) -> str:
    form = {"calendar_event[context_code]": f"course_{course}", "calendar_event[description]": text}
    return str(admin.ask("POST", "calendar_events", form).body["description"])


@pytest.mark.parametrize("word", ["cop:SEL", "net:R1", "pilot:P117", "hub"])
def test_texts_are_kept_to_the_byte(admin: Person, word: str) -> None:
    """Nothing of any page or discussion is taken out or written in another way."""
    course, content = admin.course(), sample_courses()[word]
    for html in [*(each.html for each in content.pages), *(each.html for each in content.topics)]:
        assert _kept(admin, course, html) == html


def test_tool_is_kept_to_the_byte(admin: Person, tmp_path_factory: pytest.TempPathFactory) -> None:
    """The page of a tool, with its Spanish half."""
    credited = edited(tmp_path_factory.mktemp("courses"), {"tools/family-mathematics.md": CREDIT})
    html = furnished(require_shelf(credited), year=calendar())["hub"].pages[-1].html
    assert 'lang="es"' in html
    assert _kept(admin, admin.course(), html) == html

"""What doctor says of the rights that course content needs."""

import pytest

from tests.cli.conftest import Cli
from tests.sandbox.process import TOKEN, start_sandbox
from tests.sync.world import NOW

LACKING = {
    "manage_wiki_create": ("give the courses their pages", "Pages - create"),
    "manage_wiki_update": ("give the courses their pages", "Pages - update"),
    "moderate_forum": ("give the courses their discussions", "Discussions - view, post, moderate"),
    "manage_content": ("give the courses their modules", "Course Content - add / edit / delete"),
    "change_course_state": ("open courses to their people", "Courses - publish"),
}


@pytest.mark.parametrize("right", LACKING)
def test_lacking_content_right_is_named(cli: Cli, monkeypatch: pytest.MonkeyPatch, right: str) -> None:
    """Doctor says what is left out without the right, and which right to ask for; people are served all the same."""
    with start_sandbox("--now", NOW, "--deny", right) as canvas:
        monkeypatch.setenv("ILC_CANVAS_URL", canvas.url)
        monkeypatch.setenv("ILC_CANVAS_TOKEN", TOKEN)
        said = cli("doctor")
    purpose, label = LACKING[right]
    lines = [line for line in said.out.splitlines() if purpose in line]
    assert len(lines) == 1
    assert ("without the right to" in lines[0], label in lines[0]) == (True, True)

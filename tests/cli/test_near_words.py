"""A word for a course or person that is nearly right: the right one is suggested, and nothing is done."""

import pytest

from ilc_canvas.program.selection import suggestion
from tests.cli.people_cast import Office

HERE = ("cop:EQ", "cop:ES", "cop:MATH", "net:R1", "hub", "person:ILC-0006", "person:ILC-0060")


@pytest.mark.parametrize(
    ("word", "text"),
    [
        ("cop:eq", " Did you mean cop:EQ?"),
        ("cop:EQQ", " Did you mean cop:EQ?"),
        ("cop:MTH", " Did you mean cop:MATH?"),
        ("cop:E", " Did you mean cop:ES or cop:EQ?"),
        ("net:r1", " Did you mean net:R1?"),
        ("person:ilc-0006", " Did you mean person:ILC-0006?"),
        ("person:ILC-6", " Did you mean person:ILC-0006?"),
        ("person:ILC-0007", ""),
        ("cop:NGSS", ""),
        ("hub", ""),
        ("cop:EQ", ""),
    ],
)
def test_suggestion_for_a_word(word: str, text: str) -> None:
    """Another case and a slip of the pen bring the right word; the id of another person, and a right word, bring nothing."""
    assert suggestion(word, HERE) == text


@pytest.mark.parametrize(
    ("typed", "meant"), [("cop:eq", "cop:EQ"), ("cop:EQQ", "cop:EQ"), ("net:r1", "net:R1"), ("person:p-2", "person:P2")]
)
@pytest.mark.parametrize("command", [("plan",), ("sync",), ("resync", "--reason", "her mail bounced")])
def test_only_suggests_the_right_word(office: Office, command: tuple[str, ...], typed: str, meant: str) -> None:
    """A word of --only that misses suggests the one that there is, and no run begins."""
    office.sign()
    said = office.cli(*command, "--only", typed)
    assert (said.code, said.out) == (1, "")
    assert said.err.endswith(f"Nothing was done. Did you mean {meant}?\n")
    assert office.cli("runs", "--json").json == []


@pytest.mark.parametrize(("typed", "meant"), [("COP:EQ", "cop:EQ"), ("Cop:eq", "cop:EQ"), ("HUB", "hub"), ("cop: EQ", "cop:EQ")])
def test_form_of_a_word_is_corrected(office: Office, typed: str, meant: str) -> None:
    """A word of no known form that differs only in case or blanks is wrong usage, with the form that was meant."""
    said = office.cli("plan", "--only", typed)
    assert said.code == 64
    assert f"Did you mean {meant}?\n" in said.err


def test_parts_of_a_plan_are_suggested(office: Office) -> None:
    """approve --only and --except, and declined forget, suggest from what the plan, or the list, has."""
    office.sign()
    digest = office.plan()["digest"]
    for option in ("--only", "--except"):
        said = office.cli("approve", digest, option, "cop:eq", "--reason", "seen")
        assert (said.code, said.err.endswith("Nothing was changed. Did you mean cop:EQ?\n")) == (1, True)
    office.cli("reject", digest, "--reason", "not yet")
    said = office.cli("declined", "forget", "net:r1", "--reason", "now")
    assert (said.code, "Nothing was changed. Did you mean net:R1? See: ilc-canvas declined" in said.err) == (1, True)


def test_explain_suggests_course_and_search(office: Office) -> None:
    """explain suggests the course that was meant, without its SIS id, and how to find somebody by name."""
    office.sign()
    said = office.cli("explain", "P2", "cop:eq", "--offline")
    assert "Not in cop:eq. There is no COP eq in this roster. Did you mean cop:EQ?" in said.out
    assert "To find somebody by part of a name: ilc-canvas people find NAME" in office.cli("explain", "Zyx", "--offline").out

"""The texts that come with the program pass their own check."""

from ilc_canvas.courses.check.check import check
from ilc_canvas.courses.findings import errors
from tests.courses.cast import COURSES


def test_shipped_texts_have_no_error() -> None:
    """Nothing is wrong with them; what is missing are the credits of the three tools, which only the office can get."""
    findings = check(COURSES)
    assert not errors(findings)
    assert {each.file for each in findings} == {f"tools/{name}.md" for name in ("adult-learning", "family-mathematics", "primary-sources")}

"""Counts with their nouns: one helper everywhere."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import ilc_canvas
from ilc_canvas.reconcile.words.wording import count, form, listed
from tests.cli.counted import NOUNS

ROOT = Path(str(ilc_canvas.__file__)).parent
NEVER_ONE = {
    "courses/rendering/budget.py": {"characters", "times"},
    "courses/check/check.py": {"characters"},
    "courses/shelf.py": {"files"},
    "roster/cells.py": {"characters"},
    "roster/checks/check_cops.py": {"characters"},
    "roster/reading.py": {"characters"},
    "roster/files/rules.py": {"rows"},  # the most that is read
    "roster/calendar/rows.py": {"days"},
    "roster/intent/judging.py": {"COPs"},
    "store/opening.py": {"names"},
    "sync/run.py": {"times"},
    "canvas/listing.py": {"rows"},
}
"""By module, words that follow a number which is a limit, or above one: it is never one."""
_PLURAL = re.compile(rf"^ (?:more |new |other |planned )?({'|'.join([*NOUNS.values(), 'characters', 'times', 'hours', 'days'])})\b")


def _modules() -> Iterator[tuple[str, ast.AST]]:
    for path in sorted(ROOT.rglob("*.py")):
        name = path.relative_to(ROOT).as_posix()
        if not name.startswith(("sandbox/", "store/migrations/")) and name != "reconcile/words/wording.py":
            yield name, ast.parse(path.read_text("utf-8"))


def _is_count(value: ast.expr) -> bool:
    """Whether this part of a text is a number as the source shows it: a length, a sum, a count, or something with commas in thousands."""
    if isinstance(value, ast.FormattedValue) and value.conversion == -1:
        spec = ast.unparse(value.format_spec) if value.format_spec else ""
        inner = value.value
        called = isinstance(inner, ast.Call) and isinstance(inner.func, ast.Name) and inner.func.id in ("count", "form", "listed")
        return not called and ("," in spec or isinstance(inner, ast.Call | ast.Name | ast.Attribute | ast.Subscript))
    return False


def _hand_made(tree: ast.AST) -> Iterator[str]:
    """Nouns in the plural right after a number that did not go through the helper."""
    for node in ast.walk(tree):
        if isinstance(node, ast.JoinedStr):
            for part, after in zip(node.values, node.values[1:], strict=False):
                if _is_count(part) and isinstance(after, ast.Constant) and (found := _PLURAL.match(str(after.value))):
                    yield found[1]


def _chosen_by_number(tree: ast.AST) -> Iterator[str]:
    """Texts of which a comparison with one picks another."""
    for node in ast.walk(tree):
        if isinstance(node, ast.IfExp) and isinstance(node.test, ast.Compare) and ast.unparse(node.test).endswith((" == 1", " != 1")):
            sides = [each.value for each in (node.body, node.orelse) if isinstance(each, ast.Constant)]
            if any(isinstance(side, str) and side for side in sides):
                yield ast.unparse(node)


def test_plurals_come_from_the_helper() -> None:
    """No module writes a noun in the plural after a number by itself."""
    found = {(name, noun) for name, tree in _modules() for noun in _hand_made(tree) if noun not in NEVER_ONE.get(name, ())}
    assert not found


def test_words_for_one_come_from_the_helper() -> None:
    """No module picks a word by whether a number is one."""
    assert not [(name, text) for name, tree in _modules() for text in _chosen_by_number(tree)]


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ('f"{n} courses"', ["courses"]),
        ('f"{len(rows):,} people are left"', ["people"]),
        ('f"{done:,} of {total:,} changes done"', ["changes"]),
        ('''f"{count(n, 'course')} left"''', []),
        ('''f"{name} changes, {count(n, 'person', 'people')}"''', ["changes"]),
        ('f"{number} of {place} is one"', []),
    ],
)
def test_scan_finds_plurals(source: str, found: list[str]) -> None:
    """The scan sees a noun after a number, and nothing where the helper is used."""
    assert list(_hand_made(ast.parse(source))) == found


@pytest.mark.parametrize(("source", "found"), [("'is' if n == 1 else 'are'", 1), ("x if n == 1 else y", 0), ("'s' if n != 1 else ''", 1)])
def test_scan_finds_words_for_one(source: str, found: int) -> None:
    """The scan sees a word that depends on whether a number is one."""
    assert len(list(_chosen_by_number(ast.parse(source)))) == found


def test_words_of_the_helper() -> None:
    """One thing, none and many; with irregular plurals, phrases and thousands; and lists of one, two and three."""
    assert [count(number, "course") for number in (0, 1, 2, 1455)] == ["0 courses", "1 course", "2 courses", "1,455 courses"]
    assert [count(number, "person is", "people are") for number in (0, 1, 2)] == ["0 people are", "1 person is", "2 people are"]
    assert [form(number, "it is", "they are") for number in (0, 1, 2)] == ["they are", "it is", "they are"]
    assert [listed(words) for words in ([], ["a"], ["a", "b"], ["a", "b", "c"])] == ["", "a", "a and b", "a, b, and c"]

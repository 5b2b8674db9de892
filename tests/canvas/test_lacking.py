"""A right that is missing is told by Canvas's own label, never by a method and a path."""

import re
from collections.abc import Iterator

import pytest

from ilc_canvas.canvas.http.transport import Transport
from ilc_canvas.canvas.kinds import all_calls
from ilc_canvas.reconcile.errors import MissingRightError
from tests.canvas.cast import NOW
from tests.sandbox.process import TOKEN, Sandbox, start_sandbox


@pytest.fixture(scope="module")
def sandbox() -> Iterator[Sandbox]:
    """A Canvas whose answers may be replaced."""
    with start_sandbox("--now", NOW) as running:
        yield running


def _forms(call: str) -> Iterator[tuple[str, str]]:
    """Each call that a pattern of those that are allowed stands for."""
    found = [call.replace("ID", "7").replace("[0-9]+", "7").replace("[a-z_]+", "grades")]
    while any("(" in one for one in found):
        found = [part for one in found for part in _opened(one)]
    for one in found:
        method, _, path = one.partition(" ")
        yield method, path


def _opened(text: str) -> list[str]:
    inner = re.search(r"\(([^()]*)\)(\??)", text)
    if inner is None:
        return [text]
    words = [*inner[1].split("|"), *([""] if inner[2] else [])]
    return [text[: inner.start()] + word + text[inner.end() :] for word in words]


CALLS = sorted({each for call in all_calls().every for each in _forms(f"({call.pattern})")})


@pytest.mark.parametrize(("method", "path"), CALLS, ids=" ".join)
def test_each_call_names_its_right(method: str, path: str) -> None:
    """For every call that this program can make there is a right, with label and internal name, and whom to ask."""
    told = all_calls().lacking(method, path)
    assert re.search(r'"[A-Z][^"]+" \([a-z_, ]+\)|an administrator.s role there', told), told
    assert "Ask the Canvas administrator for it" in told
    assert not re.search(r"GET|POST|PUT|DELETE|/api|40[13]|\w/\d", told)


@pytest.mark.parametrize(
    ("right", "path", "says"),
    [
        (
            "read_course_list",
            "accounts/1/courses",
            r'see courses: its user lacks "Courses - view list" \(read_course_list\).* on the account 1\.',
        ),
        ("read_roster", "accounts/self/users", r'"Users - view list" \(read_roster\).* on the account that ILC_CANVAS_ACCOUNT names\.'),
        ("manage_role_overrides", "accounts/1/roles", r'"Permissions - manage" \(manage_role_overrides\)'),
    ],
)
def test_refused_call_is_told_in_words(sandbox: Sandbox, right: str, path: str, says: str) -> None:
    """What Canvas refuses is told with the right that is missing and the account where it is."""
    sandbox.deny(right)
    with pytest.raises(MissingRightError, match=says):
        Transport(sandbox.url, lambda: TOKEN, all_calls()).call("GET", path)

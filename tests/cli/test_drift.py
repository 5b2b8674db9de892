"""drift: the list of what was changed by hand, and the two decisions, as a coordinator types them."""

from dataclasses import replace
from datetime import timedelta

import pytest

from ilc_canvas import clock
from ilc_canvas.cli.drift import when
from ilc_canvas.reconcile.state import Key
from ilc_canvas.store.db.scope import CanvasScope
from ilc_canvas.store.runs.decisions.drift import DriftRow, FoundDrift
from ilc_canvas.views.runs.drift import DriftItem
from tests.cli.conftest import Cli
from tests.cli.test_runs import sign
from tests.sandbox.person import Person
from tests.sandbox.process import Sandbox
from tests.store.cast import NOON

COURSE = "course=ilc:2021-22:cop:NB"


@pytest.fixture
def renamed(connected: Cli, canvas: Sandbox) -> Cli:
    """A filled Canvas in which somebody has renamed a course, and a run that saw it."""
    sign(connected)
    digest = connected("plan", "--only", "cop:NB", "--json").json["digest"]
    assert connected("sync", "--only", "cop:NB", "--approve", digest, "--reason", "seen").code == 0
    human = Person(canvas.url)
    human.ask("PUT", "courses/sis_course_id:ilc:2021-22:cop:NB", {"course[name]": "Our own name"})
    connected("plan")
    return connected


def test_listed_kept_and_put_back(renamed: Cli) -> None:
    """The list names thing, field, time and key; kept, it is gone from plan and status; an unknown key changes nothing."""
    text = renamed("drift").out
    assert "Changed by hand in Canvas, and left so: 1 thing." in text
    assert (COURSE in text, "drift keep KEY" in text, "before " in text or "between " in text) == (True, True, True)
    (row,) = renamed("drift", "--json").json["changed"]
    assert (row["key"], row["field"], row["conflict"], row["decided"]) == (COURSE, "name", False, None)
    assert renamed("drift", "keep", COURSE).code == 64
    wrong = renamed("drift", "keep", "course=ilc:2021-22:cop:XX", "--reason", "why")
    assert (wrong.code, "Nothing was changed. See: ilc-canvas drift" in wrong.err) == (1, True)
    said = renamed("drift", "put-back", COURSE, "--reason", "the office's name")
    assert (said.code, "To be put back: 1 change" in said.out) == (0, True)
    assert "to be put back" in renamed("drift").out
    assert "kept: 1 change" in renamed("drift", "keep", COURSE, "--reason", "theirs").out.casefold()
    assert renamed("plan", "--json").json["status"] == "held"  # the rest of the first fill
    text = renamed("drift").out
    assert ("Nothing that the last plan looked at" in text, "Kept by decision: 1 change." in text, "theirs" in text) == (True, True, True)


def test_nothing_is_one_sentence(connected: Cli) -> None:
    """Where nothing was changed the list is one sentence."""
    sign(connected)
    connected("plan")
    assert connected("drift").out == "Nothing that the last plan looked at was changed by hand in Canvas.\n"


def test_time_of_a_change_is_said_once() -> None:
    """Two runs within a minute give one time, not the same time twice."""
    row = DriftRow(Key.parse(COURSE), "name", "0123456789abcdef")
    item = DriftItem(CanvasScope("https://canvas.test", "ilc:2021-22"), FoundDrift(row, 3, by=NOON, after=NOON))
    assert when(item) == f"about {clock.at(NOON)}"
    later = FoundDrift(row, 3, by=NOON + timedelta(hours=1), after=NOON)
    assert when(replace(item, found=later)) == f"between {clock.at(NOON)} and {clock.at(later.by)}"
    assert when(replace(item, found=replace(later, after=None))) == f"before {clock.at(later.by)}"

"""The conversations that a real Canvas had, word for word; they run on a real one too when CANVAS_URL and CANVAS_TOKEN name it."""

import os
from collections.abc import Callable
from urllib.parse import urlsplit

import pytest

from tests.sandbox.conformance import AREAS, Case, Client, cases, play, recording
from tests.sandbox.shapes import differences, known_shapes, shape_of

CHANGED_LATER = {"content2"}
HOST = urlsplit(os.environ.get("CANVAS_URL", "http://127.0.0.1")).hostname
CASES = [pytest.param(area, case, id=case["id"]) for area in AREAS for case in cases(area)]
SHAPED = [pytest.param(area, case, id=case["id"]) for area in AREAS for case in cases(area) if case["id"] in known_shapes(area)]
pytestmark = pytest.mark.allow_hosts(["127.0.0.1", str(HOST)])


@pytest.mark.parametrize(("area", "case"), CASES)
def test_conversation_goes_as_recorded(canvas: Client, recorded_as: Callable[[str], Client], area: str, case: Case) -> None:
    """Every step of the case gets the answer that Canvas gave; where a later Canvas answers otherwise, from one of July 2022."""
    talk = play(case, recorded_as(kind) if (kind := recording(area, case)) in CHANGED_LATER else canvas)
    assert talk.wrong is None, f"{area}: {talk.wrong}"


@pytest.mark.parametrize(("area", "case"), SHAPED)
def test_answers_have_recorded_shapes(recorded_as: Callable[[str], Client], area: str, case: Case) -> None:
    """Every key, type and Link of every answer is there, and nothing else is.

    The people were read by an account administrator of an institution without course templates, all else by a site administrator.
    """
    answers, wanted = play(case, recorded_as(recording(area, case))).answers, known_shapes(area)[case["id"]]
    assert len(answers) == len(wanted)
    pairs = zip(wanted, answers, strict=True)
    found = [text for want, answer in pairs if want for text in differences(want, shape_of(answer))]
    assert found == []

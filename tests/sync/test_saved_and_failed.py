"""A Canvas that saves, and answers as if it had not, whenever one kind of thing is made."""

import pytest

from tests.sync.conftest import New, Reference


@pytest.mark.parametrize("path", ["sections$", "enrollments$", "/users$"])
def test_saved_without_an_answer_is_found(new: New, reference: Reference, path: str) -> None:
    """Every create of one kind is saved and gets no usable answer: what is there is found, nothing is made twice, and it ends whole."""
    world = new()
    world.sandbox.fault("truncate", path, method="POST", times=10_000)
    world.run()
    world.sandbox.mend()
    assert world.heal(most=3).drift == 0
    assert (world.run().writes, world.complaints(reference)) == (0, [])


@pytest.mark.parametrize(
    ("path", "kind", "others"),
    [
        ("courses/.*/sections$", "sections", {"user", "course"}),
        ("enrollments$", "enrollments", {"user", "course", "section"}),
    ],
)
def test_other_kinds_go_on(new: New, reference: Reference, path: str, kind: str, others: set[str]) -> None:
    """If Canvas saves one kind of thing and answers 500, the run makes all others, says which kind it is, and ends without quarantine;
    when Canvas answers again, the next run finds what is there.
    """
    world = new()
    world.sandbox.fault("500-after", path, method="POST", times=10_000)
    report = world.run()
    assert (report.status in ("partial", "applied"), report.trouble) == (True, "")  # applied: all were sent before five had no answer
    assert [f"when {kind} are written" in text for text in report.warnings] == [True]
    made = {str(event.key).partition("=")[0] for event in world.log() if event.kind == "happened" and event.body["result"] == "applied"}
    assert made >= others
    world.sandbox.mend()
    assert world.heal(most=3).drift == 0
    assert (world.run().writes, world.complaints(reference)) == (0, [])


def test_two_kinds_are_canvas_itself(new: New, reference: Reference) -> None:
    """If nothing that is written gets an answer, the run stops at the second kind, and quarantine begins."""
    world = new()
    world.sandbox.fault("500-after", method="POST", times=10_000)
    report = world.run()
    assert (report.status, report.trouble) == ("partial", "writes")
    world.sandbox.mend()
    assert world.heal(most=4).drift == 0
    assert (world.run().writes, world.complaints(reference)) == (0, [])

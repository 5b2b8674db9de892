"""The mark by which a store knows the courses that it keeps."""

import pytest

from ilc_canvas.reconcile.change import Create
from ilc_canvas.reconcile.errors import OtherStoreError
from ilc_canvas.reconcile.kinds import Kind
from tests.canvas.cast import EQ, client, course, owners, upto, write, writes
from tests.sandbox.person import Person
from tests.sandbox.process import Sandbox

OURS, OTHER = "0a" * 8, "0b" * 8
MARK = f"ilc-store:{OURS}:{EQ.id}"


def test_mark_costs_no_call(sandbox: Sandbox, hand: Person) -> None:
    """A course is made with the mark in its one call, and reading the courses shows it."""
    canvas = client(sandbox, store=OURS)
    write(canvas, upto(Kind.COURSE))
    sandbox.forget_requests()
    assert canvas.apply(Create(course())).result == "applied"
    assert len(writes(sandbox)) == 1
    assert hand.get(f"courses/sis_course_id:{EQ.id}").body["integration_id"] == MARK
    assert EQ in canvas.observe(owners(sandbox)).records


def test_taken_mark_is_left_out(sandbox: Sandbox, hand: Person) -> None:
    """If another course still has the mark, the new one is made without it."""
    canvas = client(sandbox, store=OURS)
    write(canvas, upto(Kind.COURSE))
    hand.make("accounts/1/courses", name="Old", integration_id=MARK)
    assert canvas.apply(Create(course())).result == "applied"
    assert hand.get(f"courses/sis_course_id:{EQ.id}").body["integration_id"] is None


@pytest.mark.parametrize("text", ["clever-17", "ilc-store:xyz:1", f"ilc-store:{OURS}:else", ""])
def test_other_texts_are_no_marks(sandbox: Sandbox, hand: Person, text: str) -> None:
    """Somebody else's integration id, a broken mark and our own under another name stop nothing."""
    canvas = client(sandbox, store=OURS)
    write(canvas, [*upto(Kind.COURSE), course()])
    hand.ask("PUT", f"courses/sis_course_id:{EQ.id}", {"course[integration_id]": text})
    assert EQ in canvas.observe(owners(sandbox)).records


@pytest.mark.parametrize("state", ["claim", "offer", "conclude", "delete"])
def test_course_of_another_store(sandbox: Sandbox, state: str) -> None:
    """A course that another store keeps stops every reading, in whatever state it is, unless it is deleted or nobody says who reads."""
    hand = Person(sandbox.url)
    write(client(sandbox, store=OTHER), [*upto(Kind.COURSE), course()])
    path = f"courses/sis_course_id:{EQ.id}"
    done = hand.ask("DELETE", path, {"event": "delete"}) if state == "delete" else hand.ask("PUT", path, {"course[event]": state})
    assert done.status == 200
    assert EQ in client(sandbox).observe(owners(sandbox)).records
    second = client(sandbox, store=OURS)
    if state == "delete":
        assert second.observe(owners(sandbox)).records[EQ].fields["state"] == "deleted"
    else:
        with pytest.raises(OtherStoreError, match=rf"^1 course in this Canvas is kept by another store \({OTHER}\); this is {OURS}\."):
            second.observe(owners(sandbox))

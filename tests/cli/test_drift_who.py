"""drift, in a Canvas that keeps who changed its courses."""

from collections.abc import Iterator

import pytest

from tests.cli.conftest import CLOCK
from tests.cli.people_cast import Office, rows
from tests.sandbox.person import Person
from tests.sandbox.process import Sandbox, start_sandbox

EQ = "courses/sis_course_id:ilc:2021-22:cop:EQ"


@pytest.fixture(scope="module")
def canvas() -> Iterator[Sandbox]:
    """It keeps a trail."""
    with start_sandbox(*CLOCK, "--trail") as sandbox:
        yield sandbox


def test_who_renamed_a_course(office: Office) -> None:
    """The list names the facilitator who did it, and when; Canvas is asked once for each edit, by one request."""
    office.sign(rows(P2={"cop_participant": "EQ"}))
    office.sync()
    as_eve = {"as_user_id": str(office.number("P5"))}
    assert Person(office.canvas.url).ask("PUT", EQ, {"course[name]": "Our own name"}, query=as_eve).status == 200
    office.canvas.forget_requests()
    office.cli("sync")
    assert sum("audit/course" in request["path"] for request in office.canvas.requests()) == 1
    out = office.cli("drift").out
    assert "course Equity (2021-22): name, by Eve Lund, 16 Aug 2021, 09:" in out
    assert "who changed a course; nothing else." in out
    (row,) = office.cli("drift", "--json").json["changed"]
    assert (row["editor"], row["editor_account"], row["edited_at"][:11]) == ("user=ilc:p:P5", office.number("P5"), "2021-08-16T")
    office.canvas.forget_requests()
    office.cli("sync")
    assert sum("audit/course" in request["path"] for request in office.canvas.requests()) == 0
    assert "by Eve Lund" in office.cli("drift").out


def test_canvas_that_does_not_tell_is_asked_once(office: Office) -> None:
    """Without the right to the trail nobody is named, nothing fails, and Canvas is not asked again about the same edit."""
    office.sign(rows(P2={"cop_participant": "EQ"}))
    office.sync()
    office.canvas.deny("view_course_changes")
    office.hand("PUT", EQ, course={"name": "Our own name"})
    for asked in (1, 0):
        office.canvas.forget_requests()
        assert office.cli("sync").code == 0
        assert sum("audit/course" in request["path"] for request in office.canvas.requests()) == asked
    (row,) = office.cli("drift", "--json").json["changed"]
    assert (row["editor"], row["editor_account"], row["edited_at"]) == (None, None, None)
    assert ": name, by " not in office.cli("drift").out

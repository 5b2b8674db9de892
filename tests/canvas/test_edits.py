"""Who changed a course by hand: by the trail of the account, if this Canvas keeps one."""

from collections.abc import Iterator

import pytest
import responses

from ilc_canvas.canvas.client import CanvasClient
from ilc_canvas.reconcile.compare.editors import ANY, UNTOLD, Edit
from ilc_canvas.reconcile.kinds import Kind
from tests.canvas.cast import EQ, NOW, client, course, upto, write
from tests.sandbox.person import Person
from tests.sandbox.process import Sandbox, start_sandbox

PATH = f"courses/sis_course_id:{EQ.id}"


@pytest.fixture(scope="module")
def with_trail() -> Iterator[Sandbox]:
    with start_sandbox("--now", NOW, "--trail") as sandbox:
        yield sandbox


def built(sandbox: Sandbox) -> tuple[CanvasClient, Person, int]:
    """A client that has made a course, somebody at work by hand, and the course's number."""
    sandbox.reset()
    canvas, hand = client(sandbox), Person(sandbox.url)
    write(canvas, [*upto(Kind.COURSE), course()])
    return canvas, hand, int(hand.get(PATH).body["id"])


def by(hand: Person, number: int, login: str, **form: str) -> int:
    """A teacher who changes the course; their number."""
    teacher = hand.user(login)
    hand.enroll(number, teacher, type="TeacherEnrollment")
    fields = {f"course[{name}]": value for name, value in form.items()}
    assert hand.ask("PUT", PATH, fields, query={"as_user_id": str(teacher)}).status == 200
    return teacher


def test_each_field_has_its_editor(with_trail: Sandbox) -> None:
    """The newest event about a field tells who and when, in one request, and what we did ourselves does not count."""
    canvas, hand, number = built(with_trail)
    first = by(hand, number, "a@example.org", name="Ours", course_code="OURS")
    second = by(hand, number, "b@example.org", name="Ours again")
    hand.ask("PUT", PATH, {"course[name]": "By the program's own account"})
    with_trail.forget_requests()
    told = canvas.editors({EQ: number})[EQ]
    assert (told["name"].editor, told["code"].editor, told[ANY]) == (second, first, UNTOLD)
    assert (told["name"].at or "").endswith("Z")
    assert [request["path"].partition("?")[0] for request in with_trail.requests()] == [f"/api/v1/audit/course/accounts/{_account(hand)}"]


def _account(hand: Person) -> int:
    return int(hand.get("accounts/sis_account_id:ilc").body["id"])


def test_concluded_course_has_its_editor(with_trail: Sandbox) -> None:
    """Who ended a course is told under its state."""
    canvas, hand, number = built(with_trail)
    teacher = hand.user("c@example.org")
    hand.ask("POST", "accounts/1/admins", {"user_id": str(teacher)})
    assert hand.ask("PUT", PATH, {"course[event]": "conclude"}, query={"as_user_id": str(teacher)}).status == 200
    assert canvas.editors({EQ: number})[EQ]["state"].editor == teacher


@pytest.mark.parametrize("how", ["no trail", "no right"])
def test_canvas_that_does_not_tell(sandbox: Sandbox, with_trail: Sandbox, how: str) -> None:
    """A Canvas without a trail, or one that this token may not read, is remembered as telling nothing."""
    canvas, _, number = built(sandbox if how == "no trail" else with_trail)
    if how == "no right":
        with_trail.deny("view_course_changes")
    assert canvas.editors({EQ: number}) == {EQ: {ANY: UNTOLD}}


WRONG = [
    "[]",
    "{}",
    '{"events": {}}',
    '{"events": [{"links": {"course": "x"}}]}',
    '{"events": [{"created_at": 7, "links": {"course": 1}}]}',
    '{"events": [{"created_at": "soon", "links": {"course": 1}}]}',
]


@pytest.mark.parametrize("body", WRONG)
def test_unusable_trail_is_asked_again(sandbox: Sandbox, body: str) -> None:
    """An answer of another shape, or none, stops nothing: nobody is named now, and the next run asks again."""
    canvas, hand, number = built(sandbox)
    url = f"{sandbox.url}/api/v1/audit/course/accounts/{_account(hand)}"
    with responses.RequestsMock() as mock:
        mock.get(url, body=body, content_type="application/json")
        assert canvas.editors({EQ: number}) == {}
    sandbox.fault("503", path="audit", times=9)
    assert canvas.editors({EQ: number}) == {}


def test_ids_as_texts_are_ids(sandbox: Sandbox) -> None:
    """A trail whose ids are texts is the same trail."""
    canvas, hand, number = built(sandbox)
    url = f"{sandbox.url}/api/v1/audit/course/accounts/{_account(hand)}"
    event = {
        "created_at": "2021-09-01T09:00:00-07:00",
        "event_type": "updated",
        "event_source": "manual",
        "event_data": {"name": ["a", "b"]},
    }
    with responses.RequestsMock() as mock:
        mock.get(url, json={"events": [{**event, "links": {"course": str(number), "user": "77"}}]})
        assert canvas.editors({EQ: number})[EQ]["name"] == Edit(77, "2021-09-01T16:00:00Z")

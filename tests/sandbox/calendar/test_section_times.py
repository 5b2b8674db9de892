"""Section times: who may write them, and what parent and children have to do with each other."""

from typing import Any

from tests.sandbox.calendar.cast import END, START, Cast
from tests.sandbox.conftest import Start
from tests.sandbox.person import Person
from tests.sandbox.process import Sandbox

LATER: dict[str, Any] = {"start_at": "2031-10-01T14:00:00Z", "end_at": "2031-10-01T16:00:00Z"}
INVALID = "Invalid child event context"


def invalid(text: str) -> dict[str, object]:
    return {"errors": {"child_event_data": [{"attribute": "child_event_data", "type": text, "message": text}]}}


def test_outside_admin_sends_no_section_times(cast: Cast) -> None:
    """An administrator who is not in the course may send section times neither with POST nor with PUT: 400, and nothing is changed."""
    answers = [cast.post(**cast.section_times()), cast.put(cast.make()["id"], **cast.section_times())]
    assert [(answer.status, answer.body) for answer in answers] == [(400, invalid(INVALID))] * 2
    assert [row["hidden"] for row in cast.rows().body] == [False]


def test_outside_admin_leaves_children_alone(cast: Cast) -> None:
    """The parent's title, place and time and its deletion are 200 for such an administrator, PUT and DELETE of a child 401."""
    parent, child, _ = cast.split()
    assert [cast.put(parent, **fields).status for fields in ({"title": "Circle"}, {"location_name": "Hall"}, LATER)] == [200] * 3
    assert [cast.put(child, **LATER).status, cast.delete(child).status, cast.delete(parent).status] == [401, 401, 200]


def test_admin_in_course_writes_section_times(cast: Cast) -> None:
    """Enrolled as a teacher, the same administrator may."""
    cast.admin.enroll(cast.course, "self", type="TeacherEnrollment")
    assert cast.post(**cast.section_times()).status == 201


def test_later_canvas_lets_admin(start: Start) -> None:
    """By the source of later builds an administrator writes section times and children without being in the course."""
    admin = Person(start().url)
    course = admin.course()
    section = admin.make(f"courses/{course}/sections", name="A")["id"]
    times = {
        f"calendar_event[child_event_data][0][{name}]": value
        for name, value in {"context_code": f"course_section_{section}", **LATER}.items()
    }
    made = admin.ask("POST", "calendar_events", {"calendar_event[context_code]": f"course_{course}", **times})
    assert made.status == 201
    child = made.body["child_events"][0]["id"]
    assert admin.ask("DELETE", f"calendar_events/{child}").status == 200


def test_limited_staff_reach_their_section(cast: Cast) -> None:
    """Teacher or TA limited to A: times for A and B 400, a child of A 200, one of B 401, the parent 200."""
    parent, child_a, child_b = cast.split()
    for who in (cast.teacher_a, cast.ta_a):
        both, own = cast.post(by=who, **cast.section_times()), cast.post(by=who, **cast.section_times(cast.region_a))
        assert (both.status, own.status) == (400, 201)
        found = [cast.put(child_a, by=who, **LATER), cast.put(child_b, by=who, **LATER), cast.put(parent, by=who, title="Circle")]
        assert [answer.status for answer in found] == [200, 401, 200]


def test_same_section_twice_is_refused(cast: Cast) -> None:
    """Two times for one section are 400."""
    answer = cast.post(by=cast.teacher, **cast.section_times(cast.region_a, cast.region_a))
    assert (answer.status, answer.body) == (400, invalid("Duplicate child event contexts"))


def test_section_of_another_course_is_refused(cast: Cast) -> None:
    """A section of another course is 400, even for somebody who teaches there too."""
    other = cast.admin.course()
    section = cast.admin.make(f"courses/{other}/sections", name="X")["id"]
    cast.admin.enroll(other, cast.teacher, type="TeacherEnrollment")
    assert cast.post(by=cast.teacher, **cast.section_times(section)).body == invalid(INVALID)


def test_parent_is_hidden_and_spans_children(cast: Cast) -> None:
    """The parent is hidden, holds its children in full and counts them, and its range is theirs."""
    parent = cast.get(cast.split()[0]).body
    assert (parent["hidden"], parent["child_events_count"]) == (True, 2)
    assert (parent["start_at"], parent["end_at"]) == (START, "2031-09-16T16:00:00Z")
    assert [child["start_at"] for child in parent["child_events"]] == [START, "2031-09-16T14:00:00Z"]


def test_child_has_keys_of_its_own(cast: Cast) -> None:
    """A child has the section's code and name, the course's code as the effective one, its parent's number, and no context name."""
    parent, number, _ = cast.split()
    child = cast.get(number).body
    assert (child["context_code"], child["effective_context_code"]) == (f"course_section_{cast.region_a}", f"course_{cast.course}")
    assert (child["parent_event_id"], child["title"], child["context_name"]) == (parent, "Meet (Region A)", None)
    assert child["html_url"].endswith(f"/calendar?event_id={number}&include_contexts=course_{cast.course}")
    inside = cast.get(parent).body["child_events"][0]
    assert set(child) - set(inside) == {"url", "child_events"}


def test_parent_time_moves_nobody(cast: Cast) -> None:
    """A new parent time is accepted and shown, the children stay; once a child moves the parent's range is right again."""
    parent, first, second = cast.split()
    assert cast.put(parent, **LATER).body["start_at"] == LATER["start_at"]
    assert [cast.get(child).body["start_at"] for child in (first, second)] == [START, "2031-09-16T14:00:00Z"]
    cast.put(second, by=cast.teacher, start_at="2031-09-17T14:00:00Z", end_at="2031-09-17T16:00:00Z")
    found = cast.get(parent).body
    assert (found["start_at"], found["end_at"]) == (START, "2031-09-17T16:00:00Z")


def test_text_goes_down_without_stamp(calendars: Sandbox, cast: Cast) -> None:
    """Title, place and description go down to the children, whose updated_at stays."""
    parent, child, _ = cast.split()
    before = cast.get(child).body
    calendars.forward(2)
    cast.put(parent, title="Circle", location_name="Hall", description="<p>Bring data</p>")
    after = cast.get(child).body
    assert (after["title"], after["location_name"], after["description"]) == ("Circle (Region A)", "Hall", "<p>Bring data</p>")
    assert after["updated_at"] == before["updated_at"]


def test_child_keeps_parents_title(cast: Cast) -> None:
    """A title sent to a child is ignored in silence."""
    parent, child, _ = cast.split()
    answer = cast.put(child, by=cast.teacher, title="Mine", location_name="Attic")
    assert (answer.status, answer.body["title"], answer.body["location_name"]) == (200, "Meet (Region A)", None)
    assert cast.get(parent).body["title"] == "Meet"


def test_child_move_leaves_parents_stamp(calendars: Sandbox, cast: Cast) -> None:
    """A child's move sets the parent's range, not its updated_at."""
    parent, child, _ = cast.split()
    before = cast.get(parent).body
    calendars.forward(2)
    moved = cast.put(child, by=cast.teacher, start_at="2031-09-14T14:00:00Z").body
    after = cast.get(parent).body
    assert (after["start_at"], after["updated_at"]) == ("2031-09-14T14:00:00Z", before["updated_at"])
    assert moved["updated_at"] > before["updated_at"]


def test_section_left_out_loses_its_time(cast: Cast) -> None:
    """PUT with one of two sections deletes the other child, which stays readable."""
    parent, first, second = cast.split()
    answer = cast.put(parent, by=cast.teacher, **cast.section_times(cast.region_a))
    assert (answer.status, answer.body["child_events_count"], answer.body["end_at"]) == (200, 1, END)
    assert [cast.get(child).body["workflow_state"] for child in (first, second)] == ["active", "deleted"]


def test_blank_section_times_break_it(cast: Cast) -> None:
    """child_event_data sent blank is 500, and nothing is changed."""
    parent, _, _ = cast.split()
    before = cast.get(parent).body
    assert cast.put(parent, by=cast.teacher, title="Gone", child_event_data="").status == 500
    assert cast.get(parent).body == before


def test_null_section_times_are_not_sent(cast: Cast) -> None:
    """A null in JSON is as if child_event_data had been left out."""
    parent, _, _ = cast.split()
    answer = cast.admin.ask("PUT", f"calendar_events/{parent}", json={"calendar_event": {"title": "New", "child_event_data": None}})
    assert (answer.status, answer.body["title"], answer.body["child_events_count"]) == (200, "New", 2)


def test_section_times_come_as_json_list(cast: Cast) -> None:
    """child_event_data may be a list in JSON instead of numbered groups."""
    times = [{"context_code": f"course_section_{number}", **LATER} for number in (cast.region_a, cast.region_b)]
    sent = {"calendar_event": {"context_code": f"course_{cast.course}", "child_event_data": times}}
    made = cast.admin.ask("POST", "calendar_events", json=sent, query={"as_user_id": cast.teacher})
    assert (made.status, made.body["child_events_count"], made.body["start_at"]) == (201, 2, LATER["start_at"])


def test_children_go_with_parent(cast: Cast) -> None:
    """DELETE of the parent deletes the children; all stay readable by number."""
    numbers = cast.split()
    cast.delete(numbers[0])
    assert [cast.get(number).body["workflow_state"] for number in numbers] == ["deleted"] * 3
    assert cast.rows().body == []


def test_last_child_takes_parent_along(cast: Cast) -> None:
    """The parent outlives its first child, with the range of the other, and is deleted with the last."""
    parent, first, second = cast.split()
    cast.delete(first, by=cast.teacher)
    left = cast.get(parent).body
    assert (left["workflow_state"], left["start_at"]) == ("active", "2031-09-16T14:00:00Z")
    cast.delete(second, by=cast.teacher)
    assert cast.get(parent).body["workflow_state"] == "deleted"


def test_section_has_events_of_its_own(cast: Cast) -> None:
    """Teacher, limited teacher and TA put an event on a section's own calendar; it is in the section's list, not in the course's."""
    code = f"course_section_{cast.region_a}"
    made = [cast.make(by=who, context=code) for who in (cast.teacher, cast.teacher_a, cast.ta_a)]
    assert {(event["context_code"], event["parent_event_id"]) for event in made} == {(code, None)}
    assert cast.rows().body == []
    assert [row["id"] for row in cast.rows(code).body] == [event["id"] for event in made]

"""Who may read and write events, and acting for somebody else."""

import pytest

from tests.sandbox.calendar.cast import Cast
from tests.sandbox.conftest import Start
from tests.sandbox.person import Person


def test_staff_write_course_events(cast: Cast) -> None:
    """Teacher, limited teacher and TA make, change and delete events of the course; the limit does not narrow that."""
    for who in (cast.teacher, cast.teacher_a, cast.ta_a):
        event = cast.post(by=who)
        found = [event, cast.put(event.body["id"], by=who, title="Circle"), cast.delete(event.body["id"], by=who)]
        assert [answer.status for answer in found] == [201, 200, 200]


def test_students_write_nothing(cast: Cast) -> None:
    """A student reads the events of a published course and is refused with 401 in everything else."""
    event = cast.make()["id"]
    assert cast.get(event, by=cast.student_a).status == 200
    refused = [cast.post(by=cast.student_a), cast.put(event, by=cast.student_a, title="x"), cast.delete(event, by=cast.student_a)]
    refused.append(cast.post(by=cast.student_a, context=f"course_section_{cast.region_a}"))
    assert [answer.status for answer in refused] == [401] * 4


def test_student_reads_own_section_only(cast: Cast) -> None:
    """A child is read by the people of its section and refused to a student of another."""
    _, child, _ = cast.split()
    assert [cast.get(child, by=who).status for who in (cast.student_a, cast.student_b, cast.ta_a)] == [200, 401, 200]


def test_unpublished_course_is_closed_to_students(cast: Cast) -> None:
    """In an unpublished course events are 200 for the teacher, who may also make them, and 401 for an active student."""
    event = cast.make()["id"]
    cast.admin.ask("PUT", f"courses/{cast.course}", {"course[event]": "claim"})
    assert (cast.rows(by=cast.teacher).status, cast.post(by=cast.teacher).status) == (200, 201)
    assert [cast.rows(by=cast.student_a).status, cast.get(event, by=cast.student_a).status] == [401, 401]


def test_stranger_reads_nothing(cast: Cast) -> None:
    """Somebody who is not in the course is refused with 401, an unknown context with 404."""
    event, stranger = cast.make()["id"], cast.admin.user("mallory")
    assert [cast.get(event, by=stranger).status, cast.post(by=stranger).status] == [401, 401]
    assert [cast.post(context=code).status for code in ("course_999", "course_section_999", "user_1", "x")] == [404] * 4


def test_role_can_lose_calendar(cast: Cast) -> None:
    """A role that has manage_calendar switched off may not write events."""
    role = next(row["id"] for row in cast.admin.get("accounts/1/roles").body if row["role"] == "TaEnrollment")
    cast.admin.ask("PUT", f"accounts/1/roles/{role}", {"permissions[manage_calendar][enabled]": "0"})
    assert (cast.post(by=cast.ta_a).status, cast.post(by=cast.teacher).status) == (401, 201)


def test_token_can_lack_calendar(start: Start) -> None:
    """A token without manage_calendar reads events and writes none."""
    admin = Person(start("--deny", "manage_calendar").url)
    code = f"course_{admin.course()}"
    assert admin.ask("POST", "calendar_events", {"calendar_event[context_code]": code}).status == 401
    assert admin.get("calendar_events", query={"context_codes[]": code}).status == 200


@pytest.mark.parametrize("ref", ["999", "x", "sis_user_id:nobody"])
def test_nobody_cannot_be_acted_for(cast: Cast, ref: str) -> None:
    """as_user_id with somebody who does not exist is 401 with a plain string."""
    answer = cast.admin.get("calendar_events", query={"as_user_id": ref})
    assert (answer.status, answer.body) == (401, {"errors": "Invalid as_user_id"})


def test_acting_takes_a_right(start: Start) -> None:
    """Without become_user nobody is acted for."""
    admin = Person(start("--deny", "become_user").url)
    answer = admin.get("calendar_events", query={"as_user_id": admin.user("ada")})
    assert (answer.status, answer.body) == (401, {"errors": "Invalid as_user_id"})


def test_acting_for_oneself_is_nothing(cast: Cast) -> None:
    """as_user_id=self is the token's own person with its own rights."""
    assert cast.ask("GET", f"calendar_events/{cast.make()['id']}", as_user_id="self").status == 200


def test_other_addresses_act_for_nobody(cast: Cast) -> None:
    """Outside courses the sandbox refuses to act for somebody else, rather than answer with the administrator's rights."""
    answer = cast.ask("GET", "accounts", by=cast.student_a)
    assert (answer.status, answer.body) == (401, {"errors": "Invalid as_user_id"})


def test_sub_account_admin_manages_below(cast: Cast) -> None:
    """An administrator of a sub-account manages events of its courses and of no others."""
    account = cast.admin.make("accounts/1/sub_accounts", name="North")["id"]
    inside, admin = cast.admin.course(account_id=account), cast.admin.user("dean")
    cast.admin.ask("POST", f"accounts/{account}/admins", {"user_id": admin})
    assert [cast.post(by=admin, context=f"course_{course}").status for course in (inside, cast.course)] == [201, 401]

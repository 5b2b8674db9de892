"""The sandbox's own clock, and what ends by it."""

import pytest

from tests.sandbox.conftest import Start
from tests.sandbox.person import Person

YEAR = {"name": "2021-22", "sis_term_id": "ilc:2021-22", "start_at": "2021-07-01T07:00:00Z", "end_at": "2022-07-01T06:59:59Z"}
OVER = "Can't add an enrollment to a concluded course."


def test_date_header_follows_clock(start: Start) -> None:
    """The clock starts where it was set and runs on; what is made carries its time."""
    admin = Person(start("--now", "2021-09-01T08:00:00Z").url)
    assert admin.get("accounts/self").header("Date").startswith("Wed, 01 Sep 2021 08:00:0")
    assert admin.get(f"courses/{admin.course()}").body["created_at"].startswith("2021-09-01T08:00:0")


@pytest.mark.parametrize(("now", "status"), [("2022-06-30T00:00:00Z", 200), ("2022-07-02T00:00:00Z", 400)])
def test_ended_term_takes_nobody(start: Start, now: str, status: int) -> None:
    """A term whose end has passed by this clock refuses everybody, teachers too."""
    admin = Person(start("--now", now).url)
    admin.make("accounts/1/terms", **YEAR)
    course, user = admin.course(term_id="sis_term_id:ilc:2021-22"), admin.user("ada")
    answer = admin.enroll(course, user, type="TeacherEnrollment")
    assert answer.status == status
    assert status == 200 or answer.body == {"message": OVER}


def test_open_course_dates_outlive_term(start: Start) -> None:
    """Restricted course dates that are still open count instead of the term's, section dates do not."""
    admin = Person(start("--now", "2022-08-01T00:00:00Z").url)
    admin.make("accounts/1/terms", **YEAR)
    user, dates = admin.user("ada"), {"start_at": "2021-08-01T07:00:00Z", "end_at": "2023-01-01T07:00:00Z"}
    closed = admin.course(term_id="sis_term_id:ilc:2021-22")
    section = admin.make(f"courses/{closed}/sections", name="R1", restrict_enrollments_to_section_dates="true", **dates)["id"]
    assert admin.enroll(closed, user, course_section_id=section).body == {"message": OVER}
    kept = admin.course(term_id="sis_term_id:ilc:2021-22", restrict_enrollments_to_course_dates="true", **dates)
    assert admin.enroll(kept, user).status == 200


def test_times_without_offset_are_local(start: Start) -> None:
    """A time without an offset is read in the caller's zone, a bare date as its midnight; users' times carry the offset."""
    admin = Person(start("--now", "2021-09-01T08:00:00Z").url)
    sent = {"name": "T", "start_at": "2021-10-05T07:00:00", "end_at": "2027-05-02"}
    term = admin.make("accounts/1/terms", **sent)
    assert (term["start_at"], term["end_at"]) == ("2021-10-05T13:00:00Z", "2027-05-02T06:00:00Z")
    assert admin.get(f"users/{admin.user('ada')}").body["created_at"].startswith("2021-09-01T02:00:0")
    assert admin.get(f"users/{admin.user('bob')}").body["created_at"].endswith("-06:00")


@pytest.mark.parametrize(("skew", "says"), [("2", "08:00:0"), ("3600", "09:00:0"), ("-86400", "08:00:0")])
def test_date_header_is_skewed(start: Start, skew: str, says: str) -> None:
    """The Date header is ahead of the times on what is made by so many seconds; those are true to the clock."""
    admin = Person(start("--now", "2021-09-01T08:00:00Z", "--skew", skew).url)
    date, made = admin.get("accounts/self").header("Date"), admin.get(f"courses/{admin.course()}").body["created_at"]
    assert says in date
    assert date.startswith("Tue, 31 Aug" if skew == "-86400" else "Wed, 01 Sep")
    assert made.startswith("2021-09-01T08:00:0")


def test_several_skews_take_turns(start: Start) -> None:
    """As if each answer came from another server."""
    admin = Person(start("--now", "2021-09-01T08:00:00Z", "--skew=-3600,3600").url)
    hours = [admin.get("accounts/self").header("Date")[17:19] for _ in range(4)]
    assert hours == ["07", "09", "07", "09"]


def test_no_date_header(start: Start) -> None:
    """A Canvas may not say its time."""
    admin = Person(start("--no-date").url)
    assert admin.get("accounts/self").header("Date") == ""

"""Enrolling: what is the same row, what a repeat takes back, and who is let in late."""

from tests.sandbox.person import Person


def test_repeat_takes_back_what_is_missing(admin: Person) -> None:
    """The same row again: the limit and the dates that were left out go back to their defaults."""
    course, user = admin.course(), admin.user("ada")
    first = admin.enroll(course, user, limit_privileges_to_course_section="true", end_at="2099-01-01T00:00:00Z").body
    again = admin.enroll(course, user).body
    assert (first["id"], first["limit_privileges_to_course_section"]) == (again["id"], True)
    assert (again["limit_privileges_to_course_section"], again["end_at"]) == (False, None)


def test_other_section_is_another_row(admin: Person) -> None:
    """A person can be in two sections of a course, with a row for each."""
    course, user = admin.course(), admin.user("ada")
    sections = [admin.make(f"courses/{course}/sections", name=name)["id"] for name in "AB"]
    rows = {admin.enroll(course, user, course_section_id=section).body["id"] for section in sections}
    assert len(rows) == 2


def test_role_number_wins_over_name(admin: Person) -> None:
    """role_id beats role, and the type comes from the role."""
    role = admin.ask("POST", "accounts/1/roles", {"label": "ILC Team Lead", "base_role_type": "TaEnrollment"}).body["id"]
    form = {"enrollment[user_id]": admin.user("ada"), "enrollment[role_id]": role, "enrollment[role]": "StudentEnrollment"}
    row = admin.ask("POST", f"courses/{admin.course()}/enrollments", form).body
    assert (row["type"], row["role"], row["role_id"]) == ("TaEnrollment", "ILC Team Lead", role)


def test_member_may_enter_open_section(admin: Person) -> None:
    """Into a concluded course only who is in it already, and only into a section whose own dates are open."""
    course, user = admin.course(), admin.user("ada")
    admin.enroll(course, user)
    dates = {"start_at": "2020-01-01T00:00:00Z", "end_at": "2099-01-01T00:00:00Z", "restrict_enrollments_to_section_dates": "true"}
    section = admin.make(f"courses/{course}/sections", name="Late", **dates)["id"]
    admin.ask("PUT", f"courses/{course}", {"course[event]": "conclude"})
    statuses = [admin.enroll(course, who, course_section_id=section).status for who in (user, admin.user("bob"))]
    assert statuses == [200, 400]


def test_reset_course_keeps_its_people(admin: Person) -> None:
    """reset_content makes a new course that takes over the SIS id, the sections and the enrollments."""
    old = admin.course(sis_course_id="c:EQ")
    row = admin.enroll(old, admin.user("ada")).body
    new = admin.ask("POST", f"courses/{old}/reset_content").body
    assert (new["sis_course_id"], new["workflow_state"]) == ("c:EQ", "unpublished")
    assert [found["id"] for found in admin.get(f"courses/{new['id']}/enrollments").body] == [row["id"]]
    assert admin.get(f"courses/{old}").status == 404


def test_observer_shows_who_is_observed(admin: Person) -> None:
    """include[]=observed_users brings the person followed and that person's enrollments."""
    course, student = admin.course(), admin.user("student")
    admin.enroll(course, student)
    admin.enroll(course, admin.user("parent"), type="ObserverEnrollment", associated_user_id=student)
    rows = admin.get(f"courses/{course}/enrollments?include[]=observed_users&type[]=ObserverEnrollment").body
    assert [(row["observed_user"]["id"], len(row["observed_user"]["enrollments"])) for row in rows] == [(student, 1)]

"""One course with two sections and the people who meet in it, as on the Canvas that was watched."""

from dataclasses import dataclass
from typing import Any

from tests.sandbox.conformance import Exchange
from tests.sandbox.person import Person, grouped

START, END = "2031-09-15T14:00:00Z", "2031-09-15T16:00:00Z"


@dataclass(frozen=True, kw_only=True)
class Cast:
    """The numbers of the course, its sections and its people, and what they do through the administrator's token."""

    admin: Person
    course: int
    region_a: int
    region_b: int
    teacher: int
    teacher_a: int
    ta_a: int
    student_a: int
    student_b: int

    def ask(self, method: str, path: str, fields: dict[str, Any] | None = None, *, by: int | None = None, **query: Any) -> Exchange:
        """A request of the administrator, or of a person through as_user_id."""
        who = {"as_user_id": by} if by else {}
        return self.admin.ask(method, path, fields, query={**query, **who})

    def post(self, *, by: int | None = None, context: str | None = None, **fields: Any) -> Exchange:
        """A new event of the course, or of another context, by default on 15 September 2031."""
        form = {"context_code": context or f"course_{self.course}", "title": "Meet", "start_at": START, "end_at": END, **fields}
        return self.ask("POST", "calendar_events", event_form(form), by=by)

    def make(self, *, by: int | None = None, context: str | None = None, **fields: Any) -> dict[str, Any]:
        made = self.post(by=by, context=context, **fields)
        assert made.status == 201, made.text
        found: dict[str, Any] = made.body
        return found

    def put(self, event: int, *, by: int | None = None, **fields: Any) -> Exchange:
        return self.ask("PUT", f"calendar_events/{event}", event_form(fields), by=by)

    def get(self, event: int, *, by: int | None = None) -> Exchange:
        return self.ask("GET", f"calendar_events/{event}", by=by)

    def delete(self, event: int, *, by: int | None = None, **query: Any) -> Exchange:
        return self.ask("DELETE", f"calendar_events/{event}", by=by, **query)

    def rows(self, *codes: str, by: int | None = None, **query: Any) -> Exchange:
        """The list of these contexts, by default of the course, with all events unless the query says otherwise."""
        asked = query or {"all_events": "1"}
        return self.ask("GET", "calendar_events", by=by, **{"context_codes[]": list(codes) or [f"course_{self.course}"], **asked})

    def split(self, *, by: int | None = None) -> tuple[int, int, int]:
        """An event with a time for each section, by default the teacher's: the numbers of the parent and of both children."""
        made = self.make(by=by or self.teacher, **self.section_times())
        first, second = made["child_events"]
        return made["id"], first["id"], second["id"]

    def section_times(self, *sections: int) -> dict[str, Any]:
        """child_event_data for these sections, by default both: each a day later than the one before."""
        found: dict[str, Any] = {}
        for place, section in enumerate(sections or (self.region_a, self.region_b)):
            day = f"2031-09-{15 + place}"
            times = {"context_code": f"course_section_{section}", "start_at": f"{day}T14:00:00Z", "end_at": f"{day}T16:00:00Z"}
            found |= {f"child_event_data][{place}][{name}": value for name, value in times.items()}
        return found


def event_form(fields: dict[str, Any]) -> dict[str, Any]:
    return grouped("calendar_event", fields)


def settle(admin: Person) -> Cast:
    """A published course with the sections Region A and Region B: a teacher, a teacher and a TA limited to A, a student in each."""
    course = admin.course(time_zone="America/New_York")
    first, second = (admin.make(f"courses/{course}/sections", name=name)["id"] for name in ("Region A", "Region B"))
    limited = {"course_section_id": first, "limit_privileges_to_course_section": "true"}
    places: dict[str, dict[str, Any]] = {
        "teacher": {"type": "TeacherEnrollment"},
        "teacher_a": {"type": "TeacherEnrollment", **limited},
        "ta_a": {"type": "TaEnrollment", **limited},
        "student_a": {"course_section_id": first},
        "student_b": {"course_section_id": second},
    }
    people = {name: admin.user(name) for name in places}
    for name, place in places.items():
        assert admin.enroll(course, people[name], **place).status == 200
    return Cast(admin=admin, course=course, region_a=first, region_b=second, **people)

"""The role of a person in a course, in the office's words."""

from ilc_canvas.reconcile.state import EnrollmentKey, Key

_ROLES = {"TeacherEnrollment": "teacher", "StudentEnrollment": "participant", "TaEnrollment": "assistant"}


def role_of(enrollment: Key) -> str:
    """The role: facilitator in a COP, teacher elsewhere, participant, or the label of a custom role."""
    place = EnrollmentKey.of(enrollment)
    if place.role == "TeacherEnrollment" and place.section.id.endswith(":FAC"):
        return "facilitator"
    return _ROLES.get(place.role, place.role)

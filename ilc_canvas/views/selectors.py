"""Words that choose a person or a course."""

from ilc_canvas.reconcile.state import Key, course_of, person_of


def word_of(key: Key) -> str:
    """person:ILC-0001 or cop:EQ, as --only takes it; empty for what belongs to all."""
    owner = person_of(key)
    if owner.rule.is_person:
        return f"person:{owner.id.rpartition(':')[2]}"
    course = course_of(key)
    return ":".join(course.id.split(":")[2:]) if course else ""

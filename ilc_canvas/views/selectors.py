"""Words that select a person or a course."""

from collections.abc import Iterable, Iterator

from ilc_canvas.reconcile.state import Key, course_of, person_of


def word_of(key: Key) -> str:
    """person:ILC-0001 or cop:EQ, as `only` takes it; empty for things that belong to no person or course."""
    owner = person_of(key)
    if owner.rule.is_person:
        return f"person:{owner.id.rpartition(':')[2]}"
    course = course_of(key)
    return ":".join(course.id.split(":")[2:]) if course else ""


def words_of(keys: Iterable[Key]) -> Iterator[str]:
    """The words for the people and the courses of these keys."""
    return (word for key in keys for each in (key, course_of(key)) if each and (word := word_of(each)))

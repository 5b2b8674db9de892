"""What a request that writes finds when it begins, and goes by when it ends.

A Canvas reads, works, and writes; whoever does the same meanwhile is overlooked. Here all requests are carried out one after the other,
so that each takes along what it found on its arrival.
"""

import re
from dataclasses import dataclass

from ilc_canvas.sandbox.world.records import Course, Menu
from ilc_canvas.sandbox.world.world import World

PLACE = re.compile(r"/api/v1/courses/([0-9]+)/(pages|front_page|modules|discussion_topics|tabs)(/|$)")


@dataclass(frozen=True, kw_only=True)
class Moment:
    """A course as it was."""

    course_id: int
    menu: Menu
    titles: frozenset[str]
    slugs: frozenset[str]
    modules: int
    items: dict[int, int]
    pinned: int
    front_writes: tuple[int, int]


def moment_of(world: World, method: str, path: str) -> Moment | None:
    """The course that a POST or PUT below it begins with; None for any other request."""
    found = PLACE.match(path) if method in {"POST", "PUT"} else None
    course = world.courses.get(int(found[1])) if found else None
    return None if course is None else taken(world, course)


def taken(world: World, course: Course) -> Moment:
    pages, modules = world.course_pages(course.id), world.course_modules(course.id)
    return Moment(
        course_id=course.id,
        menu=course.menu,
        titles=frozenset(page.title for page in pages),
        slugs=frozenset(page.slug for page in pages),
        modules=max((module.position for module in modules), default=0),
        items={module.id: max((item.position or 0 for item in world.module_items(module.id)), default=0) for module in modules},
        pinned=max((topic.position or 0 for topic in world.course_topics(course.id) if topic.is_pinned), default=0),
        front_writes=course.front_writes,
    )


def is_menu(method: str, path: str) -> bool:
    """Whether it changes a menu, of which the Canvas that was watched carried out two at a time."""
    found = PLACE.match(path)
    return method == "PUT" and found is not None and found[2] == "tabs"

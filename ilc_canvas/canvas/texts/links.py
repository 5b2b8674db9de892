"""Links inside texts to other things of ours: `ilc:` addresses until a text is written, Canvas's own addresses from then on."""

import re
from unicodedata import combining, normalize

from ilc_canvas.canvas.kinds.access import Access
from ilc_canvas.program.names import course_key
from ilc_canvas.reconcile.kinds import Kind
from ilc_canvas.reconcile.state import Key

_LINK = re.compile(r'(?<=href=")ilc:([^"]*)(?=")')
_LISTS = {"modules": "modules", "discussions": "discussion_topics", "home": ""}


def linked(html: str, course: Key, access: Access) -> str:
    """The text with addresses of Canvas, relative to its host: it stores that form, also of links to itself (live-content 5).

    What is not in Canvas yet is linked by the list in which it will stand.
    """
    return _LINK.sub(lambda found: _address(found[1], course, access), html)


def _address(word: str, course: Key, access: Access) -> str:
    if word == "hub" or word.startswith("hub:"):
        hub = course_key(access.scope.term.id, "hub")
        return _address(word.partition(":")[2] or "home", hub, access) if hub in access.handles else "/courses"
    number = access.handles.get(course)
    if number is None:
        return "/courses"
    if word == "calendar":
        return f"/calendar?include_contexts=course_{number}"
    return f"/courses/{number}{_inside(word, course, access)}"


def _inside(word: str, course: Key, access: Access) -> str:
    kind, _, name = word.partition(":")
    if kind == "page":
        key = Key(Kind.PAGE, f"{course.id}:{name}")
        return f"/pages/{access.slugs.get(key) or slug_of(access.texts.titles.get(key, name))}"
    if kind == "topic":
        number = access.handles.get(Key(Kind.TOPIC, f"{course.id}:{name}"))
        return f"/discussion_topics/{number}" if number else "/discussion_topics"
    place = _LISTS.get(kind, "")
    return f"/{place}" if place else ""


def slug_of(title: str) -> str:
    """What Canvas most likely makes of a title that nobody else has in the course."""
    letters = "".join(letter for letter in normalize("NFKD", title) if not combining(letter))
    return re.sub(r"[^a-z0-9]+", "-", letters.lower()).strip("-")

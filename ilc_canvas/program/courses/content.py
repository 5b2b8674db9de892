"""What a course holds beside its people and meetings: pages, discussions, modules, what is hidden, and its home.

Links inside texts are `ilc:` addresses until a text is written: only then are the course's number and the pages' slugs known.
"""

from dataclasses import dataclass
from typing import Literal

Refresh = Literal["pristine", "never"]


@dataclass(frozen=True, kw_only=True)
class Page:
    """A page: `key` is its name within the course, `html` all that is sent, `part` the inside of its one generated part.

    `part` is "" if the page has none; if it has one, `html` holds exactly `<div id="ilc-generated" …>` + part + `</div>`.
    """

    key: str
    title: str
    html: str
    part: str = ""
    refresh: Refresh = "pristine"
    published: bool = True


@dataclass(frozen=True, kw_only=True)
class Topic:
    """A discussion. `pinned` topics stand in the order in which the course lists them."""

    key: str
    title: str
    html: str
    pinned: bool = False
    threaded: bool = True
    refresh: Refresh = "pristine"
    published: bool = True


@dataclass(frozen=True)
class Item:
    """An entry of a module: the page or topic of this key."""

    kind: Literal["page", "topic"]
    target: str


@dataclass(frozen=True, kw_only=True)
class Module:
    """A module, whose place is its place in the course's list."""

    key: str
    name: str
    items: tuple[Item, ...]
    published: bool = True


@dataclass(frozen=True, kw_only=True)
class CourseContent:
    """All of one course. `course` is its SIS id; `home` the key of the page that is its front page; `hidden` the ids of hidden tabs."""

    course: str
    pages: tuple[Page, ...]
    topics: tuple[Topic, ...] = ()
    modules: tuple[Module, ...] = ()
    hidden: tuple[str, ...] = ()
    home: str = "home"

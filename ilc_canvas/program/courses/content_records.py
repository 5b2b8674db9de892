"""A course's content as records: what Canvas should show of each page, discussion, module, item, hidden tab and home."""

import hashlib
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from ilc_canvas.program.courses.content import CourseContent, Item, Page, Topic
from ilc_canvas.reconcile.kinds import Kind, Value
from ilc_canvas.reconcile.state import Key, Ledger, Record, State
from ilc_canvas.reconcile.texts import Texts

_STAMP = re.compile(r' data-ilc-text="[^"]*"')
"""What a text says of itself as a whole, its generated part included."""


@dataclass(frozen=True)
class Furnishing:
    """The content of all courses: its records, and the texts that belong to them."""

    records: tuple[Record, ...] = ()
    texts: Texts = field(default_factory=Texts)
    fault: str = ""  # why the texts could not be used: then people are synced, and nothing else is


def content_key(kind: Kind, course: str, name: str) -> Key:
    """page=ilc:2021-22:cop:EQ:how-we-work, and item=ilc:2021-22:cop:EQ:start-here|how-we-work"""
    return Key(kind, f"{course}:{name}")


def furnished(contents: Iterable[CourseContent]) -> Furnishing:
    """The records and texts of these courses."""
    every = list(contents)
    records = tuple(record for each in every for record in _records(each))
    texts = {content_key(kind, each.course, text.key): text for each in every for kind, text in _texts(each)}
    return Furnishing(
        records,
        Texts(
            html={key: text.html for key, text in texts.items()},
            parts={key: text.part for key, text in texts.items() if isinstance(text, Page) and text.part},
            versions={record.key: record.fields for record in records if record.key in texts},
            titles={record.key: str(record.fields["name"]) for record in records if "name" in record.fields},
            once=frozenset(key for key, text in texts.items() if text.refresh == "never" or key.kind == Kind.TOPIC),
        ),
    )


def _texts(content: CourseContent) -> Iterator[tuple[Kind, Page | Topic]]:
    yield from ((Kind.PAGE, page) for page in content.pages)
    yield from ((Kind.TOPIC, topic) for topic in content.topics)


def version_of(html: str) -> str:
    """Identifies a text: 12 hex digits."""
    return hashlib.sha256(html.encode()).hexdigest()[:12]


def _records(content: CourseContent) -> Iterator[Record]:
    course = Key(Kind.COURSE, content.course)
    for page in content.pages:
        yield Record(content_key(Kind.PAGE, content.course, page.key), _page(page, is_home=page.key == content.home), (course,))
    # Canvas lists the newest first, and of the pinned ones the highest position.
    for place, topic in enumerate(reversed(content.topics), 1):
        yield Record(content_key(Kind.TOPIC, content.course, topic.key), _topic(topic, place), (course,))
    for place, module in enumerate(content.modules, 1):
        key = content_key(Kind.MODULE, content.course, module.key)
        yield Record(key, {"name": module.name, "published": module.published, "position": place}, (course,))
        yield from (_item(course, key, item, position=position) for position, item in enumerate(module.items, 1))
    for tab in content.hidden:
        yield Record(content_key(Kind.TAB, content.course, tab), {"hidden": True}, (course,))
    home = content_key(Kind.PAGE, content.course, content.home)
    yield Record(content_key(Kind.HOME, content.course, "home"), {"front": home.id, "view": "wiki"}, (course, home))


def _page(page: Page, *, is_home: bool) -> dict[str, Value]:
    """`text` leaves out the generated part, which has a version of its own: it is refreshed also where somebody has edited the rest.

    The home page is written last, when the pages that it links to have their addresses.
    """
    rest = _STAMP.sub("", page.html.replace(page.part, "", 1)) if page.part else page.html
    fields: dict[str, Value] = {"name": page.title, "text": version_of(rest), "published": page.published, "position": int(is_home)}
    return {**fields, "part": version_of(page.part)} if page.part else fields


def _topic(topic: Topic, place: int) -> dict[str, Value]:
    return {
        "name": topic.title,
        "text": version_of(topic.html),
        "published": topic.published,
        "pinned": topic.pinned,
        "threaded": topic.threaded,
        "position": place,
    }


def _item(course: Key, module: Key, item: Item, *, position: int) -> Record:
    target = content_key(Kind.PAGE if item.kind == "page" else Kind.TOPIC, course.id, item.target)
    name = f"{module.id.rpartition(':')[2]}|{item.target}"
    return Record(content_key(Kind.ITEM, course.id, name), {"module": module.id, "position": position}, (course, module, target))


def with_first_texts(desired: State, ledger: Ledger, once: frozenset[Key]) -> State:
    """The same, with texts that are written only once as we left them, whatever the templates say by now."""
    kept = {
        key: Record(record.key, {**record.fields, "text": owned.fields["text"]}, record.parents, record.handle)
        for key in once
        if (record := desired.get(key)) and (owned := ledger.get(key)) and "text" in owned.fields
    }
    return State({**desired.records, **kept}, desired.at) if kept else desired

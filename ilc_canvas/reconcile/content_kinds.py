"""The rules for what a course holds beside its people: pages, discussions, modules and their items, hidden tabs, and its home.

None of it holds back people, none of it is ever removed, and what somebody has changed by hand stays so.
"""

from collections.abc import Iterable
from dataclasses import replace
from types import MappingProxyType

from ilc_canvas.reconcile.rule import NAMED, Count, Kind, Rule


def course_before_colon(id: str) -> str:
    """The course of something whose id is the SIS id of the course and a name of its own."""
    return id.rpartition(":")[0]


def _content(rules: Iterable[Rule]) -> tuple[Rule, ...]:
    """What holds for all of them; they come after the people, so that nobody waits for a page."""
    return tuple(
        replace(
            rule,
            is_content=True,
            course=course_before_colon,
            has_marker=True,
            in_turn=True,
            counts_in_limits=False,
            holds_back=False,
            unkept=frozenset({"slug", "stamp", "is_front"}),
        )
        for rule in rules
    )


_VERSION = MappingProxyType({"text": "shown_text", "name": "shown_name", "part": "shown_part"})
_TEXTS = NAMED | {"text", "part", "shown_text", "shown_part", "shown_name", "shown_body"}

CONTENT = _content(
    (
        Rule(
            kind=Kind.TOPIC,
            rank=71,
            noun="discussion",
            counts=(
                Count("create", "new discussion", "new discussions", turn=92),
                Count("update", "discussion changed", "discussions changed", turn=93),
            ),
            personal=_TEXTS,
            rewritten=_VERSION,
            need="write_discussions",
        ),
        Rule(
            kind=Kind.PAGE,
            rank=72,
            noun="page",
            counts=(
                Count("create", "new page", "new pages", turn=90),
                Count("update", "page refreshed", "pages refreshed", "text", turn=91),
                Count("update", "box of a page refreshed", "boxes of pages refreshed", "part", turn=91),
            ),
            personal=_TEXTS,
            parts=(("name", "text"), ("part",), ("published",)),
            rewritten=_VERSION,
            tells_editor=True,
            noted=frozenset({"shown_body", "former_text", "former_part"}),
            need="write_pages",
        ),
        Rule(
            kind=Kind.MODULE,
            rank=73,
            noun="module",
            counts=(Count("create", "new module", "new modules", turn=94),),
            unrepairable=frozenset({"published"}),  # publishing it publishes all behind it, also what somebody has hidden (live-content 7)
            need="write_modules",
        ),
        Rule(
            kind=Kind.ITEM,
            is_detail=True,
            rank=74,
            noun="item of a module",
            nouns="items of modules",
            counts=(Count("create", "new item of a module", "new items of modules", turn=95),),
            unrepairable=frozenset({"module"}),
            need="write_modules",
        ),
        Rule(
            kind=Kind.TAB,
            is_detail=True,
            rank=76,
            noun="menu entry",
            nouns="menu entries",
            counts=(
                Count("create", "menu entry hidden", "menu entries hidden", turn=96),
                Count("update", "menu entry changed", "menu entries changed", turn=96),
            ),
            is_noted=True,
            need="write_modules",
        ),
        Rule(
            kind=Kind.HOME,
            is_detail=True,
            rank=77,
            noun="home page",
            counts=(
                Count("create", "home page set", "home pages set", turn=97),
                Count("update", "home page changed", "home pages changed", turn=97),
            ),
            is_noted=True,
            need="write_pages",
        ),
    )
)
"""In order of writing."""

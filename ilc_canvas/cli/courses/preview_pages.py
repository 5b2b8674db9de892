"""The pages of a preview: what Canvas would show, with links between files in place of links within Canvas."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from html import escape
from typing import TYPE_CHECKING

from ilc_canvas.cli.courses.preview_look import Crumb, Entry, screen

if TYPE_CHECKING:
    from ilc_canvas.program.courses.content import CourseContent, Module, Page, Topic
    from ilc_canvas.views.courses.content import ContentView, NamedContent

_LINK = re.compile(r'href="ilc:([^"]*)"')
_TABS = (("home", "Home"), ("modules", "Modules"), ("discussions", "Discussions"), ("calendar", "Calendar"))


def preview_pages(view: "ContentView") -> dict[str, bytes]:
    """All files by their names; index.html is the home of the course."""
    alone = view.course == view.hub
    hub = _Course(view.hub, "" if alone else "hub-")
    courses = [hub] if alone else [_Course(view.course, ""), hub]
    return {name: text.encode() for course in courses for name, text in course.files(hub)}


@dataclass(frozen=True)
class _Course:
    named: "NamedContent"
    before: str  # the names of its files begin with this

    @property
    def _content(self) -> "CourseContent":
        return self.named.content

    @cached_property
    def places(self) -> Mapping[str, str]:
        """The file behind each address: page:home, topic:strengths, modules."""
        places = {name: f"{self.before}{name}.html" for name, _ in _TABS}
        places |= {f"page:{each.key}": f"{self.before}page-{each.key}.html" for each in self._content.pages}
        places |= {f"topic:{each.key}": f"{self.before}topic-{each.key}.html" for each in self._content.topics}
        home = f"{self.before}index.html"
        return {**places, "home": home, f"page:{self._content.home}": home}

    def files(self, hub: "_Course") -> "Iterator[tuple[str, str]]":
        """Every file with its text."""
        for page in self._content.pages:
            yield self.places[f"page:{page.key}"], self._text(page, hub, tab="home" if page.key == self._content.home else "pages")
        for topic in self._content.topics:
            yield self.places[f"topic:{topic.key}"], self._text(topic, hub, tab="discussions")
        yield self.places["modules"], self._screen("Modules", "modules", "".join(map(self._module, self._content.modules)))
        if "discussions" not in self._content.hidden:
            yield self.places["discussions"], self._screen("Discussions", "discussions", self._topics())
        yield (
            self.places["calendar"],
            self._screen("Calendar", "calendar", "<p>In Canvas, this link opens the calendar with the meetings.</p>"),
        )

    def _text(self, text: "Page | Topic", hub: "_Course", *, tab: str) -> str:
        def place(found: re.Match[str]) -> str:
            return f'href="{escape(self._place(found[1], hub))}"'

        draft = "" if text.published else '<p class="draft">Not published: only those who run the course see this.</p>'
        return self._screen(text.title, tab, f'{draft}<div class="user_content">{_LINK.sub(place, text.html)}</div>')

    def _place(self, address: str, hub: "_Course") -> str:
        if address == "hub" or address.startswith("hub:"):
            return hub.places.get(address.removeprefix("hub:"), hub.places["home"])
        return self.places.get(address, "#")

    def _screen(self, title: str, tab: str, body: str) -> str:
        hidden = self._content.hidden
        tabs = [Entry(label, self.places[name], current=name == tab) for name, label in _TABS if name not in hidden]
        crumbs = [Crumb(self.named.name, self.places["home"]), Crumb(title, "")]
        return screen(title, body, tabs=tabs, crumbs=crumbs)

    def _module(self, module: "Module") -> str:
        titles = {f"page:{each.key}": each.title for each in self._content.pages}
        titles |= {f"topic:{each.key}": each.title for each in self._content.topics}
        keys = [f"{item.kind}:{item.target}" for item in module.items]
        items = "".join(f"<li>{self._item(key, titles[key])}</li>" for key in keys)
        draft = "" if module.published else ' <span class="draft">not published</span>'
        return f'<section class="module"><h2>{escape(module.name)}{draft}</h2><ul>{items}</ul></section>'

    def _item(self, key: str, title: str) -> str:
        kind = "Page" if key.startswith("page:") else "Discussion"
        return f'<span class="kind">{kind}</span> <a href="{escape(self.places[key])}">{escape(title)}</a>'

    def _topics(self) -> str:
        """Pinned ones in their order, then the rest, as Canvas lists them."""
        ordered = sorted(self._content.topics, key=lambda topic: not topic.pinned)
        rows = "".join(
            f"<li>{'<span class=kind>Pinned</span> ' if each.pinned else ''}"
            f'<a href="{escape(self.places[f"topic:{each.key}"])}">{escape(each.title)}</a></li>'
            for each in ordered
        )
        return f'<ul class="module">{rows}</ul>' if rows else "<p>There are no discussions.</p>"

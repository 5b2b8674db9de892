"""From templates, roster and calendar to what every course holds. Pure: the same input gives the same bytes."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from markupsafe import Markup

from ilc_canvas.courses.outline import ModulePlan
from ilc_canvas.courses.page import Template
from ilc_canvas.courses.rendering.environment import TemplateEnvironment, environment
from ilc_canvas.courses.rendering.render import Rendered, filled, render, title
from ilc_canvas.courses.shelf import Design, Shelf
from ilc_canvas.courses.values.course_values import CourseValues, RosterValues, with_text
from ilc_canvas.courses.values.values import MeetingValue, Office
from ilc_canvas.program.calendars.calendar import Calendar
from ilc_canvas.program.courses.content import CourseContent, Item, Module, Page, Topic
from ilc_canvas.program.names import course_key, scope
from ilc_canvas.program.policy import Policy
from ilc_canvas.program.roster import Roster


def furnish(shelf: Shelf, roster: Roster, calendar: Calendar | None, *, policy: Policy, office: Office) -> tuple[CourseContent, ...]:
    """The content of each course that the roster asks for. RenderError if a template does not work with these values."""
    year = scope(policy.prefix, roster.school_year)
    return tuple(each.content for each in furnishings(environment(shelf.sources), RosterValues(roster, calendar, shelf, office), year=year))


def furnishings(made: TemplateEnvironment, values: RosterValues, *, year: str) -> "Iterator[Furnishing]":
    """What furnishes each course; `year` begins its SIS id."""
    for each in values.courses():
        yield Furnishing(values.shelf, made, course_key(year, *each.course).id, each)


@dataclass(frozen=True)
class Piece:
    """A page or topic to be: its template, key, and values."""

    template: Template
    key: str
    values: Mapping[str, object]


@dataclass(frozen=True)
class Furnishing:
    """One course on its way from templates to content."""

    shelf: Shelf
    environment: TemplateEnvironment
    course: str
    given: CourseValues

    @property
    def content(self) -> CourseContent:
        """All that the course holds."""
        outline = self.design.outline
        return CourseContent(
            course=self.course,
            pages=tuple(self._page(piece) for piece in self.pieces if piece.template.kind == "page"),
            topics=tuple(self._topic(piece) for piece in self.pieces if piece.template.kind == "topic"),
            modules=self.modules,
            hidden=outline.hidden,
            home=outline.home,
        )

    @property
    def modules(self) -> tuple[Module, ...]:
        """Its modules, but for those that have nothing to hold."""
        return tuple(module for plan in self.design.outline.modules for module in self._modules(plan) if module.items)

    @property
    def design(self) -> Design:
        """The templates of this kind of course."""
        return self.shelf.designs[self.given.kind]

    @cached_property
    def _by_template(self) -> Mapping[str, list[Piece]]:
        """By the key of their template."""
        return {template.key: list(self._each(template)) for template in self.design.templates}

    def _each(self, template: Template) -> Iterator[Piece]:
        values = self.given.values
        if template.each == "meeting":
            for meeting in self.given.meetings:
                yield Piece(template, meeting_key(template.key, meeting), {**values, "meeting": meeting})
        elif template.each == "tool":
            for tool in self.shelf.tools:
                if tool.credited:
                    text = Markup(filled(self.environment, tool.file, {**values, "tool": tool.value}))  # noqa: S704 - rendered by us
                    yield Piece(template, tool.value.key, {**values, "tool": with_text(tool.value, text)})
        else:
            yield Piece(template, template.key, values)

    @cached_property
    def pieces(self) -> list[Piece]:
        """Home first, then as the modules list them, then the rest."""
        outline = self.design.outline
        listed = dict.fromkeys([outline.home, *(key for plan in outline.modules for key in plan.items), *self._by_template])
        return [piece for key in listed for piece in self._by_template.get(key, [])]

    def _page(self, piece: Piece) -> Page:
        text, template = self._text(piece), piece.template
        return Page(
            key=piece.key, title=self.title(piece), html=text.html, part=text.part, refresh=template.refresh, published=template.published
        )

    def _topic(self, piece: Piece) -> Topic:
        template = piece.template
        return Topic(
            key=piece.key,
            title=self.title(piece),
            html=self._text(piece).html,
            pinned=template.pinned,
            threaded=template.threaded,
            refresh=template.refresh,
            published=template.published,
        )

    def title(self, piece: Piece) -> str:
        """The title of a page or topic."""
        return title(self.environment, piece.template.file, piece.template.title, values=piece.values)

    def _text(self, piece: Piece) -> Rendered:
        return render(self.environment, piece.template.file, piece.values, key=f"{self.course}:{piece.key}")

    def _modules(self, plan: ModulePlan) -> Iterator[Module]:
        """One, or one for each meeting."""
        if not plan.each:
            items = [piece for key in plan.items for piece in self._by_template.get(key, [])]
            yield self._module(plan, plan.key, pieces=items, values=self.given.values)
            return
        for meeting in self.given.meetings:
            values = {**self.given.values, "meeting": meeting}
            keys = {meeting_key(key, meeting) for key in plan.items} | set(plan.items)
            items = [piece for key in plan.items for piece in self._by_template.get(key, []) if piece.key in keys]
            yield self._module(plan, meeting_key(plan.key, meeting), pieces=items, values=values)

    def _module(self, plan: ModulePlan, key: str, *, pieces: list[Piece], values: Mapping[str, object]) -> Module:
        name = title(self.environment, self.design.outline.file, plan.name, values=values)
        return Module(key=key, name=name, items=tuple(Item(each.template.kind, each.key) for each in pieces), published=plan.published)


def meeting_key(key: str, meeting: MeetingValue) -> str:
    """meeting-COP-EQ-1"""
    return f"{key}-{meeting.id}"

"""The tables of what courses hold: pages, discussions, modules and their items."""

from collections.abc import Callable
from dataclasses import replace

from ilc_canvas.sandbox.world.records import Entry, Module, ModuleItem, Page, Topic
from ilc_canvas.sandbox.world.tables import Index, Table


class Contents:
    """The part of the world that is inside courses."""

    def __init__(self) -> None:
        self.pages: Table[Page] = Table(1_300_001)
        self.topics: Table[Topic] = Table(1_400_001)
        self.modules: Table[Module] = Table(1_500_001)
        self.items: Table[ModuleItem] = Table(1_600_001)
        self.entries: Table[Entry] = Table(1_700_001)
        self.pages_by_course: Index[int] = Index()
        self.topics_by_course: Index[int] = Index()
        self.modules_by_course: Index[int] = Index()
        self.items_by_content: Index[tuple[str, int]] = Index()
        self.items_by_course: Index[int] = Index()
        self.entries_by_topic: Index[int] = Index()

    def add_page(self, make: Callable[[int], Page]) -> Page:
        page = self.pages.add(make)
        self.pages_by_course.add(page.course_id, page.id)
        return page

    def all_pages(self, course_id: int) -> list[Page]:
        """The pages of a course by number, deleted ones too."""
        return [self.pages[number] for number in self.pages_by_course.of(course_id)]

    def course_pages(self, course_id: int) -> list[Page]:
        """The live pages of a course, by number."""
        return [page for page in self.all_pages(course_id) if page.state != "deleted"]

    def add_topic(self, topic: Topic) -> Topic:
        made = self.topics.add(lambda n: replace(topic, id=n))
        self.topics_by_course.add(made.course_id, made.id)
        return made

    def course_topics(self, course_id: int) -> list[Topic]:
        """The live discussions and announcements of a course, by number."""
        return [topic for topic in map(self.topics.__getitem__, self.topics_by_course.of(course_id)) if topic.state != "deleted"]

    def add_entry(self, make: Callable[[int], Entry]) -> Entry:
        entry = self.entries.add(make)
        self.entries_by_topic.add(entry.topic_id, entry.id)
        return entry

    def topic_entries(self, topic_id: int) -> list[Entry]:
        """What was said in a discussion, in order."""
        return [entry for entry in map(self.entries.__getitem__, self.entries_by_topic.of(topic_id)) if entry.state != "deleted"]

    def add_module(self, make: Callable[[int], Module]) -> Module:
        module = self.modules.add(make)
        self.modules_by_course.add(module.course_id, module.id)
        return module

    def course_modules(self, course_id: int) -> list[Module]:
        """The live modules of a course in their order; ties go by number."""
        found = [module for module in map(self.modules.__getitem__, self.modules_by_course.of(course_id)) if module.state != "deleted"]
        return sorted(found, key=lambda module: (module.position, module.id))

    def add_item(self, make: Callable[[int], ModuleItem]) -> ModuleItem:
        item = self.items.add(make)
        self.items_by_content.add((item.type, item.content_id), item.id)
        self.items_by_course.add(item.course_id, item.id)
        return item

    def items_of(self, kind: str, content_id: int) -> list[ModuleItem]:
        """The live items that lead to a page or discussion."""
        found = [self.items[number] for number in self.items_by_content.of((kind, content_id))]
        return [item for item in found if item.state != "deleted"]

    def module_items(self, module_id: int) -> list[ModuleItem]:
        """The live items of a module in their order; one without a place is the last."""
        course_id = self.modules[module_id].course_id
        found = [self.items[number] for number in self.items_by_course.of(course_id)]
        rows = [item for item in found if item.module_id == module_id and item.state != "deleted"]
        return sorted(rows, key=lambda item: (item.position is None, item.position or 0, item.id))

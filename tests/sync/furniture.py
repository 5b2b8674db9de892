"""A small course: a home page with a box that is kept up to date, a page, a page for staff, two discussions, two modules."""

import hashlib
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ilc_canvas.program.calendars.calendar import Calendar
from ilc_canvas.program.courses.content import CourseContent, Item, Module, Page, Topic
from ilc_canvas.program.courses.content_records import Furnishing, furnished
from ilc_canvas.program.roster import Roster
from ilc_canvas.reconcile.run.values import Report
from tests.sandbox.process import Sandbox, start_sandbox
from tests.stores import new_store
from tests.sync.roster import FIRST
from tests.sync.world import NOW, Setting, World, run_at

EQ = "ilc:2021-22:cop:EQ"


def marked(course: str, key: str, inner: str) -> str:
    """The text as it is sent, with its marker."""
    return f'<div data-ilc-key="{course}:{key}" data-ilc-text="{hashlib.sha256(inner.encode()).hexdigest()[:12]}">{inner}</div>'


@dataclass(frozen=True)
class Shelf:
    """What the templates say: change a word, and other texts are wanted."""

    welcome: str = "Welcome."
    habits: str = "Start from strength."
    question: str = "What works already?"
    titles: tuple[str, str] = ("Home", "How we work together")
    leads: str = "Ada"
    more: tuple[Page, ...] = ()
    courses: tuple[str, ...] = (EQ,)
    fault: str = ""

    def __call__(self, _roster: Roster, _calendar: Calendar | None) -> Furnishing:
        """As a run asks for it."""
        return Furnishing(fault=self.fault) if self.fault else furnished(map(self.course, self.courses))

    def course(self, course: str) -> CourseContent:
        """The whole content of one course."""
        part = f"<p>Led by {self.leads}.</p>"
        box = f'<div id="ilc-generated" data-ilc-part="people">{part}</div>'
        link = '<p><a href="ilc:page:how">How we work</a> and <a href="ilc:topic:intro">who we are</a></p>'
        home = marked(course, "home", f"<p>{self.welcome}</p>{link}{box}")
        return CourseContent(
            course=course,
            pages=(
                Page(key="home", title=self.titles[0], html=home, part=part),
                Page(key="how", title=self.titles[1], html=marked(course, "how", f"<p>{self.habits}</p>")),
                Page(
                    key="staff",
                    title="Your course, your way",
                    html=marked(course, "staff", "<p>Yours.</p>"),
                    published=False,
                    refresh="never",
                ),
                *self.more,
            ),
            topics=(
                Topic(key="intro", title="Introduce yourself", html=marked(course, "intro", f"<p>{self.question}</p>")),
                Topic(key="strengths", title="1 Strengths", html=marked(course, "strengths", "<p>Think of a moment.</p>"), pinned=True),
            ),
            modules=(
                Module(key="start", name="Start here", items=(Item("page", "how"), Item("topic", "intro"))),
                Module(key="cycle", name="Our cycle", items=(Item("topic", "strengths"), *(Item("page", page.key) for page in self.more))),
                Module(key="staff-only", name="For facilitators", items=(Item("page", "staff"),), published=False),
            ),
            hidden=("grades",),
        )


SHELF = Shelf()


@dataclass
class Furnished(World):
    """A world whose courses have content."""

    shelf: Shelf = SHELF

    def run(self, **change: Any) -> Report:
        """One run; whatever it finds, nobody says yes."""
        return run_at(self.sandbox.url, self.store, replace(Setting(furnish=self.shelf), **change))

    def course(self, course: str = EQ) -> int:
        """Its number."""
        return int(self.human().get(f"courses/sis_course_id:{course}").body["id"])

    def pages(self) -> dict[str, Mapping[str, Any]]:
        """The pages with their texts, by title."""
        path = f"courses/{self.course()}/pages"
        rows = self.human().get(path, query={"per_page": "100"}).body
        return {row["title"]: self.human().get(f"{path}/page_id:{row['page_id']}").body for row in rows}

    def topics(self) -> dict[str, Mapping[str, Any]]:
        """The discussions, by title."""
        rows = self.human().get(f"courses/{self.course()}/discussion_topics", query={"per_page": "100"}).body
        return {row["title"]: row for row in rows}

    def modules(self) -> dict[str, Mapping[str, Any]]:
        """The modules with their items, by name, in their order."""
        rows = self.human().get(f"courses/{self.course()}/modules", query={"include[]": "items", "per_page": "100"}).body
        return {row["name"]: row for row in rows}

    def put(self, path: str, **form: Any) -> Any:
        """Somebody changes something in the course by hand."""
        answer = self.human().ask("PUT", f"courses/{self.course()}/{path}", form)
        assert answer.status == 200, answer.text
        return answer.body

    def edit(self, page: str, **form: Any) -> Mapping[str, Any]:
        """Somebody changes a page by hand."""
        fields = {f"wiki_page[{name}]": value for name, value in form.items()}
        found: Mapping[str, Any] = self.put(f"pages/page_id:{self.pages()[page]['page_id']}", **fields)
        return found


@contextmanager
def furnished_world(folder: Path, shelf: Shelf = SHELF) -> Iterator[Furnished]:
    """After the first fill, with content in one course: to be copied."""
    with start_sandbox("--now", NOW) as sandbox:
        world = filled_with(sandbox, folder, shelf)
        world.begun_with(sandbox.state())
        time.sleep(1.1)  # what somebody saves from here on has another stamp
        sandbox.keep()
        yield world


def filled_with(sandbox: Sandbox, folder: Path, shelf: Shelf = SHELF) -> Furnished:
    """A person has seen the whole plan and said yes, and it was carried out."""
    sandbox.reset()
    world = Furnished(sandbox, new_store(folder), FIRST, shelf=shelf)
    world.finalize(FIRST)
    report = world.sync()
    assert report.status == "applied", (report.sentence, report.failures)
    return world

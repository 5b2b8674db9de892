"""What a course holds by the texts of the office, the newest finalized roster, and the calendar: before anything of it is in Canvas."""

from dataclasses import dataclass

from ilc_canvas.courses.furnish import furnish
from ilc_canvas.courses.shelf import Shelf
from ilc_canvas.program.courses.content import CourseContent
from ilc_canvas.program.desired import desired_state
from ilc_canvas.program.selection import meant, suggestion, words_of
from ilc_canvas.reconcile.errors import RosterError
from ilc_canvas.settings import Settings
from ilc_canvas.store.db.database import Store
from ilc_canvas.store.rosters import versions
from ilc_canvas.views.documents.calendars import calendar_of


@dataclass(frozen=True)
class NamedContent:
    """A course's name, and what it holds."""

    name: str
    content: CourseContent


@dataclass(frozen=True)
class ContentView:
    """One course and the hub, to which its texts have links, with the versions that they are made from."""

    course: NamedContent
    hub: NamedContent
    school_year: str
    roster_version: int
    calendar_version: int | None


def content_view(settings: Settings, store: Store, word: str, *, shelf: Shelf, year: str = "") -> ContentView:
    """One course by its word (cop:EQ). RosterError if no roster is finalized or the newest has no such course."""
    roster = versions.newest_finalized(store, year)
    calendar = calendar_of(store, roster.school_year)
    policy = settings.policy
    records = desired_state(roster, policy).records
    key = meant(word, prefix=settings.prefix, school_year=roster.school_year)
    hub = meant("hub", prefix=settings.prefix, school_year=roster.school_year)
    if key not in records or word.startswith("person:"):
        courses = (each for each in words_of(roster) if not each.startswith("person:"))
        text = f"There is no course {word} in roster version {roster.version} of {roster.school_year}."
        raise RosterError(text + suggestion(word, courses))
    contents = {each.course: each for each in furnish(shelf, roster, calendar, policy=policy, office=settings.office.values)}
    course, of_hub = (NamedContent(str(records[each].fields["name"]), contents[each.id]) for each in (key, hub))
    return ContentView(course, of_hub, roster.school_year, roster.version, calendar.version if calendar else None)

"""The front page of a course: Canvas remembers its slug, so that a page that gets another one in Modules is it no longer."""

from ilc_canvas.sandbox.http import errors
from ilc_canvas.sandbox.http.call import Call
from ilc_canvas.sandbox.http.params import Params, loose_flag
from ilc_canvas.sandbox.world.records import Course, Page

DRAFT = "The front page cannot be unpublished"


def is_front(course: Course, page: Page) -> bool:
    return page.state != "deleted" and course.front_slug is not None and page.slug == course.front_slug


def chosen(asked: Params) -> bool | None:
    """What is asked of the front page: to be it, not to be it, or nothing."""
    return loose_flag(asked.text("front_page"))


def check(asked: Params, *, is_active: bool, is_front: bool) -> None:
    """Refuse a front page that would be a draft. Each of the two fields that were sent is named."""
    if is_active or not (chosen(asked) or (is_front and chosen(asked) is None)):
        return
    blamed = [name for name in ("front_page", "published") if asked.text(name)]
    raise errors.invalid({name: [errors.own(DRAFT)] for name in blamed or ["published"]})


def choose(course: Course, page: Page, asked: Params) -> None:
    """Make it the front page, or no longer: then the course does not begin with a page either."""
    if chosen(asked):
        course.front_slug = page.slug
    elif chosen(asked) is False and is_front(course, page):
        course.front_slug = None
        if course.settings.get("default_view") == "wiki":
            course.settings = {name: value for name, value in course.settings.items() if name != "default_view"}


def claim(call: Call, course: Course) -> bool:
    """Whether this request may set the front page; one that began while another set it meets a deadlock.

    Of those that lose, the first has its page left behind.
    """
    won, lost = course.front_writes
    if call.moment is None or call.moment.front_writes[0] == won:
        course.front_writes = (won + 1, lost)
        return True
    course.front_writes = (won, lost + 1)
    return False


def leaves_page(call: Call, course: Course) -> bool:
    """Whether this is the first to have lost since it began."""
    return call.moment is not None and course.front_writes[1] == call.moment.front_writes[1] + 1


def front_of(call: Call, course: Course) -> Page | None:
    return next((page for page in call.world.course_pages(course.id) if is_front(course, page)), None)

"""What an item of a module leads to: found, renamed, published."""

from ilc_canvas.sandbox.content import notices
from ilc_canvas.sandbox.content.pages import front_page, page_texts, revisions
from ilc_canvas.sandbox.content.pages.titles import checked
from ilc_canvas.sandbox.content.topics import topic_states
from ilc_canvas.sandbox.http import errors
from ilc_canvas.sandbox.http.call import Call
from ilc_canvas.sandbox.http.params import Params
from ilc_canvas.sandbox.world.find import as_number
from ilc_canvas.sandbox.world.records import Course, ModuleItem, Page, Topic

ALONE = {"SubHeader", "ExternalUrl"}


def sent(call: Call, course: Course, asked: Params) -> Page | Topic | None:
    """A page by its present slug, a discussion by number; a heading or a link leads to nothing that Canvas holds."""
    kind = asked.text("type")
    if kind in ALONE:
        return None
    return page_sent(call, course, asked) if kind == "Page" else topic_sent(call, course, asked)


def page_sent(call: Call, course: Course, asked: Params) -> Page:
    slug = asked.text("page_url")
    if slug is None:
        raise errors.message(400, "missing page_url parameter")
    page = next((page for page in call.world.course_pages(course.id) if page.slug == slug), None)
    if page is None:
        raise errors.message(400, "invalid page_url parameter")
    return page


def topic_sent(call: Call, course: Course, asked: Params) -> Topic:
    topic = call.world.topics.get(as_number(asked.text("content_id") or ""))
    if asked.text("type") != "Discussion" or topic is None or topic.course_id != course.id or topic.state == "deleted":
        raise errors.message(400, "Could not find content")
    return topic


def of(call: Call, item: ModuleItem) -> Page | Topic | None:
    if item.type in ALONE:
        return None
    return call.world.pages[item.content_id] if item.type == "Page" else call.world.topics[item.content_id]


def is_gone(call: Call, item: ModuleItem) -> bool:
    """Whether what it leads to was deleted."""
    target = of(call, item)
    return target is not None and target.state == "deleted"


def is_published(call: Call, item: ModuleItem) -> bool:
    target = of(call, item)
    return item.state != "deleted" and (target or item).state == "active"


def rename(call: Call, item: ModuleItem, title: str) -> None:
    """The target and all of its items with it; a page has a new version then, by the caller."""
    target = of(call, item)
    item.title = title
    if isinstance(target, Page) and title != target.title:
        page_texts.rename(call, target, checked(title))
        target.updated_at, target.user_id = call.now, call.caller.id
        revisions.note(call, target)
    elif isinstance(target, Topic):
        target.title = title
    for each in call.world.items_of(item.type, item.content_id) if target else ():
        each.title = target.title if target else title


def publish(call: Call, item: ModuleItem, published: bool) -> None:
    """The target, and with that all of its items; nobody is named as its editor. The front page stays published."""
    target = of(call, item)
    if target is None:
        item.state = "active" if published else "unpublished"
    elif isinstance(target, Topic):
        topic_states.publish(call, target, published)
    elif target.state != "deleted" and (published or not front_page.is_front(call.world.courses[target.course_id], target)):
        was_active = target.state == "active"
        target.state = "active" if published else "unpublished"
        if published and not was_active:
            notices.page_updated(call, target)

"""Pages of a course, as a Canvas of July 2022 has them."""

from ilc_canvas.sandbox.content import access, notices, reading, tabs
from ilc_canvas.sandbox.content.pages import editing_roles, front_page, page_texts, revisions
from ilc_canvas.sandbox.content.pages.page_json import as_json, listed
from ilc_canvas.sandbox.content.pages.titles import checked, free, slug_of, sought, title_of
from ilc_canvas.sandbox.http import errors, paging
from ilc_canvas.sandbox.http.call import Call
from ilc_canvas.sandbox.http.params import Params, loose_flag
from ilc_canvas.sandbox.http.responses import Answer
from ilc_canvas.sandbox.world.collation import collated
from ilc_canvas.sandbox.world.records import Course, Instant, Page

SHORTEST = 2
DISABLED = "That page has been disabled for this course"


def index(call: Call) -> Answer:
    """Live pages by number, drafts only for staff. A hidden menu entry closes the list, and nothing but the list, to all others."""
    past = call.of_lists()
    course = access.readable(past, "read_course_content")
    staff = access.is_staff(past, course)
    if not staff and tabs.is_hidden(course, "pages"):
        raise errors.message(404, DISABLED)
    reading.note(call, course)
    words, state = words_of(call.params), loose_flag(call.params.text("published"))
    rows = [page for page in past.world.course_pages(course.id) if staff or page.state == "active"]
    rows = [page for page in rows if words in page.title.lower() and state in (None, page.state == "active")]
    return paging.counted(call, ordered(call.params, rows), lambda page: listed(past, page))


def ordered(asked: Params, rows: list[Page]) -> list[Page]:
    key, backwards = asked.text("sort"), asked.text("order") == "desc"
    if key == "title":
        return sorted(rows, key=lambda page: collated(page.title), reverse=backwards)
    if key in {"created_at", "updated_at"}:
        return sorted(rows, key=lambda page: page.created_at if key == "created_at" else page.updated_at, reverse=backwards)
    return rows


def words_of(asked: Params) -> str:
    """What is searched for; one letter is too little."""
    words = asked.text("search_term") or ""
    if words and len(words) < SHORTEST:
        raise errors.short_search()
    return words.lower()


def wanted(call: Call, course: Course, ref: str) -> Page:
    """The page of the path. A deleted one is refused, an unknown one is 404."""
    page = sought(call.world, course.id, ref)
    if page is None:
        raise errors.message(404, "page not found")
    access.insist(call, page.state != "deleted")
    return page


def show(call: Call) -> Answer:
    course = access.readable(call, "read_course_content")
    return read(call, course, wanted(call, course, call.ids["page"]))


def show_front(call: Call) -> Answer:
    course = access.readable(call, "read_course_content")
    page = front_page.front_of(call, course)
    if page is None:
        raise errors.message(404, "No front page has been set")
    return read(call, course, page)


def read(call: Call, course: Course, page: Page) -> Answer:
    """Reading leaves marks: it completes what modules require of who reads, and counts as activity."""
    access.insist(call, page.state == "active" or access.is_staff(call, course))
    reading.note(call, course, page)
    return Answer(as_json(call, page))


def create(call: Call) -> Answer:
    """A draft unless `published` is sent."""
    course, asked = access.writable(call, "manage_wiki_create"), call.params.group("wiki_page")
    return Answer(as_json(call, made(call, course, asked, title=checked(asked.text("title")))))


def made(call: Call, course: Course, asked: Params, *, title: str) -> Page:
    """A new page, published unasked if it is titled as the front page is.

    One that is to be the front page while another became it meets a deadlock, and may be left behind.
    """
    is_namesake = course.front_slug is not None and slug_of(title) == course.front_slug
    state = "active" if loose_flag(asked.text("published")) or is_namesake else "unpublished"
    front_page.check(asked, is_active=state == "active", is_front=False)
    roles, body = editing_roles.sent(asked), page_texts.body_of(call, asked)
    is_stuck = bool(front_page.chosen(asked)) and not front_page.claim(call, course)
    if is_stuck and not front_page.leaves_page(call, course):
        raise errors.occurred(500, "internal_server_error", report=1)
    title, slug = free(call, course.id, title)
    page = call.world.add_page(
        lambda n: Page(
            id=n,
            created_at=call.now,
            updated_at=call.now,
            state=state,
            course_id=course.id,
            user_id=call.caller.id,
            title=title,
            slug=slug,
            body=body,
            editing_roles=roles or "teachers",
            todo_at=call.instant(asked, "student_todo_at"),
        )
    )
    revisions.note(call, page)
    course.places = None
    if is_stuck:
        raise errors.occurred(500, "internal_server_error", report=1)
    front_page.choose(course, page, asked)
    return page


def update(call: Call) -> Answer:
    """By whatever address; one that is not there is made, also by `page_id:` (live-content 2)."""
    course, asked = access.writable(call, "manage_wiki_update"), call.params.group("wiki_page")
    page = sought(call.world, course.id, call.ids["page"])
    if page is None:
        access.insist(call, access.may(call, course, "manage_wiki_create"))
        title = checked(asked.text("title")) if "title" in asked else title_of(call.ids["page"])
        return Answer(as_json(call, made(call, course, asked, title=title)))
    access.insist(call, page.state != "deleted")
    change(call, page, asked)
    return Answer(as_json(call, page))


def update_front(call: Call) -> Answer:
    """Without a front page a published one is made."""
    course, asked = access.writable(call, "manage_wiki_update"), call.params.group("wiki_page")
    page = front_page.front_of(call, course)
    if page is None:
        access.insist(call, access.may(call, course, "manage_wiki_create"))
        sent = asked.with_text("published", asked.text("published") or "true").with_text("front_page", "true")
        return Answer(as_json(call, made(call, course, sent, title=checked(asked.text("title")))))
    change(call, page, asked)
    return Answer(as_json(call, page))


def change(call: Call, page: Page, asked: Params) -> None:
    """Every PUT makes the caller its last editor; only another title or body moves the stamp (live-content 1)."""
    course = call.world.courses[page.course_id]
    is_front, was_active = front_page.is_front(course, page), page.state == "active"
    active = bool(loose_flag(asked.text("published"))) if asked.text("published") else was_active
    front_page.check(asked, is_active=active, is_front=is_front)
    title = checked(asked.text("title")) if "title" in asked else page.title
    roles = editing_roles.sent(asked)
    page_texts.rewrite(call, page, asked, title=title)
    page.user_id, page.state = call.caller.id, "active" if active else "unpublished"
    page.editing_roles = roles or page.editing_roles
    if is_front:
        course.front_slug = page.slug
    if "student_todo_at" in asked:
        plan(call, page, call.instant(asked, "student_todo_at"))
    front_page.choose(course, page, asked)
    if (active and not was_active) or loose_flag(asked.text("notify_of_update")):
        notices.page_updated(call, page)


def plan(call: Call, page: Page, todo_at: Instant | None) -> None:
    """A to-do date makes a version of the page, but leaves its stamp."""
    if todo_at != page.todo_at:
        page.todo_at = todo_at
        revisions.note(call, page)


def delete(call: Call) -> Answer:
    """It stays as a row: its slug is free again, and its items leave the lists of their modules."""
    course = access.writable(call, "manage_wiki_delete")
    page = wanted(call, course, call.ids["page"])
    if front_page.is_front(course, page):
        raise errors.invalid({"front_page": [errors.own("The front page cannot be deleted")]})
    page.state = "deleted"
    for item in call.world.items_of("Page", page.id):
        item.state = "deleted"
    return Answer(as_json(call, page))

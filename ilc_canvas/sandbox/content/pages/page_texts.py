"""What writing a page does to its text, its slug, its former versions and its items in modules."""

from ilc_canvas.sandbox.content.pages import revisions
from ilc_canvas.sandbox.content.pages.titles import free
from ilc_canvas.sandbox.courses import markup
from ilc_canvas.sandbox.http import errors
from ilc_canvas.sandbox.http.call import Call
from ilc_canvas.sandbox.http.params import Params
from ilc_canvas.sandbox.world.records import Page

ROOM = 500_000  # bytes of a body


def body_of(call: Call, asked: Params) -> str | None:
    """The body that was sent, as it is kept."""
    text = asked.text("body")
    if text is not None and len(text.encode()) > ROOM:
        raise errors.invalid({"body": [("too_long", f"is too long (maximum is {ROOM} characters)")]})
    return markup.kept(text, call.base) or None


def rewrite(call: Call, page: Page, asked: Params, *, title: str) -> None:
    """Take over title and body that were sent, as a new version of the page if anything differs.

    A body that is not kept as it was sent differs every time, though what is kept is the same.
    """
    body = body_of(call, asked) if "body" in asked else page.body
    sent = markup.untouched(asked.text("body"), call.base) or None if "body" in asked else page.body
    if (title, sent) == (page.title, page.body):
        return
    rename(call, page, title)
    page.body, page.updated_at = body, call.now
    revisions.note(call, page)


def rename(call: Call, page: Page, title: str) -> None:
    """Another title gives another slug, and its items in modules follow."""
    if title != page.title:
        page.title, page.slug = free(call, page.course_id, title, but=page)
        follow(call, page)


def follow(call: Call, page: Page) -> None:
    for item in call.world.items_of("Page", page.id):
        item.title = page.title

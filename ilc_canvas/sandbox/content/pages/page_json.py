"""How a page is shown. The keys are those of a Canvas of July 2022."""

from typing import Any

from ilc_canvas.sandbox.content import people
from ilc_canvas.sandbox.content.pages import front_page
from ilc_canvas.sandbox.courses import markup
from ilc_canvas.sandbox.http.call import Call
from ilc_canvas.sandbox.world.clock import in_utc
from ilc_canvas.sandbox.world.records import Page


def as_json(call: Call, page: Page) -> dict[str, Any]:
    """A page with its body."""
    return listed(call, page) | {"body": markup.shown(page.body, call.base, themed=call.theme)}


def listed(call: Call, page: Page) -> dict[str, Any]:
    """A page as lists show it."""
    published = page.state == "active"
    return {
        "page_id": page.id,
        "url": page.slug,
        "title": page.title,
        "created_at": in_utc(page.created_at),
        "updated_at": in_utc(page.updated_at),
        "editing_roles": page.editing_roles,
        "published": published,
        "hide_from_students": not published,
        "front_page": front_page.is_front(call.world.courses[page.course_id], page),
        "html_url": f"{call.base}/courses/{page.course_id}/pages/{page.slug}",
        "todo_date": in_utc(page.todo_at),
        "locked_for_user": False,
        "last_edited_by": people.shown(call, page.user_id, page.course_id),
    }

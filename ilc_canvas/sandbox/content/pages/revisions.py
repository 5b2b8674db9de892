"""Former versions of a page: each change of title, body or to-do date makes one."""

from typing import Any

from ilc_canvas.sandbox.content import access, people
from ilc_canvas.sandbox.content.pages.titles import free, sought
from ilc_canvas.sandbox.courses import markup
from ilc_canvas.sandbox.http import errors, paging
from ilc_canvas.sandbox.http.call import Call
from ilc_canvas.sandbox.http.responses import Answer
from ilc_canvas.sandbox.world.clock import in_utc
from ilc_canvas.sandbox.world.records import Page, Revision


def note(call: Call, page: Page) -> None:
    """Keep the page as it is now. A version's time is that of its text."""
    number = len(page.revisions) + 1
    page.revisions.append(
        Revision(number=number, updated_at=page.updated_at, user_id=call.caller.id, title=page.title, slug=page.slug, body=page.body)
    )


def wanted(call: Call) -> Page:
    course = access.writable(call, "manage_wiki_update")
    page = sought(call.world, course.id, call.ids["page"])
    if page is None:
        raise errors.message(404, "page not found")
    access.insist(call, page.state != "deleted")
    return page


def index(call: Call) -> Answer:
    """The newest first. The Link header names the slug, whatever the page was asked for by."""
    page = wanted(call)
    path = f"/api/v1/courses/{page.course_id}/pages/{page.slug}/revisions"
    return paging.counted(call.at(path), page.revisions[::-1], lambda revision: as_json(call, page, revision, whole=False))


def one(call: Call) -> tuple[Page, Revision]:
    page, ref = wanted(call), call.ids["revision"]
    number = len(page.revisions) if ref == "latest" else int(ref) if ref.isdecimal() else 0
    if not 1 <= number <= len(page.revisions):
        raise errors.not_found()
    return page, page.revisions[number - 1]


def show(call: Call) -> Answer:
    page, revision = one(call)
    return Answer(as_json(call, page, revision, whole=not call.params.flag("summary")))


def revert(call: Call) -> Answer:
    """Title, slug and body come back as a new version; one that is equal to the present text makes none (live-content 1, 6).

    A slug that was taken meanwhile gets a number, and a page whose slug changes is the front page no longer.
    """
    page, revision = one(call)
    if (revision.title, revision.slug, revision.body) != (page.title, page.slug, page.body):
        page.title, page.slug = free(call, page.course_id, revision.title, but=page)
        page.body, page.updated_at, page.user_id = revision.body, call.now, call.caller.id
        for item in call.world.items_of("Page", page.id):
            item.title = page.title
        note(call, page)
    return Answer(as_json(call, page, page.revisions[-1], whole=True))


def as_json(call: Call, page: Page, revision: Revision, *, whole: bool) -> dict[str, Any]:
    shown = {
        "revision_id": revision.number,
        "updated_at": in_utc(revision.updated_at),
        "latest": revision.number == len(page.revisions),
        "edited_by": people.shown(call, revision.user_id, page.course_id),
    }
    text = {"url": revision.slug, "title": revision.title, "body": markup.shown(revision.body, call.base, themed=call.theme)}
    return shown | text if whole else shown

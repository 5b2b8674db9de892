"""A course as a person sees it in a browser."""

import re
from html import unescape
from typing import Any

import pytest

from tests.sandbox.conformance import Client, Exchange
from tests.sandbox.content.furniture import Furniture
from tests.sandbox.process import Sandbox

FRONT: dict[str, Any] = {"published": "true", "front_page": "true"}
MUST_VIEW: dict[str, Any] = {"completion_requirement][type": "must_view"}
STUDENT = "?view=student"


def opened(sandbox: Sandbox, course: Furniture, path: str = "") -> Exchange:
    """The answer that a browser gets, which has no token."""
    return Client(sandbox.url, "").send({"as": "none"}, f"{sandbox.url}/courses/{course.cast.course}{path}")


def words(answer: Exchange, part: str = "main") -> str:
    """The text of a part of the screen as a person reads it."""
    found = re.search(rf"<{part}\b.*?</{part}>", answer.text, re.DOTALL)
    assert found is not None, answer.text
    return " ".join(unescape(re.sub("<[^>]*>", " ", found[0])).split())


@pytest.mark.parametrize(
    "path", ["", "/modules", "/pages", "/pages/plan", "/discussion_topics", "/users", "/calendar", "/assignments/syllabus"]
)
def test_screens_are_alike(watched_sandbox: Sandbox, course: Furniture, path: str) -> None:
    """Each is a page in English for narrow screens too, with the course's name and menu, without scripts, and not in the log."""
    course.page()
    watched_sandbox.forget_requests()
    answer = opened(watched_sandbox, course, path)
    assert (answer.status, answer.header("Content-Type"), words(answer, "h1")) == (200, "text/html; charset=utf-8", "Equity")
    assert '<meta name="viewport" content="width=device-width">' in answer.text
    assert ("default-src 'none'" in answer.header("Content-Security-Policy"), "<script" in answer.text) == (True, False)
    assert "Home" in words(answer, "nav")
    assert watched_sandbox.requests() == []


def test_home_is_the_front_page(watched_sandbox: Sandbox, course: Furniture) -> None:
    """A course whose home is a page begins with its front page, and says so if that was lost."""
    page = course.page("Welcome", body="<p>Hello &amp; welcome</p>", **FRONT)
    course.change(default_view="wiki")
    assert words(opened(watched_sandbox, course)) == "Welcome Hello & welcome"
    course.put_page(page, title="Other")
    course.revert(page, 1)
    assert "no front page" in words(opened(watched_sandbox, course))


@pytest.mark.parametrize(("view", "shown"), [("modules", "Week"), ("syllabus", "Syllabus"), ("feed", "Announcements")])
def test_home_follows_the_setting(watched_sandbox: Sandbox, course: Furniture, view: str, shown: str) -> None:
    """A course begins with its modules, its syllabus or its news, whichever is set."""
    course.module("Week")
    course.change(default_view=view)
    assert words(opened(watched_sandbox, course)).startswith(shown)


def test_modules_show_what_stands_in_them(watched_sandbox: Sandbox, course: Furniture) -> None:
    """Pages, discussions, headings and links stand in their order; what is not published is marked, and what is required is said."""
    module = course.module("Week 1")
    course.item(module, type="SubHeader", title="Before", published="true")
    item = course.page_item(module, course.page("Read me", published="true"))
    course.put_item(module, item, **MUST_VIEW)
    course.item(module, type="Discussion", content_id=course.topic("Talk"), indent=1)
    course.item(module, type="ExternalUrl", title="Site", external_url="https://example.org/?a=1&b=2")
    seen = opened(watched_sandbox, course, "/modules")
    assert words(seen) == ("Week 1 not published Before not published Read me to be read Talk not published Site not published")
    assert f'href="/courses/{course.cast.course}/pages/read-me"' in seen.text
    assert 'href="https://example.org/?a=1&amp;b=2"' in seen.text


def test_students_see_no_drafts(watched_sandbox: Sandbox, course: Furniture) -> None:
    """In a student's view drafts and hidden entries are not there, their addresses are 404, and links stay in that view."""
    page, module = course.page("Draft"), course.module("Week")
    course.page_item(module, page)
    course.page_item(module, course.page("Open", published="true"))
    course.ask("PUT", "tabs/people", {"hidden": "true"})
    course.put_module(module, published="true")
    course.put_page(page, published="false")
    seen = opened(watched_sandbox, course, f"/modules{STUDENT}")
    assert (words(seen), "People" in words(seen, "nav")) == ("Week Open", False)
    assert f"/pages/open{STUDENT}" in seen.text
    assert opened(watched_sandbox, course, f"/pages/draft{STUDENT}").status == 404
    assert words(opened(watched_sandbox, course, "/pages")) == "Pages Draft not published Open"


def test_hidden_entries_are_marked(watched_sandbox: Sandbox, course: Furniture) -> None:
    """Who teaches sees hidden entries of the menu with a mark, in the order that was set."""
    course.page()
    course.ask("PUT", "tabs/people", {"hidden": "true", "position": "2"})
    assert words(opened(watched_sandbox, course), "nav") == "Home People hidden Pages Syllabus Calendar"


def test_unpublished_course_is_closed(watched_sandbox: Sandbox, course: Furniture) -> None:
    """Who teaches sees a course that is not published, marked as such; a student's view of it is refused in words."""
    course.change(event="claim")
    assert "The course is not published." in words(opened(watched_sandbox, course), "header")
    refused = opened(watched_sandbox, course, STUDENT)
    assert (refused.status, "until it is published" in refused.text) == (401, True)


def test_discussion_shows_replies(watched_sandbox: Sandbox, course: Furniture) -> None:
    """A discussion is shown with who began it, and replies inside what they reply to."""
    topic = course.topic("Talk", message="<p>What do you think?</p>", published="true", locked="true", pinned="true")
    entry = course.ask("POST", f"discussion_topics/{topic}/entries", {"message": "<p>First</p>"}).body["id"]
    course.ask("POST", f"discussion_topics/{topic}/entries/{entry}/replies", {"message": "<p>Second</p>"})
    seen = words(opened(watched_sandbox, course, f"/discussion_topics/{topic}"))
    assert seen.startswith("Talk closed for comments ILC provisioning,")
    assert "2 replies" in seen
    assert re.search(r"First .*Second", seen)
    assert words(opened(watched_sandbox, course, "/discussion_topics")) == "Discussions Pinned Talk 2 replies closed for comments"


def test_news_have_their_screen(watched_sandbox: Sandbox, course: Furniture) -> None:
    """Announcements are apart from discussions, the newest first."""
    for title in ("Old", "New"):
        course.topic(title, is_announcement="true", locked="false")
    assert words(opened(watched_sandbox, course, "/announcements")) == "Announcements New Old"
    assert "none yet" in words(opened(watched_sandbox, course, "/discussion_topics"))


def test_people_are_listed_by_role(watched_sandbox: Sandbox, course: Furniture) -> None:
    """Those who teach come first, everybody with role and section."""
    seen = words(opened(watched_sandbox, course, "/users"))
    assert seen.startswith("People Name Role Section Ada Lovelace Teacher")
    assert seen.endswith("Ada Lovelace Student Region A Ada Lovelace Student Region B")


def test_item_address_leads_to_its_page(watched_sandbox: Sandbox, course: Furniture) -> None:
    """The html_url of an item, opened in a browser, leads to what it leads to; also for pages and discussions themselves."""
    module = course.module()
    course.page_item(module, course.page("Plan"))
    address = course.items(module)[0]["html_url"].partition(f"/courses/{course.cast.course}")[2]
    assert "Plan not published text" in words(opened(watched_sandbox, course, address))


@pytest.mark.parametrize("path", ["/pages/nothing", "/discussion_topics/999", "/modules/items/999", "/pages/page_id:999"])
def test_unknown_screens_are_refused_in_words(watched_sandbox: Sandbox, course: Furniture, path: str) -> None:
    """What is not there is 404 with a sentence."""
    answer = opened(watched_sandbox, course, path)
    assert (answer.status, "There is no such page here." in answer.text) == (404, True)


def test_markup_of_names_is_harmless(watched_sandbox: Sandbox, course: Furniture) -> None:
    """Names are shown as they are, whatever signs are in them."""
    module = course.module('<b>Week</b> & "1"')
    course.page_item(module, course.page("A <i>page</i>"))
    seen = opened(watched_sandbox, course, "/modules")
    assert words(seen) == '<b>Week</b> & "1" not published A <i>page</i> not published'


def test_all_courses_are_listed(watched_sandbox: Sandbox, course: Furniture) -> None:
    """Every course of the institution can be found by its name, with a mark if it is not published."""
    course.change(event="claim")
    answer = Client(watched_sandbox.url, "").send({"as": "none"}, f"{watched_sandbox.url}/courses")
    assert words(answer) == "Sandbox University Default Term Equity Equity not published"


def test_looking_leaves_no_marks(watched_sandbox: Sandbox, course: Furniture) -> None:
    """A screen counts as nobody's activity."""
    course.page("Plan", published="true")
    opened(watched_sandbox, course, f"/pages/plan{STUDENT}")
    assert all(row["last_activity_at"] is None for row in course.get("enrollments"))

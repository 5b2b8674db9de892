"""The calendar that a person opens in a browser."""

import re
from html import unescape
from typing import Any

import pytest

from tests.sandbox.calendar.cast import Cast
from tests.sandbox.conformance import Client, Exchange
from tests.sandbox.process import Sandbox

ALL_DAY: dict[str, Any] = {"start_at": "2031-09-20T04:00:00Z", "end_at": "2031-09-20T04:00:00Z", "time_zone_edited": "America/New_York"}


def opened(sandbox: Sandbox, path: str) -> Exchange:
    """The answer that a browser gets, which has no token."""
    return Client(sandbox.url, "").send({"as": "none"}, f"{sandbox.url}/{path}")


def words(answer: Exchange) -> str:
    """The text of the page as a person reads it, without the menu and the last line, which all screens of a course have."""
    body = re.sub(r'<nav.*?</nav>|<footer class="foot.*?</footer>', "", answer.text.partition("<body>")[2])
    return " ".join(unescape(re.sub("<[^>]*>", " ", body)).split())


def test_page_needs_no_token_and_no_script(calendars: Sandbox, cast: Cast) -> None:
    """It opens without a token as a page in English for narrow screens too, takes nothing from elsewhere, and is not in the log."""
    before = calendars.requests()
    answer = opened(calendars, f"courses/{cast.course}/calendar")
    assert (answer.status, answer.header("Content-Type")) == (200, "text/html; charset=utf-8")
    assert "default-src 'none'" in answer.header("Content-Security-Policy")
    assert '<html lang="en">' in answer.text
    assert '<meta name="viewport" content="width=device-width">' in answer.text
    assert calendars.requests() == before


def test_events_are_shown_by_date(calendars: Sandbox, cast: Cast) -> None:
    """Events are under their dates, all-day ones first, with times in the course's zone; those without a date come last."""
    cast.make(title="Later", start_at="2031-09-21T00:30:00Z", end_at="2031-09-21T20:00:00Z")
    cast.make(title="Undated", start_at="", end_at="")
    cast.make(title="Retreat", **ALL_DAY)
    cast.make(location_name="Room 4", location_address="1 Main St")
    assert words(opened(calendars, f"courses/{cast.course}/calendar")) == (
        "Equity Calendar, in New York time. "
        "Monday, September 15, 2031 10:00 AM to 12:00 PM Meet Room 4, 1 Main St "
        "Saturday, September 20, 2031 All day Retreat 8:30 PM to September 21, 4:00 PM Later "
        "No date Undated"
    )


def test_account_zone_stands_in(calendars: Sandbox, cast: Cast) -> None:
    """A course without a zone of its own shows times in its account's."""
    course = cast.admin.course()
    cast.make(context=f"course_{course}")
    assert "in Denver time. Monday, September 15, 2031 8:00 AM to 10:00 AM Meet" in words(opened(calendars, f"courses/{course}/calendar"))


def test_section_times_stand_for_their_event(calendars: Sandbox, cast: Cast) -> None:
    """A split event is shown once for each section, at its time, and a section's own event with the section's name."""
    cast.split()
    cast.make(by=cast.teacher, context=f"course_section_{cast.region_b}", title="Own")
    text = words(opened(calendars, f"courses/{cast.course}/calendar"))
    assert "September 15, 2031 10:00 AM to 12:00 PM Meet Region A 10:00 AM to 12:00 PM Own Region B Tuesday" in text
    assert text.endswith("Tuesday, September 16, 2031 10:00 AM to 12:00 PM Meet Region B")


def test_everything_is_escaped(calendars: Sandbox, cast: Cast) -> None:
    """Names, titles and places are shown as they are written, and of a description only its words."""
    attack = "<img src=x onerror=alert(1)>"
    cast.admin.ask("PUT", f"courses/{cast.course}", {"course[name]": f"Course {attack}"})
    cast.make(title=f"Title {attack}", location_name=f"Place {attack}", description=f"<p>da<b>ta</b> {attack}&lt;b&gt;</p><p>now</p>")
    answer = opened(calendars, f"courses/{cast.course}/calendar")
    assert "<img" not in answer.text
    assert f"Title {attack} Place {attack} data <b> now" in words(answer)


@pytest.mark.parametrize(("event", "note"), [("claim", "The course is not published."), ("conclude", "The course is concluded.")])
def test_page_says_when_course_is_not_open(calendars: Sandbox, cast: Cast, event: str, note: str) -> None:
    """A course that is not published, or concluded, says so; without events it says that too."""
    cast.admin.ask("PUT", f"courses/{cast.course}", {"course[event]": event})
    assert words(opened(calendars, f"courses/{cast.course}/calendar")).endswith(f"time. {note} There are no events yet.")


def test_deleted_events_are_not_shown(calendars: Sandbox, cast: Cast) -> None:
    """A deleted event is gone from the page."""
    cast.delete(cast.make()["id"])
    assert "Meet" not in opened(calendars, f"courses/{cast.course}/calendar").text


def test_event_address_opens_page(calendars: Sandbox, cast: Cast) -> None:
    """The html_url of an event, opened in a browser, leads to its course's page."""
    event = cast.make(title="Kick-off")
    answer = opened(calendars, event["html_url"].removeprefix(f"{calendars.url}/"))
    assert (answer.status, "Kick-off" in answer.text, f'id="event-{event["id"]}"' in answer.text) == (200, True, True)


UNKNOWN = ["courses/1/calendar", "courses/x/calendar", "calendar", "calendar?include_contexts=course_1", "calendar?%FF"]


@pytest.mark.parametrize("path", UNKNOWN)
def test_unknown_page_is_refused_in_words(calendars: Sandbox, path: str) -> None:
    """An unknown course is 404 with a sentence; a broken address is refused too, without a traceback."""
    answer = opened(calendars, path)
    assert answer.status in {404, 500}
    assert answer.header("Content-Type") == "text/html; charset=utf-8"


def test_other_addresses_are_as_before(calendars: Sandbox, cast: Cast) -> None:
    """Writing to the page's address, or reading another, is refused as everywhere outside the API."""
    client = Client(calendars.url, "")
    assert client.send({"do": "POST", "as": "none"}, f"{calendars.url}/courses/{cast.course}/calendar").status == 422
    assert opened(calendars, f"courses/{cast.course}/grades").status == 404

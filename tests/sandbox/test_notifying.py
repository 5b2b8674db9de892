"""What Canvas queues for people beside notices of calendars: every recorded row."""

from collections.abc import Iterator

import pytest

from tests.sandbox.person import Person
from tests.sandbox.process import Sandbox, start_sandbox


@pytest.fixture(scope="module")
def running() -> Iterator[Sandbox]:
    with start_sandbox() as sandbox:
        yield sandbox


@pytest.fixture
def sandbox(running: Sandbox) -> Sandbox:
    running.reset()
    return running


@pytest.fixture
def admin(sandbox: Sandbox) -> Person:
    return Person(sandbox.url)


def told(sandbox: Sandbox) -> list[tuple[str, int, str]]:
    """What was queued: notification, for whom, and how often by default."""
    return [(row["notification"], row["user_id"], row["default_frequency"]) for row in sandbox.messages()]


def unpublished(admin: Person) -> int:
    return int(admin.make("accounts/1/courses", name="Equity")["id"])


def publish(admin: Person, course: int) -> None:
    assert admin.ask("PUT", f"courses/{course}", {"course[event]": "offer"}).status == 200


def test_quiet_accounts_and_places(sandbox: Sandbox, admin: Person) -> None:
    """An account without confirmation, an active enrollment without notify, and publishing tell nobody."""
    course, user = unpublished(admin), admin.user("a@example.org", send_confirmation="false")
    admin.enroll(course, user)
    publish(admin, course)
    assert told(sandbox) == []


def test_confirmation_asks_to_register(sandbox: Sandbox, admin: Person) -> None:
    """With send_confirmation the person is mailed: registration is done, or to be finished."""
    done = admin.user("a@example.org", send_confirmation="true")
    form = {"user[name]": "Ada", "pseudonym[unique_id]": "b@example.org", "pseudonym[send_confirmation]": "true"}
    begun = admin.ask("POST", "accounts/1/users", form).body["id"]
    assert told(sandbox) == [("Pseudonym Registration Done", done, "immediately"), ("Pseudonym Registration", begun, "immediately")]


@pytest.mark.parametrize("is_open", [False, True])
def test_notified_place_is_mailed_at_once(sandbox: Sandbox, admin: Person, is_open: bool) -> None:
    """An active enrollment with notify is mailed, also in a course that nobody can enter yet."""
    course, user = admin.course() if is_open else unpublished(admin), admin.user("a@example.org")
    admin.enroll(course, user, notify="true")
    assert told(sandbox) == [("Enrollment Notification", user, "immediately")]


@pytest.mark.parametrize("notify", ["true", "false"])
def test_invitation_waits_for_publishing(sandbox: Sandbox, admin: Person, notify: str) -> None:
    """Whoever is invited into an unpublished course hears on the day it is published, whatever notify was, and once."""
    course, users = unpublished(admin), [admin.user("a@example.org"), admin.user("b@example.org")]
    for user, kind in zip(users, ("StudentEnrollment", "TeacherEnrollment"), strict=True):
        admin.enroll(course, user, type=kind, enrollment_state="invited", notify=notify)
    assert told(sandbox) == []
    for _ in range(2):
        publish(admin, course)
    assert told(sandbox) == [("Enrollment Invitation", user, "immediately") for user in users]


@pytest.mark.parametrize(("notify", "count"), [("true", 1), ("false", 0)])
def test_invitation_into_an_open_course(sandbox: Sandbox, admin: Person, notify: str, count: int) -> None:
    """In an open course an invitation is mailed only with notify."""
    course, user = admin.course(), admin.user("a@example.org")
    admin.enroll(course, user, enrollment_state="invited", notify=notify)
    assert told(sandbox) == [("Enrollment Invitation", user, "immediately")] * count


def test_published_topic_tells_members(sandbox: Sandbox, admin: Person) -> None:
    """A discussion is told of when it is published, each time again, and not as a draft or for its title."""
    course, user = admin.course(), admin.user("a@example.org")
    admin.enroll(course, user)
    topic = admin.ask("POST", f"courses/{course}/discussion_topics", {"title": "Hello"}).body["id"]
    assert told(sandbox) == []
    for form in ({"published": "true"}, {"title": "Hello all"}, {"published": "false"}, {"published": "true"}):
        admin.ask("PUT", f"courses/{course}/discussion_topics/{topic}", form)
    assert told(sandbox) == [("New Discussion Topic", user, "never")] * 2


def test_published_page_tells_members(sandbox: Sandbox, admin: Person) -> None:
    """A page older than a minute is told of when it is published, and of any change with notify_of_update; a new one is not."""
    course, user = admin.course(), admin.user("a@example.org")
    admin.enroll(course, user)
    admin.ask("POST", f"courses/{course}/pages", {"wiki_page[title]": "How", "wiki_page[published]": "true"})
    form = {"wiki_page[published]": "false"}, {"wiki_page[published]": "true"}, {"wiki_page[notify_of_update]": "true"}
    for new in form:
        admin.ask("PUT", f"courses/{course}/pages/how", new)
    assert told(sandbox) == []
    sandbox.forward(61)
    for old in (*form, {"wiki_page[body]": "<p>More</p>"}):
        admin.ask("PUT", f"courses/{course}/pages/how", old)
    assert told(sandbox) == [("Updated Wiki Page", user, "never")] * 2


def test_published_module_tells_of_its_pages(sandbox: Sandbox, admin: Person) -> None:
    """Publishing a module publishes the pages in it, and that is told of."""
    course, user = admin.course(), admin.user("a@example.org")
    admin.enroll(course, user)
    admin.ask("POST", f"courses/{course}/pages", {"wiki_page[title]": "How"})
    module = admin.ask("POST", f"courses/{course}/modules", {"module[name]": "Start"}).body["id"]
    admin.ask("POST", f"courses/{course}/modules/{module}/items", {"module_item[type]": "Page", "module_item[page_url]": "how"})
    sandbox.forward(61)
    admin.ask("PUT", f"courses/{course}/modules/{module}", {"module[published]": "true"})
    assert told(sandbox) == [("Updated Wiki Page", user, "never")]

"""/_sandbox: what a test may see, and how the sandbox ends."""

import http.client
import json
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from urllib.parse import urlsplit

import pytest

from tests.sandbox.conformance import Client
from tests.sandbox.conftest import Start
from tests.sandbox.person import Person
from tests.sandbox.process import Sandbox, start_sandbox


def test_requests_are_logged_in_order(sandbox: Sandbox, admin: Person) -> None:
    """Each request with method, path with query, status, seconds and whether it was carried out; /_sandbox itself is left out."""
    admin.get("accounts/1/courses?per_page=1")
    admin.ask("POST", "accounts/1/courses", {"course[default_view]": "wiki"})
    first, second = sandbox.requests()
    assert first.pop("seconds") < 1
    assert first == {"n": 1, "method": "GET", "path": "/api/v1/accounts/1/courses?per_page=1", "status": 200, "done": True}
    assert (second["n"], second["status"], second["done"]) == (2, 400, False)


def test_requests_can_be_forgotten(sandbox: Sandbox, admin: Person) -> None:
    """DELETE empties the log and keeps the world."""
    course = admin.course()
    sandbox.forget_requests()
    assert sandbox.requests() == []
    assert admin.get(f"courses/{course}").status == 200


def test_state_has_single_read_keys(sandbox: Sandbox, admin: Person) -> None:
    """Every thing in the state looks as its own single read shows it."""
    course, user = admin.course(), admin.user("ada")
    row = admin.enroll(course, user).body
    state = sandbox.state()
    inside = ["sections", "enrollments", "calendar_events", "pages", "discussion_topics", "modules", "module_items"]
    assert list(state) == sorted(["accounts", "terms", "roles", "users", "courses", *inside])
    assert state["courses"] == [admin.get(f"courses/{course}").body]
    assert state["users"][-1] == admin.get(f"users/{user}").body
    assert state["enrollments"] == [admin.get(f"accounts/1/enrollments/{row['id']}").body]
    assert state["sections"] == [admin.get(f"sections/{row['course_section_id']}").body]
    assert [term["name"] for term in state["terms"]] == ["Default Term", "Summer 2019"]


def test_numbers_of_one_kind_only(sandbox: Sandbox, admin: Person) -> None:
    """No two things have the same number, whatever their kinds, but the root account and the first administrator."""
    course, user = admin.course(), admin.user("ada@example.org")
    admin.enroll(course, user)
    admin.ask("POST", "calendar_events", {"calendar_event[context_code]": f"course_{course}"})
    held = [admin.get(f"users/{user}/{what}").body[0]["id"] for what in ("logins", "communication_channels")]
    held += [row["id"] for row in admin.get("accounts/1/admins").body]
    held += [row["id"] for row in sandbox.messages()]
    held += furnish(admin, course)
    numbers = held + [row["id"] for name, kind in sandbox.state().items() for row in kind if name != "pages"]
    assert sorted(number for number in set(numbers) if numbers.count(number) > 1) == [1]
    assert numbers.count(1) == len(["the root account", "the first administrator"])


def furnish(admin: Person, course: int) -> list[int]:
    """Put one thing of each kind into a course, and give the numbers of those that the state does not show by their id."""
    inside = f"courses/{course}"
    page = admin.ask("POST", f"{inside}/pages", {"wiki_page[title]": "P"}).body
    topic = admin.ask("POST", f"{inside}/discussion_topics", {"title": "T", "message": "m"}).body["id"]
    module = admin.ask("POST", f"{inside}/modules", {"module[name]": "M"}).body["id"]
    item = {"module_item[type]": "Page", "module_item[page_url]": page["url"]}
    assert admin.ask("POST", f"{inside}/modules/{module}/items", item).status == 200
    entry = admin.ask("POST", f"{inside}/discussion_topics/{topic}/entries", {"message": "m"}).body["id"]
    return [page["page_id"], entry, admin.get(f"{inside}/folders").body[0]["id"]]


def test_kept_content_comes_back(sandbox: Sandbox, admin: Person) -> None:
    """What courses hold is as it was kept, menus and former versions too, however it was changed since."""
    course = admin.course()
    page = furnish(admin, course)[0]
    sandbox.keep()
    kept = sandbox.state()
    for path, form in ((f"pages/page_id:{page}", {"wiki_page[title]": "Other"}), ("tabs/people", {"hidden": "true"})):
        admin.ask("PUT", f"courses/{course}/{path}", form)
    furnish(admin, course)
    sandbox.go_back()
    assert sandbox.state() == kept
    assert len(admin.get(f"courses/{course}/pages/page_id:{page}/revisions").body) == 1
    assert all("hidden" not in row for row in admin.get(f"courses/{course}/tabs").body)


def test_state_is_canonical_json(sandbox: Sandbox) -> None:
    """Keys sorted and no blanks, so that two equal worlds are equal texts."""
    text = Client(sandbox.url, "").send({}, f"{sandbox.url}/_sandbox/state").text
    assert text == json.dumps(json.loads(text), sort_keys=True, separators=(",", ":"), ensure_ascii=False)


def test_reset_brings_first_world_back(sandbox: Sandbox, admin: Person) -> None:
    """Afterwards the world, the log and the faults are as at the start."""
    before = sandbox.state()
    admin.course()
    sandbox.fault("500", "nowhere")
    sandbox.reset()
    after = sandbox.state()
    assert [account["name"] for account in before["accounts"]] == [account["name"] for account in after["accounts"]]
    assert (after["courses"], sandbox.requests(), sandbox.faults_left()) == ([], [], [])


def test_kept_world_comes_back(sandbox: Sandbox, admin: Person) -> None:
    """However often one goes back to it, it is as it was kept, with the numbers that follow; log and faults are empty."""
    admin.enroll(admin.course(), admin.user("ada"))
    sandbox.keep()
    kept = sandbox.state()
    for _ in range(2):
        admin.enroll(admin.course(), admin.user("grace"))
        sandbox.fault("500", "nowhere")
        sandbox.go_back()
        assert (sandbox.state(), sandbox.requests(), sandbox.faults_left()) == (kept, [], [])
    assert admin.course() == kept["courses"][-1]["id"] + 1


def test_kept_events_come_back(sandbox: Sandbox, admin: Person) -> None:
    """Events, what was queued because of them, and the numbers that follow are as they were kept; elsewhere they begin anew."""
    course = admin.course()
    admin.enroll(course, admin.user("ada"))
    form = {"calendar_event[context_code]": f"course_{course}"}
    event = admin.ask("POST", "calendar_events", form).body["id"]
    sandbox.keep()
    kept = (sandbox.state(), sandbox.messages())
    admin.ask("PUT", f"calendar_events/{event}", {"calendar_event[title]": "New", "calendar_event[start_at]": "2031-09-15"})
    admin.ask("DELETE", f"calendar_events/{admin.ask('POST', 'calendar_events', form).body['id']}")
    sandbox.go_back()
    assert (sandbox.state(), sandbox.messages()) == kept
    assert admin.ask("POST", "calendar_events", form).body["id"] == event + 1
    with start_sandbox() as other:
        assert (other.state()["calendar_events"], other.messages()) == ([], [])


def test_kept_world_lags_as_before(start: Start) -> None:
    """What lists did not show yet when it was kept, they show in time."""
    sandbox = start("--lag", "600")
    admin = Person(sandbox.url)
    admin.course()
    sandbox.keep()
    sandbox.forward(600)
    sandbox.go_back()
    assert len(admin.get("accounts/1/courses").body) == 1
    sandbox.reset()
    assert admin.get("accounts/1/courses").body == []


@pytest.mark.parametrize(("body", "status"), [('{"to": "kept"}', 409), ('{"to": "mars"}', 400), ("{}", 400), ("kept", 400)])
def test_going_back_nowhere_is_refused(start: Start, body: str, status: int) -> None:
    """Without anything kept, or to another place, one cannot go back, and nothing is changed."""
    sandbox = start()
    course = Person(sandbox.url).course()
    with closing(http.client.HTTPConnection(str(urlsplit(sandbox.url).netloc))) as line:
        line.request("POST", "/_sandbox/reset", body)
        assert line.getresponse().status == status
    assert [row["id"] for row in sandbox.state()["courses"]] == [course]


@pytest.mark.parametrize("body", ['{"forward": "soon"}', '{"back": 3}', '{"forward": 1e400}', "[]", "later"])
def test_clock_goes_forward_by_seconds_alone(sandbox: Sandbox, body: str) -> None:
    """Any other order is refused."""
    with closing(http.client.HTTPConnection(str(urlsplit(sandbox.url).netloc))) as line:
        line.request("POST", "/_sandbox/clock", body)
        assert line.getresponse().status == 400


def test_idle_connection_does_not_block_end() -> None:
    """With a connection kept alive the sandbox still ends at once, with code 0."""
    sandbox = start_sandbox()
    idle = http.client.HTTPConnection(str(urlsplit(sandbox.url).netloc))
    idle.request("GET", "/_sandbox/requests")
    assert idle.getresponse().read() == b"[]"
    assert sandbox.stop() == 0
    idle.close()


def test_latency_holds_nothing_up(start: Start) -> None:
    """Each request waits its time, and none waits for another."""
    sandbox = start("--latency-ms", "200")
    person = Person(sandbox.url)
    with ThreadPoolExecutor(6) as pool:
        began = time.monotonic()
        list(pool.map(lambda _: person.get("accounts/self"), range(6)))
        whole = time.monotonic() - began
    took = [row["seconds"] for row in sandbox.requests()]
    assert min(took) >= 0.2
    assert whole < sum(took)


def test_rights_are_taken_while_it_runs(sandbox: Sandbox, admin: Person) -> None:
    """The token lacks the rights ordered until others are, or none; unknown ones change nothing."""
    sandbox.deny("manage_sis")
    assert admin.get("accounts/1/permissions?permissions[]=manage_sis").body == {"manage_sis": False}
    with closing(http.client.HTTPConnection(str(urlsplit(sandbox.url).netloc))) as line:
        line.request("POST", "/_sandbox/deny", '["fly"]')
        assert line.getresponse().status == 400
    sandbox.deny()
    assert admin.get("accounts/1/permissions?permissions[]=manage_sis").body == {"manage_sis": True}
    sandbox.deny("manage_sis")
    sandbox.reset()
    assert admin.get("accounts/1/permissions?permissions[]=manage_sis").body == {"manage_sis": True}

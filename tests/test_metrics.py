"""What is answered over HTTP beside the worker: real requests to a real server on a real store."""

import socket
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote

import pytest
import requests
from prometheus_client.parser import text_string_to_metric_families
from sqlalchemy import text

from ilc_canvas.canvas.http.throttle import Throttle
from ilc_canvas.reconcile.change import Create
from ilc_canvas.store.db.database import Store
from ilc_canvas.store.db.lease import take_lease
from ilc_canvas.store.opening import open_store
from ilc_canvas.store.worker import heartbeat
from ilc_canvas.worker.http import Server, serve
from ilc_canvas.worker.ready_courses import ReadyCourses
from tests.store.cast import NOON, ROSA, Clock, Desk, finalized, seat

ROSAS = "rosa@box:7"
Samples = dict[str, dict[tuple[str, ...], float]]


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    """A store in which Rosa was made and given a seat, and whose worker is alive."""
    store, clock = open_store(f"sqlite:///{tmp_path}/store/store.db", create=True), Clock()
    finalized(store)
    with take_lease(store, ROSAS, renewal=None, now=clock) as lease:
        Desk(store, lease, clock).carried(Create(ROSA), Create(seat()))
    heartbeat.beat(store, ROSAS, state="leading", version="1", sentence="Rosa Núñez is done.", at=NOON, started_at=NOON)
    yield store
    store.close()


@pytest.fixture
def throttle() -> Throttle:
    """What the worker knows of Canvas's allowance."""
    return Throttle()


@pytest.fixture
def server(store: Store, throttle: Throttle) -> Iterator[Server]:
    """A server, half a minute after the last sign of life."""
    server = serve(store, "127.0.0.1", 0, worker=ROSAS, throttle=throttle, now=lambda: NOON + timedelta(seconds=30))
    yield server
    server.close()


def _get(server: Server, path: str) -> requests.Response:
    return requests.get(f"http://127.0.0.1:{server.port}{path}", timeout=60)


def _samples(server: Server) -> Samples:
    """Values by name, and by labels in the order of their names."""
    found: Samples = {}
    for family in text_string_to_metric_families(_get(server, "/metrics").text):
        for sample in family.samples:
            found.setdefault(sample.name.removeprefix("ilc_canvas_"), {})[tuple(sample.labels.values())] = sample.value
    return found


def test_metrics_tell_how_things_stand(server: Server) -> None:
    """Runs, changes, ages and workers are there by name, and Prometheus's own parser reads them."""
    found = _samples(server)
    assert found["runs_total"] == {("applied",): 1}
    assert found["changes_total"] == {("enrollment", "applied", "create"): 1, ("user", "applied", "create"): 1}
    assert found["last_success_age_seconds"] == {(): 30}
    assert found["heartbeat_age_seconds"] == {("leading", "box:7"): 30}
    assert found["held_plans"] == found["parked_changes"] == found["people_asked_about"] == found["waiting_sync_requests"] == {(): 0}
    assert found["requests_total"] == {("answered",): 0, ("refused",): 0, ("throttled",): 0, ("unavailable",): 0}
    assert found["writes_total"] == {(): 0}


def test_ready_courses_are_told(store: Store) -> None:
    """How many courses are ready, of how many, by school year; nothing if nobody knows."""
    server = serve(store, "127.0.0.1", 0, worker=ROSAS, ready=lambda: [ReadyCourses("2021-22", 18, 19)])
    found = _samples(server)
    server.close()
    assert (found["courses_ready"], found["courses"]) == ({("2021-22",): 18}, {("2021-22",): 19})


def test_throttle_is_told_when_known(server: Server, throttle: Throttle) -> None:
    """Before Canvas was asked nothing is said of its allowance."""
    assert "throttle_remaining" not in _samples(server)
    throttle.remaining = 523.5
    assert _samples(server)["throttle_remaining"] == {(): 523.5}


def test_metrics_name_no_one(server: Server, store: Store) -> None:
    """No person, key of a person or address is in any line, nor the name by which the worker's system knows its user."""
    with store.write() as connection:
        connection.execute(text("UPDATE lease SET holder = 'rosa@box:7', expires = '2031-01-01T00:00:00.000000Z'"))
    told = _get(server, "/metrics").text.casefold()
    assert 'ilc_canvas_lease{holder="box:7"} 1.0' in told
    assert not [word for word in ("rosa", "núñez", "nunez", "ilc-0001", "ilc:p", "example.org", "@") if word in told]


@pytest.mark.parametrize(("path", "status"), [("/healthz", 200), ("/readyz", 200), ("/", 404), ("/metrics/..", 404), ("/healthz?x=1", 200)])
def test_three_paths_and_no_other(server: Server, path: str, status: int, capfd: pytest.CaptureFixture[str]) -> None:
    """All else is not there, and who asks for what is logged nowhere."""
    answer = _get(server, path)
    assert (answer.status_code, answer.headers["Server"]) == (status, "ilc-canvas")
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "HEAD"])
def test_only_get_is_answered(server: Server, method: str) -> None:
    """Whoever wants to change something has come to the wrong door."""
    assert requests.request(method, f"http://127.0.0.1:{server.port}/metrics", timeout=60).status_code == 501


def test_silent_worker_is_not_ready(store: Store) -> None:
    """The process lives, but is not to be relied on: a minute after its last sign of life, whoever else is alive."""
    later = NOON + timedelta(seconds=50)
    heartbeat.beat(store, "ben@box:8", state="ready", version="1", sentence="", at=later, started_at=later)
    server = serve(store, "127.0.0.1", 0, worker=ROSAS, now=lambda: NOON + timedelta(seconds=61))
    assert [(_get(server, path).status_code) for path in ("/healthz", "/readyz")] == [200, 503]
    assert _get(server, "/readyz").text == "The worker gives no sign of life.\n"
    server.close()


def test_store_that_is_away(server: Server, store: Store) -> None:
    """Without its store the process is alive, but not ready, and has no numbers; where the store lies is not told."""
    with store.write() as connection:
        connection.execute(text("ALTER TABLE heartbeat RENAME TO away"))
    answers = [_get(server, path) for path in ("/healthz", "/readyz", "/metrics")]
    assert [answer.status_code for answer in answers] == [200, 503, 503]
    assert answers[2].text == "The store cannot be read.\n"


def test_slow_caller_keeps_nobody(server: Server) -> None:
    """A caller who says nothing keeps no other waiting."""
    with socket.create_connection(("127.0.0.1", server.port)):
        assert _get(server, "/healthz").elapsed.total_seconds() < 2


def test_closed_server_is_gone(store: Store) -> None:
    """After closing nobody listens."""
    server = serve(store, "127.0.0.1", 0, worker=ROSAS)
    server.close()
    with pytest.raises(requests.ConnectionError):
        _get(server, "/healthz")


PAYLOADS = ("<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "{{7*7}}", "a\nilc_canvas_fake 1", "\\u003cscript>")


@pytest.mark.parametrize("payload", PAYLOADS)
def test_payload_is_never_markup(server: Server, store: Store, payload: str) -> None:
    """Script in a name, a worker's name or a path comes back in no answer as markup, nor as a line of its own: all is plain text, and no
    browser is to guess.
    """
    heartbeat.beat(store, f"{payload}@box:8", state="leading", version=payload, sentence=payload, at=NOON, started_at=NOON)
    for path in ("/metrics", "/readyz", "/healthz", f"/{quote(payload)}"):
        said = requests.get(f"http://127.0.0.1:{server.port}{path}", timeout=60)
        assert said.headers["Content-Type"].startswith("text/plain")
        assert (said.headers["X-Content-Type-Options"], said.headers["Cache-Control"]) == ("nosniff", "no-store")
        assert said.headers["Content-Security-Policy"] == "default-src 'none'"
        assert not [line for line in said.text.splitlines() if line.startswith("ilc_canvas_fake")]


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH", "OPTIONS", "<script>"])
def test_error_is_plain_text_too(server: Server, method: str) -> None:
    """What no page may do here is refused in plain text, without repeating what was asked, and without a cookie."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=60) as line:
        line.sendall(f"{method} /metrics HTTP/1.0\r\nOrigin: https://evil.example.org\r\n\r\n".encode())
        said = b"".join(iter(lambda: line.recv(4096), b"")).decode()
    head, _, body = said.partition("\r\n\r\n")
    assert "Content-Type: text/plain" in head
    assert "X-Content-Type-Options: nosniff" in head
    assert not {"Set-Cookie", "Access-Control-Allow-Origin"} & {line.partition(":")[0] for line in head.splitlines()}
    assert body.strip() in ("501", "400")

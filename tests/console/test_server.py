"""What the server refuses by itself, before any page is asked: in our headers, in fixed words, and it hangs up."""

import socket
import time
from contextlib import suppress
from threading import Thread

import pytest
import requests

from ilc_canvas.console.security.headers import HEADERS, HSTS
from ilc_canvas.console.security.place import Place, place_of
from ilc_canvas.console.server import app_of, listen, server_of
from ilc_canvas.settings import Settings
from tests.console.cast import Browser, Office
from tests.console.conftest import serving

HOST = "Host: {host}\r\n"
POST = f"POST /sign-in HTTP/1.1\r\n{HOST}"
MARK = "<script>alert(1)</script>"
NO_HTTP = {
    "no request line": f"{MARK}\r\n\r\n",
    "HTTP/0.9": "GET /\r\n\r\n",
    "HTTP/2 at once": "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
    "no host": "GET / HTTP/1.1\r\n\r\n",
    "two hosts": f"GET / HTTP/1.1\r\n{HOST}{HOST}\r\n",
    "a header that is none": f"GET / HTTP/1.1\r\n{HOST}X y: {MARK}\r\n\r\n",
    "a length that is none": f"{POST}Content-Length: {MARK}\r\n\r\n",
    "two lengths": f"{POST}Content-Length: 4\r\nContent-Length: 5\r\n\r\nabcd",
    "a coding that is none": f"{POST}Transfer-Encoding: gzip\r\n\r\n",
    "a piece that is none": f"{POST}Sec-Fetch-Site: same-origin\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    "TLS": "\x16\x03\x01\x02\0\x01\0\x01\xfc\x03\x03",
}


def _answers(url: str, sent: str) -> str:
    """All that the server sends until it hangs up."""
    host, port = url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=60) as connection:
        connection.sendall(sent.format(host=f"{host}:{port}").encode("latin-1"))
        return b"".join(iter(lambda: connection.recv(2**16), b"")).decode("latin-1")


def _lines(answer: str) -> list[str]:
    return [line.lower() for line in answer.partition("\r\n\r\n")[0].split("\r\n")]


@pytest.mark.parametrize("name", NO_HTTP)
def test_what_is_no_http_is_refused(office: Office, name: str) -> None:
    """It is answered in our headers, without a word of what was sent, and the connection ends; other visitors notice nothing."""
    answer = _answers(office.url, NO_HTTP[name])
    last = f"HTTP/1.1 4{answer.rpartition('HTTP/1.1 4')[2]}"
    wanted = [f"{name}: {value}".lower() for name, value in [*HEADERS.items(), ("Cache-Control", "no-store")]]
    assert (last.startswith("HTTP/1.1 400 "), [line for line in wanted if _lines(last).count(line) != 1]) == (True, []), answer
    assert MARK not in answer
    assert Browser(office.url).get("/healthz").text == "alive"


def test_header_without_end_is_not_collected(office: Office) -> None:
    """After 64 kB the server hangs up, with or without a word, however much is still to come."""
    sent = 0
    host, port = office.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=60) as connection, suppress(ConnectionError):
        connection.sendall(f"GET / HTTP/1.1\r\nHost: {host}:{port}\r\nX: ".encode())
        while sent < 2**27:
            connection.sendall(b"a" * 2**16)
            sent += 2**16
    assert sent < 2**27
    assert Browser(office.url).get("/healthz").text == "alive"


def test_too_many_connections_are_refused(office: Office) -> None:
    """Whoever comes while a hundred others are connected is told so in our headers, and is served when they have gone."""
    host, port = office.url.removeprefix("http://").split(":")
    others = [socket.create_connection((host, int(port))) for _ in range(100)]
    time.sleep(0.5)  # until the server has taken them all
    refused = Browser(office.url).get("/healthz")
    assert (refused.status_code, {name: refused.headers.get(name) for name in HEADERS}) == (503, HEADERS)
    for each in others:
        each.close()
    time.sleep(0.5)
    assert Browser(office.url).get("/healthz").text == "alive"


def test_refusals_ask_for_https(office: Office, settings: Settings) -> None:
    """At a public address these answers, too, tell browsers to come by https alone."""
    with serving(settings, office.store, place_of("127.0.0.1", 8080, "https://console.example.org")) as public:
        assert f"strict-transport-security: {HSTS}".lower() in _lines(_answers(public.url, NO_HTTP["no host"]))


def test_answers_are_not_held_back(office: Office, settings: Settings) -> None:
    """What follows the headers is sent at once: the system is told not to wait for more (it would, for 40 ms a page)."""
    with listen(Place("127.0.0.1", 0, ())) as socket_:
        here = place_of("127.0.0.1", socket_.getsockname()[1], "")
        server = server_of(app_of(settings, office.store, here), here)
        thread = Thread(target=server.run, kwargs={"sockets": [socket_]}, daemon=True)
        thread.start()
        with requests.Session() as browser:
            assert browser.get(f"{here.origins[0]}/healthz", timeout=60).text == "alive"
            (connection,) = server.server_state.connections
            accepted = connection.transport.get_extra_info("socket")
            assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
        server.should_exit = True
        thread.join(20)

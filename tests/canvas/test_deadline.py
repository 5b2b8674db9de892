"""A call has an end, whatever the server does with the time."""

import time
from pathlib import Path

import pytest
from urllib3.connection import HTTPConnection
from urllib3.exceptions import NewConnectionError

from ilc_canvas.canvas.http.deadline import TooLongError, begin_sending, within
from ilc_canvas.canvas.http.transport import Timing, Transport
from ilc_canvas.canvas.kinds import all_calls
from ilc_canvas.reconcile.errors import InDoubtError, UnavailableError
from tests.canvas.sockets import Deed, certificate, dripping, serving

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
DRIPS = {
    "status": dripping(b"H"),
    "headers": dripping(b"HTTP/1.1 200 OK\r\nX: ", b"x"),
    "many headers": dripping(HEAD, b"X-A: b\r\n"),
    "body": dripping(HEAD + b"Content-Length: 5000\r\n\r\n{"),
    "body without end": dripping(HEAD + b"\r\n{"),
    "chunks": dripping(HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\n \r\n"),
    "continue": dripping(b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
    "silence": dripping(b"", b""),
}
drips = pytest.mark.parametrize("drip", DRIPS.values(), ids=DRIPS)
TOTAL = 0.3


def transport(port: int, scheme: str = "http") -> Transport:
    """One whose calls end after 0.3 seconds."""
    return Transport(f"{scheme}://127.0.0.1:{port}", lambda: "secret-token", all_calls(), timing=Timing(lambda _: None, total=TOTAL))


@drips
def test_dripping_answer_has_an_end(drip: Deed) -> None:
    """An answer that comes byte by byte, each in time, ends with the call's one deadline, and the error names the call."""
    with serving(drip) as port:
        begun = time.monotonic()
        with pytest.raises(UnavailableError, match=r"GET users/self|no whole answer"):
            transport(port).call("GET", "users/self")
    assert time.monotonic() - begun < 30 * TOTAL  # without an end it would be minutes


@drips
def test_dripping_write_is_in_doubt(drip: Deed) -> None:
    """A write that is answered so may have happened."""
    with serving(drip) as port, pytest.raises(InDoubtError):
        transport(port).call("POST", "accounts/1/courses", repeatable=False)


def test_dripping_over_tls_has_an_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """So it is where the bytes come over TLS."""
    context, pem = certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(pem))
    begun = time.monotonic()
    with serving(DRIPS["body"], tls=context) as port, pytest.raises(UnavailableError, match="GET users/self"):
        transport(port, "https").call("GET", "users/self")
    assert time.monotonic() - begun < 30 * TOTAL  # without an end it would be minutes


def test_silent_handshake_has_an_end() -> None:
    """A server that takes the connection and never says a word of TLS does not hold the call, and nothing was sent."""
    with serving(lambda _: time.sleep(3)) as port, pytest.raises(UnavailableError, match="no connection stood by then"):
        transport(port, "https").call("POST", "accounts/1/courses", repeatable=False)


def test_what_was_not_sent_never_is() -> None:
    """A request whose time was over before its connection stood is not sent afterwards either."""
    tried = []

    def late() -> None:
        time.sleep(0.2)
        try:
            begin_sending(HTTPConnection("127.0.0.1"))
        except NewConnectionError as error:
            tried.append(error)

    with pytest.raises(TooLongError) as raised:
        within(0.05, late)
    time.sleep(0.4)
    assert (raised.value.sent, len(tried)) == (False, 1)


def test_error_within_time_is_its_own() -> None:
    """What goes wrong in time comes through, a time-out of its own too."""
    with pytest.raises(TimeoutError, match="mine"):
        within(5, _fail)


def _fail() -> None:
    raise TimeoutError("mine")

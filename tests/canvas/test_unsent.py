"""What was never sent is unavailable, what may have been sent is in doubt: over real sockets."""

import socket
from pathlib import Path

import pytest

from ilc_canvas.canvas.http.transport import Timing, Transport
from ilc_canvas.canvas.kinds import all_calls
from ilc_canvas.reconcile.errors import CanvasError, InDoubtError, UnavailableError
from tests.canvas import sockets
from tests.canvas.sockets import Deed


def created(address: str, *, trust: Path | None = None) -> CanvasError:
    """How a create fails at this address."""
    transport = Transport(address, lambda: "secret-token", all_calls(), timing=Timing(sleep=lambda _: None))
    if trust:
        transport._session.verify = str(trust)
    with pytest.raises(CanvasError) as caught:
        transport.call("POST", "accounts/1/courses", repeatable=False, course={"name": "EQ"})
    return caught.value


def test_refused_connection_is_unavailable() -> None:
    """Where nobody listens nothing was sent."""
    error = created(f"http://127.0.0.1:{sockets.closed_port()}")
    assert (type(error), str(error)) == (UnavailableError, "Canvas cannot be reached: nobody answers at its address.")


def test_unknown_host_is_unavailable() -> None:
    """A name that cannot be resolved is said, with what to check."""
    error = created("https://canvas.invalid")
    assert type(error) is UnavailableError
    assert str(error).startswith("Canvas cannot be reached: no such host is known here; check the address")


def test_untrusted_certificate_is_unavailable(tmp_path: Path) -> None:
    """A certificate that nobody here trusts ends the call before anything is sent."""
    context, _ = sockets.certificate(tmp_path)
    with sockets.serving(sockets.read_and_reset, tls=context) as port:
        error = created(f"https://127.0.0.1:{port}")
    assert type(error) is UnavailableError
    assert str(error).startswith("Canvas cannot be reached: its certificate is not trusted here; if it is of an authority of your own")


@pytest.mark.parametrize("deed", [sockets.reset_unread, sockets.hang_up, sockets.greet])
def test_failed_handshake_is_unavailable(deed: Deed) -> None:
    """A port that resets, closes or does not speak TLS: no handshake, so nothing was sent."""
    with sockets.serving(deed) as port:
        error = created(f"https://127.0.0.1:{port}")
    assert type(error) is UnavailableError
    assert str(error).startswith("Canvas cannot be reached: ")


def test_silent_handshake_is_unavailable() -> None:
    """A port that takes the connection and is silent is given up after 5 seconds; requests calls that a read timeout."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        error = created(f"https://127.0.0.1:{listener.getsockname()[1]}")
    assert (type(error), str(error)) == (UnavailableError, "Canvas cannot be reached: no connection within 5 seconds.")


AFTERWARDS = [
    sockets.reset_unread,
    sockets.read_and_reset,
    sockets.read_and_hang_up,
    sockets.answer_in_part,
    sockets.answer_bad_chunk,
    sockets.answer_no_http,
]


@pytest.mark.parametrize("deed", AFTERWARDS)
def test_broken_connection_is_in_doubt(deed: Deed) -> None:
    """Once there is a connection the request may have been read, whatever breaks then."""
    with sockets.serving(deed) as port:
        assert type(created(f"http://127.0.0.1:{port}")) is InDoubtError


@pytest.mark.parametrize("deed", [*AFTERWARDS[1:], sockets.break_tls])
def test_broken_tls_is_in_doubt(tmp_path: Path, deed: Deed) -> None:
    """So it is after a handshake, though requests has the same error for both."""
    context, trust = sockets.certificate(tmp_path)
    with sockets.serving(deed, tls=context) as port:
        assert type(created(f"https://127.0.0.1:{port}", trust=trust)) is InDoubtError


def test_plain_request_to_tls_port(tmp_path: Path) -> None:
    """Plain http to a port that speaks TLS was sent, and got no answer."""
    context, _ = sockets.certificate(tmp_path)
    with sockets.serving(sockets.read_and_reset, tls=context) as port:
        assert type(created(f"http://127.0.0.1:{port}")) is InDoubtError

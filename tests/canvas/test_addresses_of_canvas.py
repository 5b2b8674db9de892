"""To which address the token goes, and whom it trusts there."""

import re
from pathlib import Path

import pytest
import responses

from ilc_canvas.canvas.http.session import authority, check_address
from ilc_canvas.canvas.http.transport import Timing, Transport
from ilc_canvas.canvas.kinds import all_calls
from ilc_canvas.reconcile.errors import SettingsError, UnavailableError
from tests.canvas.cast import HOST, ONE
from tests.canvas.sockets import Deed, certificate, dripping, serving

BODY = b'{"id": 1}'
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n" + BODY


def once(data: bytes) -> Deed:
    return dripping(data, b"", every=0.5)


@pytest.mark.parametrize(
    "address",
    [
        "http://other.example.org\\@127.0.0.1",
        "https://other.example.org\\@canvas.example.edu",
        "https://canvas.example.edu@other.example.org",
        "https://user:word@canvas.example.edu",
        "https://canvas.example.edu#@other.example.org",
        "https://canvas.example.edu?@other.example.org",
        "https://canvas.example.edu\n.other.example.org",
        "https://canvas.example.edu\t",
        "https://canvas.example.edu /",
        "https://canvas%2eexample.edu",
        "https://canvas\u3002example.edu",
        "https://c\u0430nvas.example.edu",
        "https://canvas.example.edu:443x",
        "https://canvas.example.edu:99999",
        "https://[::1",
        "https://",
        "https:///api",
        "//canvas.example.edu",
        "canvas.example.edu",
        "file:///etc/passwd",
        "ftp://canvas.example.edu",
        "http://canvas.example.edu",
        "http://127.0.0.1.example.org",
        "http://localhost.example.org",
        "http://127.1",
        "http://0x7f000001",
        "",
    ],
)
def test_doubtful_address_is_refused(address: str) -> None:
    """What two programs may read as two hosts, or would send the token in the clear, is no address; the sentence shows it escaped."""
    with pytest.raises(SettingsError, match="The Canvas address") as raised:
        check_address(address)
    assert str(raised.value).isascii()
    assert str(raised.value).isprintable()
    assert "user:word" not in str(raised.value)


@pytest.mark.parametrize(
    "address",
    [
        "https://canvas.example.edu",
        "https://CANVAS.example.edu:8443/canvas/",
        "http://127.0.0.1:3000",
        "http://[::1]:80",
        "http://localhost",
    ],
)
def test_plain_address_is_taken(address: str) -> None:
    """An address with a port or a path is one, and http is taken on this machine itself."""
    check_address(address)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_redirect_elsewhere_is_not_followed(canvas: responses.RequestsMock, transport: Transport, status: int) -> None:
    """A redirect, to whatever host, is an error; nothing goes there, the token least of all."""
    canvas.add("GET", ONE, status=status, headers={"Location": "https://other.example.org/api/v1/accounts/1"})
    canvas.add("GET", "https://other.example.org/api/v1/accounts/1", json={"id": 1})
    with pytest.raises(UnavailableError, match="Canvas redirects GET accounts/1"):
        transport.call("GET", "accounts/1")
    assert {call.request.url for call in canvas.calls} == {ONE}


@pytest.mark.parametrize("body", [{"id": 1}, [{"id": 1}], []])
def test_part_of_an_answer_is_none(canvas: responses.RequestsMock, transport: Transport, body: object) -> None:
    """206 is a part, even where it is JSON: a shorter list is never believed."""
    canvas.add("GET", ONE, status=206, json=body)
    with pytest.raises(UnavailableError, match="Only a part of an answer came to GET accounts/1"):
        transport.call("GET", "accounts/1")


def test_own_authority_is_trusted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Canvas with a certificate of one's own authority is trusted if SSL_CERT_FILE names that; otherwise the sentence says so."""
    context, pem = certificate(tmp_path)
    with serving(once(ANSWER), tls=context) as port:
        address = f"https://127.0.0.1:{port}"
        monkeypatch.delenv("SSL_CERT_FILE", raising=False)
        with pytest.raises(UnavailableError, match="SSL_CERT_FILE"):
            new(address).call("GET", "users/self")
        monkeypatch.setenv("SSL_CERT_FILE", str(pem))
        assert new(address).call("GET", "users/self").json == {"id": 1}


def test_certificate_of_another_host_is_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A trusted certificate for another host is named as that."""
    context, pem = certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(pem))
    with serving(once(ANSWER), tls=context) as port, pytest.raises(UnavailableError, match="is for another host"):
        new(f"https://localhost:{port}").call("GET", "users/self")


@pytest.mark.parametrize("content", [None, "", "no certificate", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"])
def test_odd_authority_is_a_setting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content: str | None) -> None:
    """A file that is not there, or holds no certificate, is said as a setting, before anything is asked."""
    path = tmp_path / "authority.pem"
    if content is not None:
        path.write_text(content)
    monkeypatch.setenv("SSL_CERT_FILE", str(path))
    with pytest.raises(SettingsError, match=f"SSL_CERT_FILE: {re.escape(str(path))} cannot be read, or holds no certificates"):
        authority()


def new(address: str) -> Transport:
    return Transport(address, lambda: "secret-token", all_calls(), timing=Timing(sleep=lambda _: None))


@pytest.mark.parametrize("coding", ["gzip", "gzip, gzip", "br, gzip", "deflate"])
def test_wrong_coding_is_an_error(canvas: responses.RequestsMock, transport: Transport, coding: str) -> None:
    """A body that is not packed as its header says is no answer."""
    canvas.add("GET", ONE, body=BODY, content_type="application/json", headers={"Content-Encoding": coding})
    with pytest.raises(UnavailableError, match="accounts/1"):
        transport.call("GET", "accounts/1")


def test_nested_packing_has_a_limit(canvas: responses.RequestsMock, transport: Transport) -> None:
    """A few kilobytes that unpack to a gigabyte, packed twice, are given up at the limit of a body."""
    canvas.add("GET", ONE, body=bomb(), content_type="application/json", headers={"Content-Encoding": "gzip, gzip"})
    with pytest.raises(UnavailableError, match="larger"):
        transport.call("GET", "accounts/1")


def bomb() -> bytes:
    """200 MB of blanks, packed twice."""
    import gzip

    return gzip.compress(gzip.compress(b" " * 200_000_000, 1), 9)


__all__ = ["HOST"]

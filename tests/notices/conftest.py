"""Servers that take notices: mail servers and web listeners on this machine, good ones and others."""

import datetime
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path
from typing import Any

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from tests.store.conftest import made_database, postgres, store, url

__all__ = ["made_database", "postgres", "store", "url"]
USER, PASSWORD = "ilc", "Zq-password-of-the-office"


@dataclass
class Postbox:
    """A mail server's side: what it got, whom it refuses."""

    got: list[Envelope] = field(default_factory=list)
    secure: list[bool] = field(default_factory=list)
    refused: tuple[str, ...] = ()
    answer: str = "250 OK"
    port: int = 0

    async def handle_RCPT(self, server: SMTP, session: Session, envelope: Envelope, address: str, options: list[str]) -> str:  # noqa: N802
        del server, session, options
        if address in self.refused:
            return f"550 <{address}> is unknown"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802
        del server
        self.got.append(envelope)
        self.secure.append(session.ssl is not None)
        return self.answer


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A key and a certificate for this machine itself, in one file, signed by itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.datetime.now(datetime.UTC)
    names = x509.SubjectAlternativeName([x509.DNSName("localhost"), x509.IPAddress(ip_address("127.0.0.1"))])
    builder = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number(), now, now + datetime.timedelta(days=1))
    made = builder.add_extension(names, critical=False).add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    path = tmp_path_factory.mktemp("tls") / "both.pem"
    private = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    path.write_bytes(private + made.sign(key, SHA256()).public_bytes(Encoding.PEM))
    return path


@pytest.fixture
def trusted(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Trusts a certificate authority of our own."""
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))


Post = Callable[..., Postbox]


@pytest.fixture
def post(certificate: Path) -> Iterator[Post]:
    """Starts mail servers: starttls, tls or none, with or without a login."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate)
    with ExitStack() as stack:

        def started(security: str = "starttls", *, login: bool = False, **more: Any) -> Postbox:
            box = Postbox(**more, port=_free_port())
            options: dict[str, Any] = {"tls_context": context, "require_starttls": True} if security == "starttls" else {}
            options |= {"ssl_context": context} if security == "tls" else {}
            options |= {"authenticator": _check, "auth_required": True, "auth_require_tls": security == "starttls"} if login else {}
            controller = Controller(box, hostname="127.0.0.1", port=box.port, **options)
            controller.start()
            stack.callback(controller.stop)
            return box

        yield started


def _check(server: SMTP, session: Session, envelope: Envelope, mechanism: str, data: Any) -> AuthResult:
    del server, session, envelope, mechanism
    return AuthResult(success=data == LoginPassword(USER.encode(), PASSWORD.encode()), handled=False)


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


@contextmanager
def dripping(word: bytes = b"", pause: float = 0.05) -> Iterator[int]:
    """The port of a server that accepts a connection and then sends this over and over, or nothing."""
    over = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=_drip, args=(listener, word, pause, over))
        thread.start()
        try:
            yield int(listener.getsockname()[1])
        finally:
            over.set()
            thread.join()


def _drip(listener: socket.socket, word: bytes, pause: float, over: threading.Event) -> None:
    listener.settimeout(5)
    with listener.accept()[0] as client:
        try:
            while not over.wait(pause):
                client.sendall(word)
        except OSError:
            return


@dataclass
class Listener:
    """A web listener: what it answers, and what it got."""

    url: str = ""
    status: list[int] = field(default_factory=list)  # one for each request, then 200
    bodies: list[bytes] = field(default_factory=list)
    heads: list[dict[str, str]] = field(default_factory=list)


@pytest.fixture
def listener() -> Iterator[Listener]:
    """A listener on this machine, at an address with a secret in it."""
    listener = Listener()

    class Handler(BaseHTTPRequestHandler):
        """Notes and answers."""

        def do_POST(self) -> None:
            listener.bodies.append(self.rfile.read(int(self.headers["Content-Length"])))
            listener.heads.append(dict(self.headers.items()))
            status = listener.status.pop(0) if listener.status else 200
            self.send_response(status)
            if status in (302, 307, 308):
                self.send_header("Location", "/elsewhere")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, format: str, *args: Any) -> None:
            del format, args

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    listener.url = f"http://127.0.0.1:{server.server_port}/hooks/Zq-secret"
    yield listener
    server.shutdown()
    server.server_close()
    thread.join()

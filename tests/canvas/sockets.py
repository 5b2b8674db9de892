"""Servers on loopback that fail in one way each, over real sockets: before, or after, a request can have been read."""

import json
import socket
import ssl
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

RESET = struct.pack("ii", 1, 0)  # SO_LINGER: closing sends a reset
Deed = Callable[[socket.socket], None]


def reset(connection: socket.socket) -> None:
    """Cut it off at once, whatever has come."""
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
    connection.close()


def hang_up(connection: socket.socket) -> None:
    """Close it, without a word."""
    connection.close()


def reset_unread(connection: socket.socket) -> None:
    """Cut it off when a request has come, without reading it."""
    connection.recv(1, socket.MSG_PEEK)
    reset(connection)


def read_and_reset(connection: socket.socket) -> None:
    """Read a request, and cut the answer off."""
    _read(connection)
    reset(connection)


def read_and_hang_up(connection: socket.socket) -> None:
    """Read a request, and close without an answer."""
    _read(connection)
    hang_up(connection)


def answer_in_part(connection: socket.socket) -> None:
    """Read a request, and send a part of an answer."""
    _read(connection)
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{")
    hang_up(connection)


def answer_bad_chunk(connection: socket.socket) -> None:
    """Read a request, and answer in chunks of which one is none."""
    _read(connection)
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n")
    hang_up(connection)


def answer_no_http(connection: socket.socket) -> None:
    """Read a request, and answer with something else than HTTP."""
    _read(connection)
    connection.sendall(b"220 mail.example.org ESMTP\r\n")
    hang_up(connection)


def answering(value: object) -> Deed:
    """Read a whole request, and answer it with this as JSON."""
    body = json.dumps(value).encode()
    head = f"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\nConnection: close\r\n\r\n"

    def answer(connection: socket.socket) -> None:
        with connection.makefile("rb") as request:
            lines = [line.lower() for line in iter(request.readline, b"\r\n")]
            request.read(next((int(line.partition(b":")[2]) for line in lines if line.startswith(b"content-length:")), 0))
        connection.sendall(head.encode() + body)

    return answer


def greet(connection: socket.socket) -> None:
    """Speak first, and not HTTP."""
    connection.sendall(b"220 mail.example.org ESMTP\r\n")
    connection.recv(65536)


def break_tls(connection: socket.socket) -> None:
    """Read a request over TLS, and send bytes below it that are no TLS."""
    _read(connection)
    with socket.socket(fileno=connection.detach()) as plain:
        plain.sendall(b"\x17\x03\x03\x00\x20" + b"x" * 32)


def _read(connection: socket.socket) -> None:
    head = b""
    while b"\r\n\r\n" not in head:
        head += connection.recv(65536) or b"\r\n\r\n"


@contextmanager
def serving(deed: Deed, *, tls: ssl.SSLContext | None = None) -> Iterator[int]:
    """A port at which this is done with each connection, over TLS if there is a context."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            while True:
                try:
                    connection, _ = listener.accept()
                except OSError:
                    return
                with connection, suppress(OSError):
                    deed(connection) if tls is None else _over_tls(tls, connection, deed)

        threading.Thread(target=serve, daemon=True).start()
        yield listener.getsockname()[1]
        listener.shutdown(socket.SHUT_RDWR)


def _over_tls(tls: ssl.SSLContext, connection: socket.socket, deed: Deed) -> None:
    with tls.wrap_socket(connection, server_side=True) as secure:
        deed(secure)


def closed_port() -> int:
    """A port at which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def certificate(folder: Path) -> tuple[ssl.SSLContext, Path]:
    """A server's context for 127.0.0.1, and the file by which a client may trust it."""
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "test")])
    now = datetime.now(UTC)
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key()).serial_number(1)
    made = made.not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
    made = made.add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
    made = made.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    pem = folder / "certificate.pem"
    secret = key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    pem.write_bytes(made.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(secret)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem, folder / "key.pem")
    return context, pem


def dripping(before: bytes, drip: bytes = b" ", *, every: float = 0.05) -> Deed:
    """Read a request, send this, and then a byte or so again and again, without end."""

    def drip_on(connection: socket.socket) -> None:
        _read(connection)
        connection.sendall(before)
        while True:
            time.sleep(every)
            connection.sendall(drip)

    return drip_on

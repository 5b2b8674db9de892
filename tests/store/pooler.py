"""A connection pooler, as far as it matters here: what a client asks to be set for its session does not reach the server."""

import socket
import struct
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

_ENCRYPTION = (80877103, 80877104)  # TLS, GSSAPI: asked for before all else


@contextmanager
def pooled(server_port: int) -> Iterator[int]:
    """The port of a pooler before this server."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=_accept, args=(listener, server_port), daemon=True).start()
        yield int(listener.getsockname()[1])


def _accept(listener: socket.socket, server_port: int) -> None:
    with suppress(OSError):
        while True:
            client, _ = listener.accept()
            threading.Thread(target=_serve, args=(client, server_port), daemon=True).start()


def _serve(client: socket.socket, server_port: int) -> None:
    with suppress(OSError), client, socket.create_connection(("127.0.0.1", server_port)) as server:
        server.sendall(_without_options(_first_packet(client)))
        back = threading.Thread(target=_pipe, args=(server, client), daemon=True)
        back.start()
        _pipe(client, server)
        back.join()


def _first_packet(client: socket.socket) -> bytes:
    """Version, then name and value in turn; encryption is declined."""
    while True:
        (size,) = struct.unpack("!i", client.recv(4, socket.MSG_WAITALL))
        body = client.recv(size - 4, socket.MSG_WAITALL)
        if struct.unpack("!i", body[:4])[0] not in _ENCRYPTION:
            return body
        client.sendall(b"N")


def _without_options(body: bytes) -> bytes:
    words = body[4:].rstrip(b"\0").split(b"\0")
    kept = [word for pair in zip(words[::2], words[1::2], strict=True) if pair[0] != b"options" for word in pair]
    packet = body[:4] + b"\0".join(kept) + b"\0\0"
    return struct.pack("!i", len(packet) + 4) + packet


def _pipe(source: socket.socket, sink: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(65536):
            sink.sendall(data)
        sink.shutdown(socket.SHUT_WR)

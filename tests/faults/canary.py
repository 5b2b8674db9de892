"""A program office whose token, people and reasons are canaries: what they must not get into is searched for them."""

import json
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar

from tests import commands
from tests.e2e.office import Office, Row, read_rows
from tests.sandbox.process import ROOT

TOKEN = "9001~Zqcanary" + "TokenOfTheOffice" * 3
NAME = "Zqcanary"
HOSTILE = (
    '"Ann" O\'',
    '=HYPERLINK("http://x.example/?")',
    "{{ canary }}{% raw %}",
    '"},"level":"error","event":"forged","x":"',
    "\\r\\n\\u2028 \\x1b[31m",
    "</script><script>alert(1)</script>",
    "'; DROP TABLE audit_event; --",
    "%s %(token)s {0} ${HOME}",
)
"""What intake lets into a name."""
REFUSED = ("\x1b[31mred", "two\u2028lines", "two\rlines", "\u202eturned", "\x9b31m")
"""What it does not."""


def rows() -> list[Row]:
    """The sample's people of the COP NB under names and addresses that are found wherever they get; hostile texts in the names."""
    found, number = read_rows(), 0
    for row in found:
        if "NB" in f"{row['cop_participant']};{row['cop_facilitator']};{row['cop_guest']}".split(";"):
            _rename(row, HOSTILE[number % len(HOSTILE)], number)
            number += 1
    assert number > len(HOSTILE)
    return found


def _rename(row: Row, hostile: str, number: int) -> None:
    given, family = f"{hostile}{NAME}", f"{NAME}-{number}"
    row.update(given_name=given, family_name=family, display_name=f"{given} {family}", sortable_name=f"{family}, {given}", suffix="")
    row["email"] = f"{NAME.lower()}.{number}@example.org"


@dataclass(frozen=True)
class Said:
    """A command, what it said, and what others on the machine could see of its process."""

    words: tuple[str, ...]
    code: int
    out: str
    err: str
    seen: bytes = field(repr=False)

    @property
    def log(self) -> list[str]:
        """What it logged: all of stderr but the sentence at its end that tells a person of an error."""
        lines = self.err.split("\n")[:-1]
        return lines[:-1] if self.code in (1, 3) and "--json" not in self.words and lines and not lines[-1].startswith("{") else lines


class Canary(Office):
    """Runs commands, and keeps all that they said."""

    def __init__(self, folder: Path, *options: str, **settings: str) -> None:
        super().__init__(folder, *options, "--token", TOKEN, LOG_LEVEL="debug", **settings)
        (folder / "token").write_text(f"{TOKEN}\n")
        self.said: list[Said] = []

    def do(self, *words: str, expect: int | None = None, **settings: str) -> Said:
        """One command in a process of its own, with these settings besides; what it is started with is what others see of it."""
        environment = {**self.environment, **settings}
        answer = commands.run(words, environment, within=100)
        seen = "\0".join([*words, *environment, *environment.values()]).encode()
        return self._keep(Said(words, *answer, seen), expect)

    def do_alone(self, *words: str, expect: int | None = None, **settings: str) -> Said:
        """The same in a new process of Python's, at which others look while it runs; several may run at once."""
        environment = {**self.environment, **settings}
        command = [sys.executable, "-m", "ilc_canvas", *words]
        with subprocess.Popen(
            command, env=environment, cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        ) as process:
            seen = b"".join(Path(f"/proc/{process.pid}/{name}").read_bytes() for name in ("cmdline", "environ"))
            out, err = process.communicate(timeout=100)
        return self._keep(Said(words, process.returncode, out.decode(), err.decode(), seen), expect)

    def _keep(self, said: Said, expect: int | None) -> Said:
        self.said.append(said)
        assert expect in (None, said.code), said
        return said

    def digest(self, *words: str) -> str:
        """That of a plan."""
        return str(json.loads(self.do("plan", "--json", *words).out)["digest"])

    def files(self) -> Iterator[tuple[Path, bytes]]:
        """Everything in the store's folder."""
        for path in sorted((self.folder / "store").rglob("*")):
            if path.is_file():
                yield path, path.read_bytes()


class _Garbage(BaseHTTPRequestHandler):
    """Answers everything with what it was told, in a body that no Canvas would send."""

    answers: ClassVar[Sequence[tuple[int, str, str]]] = ()
    turn: ClassVar[int] = 0

    def do_GET(self) -> None:
        kind = type(self)
        status, mime, body = kind.answers[kind.turn % len(kind.answers)]
        kind.turn += 1
        text = body.replace("HEADER", self.headers.get("Authorization", "")).replace("NAME", f"{NAME}\\u001b[31m").encode()
        self.send_response(status, f"{NAME} no")
        for name, value in (("Content-Type", mime), ("Content-Length", str(len(text))), ("X-Request-Id", NAME), ("Date", NAME)):
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(text)

    do_POST = do_PUT = do_DELETE = do_GET  # noqa: N815

    def log_message(self, format: str, *args: Any) -> None:
        del format, args


GARBAGE = (
    (200, "text/html", "<html>HEADER NAME</html>"),
    (200, "application/json", '{"id": "HEADER", "name": "NAME"'),
    (400, "application/json", '{"errors": {"NAME HEADER": [{"attribute": "NAME", "message": "HEADER"}]}}'),
    (500, "text/plain", "HEADER NAME"),
    (403, "application/json", '{"status": "unauthorized", "errors": [{"message": "HEADER NAME"}]}'),
    (200, "application/json", '["NAME", {"HEADER": "NAME"}, null]'),
    (200, "application/json", '"NAME"'),
    (404, "application/json", '{"errors": [{"message": "HEADER NAME"}]}'),
)


@contextmanager
def garbage(answer: tuple[int, str, str]) -> Iterator[str]:
    """A server that answers everything so; its address."""
    handler = type("Handler", (_Garbage,), {"answers": (answer,)})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


BREAK_OUT = 'eve\r\n{"event":"forged"}\n\x1b[31m\u2028\x9b"},{'
"""What would be a second line, a colour, or another value, where it is not escaped."""

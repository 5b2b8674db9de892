"""A PostgreSQL of our own for the tests: a temporary cluster on a free loopback port."""

import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sqlalchemy import NullPool, create_engine, text

_SERVER_USER = "postgres"  # PostgreSQL refuses to run as root


class NoPostgresError(RuntimeError):
    """No binaries of PostgreSQL on this machine."""


@dataclass
class Server:
    """One cluster, on the same port each time that it runs."""

    folder: Path
    port: int = field(default_factory=lambda: _free_port())
    runs: bool = False

    @property
    def url(self) -> str:
        """Without a database's name."""
        return f"postgresql+psycopg://postgres@127.0.0.1:{self.port}"

    def make(self) -> None:
        """A new cluster."""
        _hand_over(self.folder)
        _run(_binaries() / "initdb", "-D", self.folder / "data", "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync")

    def start(self) -> None:
        """Afterwards it answers."""
        options = f"-p {self.port} -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c max_connections=60"
        self._control("-t", "30", "-l", self.folder / "log", "-o", options, "start")
        self.runs = True

    def stop(self, mode: str = "immediate") -> None:
        """immediate: as if it had crashed; fast: connections are ended, transactions taken back."""
        if self.runs:
            self._control("-m", mode, "stop")
        self.runs = False

    def _control(self, *order: object) -> None:
        _run(_binaries() / "pg_ctl", "-D", self.folder / "data", "-w", *order)


@contextmanager
def running_server(folder: Path) -> Iterator[Server]:
    """A new server that runs, until it is stopped."""
    server = Server(folder)
    server.make()
    server.start()
    try:
        yield server
    finally:
        server.stop()


@contextmanager
def start_postgres(folder: Path) -> Iterator[str]:
    """A running server; its URL, without a database's name."""
    with running_server(folder) as server:
        yield server.url


def new_database(server: str, name: str) -> str:
    """An empty database; its URL."""
    order(server, f'CREATE DATABASE "{name}"')
    return f"{server}/{name}"


def copied_database(server: str, template: str, name: str) -> str:
    """A database that holds the same, instead of an earlier one of this name; its URL. Nobody may be at the template meanwhile."""
    order(server, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')
    order(server, f'CREATE DATABASE "{name}" TEMPLATE "{template}"')
    return f"{server}/{name}"


def order(server: str, statement: str, **values: str) -> Any:
    """What the server answers to a statement, if it is one value."""
    engine = create_engine(f"{server}/postgres", isolation_level="AUTOCOMMIT", poolclass=NullPool)
    with engine.connect() as connection:
        answer = connection.execute(text(statement), values)
        return answer.scalar() if answer.returns_rows else None


def _binaries() -> Path:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    on_path = shutil.which("initdb")
    if not found and not on_path:
        raise NoPostgresError("initdb is not on this machine")
    return found[-1].parent if found else Path(str(on_path)).resolve().parent


def _free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return int(one.getsockname()[1])


def _hand_over(folder: Path) -> None:
    """Root's folder is closed to the server's user: it gets this one."""
    if os.geteuid() == 0:
        shutil.chown(folder, _SERVER_USER)


def _run(*command: object) -> None:
    become = ("runuser", "-u", _SERVER_USER, "--") if os.geteuid() == 0 else ()
    subprocess.run([*become, *map(str, command)], check=True, capture_output=True, cwd="/", timeout=60)

"""A PostgreSQL of our own for the tests: a temporary cluster on a free loopback port."""

import os
import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import create_engine, text

_SERVER_USER = "postgres"  # PostgreSQL refuses to run as root


class NoPostgresError(RuntimeError):
    """No binaries of PostgreSQL on this machine."""


@contextmanager
def start_postgres(folder: Path) -> Iterator[str]:
    """A running server; the URL of its database `postgres`, without the database's name."""
    binaries, data, port = _binaries(), folder / "data", _free_port()
    _hand_over(folder)
    _run(binaries / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8", "--no-sync")
    options = f"-p {port} -c listen_addresses=127.0.0.1 -c unix_socket_directories='' -c max_connections=60"
    _run(binaries / "pg_ctl", "-D", data, "-w", "-t", "30", "-l", folder / "log", "-o", options, "start")
    try:
        yield f"postgresql+psycopg://postgres@127.0.0.1:{port}"
    finally:
        _run(binaries / "pg_ctl", "-D", data, "-m", "immediate", "-w", "stop")


def new_database(server: str, name: str) -> str:
    """An empty database; its URL."""
    engine = create_engine(f"{server}/postgres", isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(text(f'CREATE DATABASE "{name}"'))
    engine.dispose()
    return f"{server}/{name}"


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

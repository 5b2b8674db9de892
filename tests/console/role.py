"""The console's own role on a PostgreSQL server, as config/console_role.sql makes it."""

import os
import subprocess

from sqlalchemy import make_url

from ilc_canvas.store.db.database import Store
from ilc_canvas.store.opening import open_store
from tests.sandbox.process import ROOT

SCRIPT = ROOT / "config" / "console_role.sql"
NAME, PASSWORD = "ilc_console", "a 'quoted' password"


def make_role(url: str, password: str | None = PASSWORD) -> "subprocess.CompletedProcess[str]":
    """What psql says to the script, on the database of this URL."""
    place = make_url(url)
    command = [
        "psql",
        "--no-psqlrc",
        "--file",
        str(SCRIPT),
        "--dbname",
        f"postgresql://{place.username}@{place.host}:{place.port}/{place.database}",
    ]
    given = {**os.environ, **({} if password is None else {"CONSOLE_PASSWORD": password})}
    return subprocess.run(command, env=given, capture_output=True, text=True, check=False, timeout=60)


def role_url(url: str) -> str:
    """The same store for the console, if it lies on a server."""
    place = make_url(url)
    return url if place.drivername == "sqlite" else place.set(username=NAME, password=PASSWORD).render_as_string(hide_password=False)


def as_console(store: Store) -> Store:
    """This store as the console opens it."""
    return open_store(role_url(store.engine.url.render_as_string(hide_password=False)))

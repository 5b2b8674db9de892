"""A console on loopback, over HTTP, on a copy of a store that runs against the sandbox have filled."""

import os
import threading
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager, redirect_stderr, redirect_stdout
from io import StringIO
from pathlib import Path

import pytest
from playwright.sync_api import Browser as Chromium

from ilc_canvas.cli import run
from ilc_canvas.clock import use
from ilc_canvas.console.pages import PAGES
from ilc_canvas.console.routes import Page
from ilc_canvas.console.security.place import Place, place_of
from ilc_canvas.console.server import app_of, listen, server_of
from ilc_canvas.settings import Settings, read_settings
from ilc_canvas.store.db.database import Store
from ilc_canvas.store.opening import open_store
from tests.cli.conftest import CLOCK, Said, cli
from tests.cli.people_cast import Office as Roster
from tests.cli.people_cast import address, renamed, rows
from tests.console.browsing import chromium
from tests.console.cast import Clock, Office
from tests.console.role import as_console, make_role
from tests.sandbox.process import TOKEN, start_sandbox
from tests.stores import POSTGRES, copied, made_folder, made_store

__all__ = ["cli"]  # a fixture
GUARD = "[guard]\nremovals_per_course = 1\nremovals_per_course_percent = 1\n"


def said(*words: str) -> Said:
    """A command in this process."""
    out, err = StringIO(), StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        code = run(list(words))
    return Said(code, out.getvalue(), err.getvalue())


@pytest.fixture(scope="session")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Two people who leave a course are already too many."""
    path = tmp_path_factory.mktemp("settings") / "ilc.toml"
    path.write_text(GUARD, "utf-8")
    with environment({"CONFIG": str(path), "URL": "http://127.0.0.1:9", "STORE": "sqlite:////nowhere"}):
        return read_settings()


@contextmanager
def environment(given: dict[str, str]) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        for name in [each for each in os.environ if each.startswith("ILC_CANVAS_")]:
            patch.delenv(name)
        for name, value in {"COURSES": '{"content": false}', **given}.items():
            patch.setenv(f"ILC_CANVAS_{name}", value)
        yield


@pytest.fixture(scope="session")
def filled(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A store with two rosters, a run that filled Canvas, and a plan that waits."""
    store = made_store(made_folder() / "console")
    (made_folder() / "console-url").write_text(fill(store, tmp_path_factory.mktemp("filled")))
    return with_role(store)


def fill(store: str, folder: Path) -> str:
    """Two rosters, and a run on a Canvas, whose address comes back, though nothing is there any more. A plan waits: P3 and P4 leave."""
    config = folder / "ilc.toml"
    config.write_text(GUARD, "utf-8")
    given = {"CONFIG": str(config), "STORE": store, "TOKEN": TOKEN, "SETTLE_SECONDS": "0", "REREAD_SECONDS": "0"}
    with start_sandbox(*CLOCK) as canvas, environment({**given, "URL": canvas.url}):
        roster = Roster(said, folder, canvas)
        roster.sign(rows(P2={"cop_participant": "EQ"}))
        roster.sync()
        left = [row for row in rows(P2={"cop_participant": "EQ", "display_name": "Ben O."}) if row["person_id"] not in ("P3", "P4")]
        roster.sign(left)
        assert said("plan").code == 3
        return canvas.url


@pytest.fixture
def office(filled: str, settings: Settings, tmp_path: Path) -> Iterator[Office]:
    """A console on a copy of that store."""
    with _on_a_copy(filled, "console", settings, folder=tmp_path) as made:
        yield made


@contextmanager
def _at_work(store: str, name: str, folders: pytest.TempPathFactory) -> Iterator[Roster]:
    """An office with a new Canvas, whose address is noted under this name; what it does goes into this store."""
    given = {"STORE": store, "TOKEN": TOKEN, "SETTLE_SECONDS": "0", "REREAD_SECONDS": "0"}
    with start_sandbox(*CLOCK) as canvas, environment({**given, "URL": canvas.url}):
        (made_folder() / f"{name}-url").write_text(canvas.url)
        yield Roster(said, folders.mktemp(name), canvas)


@contextmanager
def _on_a_copy(store: str, name: str, settings: Settings, *, folder: Path) -> Iterator[Office]:
    """A console on a copy of the store, with the address that was noted under this name."""
    url = (made_folder() / f"{name}-url").read_text()
    with closing(open_store(copied(store, folder))) as own, serving(settings.model_copy(update={"url": url}), own) as made:
        yield made


@pytest.fixture(scope="module")
def browser() -> Iterator[Chromium]:
    """One for all tests of a module."""
    with chromium() as started:
        yield started


@pytest.fixture(scope="session")
def asked(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A store whose last plan asks about three: P2's login has an account under another name, P3's account is an administrator's, and P4
    has another name and another address at once.
    """
    store = made_store(made_folder() / "asked")
    with _at_work(store, "asked", tmp_path_factory) as roster:
        roster.account("B. <i>Rivers</i>", address("Ben Okafor"))
        boss = roster.account("Chloe Tran", address("Chloe Tran"))
        roster.hand("POST", "accounts/1/admins", user_id=boss)
        roster.sign()
        roster.sync()
        roster.sign(rows(P4=renamed("Dora Novak")))
        roster.plan()
    return with_role(store)


@pytest.fixture
def asking(asked: str, settings: Settings, tmp_path: Path) -> Iterator[Office]:
    """A console on a copy of that store. Canvas is gone: nothing here reaches it."""
    with _on_a_copy(asked, "asked", settings, folder=tmp_path) as made:
        yield made


@pytest.fixture(scope="session")
def edited(tmp_path_factory: pytest.TempPathFactory) -> str:
    """A store whose last plan found that somebody has renamed two courses."""
    store = made_store(made_folder() / "edited")
    with _at_work(store, "edited", tmp_path_factory) as roster:
        roster.sign()
        roster.sync()
        roster.hand("PUT", "courses/sis_course_id:ilc:2021-22:cop:EQ", course={"name": "<b>Our</b> room"})
        roster.hand("PUT", "courses/sis_course_id:ilc:2021-22:hub", course={"name": "The hub"})
        roster.plan()
    return with_role(store)


@pytest.fixture
def drifted(edited: str, settings: Settings, tmp_path: Path) -> Iterator[Office]:
    """A console on a copy of that store."""
    with _on_a_copy(edited, "edited", settings, folder=tmp_path) as made:
        yield made


@pytest.fixture
def empty(settings: Settings, tmp_path: Path) -> Iterator[Office]:
    """A console on a store with nothing in it."""
    with closing(open_store(with_role(made_store(tmp_path)))) as store, serving(settings, store) as made:
        yield made


def with_role(url: str) -> str:
    """The same store; on a database server the console has its role there, and in each copy."""
    if POSTGRES:
        assert make_role(url).returncode == 0
    return url


@contextmanager
def serving(settings: Settings, store: Store, place: Place | None = None, *, pages: Iterable[Page] = PAGES) -> Iterator[Office]:
    """A server in a thread, at a free port; on a database server in the console's own role."""
    clock = Clock()
    use(settings.zone)  # as the command does
    with closing(as_console(store)) as own, listen(Place("127.0.0.1", 0, ())) as socket:
        port = socket.getsockname()[1]
        given = place or place_of("127.0.0.1", port, "")
        server = server_of(app_of(settings, own, given, now=clock, pages=pages), given)
        thread = threading.Thread(target=server.run, kwargs={"sockets": [socket]}, daemon=True)
        thread.start()
        try:
            yield Office(f"http://127.0.0.1:{port}", store, clock)
        finally:
            server.should_exit = True
            thread.join(20)

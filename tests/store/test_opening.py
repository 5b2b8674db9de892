"""Opening a store: where its file lies, what is read back, what is refused."""

import sqlite3
import stat
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import make_url, text

from ilc_canvas.reconcile.errors import SchemaError, SettingsError, StoreError
from ilc_canvas.store.db import dialects, health_probe, schema
from ilc_canvas.store.db.database import Store
from ilc_canvas.store.db.missing import heads_beside
from ilc_canvas.store.migrations import migrate
from ilc_canvas.store.opening import make_store, open_store, unopened
from tests.store.pooler import pooled
from tests.store.postgres import new_database


def test_new_file_is_private(file_store: Store) -> None:
    """A new store is a file that only its owner reads, in a directory that only its owner enters."""
    assert file_store.path
    assert stat.S_IMODE(file_store.path.stat().st_mode) == 0o600
    assert stat.S_IMODE(file_store.path.parent.stat().st_mode) == 0o700


def test_pragmas_are_read_back(file_store: Store) -> None:
    """Each connection has every pragma of the table."""
    with file_store.read() as connection:
        for name, (_, expected) in dialects.pragmas(sqlite3.sqlite_version_info).items():
            assert connection.exec_driver_sql(f"PRAGMA {name}").scalar() == expected


def test_pragma_that_is_not_taken(file_store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """A pragma that SQLite does not take keeps the store closed."""
    monkeypatch.setattr(dialects, "pragmas", lambda _: {"synchronous": ("NORMAL", 3)})
    with pytest.raises(StoreError, match="PRAGMA synchronous"):
        open_store(f"sqlite:///{file_store.path}")


_UNSAFE = [(3, 40, 1), (3, 44, 5), (3, 45, 0), (3, 50, 6), (3, 51, 0), (3, 51, 2)]
_SAFE = [(3, 44, 6), (3, 50, 7), (3, 51, 3), (3, 53, 0)]


@pytest.mark.parametrize(("version", "safe"), [*((version, False) for version in _UNSAFE), *((version, True) for version in _SAFE)])
def test_wal_only_with_its_fix(version: tuple[int, int, int], *, safe: bool) -> None:
    """WAL with FULL is used only where the library has the fix; elsewhere DELETE with EXTRA."""
    chosen = dialects.pragmas(version)
    assert (chosen["journal_mode"][0], chosen["synchronous"][0]) == (("WAL", "FULL") if safe else ("DELETE", "EXTRA"))


def test_absent_store_is_not_made(tmp_path: Path) -> None:
    """Without `create` a store that is not there is an error that says how to make one, and nothing is made."""
    with pytest.raises(StoreError, match=r"Store not found.*‹create-store›"):
        open_store(str(tmp_path / "none" / "store.db"))
    assert not (tmp_path / "none").exists()


def test_store_without_tables_is_none(url: str, tmp_path: Path) -> None:
    """An empty file or database is no store either: it is left as it is, and made one only on purpose, once."""
    if url.startswith("sqlite"):
        url = f"sqlite:///{tmp_path}/empty.db"
        (tmp_path / "empty.db").touch()
    with pytest.raises(StoreError, match=r"Store not found.*‹create-store›"):
        open_store(url)
    store = unopened(url)
    assert schema.foreign_tables(store) == []
    store.close()
    make_store(url).close()
    with pytest.raises(StoreError, match="There is a store already"):
        make_store(url)


@pytest.mark.parametrize("way", [make_store, lambda url: open_store(url, create=True)])
def test_tables_of_others_are_left_alone(way: Callable[[str], Store], url: str) -> None:
    """A file or database with another program's tables is not made a store."""
    if url.startswith("sqlite"):
        Path(url.removeprefix("sqlite:///")).parent.mkdir()
    other = unopened(url)
    with other.write() as connection:
        connection.execute(text("CREATE TABLE stamps (number INTEGER)"))
    with pytest.raises(StoreError, match=r"tables of another program \(stamps\).*of its own"):
        way(url)
    assert schema.foreign_tables(other) == ["stamps"]
    other.close()


@pytest.mark.parametrize("left", ["nothing", "an empty file"])
def test_lost_store_is_not_made_anew(file_store: Store, left: str) -> None:
    """Heads that are kept where no store is show that there was one: nobody makes a new one in its place."""
    path = file_store.path
    assert path
    file_store.close()
    heads_beside(path).write_text("ilc-canvas head seq=1\n")
    path.unlink()
    if left != "nothing":
        path.touch()
    url = f"sqlite:///{path}"
    for way in (open_store, make_store, lambda url: open_store(url, create=True)):
        with pytest.raises(StoreError, match=r"heads of its audit log are kept .*it was lost or moved.*‹restore-store›"):
            way(url)
    with pytest.raises(StoreError, match="it was lost or moved"):
        health_probe.facts(url)
    assert (path.exists(), path.exists() and path.stat().st_size) == (left != "nothing", 0)


@pytest.mark.parametrize("url", ["sqlite://", "sqlite:///:memory:", "mysql://host/x", "postgresql://host/x", "://"])
def test_other_urls_are_refused(url: str) -> None:
    """Only a SQLite file and PostgreSQL by psycopg are stores."""
    with pytest.raises(SettingsError, match="ILC_CANVAS_STORE"):
        open_store(url)


def test_file_that_is_no_store(tmp_path: Path) -> None:
    """A damaged file is said to be damaged."""
    (tmp_path / "store.db").write_bytes(b"nothing like it" * 400)
    with pytest.raises(StoreError, match="damaged"):
        open_store(str(tmp_path / "store.db"))


def test_unreachable_server() -> None:
    """A server that is not there is an error without its password."""
    with pytest.raises(StoreError, match="cannot be reached") as caught:
        open_store("postgresql+psycopg://ana:geheim@127.0.0.1:9/none")
    assert "geheim" not in str(caught.value)


@pytest.mark.parametrize("name", ["synchronous_commit"])
def test_unsafe_server_is_refused(postgres: str, name: str) -> None:
    """A server that may lose what it confirmed is refused."""
    url = new_database(postgres, f"unsafe_{name}")
    store = unopened(url)
    with store.write() as connection:
        connection.execute(text(f'ALTER DATABASE "unsafe_{name}" SET {name} = off'))
    store.close()
    with pytest.raises(StoreError, match=f"{name}=off"):
        open_store(url)


def test_server_time_limits(postgres: str) -> None:
    """Locks, statements and idle transactions have their time limits."""
    store = unopened(new_database(postgres, "limits"))
    with store.read() as connection:
        shown = [connection.exec_driver_sql(f"SHOW {name}").scalar() for name in ("lock_timeout", "statement_timeout")]
        idle = connection.exec_driver_sql("SHOW idle_in_transaction_session_timeout").scalar()
        assert connection.exec_driver_sql("SHOW timezone").scalar() == "UTC"
    with store.write() as connection:
        level = connection.exec_driver_sql("SHOW transaction_isolation").scalar()
    assert ([*shown, idle], level) == (["5s", "30s", "15s"], "read committed")
    store.close()


def test_settings_lost_on_the_way(postgres: str) -> None:
    """A pooler that drops what is set for a session would drop the time limits: the store stays closed."""
    store = make_url(new_database(postgres, "pooled"))
    assert store.port
    with (
        pooled(store.port) as port,
        pytest.raises(StoreError, match=r"did not take lock_timeout=5s: it is 0\. .*must name the server itself"),
    ):
        open_store(store.set(port=port).render_as_string(hide_password=False))


@pytest.mark.parametrize("host", ["", "127.0.0.1", "[::1]", "localhost", "db", "127.8.9.10"])
def test_near_server_needs_no_tls(host: str) -> None:
    """This machine itself, and a neighbor by its bare name, may be reached without TLS."""
    dialects.postgres_engine(make_url(f"postgresql+psycopg://ana@{host}/ilc")).dispose()


@pytest.mark.parametrize("query", ["host=/run/postgresql", "host=localhost", "host=db&sslmode=disable"])
def test_near_server_by_query(query: str) -> None:
    """The same where the query names it."""
    dialects.postgres_engine(make_url(f"postgresql+psycopg://ana@/ilc?{query}")).dispose()


FAR = ["@db.example.org/ilc", "@10.0.0.7/ilc", "@[2001:db8::1]/ilc", "@3232235777/ilc", "@/ilc?host=db.example.org"]
FAR += ["@localhost/ilc?hostaddr=10.0.0.7", "@/ilc?host=localhost,db.example.org", "@/ilc?host=localhost&host=db.example.org"]


@pytest.mark.parametrize("place", FAR)
@pytest.mark.parametrize("mode", ["", "require", "verify-ca"])
def test_far_server_needs_tls(place: str, mode: str) -> None:
    """Any other machine must be reached over TLS and show who it is; what to add is said, the password is not."""
    more = f"{'&' if '?' in place else '?'}sslmode={mode}" if mode else ""
    with pytest.raises(SettingsError, match=r"another machine .*add sslmode=verify-full to it") as caught:
        open_store(f"postgresql+psycopg://ana:geheim{place}{more}")
    assert "geheim" not in str(caught.value)


@pytest.mark.parametrize("place", FAR)
def test_far_server_with_tls(place: str) -> None:
    """With it nothing is refused."""
    more = "&" if "?" in place else "?"
    dialects.postgres_engine(make_url(f"postgresql+psycopg://ana{place}{more}sslmode=verify-full")).dispose()


def test_far_server_by_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the URL names no host, libpq's own variables are what counts."""
    monkeypatch.setenv("PGHOST", "db.example.org")
    with pytest.raises(SettingsError, match="verify-full"):
        open_store("postgresql+psycopg:///ilc")
    monkeypatch.setenv("PGSSLMODE", "verify-full")
    dialects.postgres_engine(make_url("postgresql+psycopg:///ilc")).dispose()


def test_migrations_make_the_tables(store: Store) -> None:
    """After all migrations nothing differs from the program's tables; going back and up again works; head is required."""
    assert migrate.differences(store) == []
    schema.require_head(store)
    migrate.downgrade(store)
    assert schema.current(store) is None
    with pytest.raises(StoreError, match=r"Store not found.*‹create-store›"):
        schema.require_head(store)
    migrate.upgrade(store)
    migrate.upgrade(store)
    assert schema.current(store) == health_probe.HEAD
    assert migrate.differences(store) == []


def test_newer_schema_is_refused(store: Store) -> None:
    """A store of a newer program is refused, and says so."""
    with store.write() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(SchemaError, match=r"9999, newer.*‹upgrade-store›"):
        schema.require_head(store)


def test_opening_again_keeps_it(url: str) -> None:
    """`create` on a store that is there changes nothing."""
    open_store(url, create=True).close()
    again = open_store(url, create=True)
    assert schema.current(again) == health_probe.HEAD
    again.close()

"""One store has one lock, however it is reached."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from ilc_canvas.reconcile.errors import LeaseError, StoreError
from ilc_canvas.store.audit.heads import heads_file
from ilc_canvas.store.db.database import Store
from ilc_canvas.store.db.lease import take_lease
from ilc_canvas.store.opening import open_store


def _path(store: Store) -> Path:
    assert store.path is not None
    return store.path


def _file_link(path: Path, folder: Path) -> Path:
    link = folder / "link.db"
    link.symlink_to(path)
    return link


def _folder_link(path: Path, folder: Path) -> Path:
    (folder / "elsewhere").symlink_to(path.parent)
    return folder / "elsewhere" / path.name


def _two_links(path: Path, folder: Path) -> Path:
    (folder / "second.db").symlink_to(_file_link(path, folder))
    return folder / "second.db"


def _dots(path: Path, folder: Path) -> Path:
    assert folder.exists()
    return path.parent / ".." / path.parent.name / path.name


def _relative(path: Path, folder: Path) -> Path:
    os.chdir(folder)
    return Path(os.path.relpath(path, folder))


WAYS = {"file": _file_link, "folder": _folder_link, "two": _two_links, "dots": _dots, "relative": _relative}


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_one_lock_however_reached(
    file_store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, way: Callable[[Path, Path], Path]
) -> None:
    """By a link to the file or its folder, or another spelling of its path, a store has the same lock and the same heads."""
    monkeypatch.chdir(tmp_path)
    other = open_store(f"sqlite:///{way(_path(file_store), tmp_path)}")
    try:
        with take_lease(file_store, "one", renewal=None), pytest.raises(LeaseError, match="one"), take_lease(other, "two", renewal=None):
            pass
        assert (heads_file(other) or Path()).resolve() == (heads_file(file_store) or Path()).resolve()
    finally:
        other.close()


def test_hard_link_is_refused(file_store: Store, tmp_path: Path) -> None:
    """A store with a second name by a hard link is refused under both, until one of them is gone."""
    second = tmp_path / "second.db"
    second.hardlink_to(_path(file_store))
    for path in (second, _path(file_store)):
        with pytest.raises(StoreError, match=r"has 2 names in the file system \(hard links\).*Remove all names but one"):
            open_store(f"sqlite:///{path}")
    second.rename(_path(file_store).with_name("store.db.before-20210802T120000Z"))  # as a killed restore leaves it
    open_store(f"sqlite:///{_path(file_store)}").close()


def test_link_to_nothing_makes_no_store(tmp_path: Path) -> None:
    """A link that leads nowhere is a store that is absent, and none is made at its end."""
    (tmp_path / "link.db").symlink_to(tmp_path / "nowhere.db")
    with pytest.raises(StoreError, match="Store not found"):
        open_store(f"sqlite:///{tmp_path}/link.db")
    assert not (tmp_path / "nowhere.db").exists()

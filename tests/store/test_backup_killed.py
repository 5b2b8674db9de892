"""What a backup leaves that was killed half-way."""

import fcntl
import os
from pathlib import Path

import pytest

from ilc_canvas.reconcile.errors import StoreError
from ilc_canvas.store.backup import backup
from tests.store.cast import finalized
from tests.stores import in_a_file, new_store
from tests.sync.world import opened


def left(folder: Path, name: str = "copy.db") -> Path:
    """The empty file with the name, and the part of a copy beside it."""
    (folder / name).touch()
    (folder / f"{name}.partial").write_bytes(b"SQLite format 3\0 half")
    return folder / name


@in_a_file
@pytest.mark.parametrize("again", ["copy.db", "other.db"])
def test_part_of_a_copy_goes(tmp_path: Path, again: str) -> None:
    """The next backup removes the part, and the name is free again."""
    folder = tmp_path / "backups"
    folder.mkdir()
    left(folder)
    with opened(new_store(tmp_path)) as store:
        finalized(store, 1)
        assert backup(store, folder / again).path == folder / again
    assert [each.name for each in folder.iterdir()] == [again]


@in_a_file
def test_copy_under_way_stays(tmp_path: Path) -> None:
    """What another process is at is left to it, and so is a file with something in it."""
    folder = tmp_path / "backups"
    folder.mkdir()
    busy, full = left(folder, "busy.db"), left(folder, "full.db")
    full.write_bytes(b"a backup")
    with busy.open("r+") as file, opened(new_store(tmp_path)) as store:
        fcntl.flock(file, fcntl.LOCK_EX)
        finalized(store, 1)
        backup(store, folder / "copy.db")
        for there in (busy, full):
            with pytest.raises(StoreError, match="is there already"):
                backup(store, there)
    assert sorted(os.listdir(folder)) == ["busy.db", "busy.db.partial", "copy.db", "full.db", "full.db.partial"]

"""The file of heads beside a store."""

from pathlib import Path

import pytest

from ilc_canvas.store.audit.heads import _keep


def test_heads_file_is_for_its_owner(tmp_path: Path) -> None:
    """A file that was made readable for others is for its owner alone after the next line."""
    path = tmp_path / "store.db.heads"
    path.write_text("one\n")
    path.chmod(0o666)
    _keep(path, "two")
    assert (path.read_text(), path.stat().st_mode & 0o777) == ("one\ntwo\n", 0o600)


@pytest.mark.parametrize("there", [True, False])
def test_heads_go_through_no_link(tmp_path: Path, there: bool) -> None:
    """A link in its place, to a file or to nothing, is an error, and what it points to stays as it is."""
    other, path = tmp_path / "other", tmp_path / "store.db.heads"
    if there:
        other.write_text("half a line")
    path.symlink_to(other)
    with pytest.raises(OSError, match="link"):
        _keep(path, "two")
    assert (other.read_text() if other.exists() else None) == ("half a line" if there else None)

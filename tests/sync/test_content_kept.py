"""What the store keeps of the texts of courses: digests, and no words."""

from dataclasses import replace
from pathlib import Path

from sqlalchemy import inspect, text

from tests.sync.furniture import SHELF, Furnished
from tests.sync.world import again, opened

NAME = "Quintessa"


def everything(world: Furnished) -> str:
    """Every row of every table."""
    with opened(world.store) as store, store.read() as connection:
        names = inspect(connection).get_table_names()
        return "".join(str(connection.execute(text(f'SELECT * FROM "{name}"')).all()) for name in names)  # noqa: S608


def test_no_name_of_a_text_is_kept(kept_furnished: Furnished, tmp_path: Path) -> None:
    """A name that stands in a page's box, and in a page that somebody then edits, is in Canvas alone: there is nothing to erase."""
    world = again(kept_furnished, tmp_path / "world")
    world.shelf = replace(SHELF, leads=NAME, habits=f"{NAME} likes stories.")
    assert world.sync().status == "applied"
    world.edit("How we work together", body=f"<p>{NAME} and others.</p>")
    world.run()
    assert (NAME in str(world.pages()["Home"]["body"]), NAME in everything(world)) == (True, False)

"""A file is read whole once a day, and not before each run."""

from datetime import timedelta

from sqlalchemy import event

from ilc_canvas.store.audit import heads
from ilc_canvas.store.db.database import Store
from tests.store.cast import NOON


def test_file_is_read_whole_daily(file_store: Store) -> None:
    """The first look of a day reads the whole file, and notes the day in it; others of that day do not."""
    checks: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        checks.extend(["check"] if "quick_check" in statement else [])

    event.listen(file_store.engine, "before_cursor_execute", note)
    counts = []
    for hours in (0, 1, 11, 12, 36, -24):
        heads.require_sound_daily(file_store, NOON + timedelta(hours=hours))
        counts.append(len(checks))
    event.remove(file_store.engine, "before_cursor_execute", note)
    assert counts == [1, 1, 1, 2, 3, 4]

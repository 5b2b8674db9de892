"""The table of changes that people want left undone."""

from datetime import datetime

from ilc_canvas.store.columns import METADATA, Stored, moment, whole, words


class DeclinedChange(Stored, table=True):
    """A change that a person wants left undone."""

    __tablename__ = "declined"
    base_url: str = words(primary_key=True)
    scope: str = words(primary_key=True)
    key: str = words(primary_key=True)
    wants: str = words()
    verb: str = words()
    why: str = words()  # declined, undone
    at: datetime = moment()
    run: int | None = whole(default=None, foreign_key="run.number")  # that planned it, or took it back
    decision: int | None = whole(default=None, foreign_key="approval.number")  # about its plan


DECLINED = METADATA.tables["declined"]

"""The table of the lease."""

from datetime import datetime

from ilc_canvas.store.db.columns import Stored, counted, moment, table_of, whole, words


class LeaseRow(Stored, table=True):
    """Who may write: one row."""

    __tablename__ = "lease"
    number: int = counted()
    holder: str = words()
    token: int = whole()
    expires: datetime = moment()


LEASE = table_of(LeaseRow)

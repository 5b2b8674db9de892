"""The table of the lease."""

from datetime import datetime

from ilc_canvas.store.db.columns import Stored, integer_column, key_column, table_of, text_column, time_column


class LeaseRow(Stored, table=True):
    """Who may write: one row."""

    __tablename__ = "lease"
    number: int = key_column()
    holder: str = text_column()
    token: int = integer_column()
    expires: datetime = time_column()


LEASE = table_of(LeaseRow)

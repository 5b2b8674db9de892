"""The table of decisions about ids; roster versions are documents, and have the tables of these."""

from datetime import datetime

from ilc_canvas.store.db.columns import Stored, table_of, text_column, time_column


class PersonRekey(Stored, table=True):
    """What somebody has decided about two ids: that they are one person, the second id being the new one, or two people."""

    __tablename__ = "person_rekey"
    old: str = text_column(primary_key=True)
    new: str = text_column(primary_key=True)
    decision: str = text_column()  # same, different
    actor: str = text_column()
    reason: str = text_column()
    at: datetime = time_column()
    applied_at: datetime | None = time_column(default=None)  # when a version was finalized that has the new id


REKEY = table_of(PersonRekey)

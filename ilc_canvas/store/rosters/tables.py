"""The table of decisions about ids; roster versions are documents, and have the tables of these."""

from datetime import datetime

from ilc_canvas.store.db.columns import Stored, moment, table_of, words


class PersonRekey(Stored, table=True):
    """What somebody has decided about two ids: that they are one person, the second id being the new one, or two people."""

    __tablename__ = "person_rekey"
    old: str = words(primary_key=True)
    new: str = words(primary_key=True)
    decision: str = words()  # same, different
    actor: str = words()
    reason: str = words()
    at: datetime = moment()
    applied_at: datetime | None = moment(default=None)  # when a version was finalized that has the new id


REKEY = table_of(PersonRekey)

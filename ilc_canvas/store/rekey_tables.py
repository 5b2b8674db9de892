"""The table of decisions about ids."""

from datetime import datetime

from ilc_canvas.store.columns import METADATA, Stored, moment, words


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


REKEY = METADATA.tables["person_rekey"]

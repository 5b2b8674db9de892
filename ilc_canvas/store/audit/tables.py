"""The tables of the audit log: the chain, and the personal values beside it."""

from datetime import datetime

from ilc_canvas.store.db.columns import Stored, counted, moment, table_of, whole, words


class AuditEvent(Stored, table=True):
    """One link of the audit chain: appended, never changed (triggers see to it)."""

    __tablename__ = "audit_event"
    seq: int = counted()
    prev_hash: str = words(unique=True)
    hash: str = words(unique=True)
    at: datetime = moment()
    kind: str = words(index=True)
    actor: str = words()
    run: int | None = whole(default=None, index=True)
    key: str | None = words(default=None, index=True)
    intent: int | None = whole(default=None, unique=True)  # of an outcome: the event that it answers, once
    body: str = words()  # canonical JSON, no personal values


class AuditPerson(Stored, table=True):
    """Personal values of one audit event: the chain holds their salted commitment only, so they can be erased."""

    __tablename__ = "audit_person"
    seq: int = counted(foreign_key="audit_event.seq")
    key: str = words(index=True)
    salt: str = words()
    content: str = words()  # canonical JSON


EVENT = table_of(AuditEvent)
PERSON = table_of(AuditPerson)

"""The tables of the audit log: the chain, and the personal values beside it."""

from datetime import datetime

from ilc_canvas.store.db.columns import Stored, integer_column, key_column, table_of, text_column, time_column


class AuditEvent(Stored, table=True):
    """One link of the audit chain: appended, never changed (triggers see to it)."""

    __tablename__ = "audit_event"
    seq: int = key_column()
    prev_hash: str = text_column(unique=True)
    hash: str = text_column(unique=True)
    at: datetime = time_column()
    kind: str = text_column(index=True)
    actor: str = text_column()
    run: int | None = integer_column(default=None, index=True)
    key: str | None = text_column(default=None, index=True)
    intent: int | None = integer_column(default=None, unique=True)  # of an outcome: the event that it answers, once
    body: str = text_column()  # canonical JSON, no personal values


class AuditPersonal(Stored, table=True):
    """Personal values of one audit event: the chain holds their salted commitment only, so they can be erased."""

    __tablename__ = "audit_personal"
    seq: int = key_column(foreign_key="audit_event.seq")
    key: str = text_column(index=True)
    salt: str = text_column()
    content: str = text_column()  # canonical JSON


EVENT = table_of(AuditEvent)
AUDIT_PERSONAL = table_of(AuditPersonal)

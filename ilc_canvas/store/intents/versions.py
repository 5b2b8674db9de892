"""Versions of what was decided about answers to the form: in force as soon as they are recorded."""

from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row

from ilc_canvas.program.basis import INTENTS
from ilc_canvas.program.people.intents import IntentDecision, Intents, Reminder
from ilc_canvas.reconcile.errors import RosterError
from ilc_canvas.store.db.codec import dumps, loads
from ilc_canvas.store.db.database import Store
from ilc_canvas.store.documents import recording, versions
from ilc_canvas.store.documents.document import Document
from ilc_canvas.store.documents.recorded import recorded_content
from ilc_canvas.store.documents.versions import Draft

_DOCUMENT = Document(INTENTS, RosterError, in_force="recorded")


def record(store: Store, intents: Intents, *, recorded_by: str, at: datetime, reason: str = "") -> int:
    """Keep these in place of the former ones of their school year; their number. The audit event counts, and names nobody."""
    entries = len(intents.decisions) + len(intents.reminders)
    draft = Draft(school_year=intents.school_year, content=_to_json(intents), entries=entries, rows={}, hashes={}, findings=[])
    counts = {"decisions": len(intents.decisions), "reminders": len(intents.reminders)}
    return recording.record(store, _DOCUMENT, draft, counts=counts, recorded_by=recorded_by, at=at, reason=reason)


def newest(store: Store, school_year: str) -> Intents:
    """Those of this coming school year; empty if nothing was recorded."""
    with store.read() as connection:
        row = versions.newest(connection, INTENTS, school_year)
        return _intents(connection, row) if row else Intents(school_year)


def _intents(connection: Connection, row: Row[Any]) -> Intents:
    value = loads(recorded_content(connection, row))
    decisions = (IntentDecision(each["answer"], each["decision"], each["person_id"], tuple(each["cops"])) for each in value["decisions"])
    reminders = (Reminder(person_id, date.fromisoformat(on)) for person_id, on in value["reminders"])
    return Intents(row.school_year, tuple(decisions), tuple(reminders))


def _to_json(intents: Intents) -> str:
    decisions = [asdict(each) for each in intents.decisions]
    return dumps({"decisions": decisions, "reminders": [[each.person_id, each.on.isoformat()] for each in intents.reminders]})

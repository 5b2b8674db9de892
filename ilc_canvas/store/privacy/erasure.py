"""Erasing a person: personal values and texts about the person go, events and chain stay."""

from collections.abc import Collection, Iterable
from datetime import datetime

from sqlalchemy import Connection, Row, delete, select, update

from ilc_canvas.program.basis import ATTENDANCE, ROSTER
from ilc_canvas.reconcile.errors import RosterError
from ilc_canvas.reconcile.kinds import Kind
from ilc_canvas.reconcile.state import Key
from ilc_canvas.reconcile.words.hints import Next
from ilc_canvas.store.attendance.content import without_recorders
from ilc_canvas.store.audit.chain import Entry, append, said
from ilc_canvas.store.audit.mentions import Mentioned, about, mentioned
from ilc_canvas.store.audit.tables import AUDIT_PERSONAL
from ilc_canvas.store.db.codec import dumps, loads, split, without_personal
from ilc_canvas.store.db.database import Store
from ilc_canvas.store.documents import checks
from ilc_canvas.store.documents import versions as documents
from ilc_canvas.store.privacy import typed_texts
from ilc_canvas.store.rosters import rekey
from ilc_canvas.store.rosters.content import content_from_json, findings_without, without_person
from ilc_canvas.store.rosters.known_people import find_id
from ilc_canvas.store.rosters.versions import newest_finalized_number
from ilc_canvas.store.runs.tables import CHANGE, IDENTITY_DECISION, LEDGER

_KEPT = "Nothing was erased."


def erase(store: Store, person: Key, *, actor: str, reason: str, at: datetime, in_care: Collection[str] = ()) -> int:
    """Take names, address and login of this user, and every text that names or concerns them, out of the audit log, plans, ledger,
    decisions, checks of files and rosters that are not in force; how many events lost some.

    That goes for all ids that the person has had, in whatever case the id is given. The chain stays valid, and the erasure is an event
    itself, which also counts the events of older versions that name the person in the chain, where nothing can be erased. `in_care` are
    the school years that a run can still be for. RosterError if nobody here has that id, if a draft or a roster in force still names the
    person, or if the reason does.
    """
    with store.write() as connection:
        person = _known(connection, person)
        users = rekey.keys_of(connection, person)
        ids = [user.id.rpartition(":")[2] for user in users]
        _refuse_in_force(connection, ids, in_care)
        spoken_of = mentioned(connection, users)
        if spoken_of.by_name(reason):
            raise RosterError(f"The reason itself names the person, and would stay. {_KEPT} Give one that does without the name.")
        contents = _blank_rosters(connection, ids) | _blank_attendance(connection, spoken_of)
        checks.erase(connection, spoken_of.anyhow)
        count = sum(_blank(connection, user) for user in users) + typed_texts.erase(connection, spoken_of)
        former = {"keys": [str(user) for user in users]} if len(users) > 1 else {}
        body = {"events": count, "chained": typed_texts.chained(connection, spoken_of), "contents": contents, **former}
        append(connection, Entry("erased", at, actor, body, key=person, personal=said(reason=reason)))
    return count


def _known(connection: Connection, person: Key) -> Key:
    """The user, spelled as here."""
    prefix, _, given = person.id.rpartition(":")
    found = find_id(connection, prefix, given)
    if found is None:
        raise RosterError(f"No roster, plan or event here names anybody with the id {given}. {_KEPT} See: {Next.EXPLAIN_PERSON.of(given)}")
    return Key(Kind.USER, f"{prefix}:{found}")


def _blank(connection: Connection, user: Key) -> int:
    """How many events lost personal values."""
    _blank_plans(connection, user)
    _blank_ledger(connection, user)
    connection.execute(update(IDENTITY_DECISION).where(IDENTITY_DECISION.c.key == str(user)).values(login=""))
    return connection.execute(delete(AUDIT_PERSONAL).where(about(AUDIT_PERSONAL, user))).rowcount


def _refuse_in_force(connection: Connection, ids: Iterable[str], in_care: Collection[str]) -> None:
    newest = newest_finalized_number(connection)
    for row in (row for row in documents.texts(connection, ROSTER) if _in_force(row, newest, in_care)):
        named = {person.person_id for person in content_from_json(row.content)["people"]} & set(ids)
        if named:
            raise RosterError(f"Roster version {row.number} still names {min(named)}. {_KEPT} Finalize a roster without this person first.")


def _in_force(row: Row[tuple[object, ...]], newest: int | None, in_care: Collection[str]) -> bool:
    """A draft, and what a run can still go by: the newest roster, and those of school years that are cared for."""
    return row.state == "draft" or (row.state == "finalized" and (row.number == newest or row.school_year in in_care))


def _blank_rosters(connection: Connection, ids: Iterable[str]) -> dict[str, str]:
    """The versions that have lost something, with what they say now, as the `contents` of the event."""
    contents: dict[str, str] = {}
    for row in documents.texts(connection, ROSTER):
        content, findings = row.content, row.findings
        for person_id in ids:
            content, findings = without_person(content, person_id), findings_without(findings, content, person_id)
        if (content, findings) != (row.content, row.findings):
            contents |= documents.rewrite(connection, row, content=content, findings=findings)
    return contents


def _blank_attendance(connection: Connection, spoken_of: Mentioned) -> dict[str, str]:
    """The same of attendance that the person recorded. That an id was at a meeting stays, like the id itself."""
    rows = [(row, without_recorders(row.content, spoken_of.anyhow)) for row in documents.texts(connection, ATTENDANCE)]
    changed = [
        documents.rewrite(connection, row, content=content, findings=row.findings) for row, content in rows if content != row.content
    ]
    return {name: digest for each in changed for name, digest in each.items()}


def _blank_plans(connection: Connection, person: Key) -> None:
    for row in connection.execute(select(CHANGE).where(about(CHANGE, person))).all():
        sides = {"before": without_personal(row.before), "after": without_personal(row.after)}
        connection.execute(update(CHANGE).where(CHANGE.c.run == row.run, CHANGE.c.position == row.position).values(**sides))


def _blank_ledger(connection: Connection, person: Key) -> None:
    for row in connection.execute(select(LEDGER).where(about(LEDGER, person))).all():
        fields = dumps(split(Key.parse(row.key).kind, loads(row.fields))[0])
        at = (LEDGER.c.key == row.key) & (LEDGER.c.base_url == row.base_url) & (LEDGER.c.scope == row.scope)
        connection.execute(update(LEDGER).where(at).values(fields=fields))

"""What is kept no longer: personal values of rosters, plans and events that are old enough. The chain stays valid."""

from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, or_, select, update

from ilc_canvas.program.basis import ATTENDANCE, ROSTER
from ilc_canvas.reconcile.kinds import NAMED, Rule, kinds, of_account
from ilc_canvas.store.attendance.content import without_recorders
from ilc_canvas.store.audit.chain import Entry, append
from ilc_canvas.store.audit.tables import AUDIT_PERSONAL, EVENT
from ilc_canvas.store.db.codec import without_personal
from ilc_canvas.store.db.database import Store
from ilc_canvas.store.db.utc import written
from ilc_canvas.store.documents import checks
from ilc_canvas.store.documents import versions as documents
from ilc_canvas.store.documents.tables import VERSION
from ilc_canvas.store.privacy import typed_texts
from ilc_canvas.store.rosters.content import without_people
from ilc_canvas.store.runs.tables import CHANGE, RUN
from ilc_canvas.store.worker.tables import HEARTBEAT, JOB_RUN


@dataclass(frozen=True, slots=True)
class Forgotten:
    """How much has lost its personal values."""

    rosters: int  # and attendances
    changes: int  # rows of plans
    events: int
    texts: int = 0  # reasons and other words that somebody has typed, in the tables

    @property
    def nothing(self) -> bool:
        """Whether nothing was old enough."""
        return not (self.rosters or self.changes or self.events or self.texts)


def forget(store: Store, *, before: datetime, actor: str, at: datetime) -> Forgotten:
    """Erase names, addresses and logins of rosters that were superseded before then, of plans and events of runs that ended before then;
    and what somebody has typed before then.

    An event says how many, where there were any. What is needed stays: finalized rosters, the ledger, runs that have not ended, intents
    without an outcome. Signs of life and notes of jobs that are so old go, too, and checks of files that are older than a month.
    StoreError.
    """
    with store.write() as connection:
        contents = _superseded(connection, before)
        found = Forgotten(
            len(contents), _changes(connection, before), _events(connection, before), texts=typed_texts.forget(connection, before)
        )
        checks.drop_old(connection, at)
        for table in (HEARTBEAT, JOB_RUN):
            connection.execute(delete(table).where(table.c.at < before))
        if not found.nothing:
            words = {"contents": contents} if contents else {}
            append(connection, Entry("forgotten", at, actor, {"before": written(before), **asdict(found), **words}))
    return found


def _superseded(connection: Connection, before: datetime) -> dict[str, str]:
    """Content and findings of versions whose successor was signed before then; what these versions say now, as `contents`."""
    later = VERSION.alias("later")
    replaced = select(later.c.number).where(
        later.c.document == VERSION.c.document,
        later.c.school_year == VERSION.c.school_year,
        later.c.finalized_count > VERSION.c.finalized_count,
        later.c.signed_at < before,
    )
    contents: dict[str, str] = {}
    old = (VERSION.c.state == "superseded", replaced.exists())
    for row in (*documents.texts(connection, ROSTER, *old), *documents.texts(connection, ATTENDANCE, *old)):
        content, findings = _without_names(row)
        if (content, findings) != (row.content, row.findings):
            contents |= documents.rewrite(connection, row, content=content, findings=findings)
    return contents


def _without_names(row: Row[Any]) -> tuple[str, str]:
    return without_people(row.content, row.findings) if row.document == ROSTER else (without_recorders(row.content), row.findings)


def _changes(connection: Connection, before: datetime) -> int:
    """Rows about people in plans; fingerprints and keys stay."""
    query = select(CHANGE).join(RUN, RUN.c.number == CHANGE.c.run).where(RUN.c.closed_at < before)
    count = 0
    personal = (CHANGE.c.key.startswith(f"{kind}=") for kind in kinds(_may_name_people))
    about_people = or_(*personal, CHANGE.c.key.contains("|canvas:"))  # of people who are not ours, enrollments hold the names
    for row in connection.execute(query.where(about_people)).all():
        sides = {"before": without_personal(row.before), "after": without_personal(row.after)}
        if sides != {"before": row.before, "after": row.after}:
            connection.execute(update(CHANGE).where(CHANGE.c.run == row.run, CHANGE.c.position == row.position).values(**sides))
            count += 1
    return count


def _may_name_people(rule: Rule) -> bool:
    """Accounts, what ends with the names of people in it, and what has texts of its own."""
    return of_account(rule) or rule.is_container or bool(rule.personal - NAMED)


def _events(connection: Connection, before: datetime) -> int:
    """What lies beside the chain, but for that of a run that has not ended, and of an intent that nobody has settled yet."""
    answer = EVENT.alias("answer")
    old = select(EVENT.c.seq).outerjoin(RUN, RUN.c.number == EVENT.c.run).outerjoin(answer, answer.c.intent == EVENT.c.seq)
    settled = or_(EVENT.c.kind != "intended", answer.c.seq.is_not(None))
    ended = or_(EVENT.c.run.is_(None), RUN.c.closed_at < before)
    return connection.execute(
        delete(AUDIT_PERSONAL).where(AUDIT_PERSONAL.c.seq.in_(old.where(EVENT.c.at < before, ended, settled)))
    ).rowcount

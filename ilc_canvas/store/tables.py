"""The tables. Text, whole numbers and moments only, so that SQLite can hold them STRICT; JSON is canonical text."""

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import BigInteger, Integer, MetaData, Table, Text
from sqlmodel import Field, SQLModel

from ilc_canvas.store.utc import Utc

_NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
METADATA = MetaData(naming_convention=_NAMES)
_BIG = BigInteger().with_variant(Integer(), "sqlite")  # Canvas's numbers and counters outgrow 32 bits


class Stored(SQLModel):
    """What all tables share."""

    metadata: ClassVar[MetaData] = METADATA
    __table_args__: ClassVar[dict[str, Any]] = {"sqlite_strict": True}


def _text(**more: Any) -> Any:
    return Field(sa_type=Text, **more)


def _number(**more: Any) -> Any:
    return Field(sa_type=_BIG, **more)


def _own_number(**more: Any) -> Any:
    """A primary key that we count ourselves: without gaps."""
    return Field(sa_type=_BIG, primary_key=True, sa_column_kwargs={"autoincrement": False}, **more)


def _moment(**more: Any) -> Any:
    return Field(sa_type=Utc, **more)


class RosterVersion(Stored, table=True):
    """One version of a roster: draft, finalized or superseded."""

    __tablename__ = "roster_version"
    number: int = _own_number()
    school_year: str = _text()
    state: str = _text(index=True)
    people: int = _number()
    errors: int = _number()
    warnings: int = _number()
    findings: str = _text()  # JSON
    imported_at: datetime = _moment()
    imported_by: str = _text()
    import_reason: str = _text()
    manifest_version: int | None = _number(default=None)
    manifest_signed_by: str = _text()
    manifest_signed_at: str = _text()
    signed_by: str = _text()
    second: str = _text()
    reason: str = _text()
    signed_at: datetime | None = _moment(default=None)
    place: int | None = _number(default=None, unique=True)  # how many have been finalized up to this one


class RosterFile(Stored, table=True):
    """One file of a roster version."""

    __tablename__ = "roster_file"
    version: int = _own_number(foreign_key="roster_version.number")
    name: str = _text(primary_key=True)
    sha256: str = _text()
    rows: int = _number()


class RosterContent(Stored, table=True):
    """People, teams and COPs of a version, as JSON."""

    __tablename__ = "roster_content"
    version: int = _own_number(foreign_key="roster_version.number")
    content: str = _text()


class Run(Stored, table=True):
    """One run, from its begin to its end."""

    __tablename__ = "run"
    number: int = _own_number()
    scope: str = _text()
    base_url: str = _text()
    token: int = _number()  # the fencing token under which it began
    actor: str = _text()
    trigger: str = _text()
    reason: str = _text()
    dry_run: int = _number()
    only: str = _text()  # JSON
    undo: int | None = _number(default=None)  # the run that this one takes back
    roster_version: int = _number()
    began_at: datetime = _moment()
    planned_at: datetime | None = _moment(default=None)
    closed_at: datetime | None = _moment(default=None)
    status: str = _text(index=True)  # running, then that of its report
    digest: str = _text(index=True)
    drift: str = _text()  # JSON: key and field, no values
    by_hand: str = _text()  # JSON: keys
    aside: str = _text(default="[]", sa_column_kwargs={"server_default": "[]"})  # JSON: verb, key and why
    report: str = _text()  # JSON


class PlannedChange(Stored, table=True):
    """One change of a plan, with before and after."""

    __tablename__ = "planned_change"
    run: int = _own_number(foreign_key="run.number")
    position: int = _own_number()
    verb: str = _text()
    key: str = _text(index=True)
    course: str = _text()
    fingerprint: str = _text(index=True)
    before: str | None = _text(default=None)  # JSON of a record: fields, parents, handle
    after: str | None = _text(default=None)
    covers: int = _number()


class RunReason(Stored, table=True):
    """One reason why a run is held."""

    __tablename__ = "run_reason"
    run: int = _own_number(foreign_key="run.number")
    position: int = _own_number()
    code: str = _text()
    text: str = _text()
    count: int = _number()
    limit: int = _number()
    keys: str = _text()  # JSON
    course: str | None = _text(default=None)


class Decision(Stored, table=True):
    """A person's yes or no to one plan."""

    __tablename__ = "approval"
    number: int = _own_number()
    digest: str = _text(index=True)
    decision: str = _text()  # approved, rejected
    run: int = _number(foreign_key="run.number")
    actor: str = _text()
    reason: str = _text()
    fingerprints: str = _text()  # JSON
    roster_version: int = _number()
    scope: str = _text()
    base_url: str = _text()
    at: datetime = _moment()
    expires: datetime = _moment()
    ended_at: datetime | None = _moment(default=None)  # spent by a run, or taken back by a no
    spent_by: int | None = _number(default=None, foreign_key="run.number")


class AuditEvent(Stored, table=True):
    """One link of the audit chain: appended, never changed (triggers see to it)."""

    __tablename__ = "audit_event"
    seq: int = _own_number()
    prev_hash: str = _text(unique=True)
    hash: str = _text(unique=True)
    at: datetime = _moment()
    kind: str = _text(index=True)
    actor: str = _text()
    run: int | None = _number(default=None, index=True)
    key: str | None = _text(default=None, index=True)
    intent: int | None = _number(default=None, unique=True)  # of an outcome: the event that it answers, once
    body: str = _text()  # canonical JSON, no personal values


class AuditPerson(Stored, table=True):
    """Personal values of one audit event: the chain holds their salted commitment only, so they can be erased."""

    __tablename__ = "audit_person"
    seq: int = _own_number(foreign_key="audit_event.seq")
    key: str = _text(index=True)
    salt: str = _text()
    content: str = _text()  # canonical JSON


class LedgerEntry(Stored, table=True):
    """What is ours in one Canvas and scope."""

    __tablename__ = "ledger"
    base_url: str = _text(primary_key=True)
    scope: str = _text(primary_key=True)
    key: str = _text(primary_key=True)
    fields: str = _text()  # JSON
    how: str = _text()
    at: datetime = _moment()
    handle: int | None = _number(default=None)


class ParkedChange(Stored, table=True):
    """A change that is left alone for a while."""

    __tablename__ = "parked"
    base_url: str = _text(primary_key=True)
    scope: str = _text(primary_key=True)
    key: str = _text(primary_key=True)
    wants: str = _text()
    verb: str = _text()
    reason: str = _text()
    since: datetime = _moment()
    attempts: int = _number()
    next_at: datetime | None = _moment(default=None)


class QuarantineRow(Stored, table=True):
    """The trouble for which nothing is written: at most one row for each Canvas and scope."""

    __tablename__ = "quarantine"
    base_url: str = _text(primary_key=True)
    scope: str = _text(primary_key=True)
    trouble: str = _text()
    text: str = _text()
    since: datetime = _moment()
    probes: int = _number()
    next_at: datetime | None = _moment(default=None)


class QuestionRow(Stored, table=True):
    """A person about whom somebody must decide."""

    __tablename__ = "question"
    base_url: str = _text(primary_key=True)
    scope: str = _text(primary_key=True)
    key: str = _text(primary_key=True)
    kind: str = _text()
    handle: int | None = _number(default=None)
    others: str = _text()  # JSON: keys
    since: datetime = _moment()


class AnswerRow(Stored, table=True):
    """What somebody has decided about a person."""

    __tablename__ = "answer"
    base_url: str = _text(primary_key=True)
    scope: str = _text(primary_key=True)
    key: str = _text(primary_key=True)
    decision: str = _text()
    at: datetime = _moment()
    handle: int | None = _number(default=None)
    login: str = _text()
    actor: str = _text()
    reason: str = _text()


class Wish(Stored, table=True):
    """A forced run that somebody has asked for."""

    __tablename__ = "wish"
    number: int = _own_number()
    at: datetime = _moment()
    actor: str = _text()
    trigger: str = _text()
    reason: str = _text()
    only: str = _text()  # JSON
    full: int = _number()
    priority: int = _number()  # the smaller the sooner
    state: str = _text(index=True)  # waiting, taken, done, failed, cancelled
    taken_by: str = _text()
    run: int | None = _number(default=None)
    result: str = _text()
    ended_at: datetime | None = _moment(default=None)


class Pause(Stored, table=True):
    """That nothing is to be written for now: at most one row."""

    __tablename__ = "pause"
    number: int = _own_number()
    since: datetime = _moment()
    until: datetime | None = _moment(default=None)
    actor: str = _text()
    reason: str = _text()


class Heartbeat(Stored, table=True):
    """When each worker was last alive, and what it was doing."""

    __tablename__ = "heartbeat"
    worker: str = _text(primary_key=True)
    at: datetime = _moment()
    started_at: datetime = _moment()
    state: str = _text()  # leading, standing-by, stopped
    version: str = _text()
    sentence: str = _text()


class JobDone(Stored, table=True):
    """A job that was done for one due time: once, whatever the clock does."""

    __tablename__ = "job_done"
    job: str = _text(primary_key=True)
    due: str = _text(primary_key=True)  # local date and time, as in the crontab
    at: datetime = _moment()
    worker: str = _text()
    sentence: str = _text()


class NoticeRow(Stored, table=True):
    """A notice that is to be sent, or was."""

    __tablename__ = "notice"
    number: int = _own_number()
    at: datetime = _moment()
    kind: str = _text()
    about: str = _text(index=True)  # what it is about: one notice for each, and a reminder a day
    subject: str = _text()
    body: str = _text()
    data: str = _text()  # JSON, for the webhook
    attempts: int = _number()
    next_at: datetime = _moment()
    sent_at: datetime | None = _moment(default=None)
    told: str = _text()  # JSON: the channels that have taken it
    error: str = _text()


class SeenCourse(Stored, table=True):
    """Active enrollments of one course in the last complete reading."""

    __tablename__ = "seen"
    base_url: str = _text(primary_key=True)
    scope: str = _text(primary_key=True)
    course: str = _text(primary_key=True)
    active: int = _number()
    run: int = _number(foreign_key="run.number")


class TenantPin(Stored, table=True):
    """The Canvas to which this store belongs: one row."""

    __tablename__ = "tenant"
    number: int = _own_number()
    base_url: str = _text()
    root_account_id: int = _number()
    account_name: str = _text()
    pinned_at: datetime = _moment()


class LeaseRow(Stored, table=True):
    """Who may write: one row."""

    __tablename__ = "lease"
    number: int = _own_number()
    holder: str = _text()
    token: int = _number()
    expires: datetime = _moment()


def _table(model: type[Stored]) -> Table:
    return METADATA.tables[str(model.__tablename__)]


VERSION, FILE, CONTENT = _table(RosterVersion), _table(RosterFile), _table(RosterContent)
RUN, CHANGE, REASON, DECISION = _table(Run), _table(PlannedChange), _table(RunReason), _table(Decision)
EVENT, PERSON = _table(AuditEvent), _table(AuditPerson)
LEDGER, SEEN, TENANT, LEASE = _table(LedgerEntry), _table(SeenCourse), _table(TenantPin), _table(LeaseRow)
PARKED, QUARANTINE = _table(ParkedChange), _table(QuarantineRow)
QUESTION, ANSWER = _table(QuestionRow), _table(AnswerRow)
WISH, PAUSE, HEARTBEAT = _table(Wish), _table(Pause), _table(Heartbeat)
JOB_DONE, NOTICE = _table(JobDone), _table(NoticeRow)

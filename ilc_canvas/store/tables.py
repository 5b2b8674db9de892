"""The tables."""

from datetime import datetime

from sqlalchemy import Table

from ilc_canvas.store.columns import METADATA as METADATA
from ilc_canvas.store.columns import Stored, counted, moment, whole, words
from ilc_canvas.store.declined_tables import DECLINED as DECLINED
from ilc_canvas.store.rekey_tables import REKEY as REKEY


class RosterVersion(Stored, table=True):
    """One version of a roster: draft, finalized or superseded."""

    __tablename__ = "roster_version"
    number: int = counted()
    school_year: str = words()
    state: str = words(index=True)
    people: int = whole()
    errors: int = whole()
    warnings: int = whole()
    findings: str = words()  # JSON
    imported_at: datetime = moment()
    imported_by: str = words()
    import_reason: str = words()
    manifest_version: int | None = whole(default=None)
    manifest_signed_by: str = words()
    manifest_signed_at: str = words()
    signed_by: str = words()
    second: str = words()
    reason: str = words()
    signed_at: datetime | None = moment(default=None)
    place: int | None = whole(default=None, unique=True)  # how many have been finalized up to this one
    files_digest: str = words(default="", sa_column_kwargs={"server_default": ""})  # names the files; empty: imported by an older version


class RosterFile(Stored, table=True):
    """One file of a roster version."""

    __tablename__ = "roster_file"
    version: int = counted(foreign_key="roster_version.number")
    name: str = words(primary_key=True)
    sha256: str = words()
    rows: int = whole()


class RosterContent(Stored, table=True):
    """People, teams and COPs of a version, as JSON."""

    __tablename__ = "roster_content"
    version: int = counted(foreign_key="roster_version.number")
    content: str = words()


class Run(Stored, table=True):
    """One run, from its begin to its end."""

    __tablename__ = "run"
    number: int = counted()
    scope: str = words()
    base_url: str = words()
    token: int = whole()  # the fencing token under which it began
    actor: str = words()
    trigger: str = words()
    reason: str = words()
    dry_run: int = whole()
    only: str = words()  # JSON
    undo: int | None = whole(default=None)  # the run that this one takes back
    roster_version: int = whole()
    began_at: datetime = moment()
    planned_at: datetime | None = moment(default=None)
    closed_at: datetime | None = moment(default=None)
    status: str = words(index=True)  # running, then that of its report
    digest: str = words(index=True)
    drift: str = words()  # JSON: key and field, no values
    by_hand: str = words()  # JSON: keys
    aside: str = words(default="[]", sa_column_kwargs={"server_default": "[]"})  # JSON: verb, key and why
    not_ours: str = words(default="[]", sa_column_kwargs={"server_default": "[]"})  # JSON: key and field, of accounts that others made
    report: str = words()  # JSON


class PlannedChange(Stored, table=True):
    """One change of a plan, with before and after."""

    __tablename__ = "planned_change"
    run: int = counted(foreign_key="run.number")
    position: int = counted()
    verb: str = words()
    key: str = words(index=True)
    course: str = words()
    fingerprint: str = words(index=True)
    before: str | None = words(default=None)  # JSON of a record: fields, parents, handle
    after: str | None = words(default=None)
    covers: int = whole()


class RunReason(Stored, table=True):
    """One reason why a run is held."""

    __tablename__ = "run_reason"
    run: int = counted(foreign_key="run.number")
    position: int = counted()
    code: str = words()
    text: str = words()
    count: int = whole()
    limit: int = whole()
    keys: str = words()  # JSON
    course: str | None = words(default=None)


class Decision(Stored, table=True):
    """A person's yes or no to one plan."""

    __tablename__ = "approval"
    number: int = counted()
    digest: str = words(index=True)
    decision: str = words()  # approved, rejected
    run: int = whole(foreign_key="run.number")
    actor: str = words()
    reason: str = words()
    fingerprints: str = words()  # JSON
    selection: str = words(default="{}", sa_column_kwargs={"server_default": "{}"})  # JSON: the words of only and except
    roster_version: int = whole()
    scope: str = words()
    base_url: str = words()
    at: datetime = moment()
    expires: datetime = moment()
    ended_at: datetime | None = moment(default=None)  # spent by a run, or taken back by a no
    spent_by: int | None = whole(default=None, foreign_key="run.number")


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


class LedgerEntry(Stored, table=True):
    """What is ours in one Canvas and scope."""

    __tablename__ = "ledger"
    base_url: str = words(primary_key=True)
    scope: str = words(primary_key=True)
    key: str = words(primary_key=True)
    fields: str = words()  # JSON
    how: str = words()
    at: datetime = moment()
    handle: int | None = whole(default=None)


class ParkedChange(Stored, table=True):
    """A change that is left alone for a while."""

    __tablename__ = "parked"
    base_url: str = words(primary_key=True)
    scope: str = words(primary_key=True)
    key: str = words(primary_key=True)
    wants: str = words()
    verb: str = words()
    reason: str = words()
    since: datetime = moment()
    attempts: int = whole()
    next_at: datetime | None = moment(default=None)


class QuarantineRow(Stored, table=True):
    """The trouble for which nothing is written: at most one row for each Canvas and scope."""

    __tablename__ = "quarantine"
    base_url: str = words(primary_key=True)
    scope: str = words(primary_key=True)
    trouble: str = words()
    text: str = words()
    since: datetime = moment()
    probes: int = whole()
    next_at: datetime | None = moment(default=None)


class QuestionRow(Stored, table=True):
    """A person about whom somebody must decide."""

    __tablename__ = "question"
    base_url: str = words(primary_key=True)
    scope: str = words(primary_key=True)
    key: str = words(primary_key=True)
    kind: str = words()
    handle: int | None = whole(default=None)
    accounts: str = words(default="[]", sa_column_kwargs={"server_default": "[]"})  # JSON: Canvas's numbers of those that can be meant
    others: str = words()  # JSON: keys
    since: datetime = moment()


class AnswerRow(Stored, table=True):
    """What somebody has decided about a person."""

    __tablename__ = "answer"
    base_url: str = words(primary_key=True)
    scope: str = words(primary_key=True)
    key: str = words(primary_key=True)
    decision: str = words()
    at: datetime = moment()
    handle: int | None = whole(default=None)
    login: str = words()
    administrator: int = whole(default=0, sa_column_kwargs={"server_default": "0"})  # whether it was said to be right all the same
    actor: str = words()
    reason: str = words()


class Wish(Stored, table=True):
    """A forced run that somebody has asked for."""

    __tablename__ = "wish"
    number: int = counted()
    at: datetime = moment()
    actor: str = words()
    trigger: str = words()
    reason: str = words()
    only: str = words()  # JSON
    full: int = whole()
    priority: int = whole()  # the smaller the sooner
    state: str = words(index=True)  # waiting, taken, done, failed, cancelled
    taken_by: str = words()
    takes: int = whole()  # how often a worker has taken it
    run: int | None = whole(default=None)
    result: str = words()
    ended_at: datetime | None = moment(default=None)


class Pause(Stored, table=True):
    """That nothing is to be written for now: at most one row."""

    __tablename__ = "pause"
    number: int = counted()
    since: datetime = moment()
    until: datetime | None = moment(default=None)
    actor: str = words()
    reason: str = words()


class Heartbeat(Stored, table=True):
    """When each worker was last alive, and what it was doing."""

    __tablename__ = "heartbeat"
    worker: str = words(primary_key=True)
    at: datetime = moment()
    started_at: datetime = moment()
    state: str = words()  # leading, standing-by, stopped
    version: str = words()
    sentence: str = words()


class JobDone(Stored, table=True):
    """A job that was done for one due time: once, whatever the clock does."""

    __tablename__ = "job_done"
    job: str = words(primary_key=True)
    due: str = words(primary_key=True)  # local date and time, as in the crontab
    at: datetime = moment()
    worker: str = words()
    sentence: str = words()


class NoticeRow(Stored, table=True):
    """A notice that is to be sent, or was."""

    __tablename__ = "notice"
    number: int = counted()
    at: datetime = moment()
    kind: str = words()
    about: str = words(index=True)  # what it is about: one notice for each, and a reminder a day
    subject: str = words()
    body: str = words()
    data: str = words()  # JSON, for the webhook
    attempts: int = whole()
    next_at: datetime = moment()
    sent_at: datetime | None = moment(default=None)
    told: str = words()  # JSON: the channels that have taken it
    error: str = words()


class SeenCourse(Stored, table=True):
    """Active enrollments of one course in the last complete reading."""

    __tablename__ = "seen"
    base_url: str = words(primary_key=True)
    scope: str = words(primary_key=True)
    course: str = words(primary_key=True)
    active: int = whole()
    run: int = whole(foreign_key="run.number")


class TenantPin(Stored, table=True):
    """The Canvas to which this store belongs: one row."""

    __tablename__ = "tenant"
    number: int = counted()
    base_url: str = words()
    root_account_id: int = whole()
    account_name: str = words()
    pinned_at: datetime = moment()
    account_id: int | None = whole(default=None)  # null, as the uuid: pinned by an older version, and no run since
    account_uuid: str | None = words(default=None)


class LeaseRow(Stored, table=True):
    """Who may write: one row."""

    __tablename__ = "lease"
    number: int = counted()
    holder: str = words()
    token: int = whole()
    expires: datetime = moment()


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

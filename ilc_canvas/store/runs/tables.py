"""The tables of runs: plans, decisions about them, and what they left in Canvas."""

from datetime import datetime

from ilc_canvas.store.db.columns import Stored, counted, moment, table_of, whole, words


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
    basis: str = words(default="{}", sa_column_kwargs={"server_default": "{}"})  # JSON: versions by name
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
    basis: str = words(default="{}", sa_column_kwargs={"server_default": "{}"})  # JSON, as that of its run
    scope: str = words()
    base_url: str = words()
    at: datetime = moment()
    expires: datetime = moment()
    ended_at: datetime | None = moment(default=None)  # spent by a run, or taken back by a no
    spent_by: int | None = whole(default=None, foreign_key="run.number")


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


class DeclinedChange(Stored, table=True):
    """A change that a person wants left undone."""

    __tablename__ = "declined"
    base_url: str = words(primary_key=True)
    scope: str = words(primary_key=True)
    key: str = words(primary_key=True)
    wants: str = words()
    verb: str = words()
    why: str = words()  # declined, undone
    at: datetime = moment()
    run: int | None = whole(default=None, foreign_key="run.number")  # that planned it, or took it back
    decision: int | None = whole(default=None, foreign_key="approval.number")  # about its plan


RUN = table_of(Run)
CHANGE = table_of(PlannedChange)
REASON = table_of(RunReason)
DECISION = table_of(Decision)
LEDGER = table_of(LedgerEntry)
SEEN = table_of(SeenCourse)
TENANT = table_of(TenantPin)
PARKED = table_of(ParkedChange)
QUARANTINE = table_of(QuarantineRow)
QUESTION = table_of(QuestionRow)
ANSWER = table_of(AnswerRow)
DECLINED = table_of(DeclinedChange)

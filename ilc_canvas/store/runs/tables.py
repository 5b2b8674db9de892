"""The tables of runs: plans, decisions about them, and what they left in Canvas."""

from datetime import datetime

from ilc_canvas.store.db.columns import Stored, integer_column, key_column, table_of, text_column, time_column


class Run(Stored, table=True):
    """One run, from its begin to its end."""

    __tablename__ = "run"
    number: int = key_column()
    scope: str = text_column()
    base_url: str = text_column()
    token: int = integer_column()  # the fencing token under which it began
    actor: str = text_column()
    trigger: str = text_column()
    reason: str = text_column()
    dry_run: int = integer_column()
    only: str = text_column()  # JSON
    undo: int | None = integer_column(default=None)  # the run that this one takes back
    basis: str = text_column(default="{}", sa_column_kwargs={"server_default": "{}"})  # JSON: versions by name
    began_at: datetime = time_column()
    planned_at: datetime | None = time_column(default=None)
    closed_at: datetime | None = time_column(default=None)
    status: str = text_column(index=True)  # running, then that of its report
    digest: str = text_column(index=True)
    drift: str = text_column()  # JSON: key, field, edit and whether it is a conflict; no values
    by_hand: str = text_column()  # JSON: keys
    deferred: str = text_column(default="[]", sa_column_kwargs={"server_default": "[]"})  # JSON: verb, key and why
    not_ours: str = text_column(
        default="[]", sa_column_kwargs={"server_default": "[]"}
    )  # JSON: key and field, of accounts that others made
    report: str = text_column()  # JSON


class PlannedChange(Stored, table=True):
    """One change of a plan, with before and after."""

    __tablename__ = "planned_change"
    run: int = key_column(foreign_key="run.number")
    position: int = key_column()
    verb: str = text_column()
    key: str = text_column(index=True)
    course: str = text_column()
    fingerprint: str = text_column(index=True)
    before: str | None = text_column(default=None)  # JSON of a record: fields, parents, handle
    after: str | None = text_column(default=None)
    covers: int = integer_column()


class RunReason(Stored, table=True):
    """One reason why a run is held."""

    __tablename__ = "run_reason"
    run: int = key_column(foreign_key="run.number")
    position: int = key_column()
    code: str = text_column()
    text: str = text_column()
    count: int = integer_column()
    limit: int = integer_column()
    keys: str = text_column()  # JSON
    course: str | None = text_column(default=None)


class ApprovalRow(Stored, table=True):
    """A person's yes or no to one plan."""

    __tablename__ = "approval"
    number: int = key_column()
    digest: str = text_column(index=True)
    decision: str = text_column()  # approved, rejected
    run: int = integer_column(foreign_key="run.number")
    actor: str = text_column()
    reason: str = text_column()
    fingerprints: str = text_column()  # JSON
    selection: str = text_column(default="{}", sa_column_kwargs={"server_default": "{}"})  # JSON: the words of only and except
    basis: str = text_column(default="{}", sa_column_kwargs={"server_default": "{}"})  # JSON, as that of its run
    scope: str = text_column()
    base_url: str = text_column()
    at: datetime = time_column()
    expires: datetime = time_column()
    ended_at: datetime | None = time_column(default=None)  # spent by a run, or taken back by a no
    spent_by: int | None = integer_column(default=None, foreign_key="run.number")


class LedgerEntry(Stored, table=True):
    """What is ours in one Canvas and scope."""

    __tablename__ = "ledger"
    base_url: str = text_column(primary_key=True)
    scope: str = text_column(primary_key=True)
    key: str = text_column(primary_key=True)
    fields: str = text_column()  # JSON
    how: str = text_column()
    at: datetime = time_column()
    handle: int | None = integer_column(default=None)


class ParkedChange(Stored, table=True):
    """A change that is left alone for a while."""

    __tablename__ = "parked_change"
    base_url: str = text_column(primary_key=True)
    scope: str = text_column(primary_key=True)
    key: str = text_column(primary_key=True)
    wants: str = text_column()
    verb: str = text_column()
    reason: str = text_column()
    since: datetime = time_column()
    attempts: int = integer_column()
    next_at: datetime | None = time_column(default=None)


class QuarantineRow(Stored, table=True):
    """The trouble for which nothing is written: at most one row for each Canvas and scope."""

    __tablename__ = "quarantine"
    base_url: str = text_column(primary_key=True)
    scope: str = text_column(primary_key=True)
    trouble: str = text_column()
    text: str = text_column()
    since: datetime = time_column()
    probes: int = integer_column()
    next_at: datetime | None = time_column(default=None)


class IdentityQuestionRow(Stored, table=True):
    """A person about whom somebody must decide."""

    __tablename__ = "identity_question"
    base_url: str = text_column(primary_key=True)
    scope: str = text_column(primary_key=True)
    key: str = text_column(primary_key=True)
    kind: str = text_column()
    handle: int | None = integer_column(default=None)
    accounts: str = text_column(
        default="[]", sa_column_kwargs={"server_default": "[]"}
    )  # JSON: Canvas's numbers of those that can be meant
    others: str = text_column()  # JSON: keys
    since: datetime = time_column()
    shown: str = text_column(default="", sa_column_kwargs={"server_default": ""})  # JSON: the accounts as Canvas showed them
    read_at: datetime | None = time_column(default=None)  # when it did


class IdentityDecisionRow(Stored, table=True):
    """What somebody has decided about a person."""

    __tablename__ = "identity_decision"
    base_url: str = text_column(primary_key=True)
    scope: str = text_column(primary_key=True)
    key: str = text_column(primary_key=True)
    decision: str = text_column()
    at: datetime = time_column()
    handle: int | None = integer_column(default=None)
    login: str = text_column()
    administrator: int = integer_column(default=0, sa_column_kwargs={"server_default": "0"})  # whether it was said to be right all the same
    actor: str = text_column()
    reason: str = text_column()


class CourseCount(Stored, table=True):
    """Active enrollments of one course in the last complete reading."""

    __tablename__ = "course_count"
    base_url: str = text_column(primary_key=True)
    scope: str = text_column(primary_key=True)
    course: str = text_column(primary_key=True)
    active: int = integer_column()
    run: int = integer_column(foreign_key="run.number")


class TenantPin(Stored, table=True):
    """The Canvas to which this store belongs: one row."""

    __tablename__ = "tenant_pin"
    number: int = key_column()
    base_url: str = text_column()
    root_account_id: int = integer_column()
    account_name: str = text_column()
    pinned_at: datetime = time_column()
    account_id: int | None = integer_column(default=None)  # null, as the uuid: pinned by an older version, and no run since
    account_uuid: str | None = text_column(default=None)


class DeclinedChange(Stored, table=True):
    """A change that a person wants left undone."""

    __tablename__ = "declined_change"
    base_url: str = text_column(primary_key=True)
    scope: str = text_column(primary_key=True)
    key: str = text_column(primary_key=True)
    wants: str = text_column()
    verb: str = text_column()
    why: str = text_column()  # declined, undone
    at: datetime = time_column()
    run: int | None = integer_column(default=None, foreign_key="run.number")  # that planned it, or took it back
    decision: int | None = integer_column(default=None, foreign_key="approval.number")  # about its plan


class DriftDecisionRow(Stored, table=True):
    """What a person wants done about something that was changed by hand in Canvas."""

    __tablename__ = "drift_decision"
    base_url: str = text_column(primary_key=True)
    scope: str = text_column(primary_key=True)
    key: str = text_column(primary_key=True)
    field: str = text_column(primary_key=True)
    edit: str = text_column()
    choice: str = text_column()  # keep, put-back
    at: datetime = time_column()
    actor: str = text_column()
    reason: str = text_column()


RUN = table_of(Run)
DRIFT_DECISION = table_of(DriftDecisionRow)
CHANGE = table_of(PlannedChange)
REASON = table_of(RunReason)
APPROVAL = table_of(ApprovalRow)
LEDGER = table_of(LedgerEntry)
COURSE_COUNT = table_of(CourseCount)
TENANT = table_of(TenantPin)
PARKED_CHANGE = table_of(ParkedChange)
QUARANTINE = table_of(QuarantineRow)
IDENTITY_QUESTION = table_of(IdentityQuestionRow)
IDENTITY_DECISION = table_of(IdentityDecisionRow)
DECLINED = table_of(DeclinedChange)

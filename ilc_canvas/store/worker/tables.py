"""The tables of the worker: requests, jobs, signs of life, notices, the lease."""

from datetime import datetime

from ilc_canvas.store.db.columns import Stored, integer_column, key_column, table_of, text_column, time_column


class SyncRequestRow(Stored, table=True):
    """What somebody has asked a worker for."""

    __tablename__ = "sync_request"
    number: int = key_column()
    at: datetime = time_column()
    actor: str = text_column()
    kind: str = text_column()  # sync, plan, undo, verify, test, doctor, look
    reason: str = text_column()
    only: str = text_column()  # JSON
    undo: int | None = integer_column(default=None)  # the run to take back
    retry: int = integer_column()  # what is parked as well
    redo: int = integer_column()  # what was undone as well
    repair: int = integer_column()  # what people changed by hand is put back
    priority: int = integer_column()  # the smaller the sooner
    state: str = text_column(index=True)  # waiting, taken, done, failed, cancelled
    taken_by: str = text_column()
    takes: int = integer_column()  # how often a worker has taken it
    run: int | None = integer_column(default=None)
    result: str = text_column()
    ended_at: datetime | None = time_column(default=None)
    details: str = text_column(default="", sa_column_kwargs={"server_default": ""})  # JSON: what a look or a check has found


class Pause(Stored, table=True):
    """That nothing is to be written for now: at most one row."""

    __tablename__ = "pause"
    number: int = key_column()
    since: datetime = time_column()
    until: datetime | None = time_column(default=None)
    actor: str = text_column()
    reason: str = text_column()


class Heartbeat(Stored, table=True):
    """When each worker was last alive, and what it was doing."""

    __tablename__ = "heartbeat"
    worker: str = text_column(primary_key=True)
    at: datetime = time_column()
    started_at: datetime = time_column()
    state: str = text_column()  # leading, standing-by, stopped
    version: str = text_column()
    sentence: str = text_column()


class JobRun(Stored, table=True):
    """A job that was done for one due time: once, whatever the clock does."""

    __tablename__ = "job_run"
    job: str = text_column(primary_key=True)
    due: str = text_column(primary_key=True)  # local date and time, as in the crontab
    at: datetime = time_column()
    worker: str = text_column()
    sentence: str = text_column()


class NoticeRow(Stored, table=True):
    """A notice that is to be sent, or was."""

    __tablename__ = "notice"
    number: int = key_column()
    at: datetime = time_column()
    kind: str = text_column()
    about: str = text_column(index=True)  # what it is about: one notice for each, and a reminder a day
    subject: str = text_column()
    body: str = text_column()
    data: str = text_column()  # JSON, for the webhook
    attempts: int = integer_column()
    next_at: datetime = time_column()
    sent_at: datetime | None = time_column(default=None)
    delivered_to: str = text_column()  # JSON: the channels that have taken it
    error: str = text_column()


SYNC_REQUEST = table_of(SyncRequestRow)
PAUSE = table_of(Pause)
HEARTBEAT = table_of(Heartbeat)
JOB_RUN = table_of(JobRun)
NOTICE = table_of(NoticeRow)

"""The tables of the worker: requests, jobs, signs of life, notices, the lease."""

from datetime import datetime

from ilc_canvas.store.db.columns import Stored, counted, moment, table_of, whole, words


class Wish(Stored, table=True):
    """What somebody has asked a worker for."""

    __tablename__ = "wish"
    number: int = counted()
    at: datetime = moment()
    actor: str = words()
    kind: str = words()  # sync, plan, undo, verify, test
    reason: str = words()
    only: str = words()  # JSON
    undo: int | None = whole(default=None)  # the run to take back
    retry: int = whole()  # what is parked as well
    redo: int = whole()  # what was undone as well
    repair: int = whole()  # what people changed by hand is put back
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


WISH = table_of(Wish)
PAUSE = table_of(Pause)
HEARTBEAT = table_of(Heartbeat)
JOB_DONE = table_of(JobDone)
NOTICE = table_of(NoticeRow)

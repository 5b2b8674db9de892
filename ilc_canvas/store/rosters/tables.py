"""The tables of roster versions, and of decisions about ids."""

from datetime import datetime

from ilc_canvas.store.db.columns import Stored, counted, moment, table_of, whole, words


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


class PersonRekey(Stored, table=True):
    """What somebody has decided about two ids: that they are one person, the second id being the new one, or two people."""

    __tablename__ = "person_rekey"
    old: str = words(primary_key=True)
    new: str = words(primary_key=True)
    decision: str = words()  # same, different
    actor: str = words()
    reason: str = words()
    at: datetime = moment()
    applied_at: datetime | None = moment(default=None)  # when a version was finalized that has the new id


VERSION = table_of(RosterVersion)
FILE = table_of(RosterFile)
CONTENT = table_of(RosterContent)
REKEY = table_of(PersonRekey)

"""The tables of documents that people sign: a row says which document it is of."""

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import ForeignKeyConstraint, UniqueConstraint

from ilc_canvas.store.db.columns import Stored, counted, moment, table_of, whole, words

_STRICT = {"sqlite_strict": True}
_OF_A_VERSION = ("document_version.document", "document_version.number")


class DocumentVersion(Stored, table=True):
    """One version of a document: draft, finalized or superseded."""

    __tablename__ = "document_version"
    __table_args__: ClassVar[Any] = (UniqueConstraint("document", "place"), _STRICT)
    document: str = words(primary_key=True)  # its name in a basis
    number: int = counted()
    school_year: str = words()
    state: str = words(index=True)
    entries: int = whole()  # of a roster: people
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
    place: int | None = whole(default=None)  # how many of this document have been finalized up to this one
    files_digest: str = words(default="", sa_column_kwargs={"server_default": ""})  # names the files; empty: imported by an older version


class DocumentFile(Stored, table=True):
    """One file of a version."""

    __tablename__ = "document_file"
    __table_args__: ClassVar[Any] = (ForeignKeyConstraint(["document", "version"], _OF_A_VERSION), _STRICT)
    document: str = words(primary_key=True)
    version: int = counted()
    name: str = words(primary_key=True)
    sha256: str = words()
    rows: int = whole()


class DocumentContent(Stored, table=True):
    """What a version says, as JSON."""

    __tablename__ = "document_content"
    __table_args__: ClassVar[Any] = (ForeignKeyConstraint(["document", "version"], _OF_A_VERSION), _STRICT)
    document: str = words(primary_key=True)
    version: int = counted()
    content: str = words()


VERSION = table_of(DocumentVersion)
FILE = table_of(DocumentFile)
CONTENT = table_of(DocumentContent)

"""The tables of documents that people sign: a row says which document it is of."""

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import ForeignKeyConstraint, UniqueConstraint

from ilc_canvas.store.db.columns import Stored, integer_column, key_column, table_of, text_column, time_column

_STRICT = {"sqlite_strict": True}
_OF_A_VERSION = ("document_version.document", "document_version.number")


class DocumentVersion(Stored, table=True):
    """One version of a document: draft, finalized or superseded."""

    __tablename__ = "document_version"
    __table_args__: ClassVar[Any] = (UniqueConstraint("document", "finalized_count", name="uq_document_version_document_place"), _STRICT)
    document: str = text_column(primary_key=True)  # its name in a basis
    number: int = key_column()
    school_year: str = text_column()
    state: str = text_column(index=True)
    entries: int = integer_column()  # of a roster: people
    errors: int = integer_column()
    warnings: int = integer_column()
    findings: str = text_column()  # JSON
    imported_at: datetime = time_column()
    imported_by: str = text_column()
    import_reason: str = text_column()
    manifest_version: int | None = integer_column(default=None)
    manifest_signed_by: str = text_column()
    manifest_signed_at: str = text_column()
    signed_by: str = text_column()
    second: str = text_column()
    reason: str = text_column()
    signed_at: datetime | None = time_column(default=None)
    finalized_count: int | None = integer_column(default=None)  # how many of this document have been finalized up to this one
    files_digest: str = text_column(
        default="", sa_column_kwargs={"server_default": ""}
    )  # names the files; empty: imported by an older version
    first_signed_by: str = text_column(default="", sa_column_kwargs={"server_default": ""})  # of a draft that waits for a second signature
    first_reason: str = text_column(default="", sa_column_kwargs={"server_default": ""})
    first_signed_at: datetime | None = time_column(default=None)


class DocumentFile(Stored, table=True):
    """One file of a version."""

    __tablename__ = "document_file"
    __table_args__: ClassVar[Any] = (ForeignKeyConstraint(["document", "version"], _OF_A_VERSION), _STRICT)
    document: str = text_column(primary_key=True)
    version: int = key_column()
    name: str = text_column(primary_key=True)
    sha256: str = text_column()
    rows: int = integer_column()


class DocumentContent(Stored, table=True):
    """What a version says, as JSON."""

    __tablename__ = "document_content"
    __table_args__: ClassVar[Any] = (ForeignKeyConstraint(["document", "version"], _OF_A_VERSION), _STRICT)
    document: str = text_column(primary_key=True)
    version: int = key_column()
    content: str = text_column()


class DocumentCheck(Stored, table=True):
    """Files that somebody had checked, and that had errors: what was found in them."""

    __tablename__ = "document_check"
    number: int = key_column()
    document: str = text_column()
    school_year: str = text_column()
    at: datetime = time_column(index=True)
    actor: str = text_column()
    errors: int = integer_column()
    warnings: int = integer_column()
    counts: str = text_column()  # JSON: how much was read of what
    findings: str = text_column()  # JSON, as in a version
    forms: str = text_column()  # JSON: how files were read that are not CSV in UTF-8


class DocumentCheckFile(Stored, table=True):
    """One of these files."""

    __tablename__ = "document_check_file"
    __table_args__: ClassVar[Any] = (ForeignKeyConstraint(["number"], ["document_check.number"]), _STRICT)
    number: int = key_column()
    part: str = text_column(primary_key=True)  # roster, teams, cops, manifest
    name: str = text_column()
    sha256: str = text_column()
    content: str = text_column()  # compressed, in base64; empty: not kept


VERSION = table_of(DocumentVersion)
FILE = table_of(DocumentFile)
CONTENT = table_of(DocumentContent)
CHECK = table_of(DocumentCheck)
CHECK_FILE = table_of(DocumentCheckFile)

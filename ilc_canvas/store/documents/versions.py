"""Versions of a document: one draft at a time, signed off into the finalized one of its school year, which supersedes the former.

Every function works in the caller's transaction.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, delete, func, insert, select, update

from ilc_canvas import clock
from ilc_canvas.program.basis import BESIDE_PLANS
from ilc_canvas.reconcile.basis import Basis
from ilc_canvas.store.audit.chain import Entry, append, said
from ilc_canvas.store.audit.recorded import words_digest
from ilc_canvas.store.db.codec import dumps, loads
from ilc_canvas.store.documents.document import Document, files_digest
from ilc_canvas.store.documents.recorded import content_name
from ilc_canvas.store.documents.tables import CONTENT, FILE, VERSION


@dataclass(frozen=True, slots=True)
class VersionInfo:
    """One version without its content."""

    number: int
    school_year: str
    state: str  # draft, finalized, superseded
    entries: int  # of a roster: people
    errors: int
    warnings: int
    findings: Sequence[Mapping[str, Any]]
    imported_at: datetime
    imported_by: str
    manifest_version: int | None
    signed_by: str
    signed_at: datetime | None
    second: str
    reason: str
    files_digest: str
    first_signed_by: str = ""  # of a draft that waits for a second signature
    first_signed_at: datetime | None = None
    first_reason: str = ""
    rows: Mapping[str, int] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)

    @property
    def waits_for_second(self) -> bool:
        """Whether one person has signed, and another one has to as well."""
        return self.state == "draft" and self.first_signed_at is not None


@dataclass(frozen=True, slots=True)
class Draft:
    """What was read from files: `rows` and `hashes` go by file name; a finding is JSON with `level` error or warning."""

    school_year: str
    content: str  # JSON
    entries: int
    rows: Mapping[str, int]
    hashes: Mapping[str, str]
    findings: Sequence[Mapping[str, object]] = ()
    manifest_version: int | None = None
    manifest_signed_by: str = ""
    manifest_signed_at: str = ""

    @property
    def errors(self) -> int:
        """How many findings keep it from being signed."""
        return self._count("error")

    @property
    def warnings(self) -> int:
        """How many are accepted by signing."""
        return self._count("warning")

    def _count(self, level: str) -> int:
        """Of this level, with those that are counted and not listed."""
        return sum(int(str(finding.get("count", 1))) for finding in self.findings if finding.get("level") == level)


def keep_draft(
    connection: Connection, document: Document, draft: Draft, *, imported_by: str, at: datetime, allow_older: bool = False, reason: str = ""
) -> int:
    """Keep it in place of an older draft; its version number.

    Refused if the same files are in force for its school year already, or the manifest's version is not newer than the newest finalized
    one.
    """
    last = newest(connection, document.name)
    _refuse_same(connection, document, draft.hashes, last=newest(connection, document.name, draft.school_year))
    _drop_draft(connection, document.name)
    number = _number(connection, document, draft.manifest_version, last=last, older=allow_older and bool(reason.strip()))
    digest = files_digest(draft.school_year, draft.hashes, draft.content)
    given, described = {"imported_at": at, "imported_by": imported_by, "import_reason": reason}, _described(draft)
    connection.execute(insert(VERSION).values(document=document.name, number=number, files_digest=digest, **described, **given))
    of = {"document": document.name, "version": number}
    files = [{**of, "name": name, "sha256": sha, "rows": draft.rows.get(name, 0)} for name, sha in draft.hashes.items()]
    if files:
        connection.execute(insert(FILE), files)
    connection.execute(insert(CONTENT).values(**of, content=draft.content))
    words = words_digest(draft.content, str(described["findings"]))
    told = {"files_digest": digest, "errors": draft.errors, "words": words}
    body = {"version": number, "school_year": draft.school_year, **told, **hashed(connection, document.name, number)}
    personal = {**said(reason=reason), "files": sorted(draft.hashes)}
    append(connection, Entry(f"{document.name}-drafted", at, imported_by, body, personal=personal))
    return number


def _described(draft: Draft) -> dict[str, object]:
    return {
        "school_year": draft.school_year,
        "state": "draft",
        "entries": draft.entries,
        "errors": draft.errors,
        "warnings": draft.warnings,
        "findings": dumps([dict(finding) for finding in draft.findings]),
        "manifest_version": draft.manifest_version,
        "manifest_signed_by": draft.manifest_signed_by,
        "manifest_signed_at": draft.manifest_signed_at,
        "signed_by": "",
        "second": "",
        "reason": "",
    }


def _drop_draft(connection: Connection, document: str) -> None:
    draft = select(VERSION.c.number).where(VERSION.c.document == document, VERSION.c.state == "draft")
    for table in (CONTENT, FILE):
        connection.execute(delete(table).where(table.c.document == document, table.c.version.in_(draft)))
    connection.execute(delete(VERSION).where(VERSION.c.document == document, VERSION.c.state == "draft"))


def _refuse_same(connection: Connection, document: Document, hashes: Mapping[str, str], *, last: Row[Any] | None) -> None:
    if last is None or not hashes:
        return
    if sorted(files(connection, document.name, last.number)["sha256"].values()) == sorted(hashes.values()):
        raise document.refused(
            f"These files are already loaded: they are {document.name} version {last.number}, {document.in_force} by {last.signed_by} "
            f"on {clock.day(last.signed_at)}. Nothing was changed."
        )


def _number(connection: Connection, document: Document, wanted: int | None, *, last: Row[Any] | None, older: bool) -> int:
    finalized = last.number if last else 0
    highest = connection.execute(select(func.max(VERSION.c.number)).where(VERSION.c.document == document.name)).scalar() or 0
    if wanted is None:
        return max(finalized, highest) + 1
    taken = one(connection, document.name, wanted) is not None
    if wanted > finalized and not taken:
        return wanted
    if not older:
        raise document.refused(
            f"The manifest says version {wanted}, but version {finalized} is finalized already. Nothing was changed. "
            "Import a newer version, or say why the older one shall come back: --allow-older --reason TEXT"
        )
    return highest + 1 if taken else wanted


def newest(connection: Connection, document: str, school_year: str = "") -> Row[Any] | None:
    """The version of this school year (of whatever year, if none is named) that was finalized last."""
    query = select(VERSION).where(VERSION.c.document == document, VERSION.c.state == "finalized")
    query = query.where(VERSION.c.school_year == school_year) if school_year else query
    return connection.execute(query.order_by(VERSION.c.finalized_count.desc()).limit(1)).first()


def newest_basis(connection: Connection, school_year: str = "") -> Basis:
    """What a plan for this school year is made from now: of each document that plans go by, the version finalized last."""
    in_force = (VERSION.c.state == "finalized", VERSION.c.document.not_in(BESIDE_PLANS))
    query = select(VERSION.c.document, VERSION.c.number).where(*in_force).order_by(VERSION.c.finalized_count)
    query = query.where(VERSION.c.school_year == school_year) if school_year else query
    return Basis.of({row.document: row.number for row in connection.execute(query)})


def one(connection: Connection, document: str, number: int | None) -> Row[Any] | None:
    """One version; None if there is none of this number."""
    return connection.execute(select(VERSION).where(VERSION.c.document == document, VERSION.c.number == number)).first()


def content(connection: Connection, document: str, number: int) -> str:
    """What one version says."""
    where = (CONTENT.c.document == document, CONTENT.c.version == number)
    return str(connection.execute(select(CONTENT.c.content).where(*where)).scalar_one())


def contents(connection: Connection, document: str) -> list[str]:
    """What each version says."""
    return list(connection.execute(select(CONTENT.c.content).where(CONTENT.c.document == document)).scalars())


def signed_years(connection: Connection, document: str) -> list[str]:
    """The school years that have a finalized version, the one that was signed last first."""
    query = select(VERSION.c.school_year).where(VERSION.c.document == document, VERSION.c.state == "finalized")
    return list(connection.execute(query.order_by(VERSION.c.finalized_count.desc())).scalars())


def signed(connection: Connection, document: str) -> list[int]:
    """The number of every version that was ever finalized, in the order of signing."""
    query = select(VERSION.c.number).where(VERSION.c.document == document, VERSION.c.finalized_count.is_not(None))
    return list(connection.execute(query.order_by(VERSION.c.finalized_count)).scalars())


def texts(connection: Connection, document: str, *where: ColumnElement[bool]) -> list[Row[Any]]:
    """The rows of these versions, each with its content."""
    same = (CONTENT.c.document == VERSION.c.document) & (CONTENT.c.version == VERSION.c.number)
    query = select(VERSION, CONTENT.c.content).join(CONTENT, same).where(VERSION.c.document == document, *where)
    return list(connection.execute(query).all())


def rewrite(connection: Connection, row: Row[Any], *, content: str, findings: str) -> dict[str, str]:
    """Other words in place of those of a version, which keeps its number and its state; for the `contents` of the event about that."""
    number, of = row.number, row.document
    connection.execute(update(CONTENT).where(CONTENT.c.document == of, CONTENT.c.version == number).values(content=content))
    connection.execute(update(VERSION).where(VERSION.c.document == of, VERSION.c.number == number).values(findings=findings))
    return {content_name(of, number): words_digest(content, findings)}


def listing(connection: Connection, document: str) -> list[VersionInfo]:
    """All versions, newest number first."""
    rows = connection.execute(select(VERSION).where(VERSION.c.document == document).order_by(VERSION.c.number.desc())).all()
    of_all = connection.execute(select(FILE).where(FILE.c.document == document).order_by(FILE.c.version, FILE.c.name))
    found = {number: _files(list(each)) for number, each in groupby(of_all, key=lambda file: int(file.version))}
    return [_info(row, found.get(row.number, _files([]))) for row in rows]


def info(connection: Connection, document: str, number: int) -> VersionInfo | None:
    """One version without its content; None if there is none with this number."""
    row = one(connection, document, number)
    return _info(row, files(connection, document, number)) if row else None


def files(connection: Connection, document: str, number: int) -> dict[str, dict[str, Any]]:
    """By file name: rows and sha256 of each file of a version."""
    return _files(connection.execute(select(FILE).where(FILE.c.document == document, FILE.c.version == number).order_by(FILE.c.name)).all())


def _files(rows: Sequence[Row[Any]]) -> dict[str, dict[str, Any]]:
    return {"rows": {row.name: row.rows for row in rows}, "sha256": {row.name: row.sha256 for row in rows}}


def hashed(connection: Connection, document: str, number: int) -> dict[str, list[Any]]:
    """SHA-256 and rows of each file, in order of the names, which are not told: somebody has chosen them."""
    return {name: list(values.values()) for name, values in files(connection, document, number).items()}


_INFO = (
    "number", "school_year", "state", "entries", "errors", "warnings", "imported_at", "imported_by", "manifest_version",
    "signed_by", "signed_at", "second", "reason", "files_digest", "first_signed_by", "first_signed_at", "first_reason",
)  # fmt: skip


def _info(row: Row[Any], found: Mapping[str, Mapping[str, Any]]) -> VersionInfo:
    plain = {name: getattr(row, name) for name in _INFO}
    return VersionInfo(**plain, findings=loads(row.findings), rows=found["rows"], files=found["sha256"])

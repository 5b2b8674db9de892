"""Checks of files that had errors: what was found is kept for a month, for whoever corrects it, and with it the files themselves."""

import zlib
from base64 import b64decode, b64encode
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, delete, insert, select, update

from ilc_canvas.store.audit.chain import Entry, append
from ilc_canvas.store.audit.tables import EVENT
from ilc_canvas.store.db.codec import dumps, loads
from ilc_canvas.store.db.database import Store
from ilc_canvas.store.documents.tables import CHECK, CHECK_FILE

KEPT = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class CheckedFile:
    """One file: which part of the document it was, and what it held; None: not kept, or erased."""

    part: str
    name: str
    sha256: str
    content: bytes | None = None


@dataclass(frozen=True, slots=True)
class Check:
    """What was found. `counts` says how much was read of what: {"people": 324}."""

    document: str
    school_year: str
    at: datetime
    actor: str
    errors: int
    warnings: int
    counts: Mapping[str, int]
    findings: Sequence[Mapping[str, Any]]
    forms: Sequence[str]
    files: Sequence[CheckedFile]  # without their content, when it is read
    number: int = 0  # given when it is kept

    @property
    def until(self) -> datetime:
        """When it goes."""
        return self.at + KEPT


def keep(store: Store, check: Check) -> int:
    """Keep it; its number. What is older than a month goes. The log has its counts and the hashes of the files."""
    with store.write() as connection:
        drop_old(connection, check.at)
        number = _last(connection) + 1
        connection.execute(insert(CHECK).values(number=number, **_row(check)))
        connection.execute(insert(CHECK_FILE), [_file_row(number, file) for file in check.files])
        counts = {"errors": check.errors, "warnings": check.warnings}
        body = {"check": number, "school_year": check.school_year, **counts, "sha256": [file.sha256 for file in check.files]}
        personal = {"files": [file.name for file in check.files]}
        append(connection, Entry(f"{check.document}-checked", check.at, check.actor, body, personal=personal))
    return number


def _row(check: Check) -> dict[str, object]:
    return {
        "document": check.document,
        "school_year": check.school_year,
        "at": check.at,
        "actor": check.actor,
        "errors": check.errors,
        "warnings": check.warnings,
        "counts": dumps(dict(check.counts)),
        "findings": dumps([dict(each) for each in check.findings]),
        "forms": dumps(list(check.forms)),
    }


def _last(connection: Connection) -> int:
    """The number that was given last, by the log: an address that somebody has kept never leads to another check."""
    bodies = connection.execute(select(EVENT.c.body).where(EVENT.c.kind.endswith("-checked")).order_by(EVENT.c.seq.desc()).limit(1))
    body = bodies.scalar()
    return int(loads(body)["check"]) if body else 0


def _file_row(number: int, file: CheckedFile) -> dict[str, object]:
    content = "" if file.content is None else b64encode(zlib.compress(file.content)).decode("ascii")
    return {"number": number, "part": file.part, "name": file.name, "sha256": file.sha256, "content": content}


def read(store: Store, document: str, number: int, *, at: datetime) -> Check | None:
    """One check; None if there is none, or it is older than a month."""
    with store.read() as connection:
        row = connection.execute(select(CHECK).where(*_there(document, at), CHECK.c.number == number)).first()
        return _check(connection, row) if row else None


def listing(store: Store, document: str, at: datetime) -> list[Check]:
    """All of this document, the newest first."""
    with store.read() as connection:
        rows = connection.execute(select(CHECK).where(*_there(document, at)).order_by(CHECK.c.number.desc())).all()
        return [_check(connection, row) for row in rows]


def file_of(store: Store, check: Check, part: str) -> CheckedFile | None:
    """A file with its content; None if that is not there any more."""
    with store.read() as connection:
        where = (CHECK_FILE.c.number == check.number, CHECK_FILE.c.part == part, CHECK_FILE.c.content != "")
        row = connection.execute(select(CHECK_FILE).where(*where)).first()
    return CheckedFile(row.part, row.name, row.sha256, zlib.decompress(b64decode(row.content))) if row else None


def _there(document: str, at: datetime) -> tuple[ColumnElement[bool], ...]:
    return (CHECK.c.document == document, CHECK.c.at > at - KEPT)


def _check(connection: Connection, row: Row[Any]) -> Check:
    query = select(CHECK_FILE.c.part, CHECK_FILE.c.name, CHECK_FILE.c.sha256).where(CHECK_FILE.c.number == row.number)
    files = [CheckedFile(each.part, each.name, each.sha256) for each in connection.execute(query)]
    return Check(
        document=row.document,
        school_year=row.school_year,
        at=row.at,
        actor=row.actor,
        errors=row.errors,
        warnings=row.warnings,
        counts=loads(row.counts),
        findings=loads(row.findings),
        forms=loads(row.forms),
        files=files,
        number=row.number,
    )


def drop_old(connection: Connection, at: datetime) -> int:
    """Those that are older than a month; how many."""
    return _drop(connection, CHECK.c.at <= at - KEPT)


def erase(connection: Connection, names: Callable[[str], bool]) -> int:
    """Checks that name a person by what was found or by the name of a file; how many. The content of every file goes:
    a workbook does not say whom it names.
    """
    rows = connection.execute(select(CHECK.c.number, CHECK.c.findings)).all()
    files = connection.execute(select(CHECK_FILE.c.number, CHECK_FILE.c.name)).all()
    named = {row.number for row in rows if names(row.findings)} | {file.number for file in files if names(file.name)}
    connection.execute(update(CHECK_FILE).values(content=""))
    return _drop(connection, CHECK.c.number.in_(named))


def _drop(connection: Connection, which: ColumnElement[bool]) -> int:
    connection.execute(delete(CHECK_FILE).where(CHECK_FILE.c.number.in_(select(CHECK.c.number).where(which))))
    return int(connection.execute(delete(CHECK).where(which)).rowcount)

"""Whether a version of a document is as it was imported and signed, by the audit log."""

from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, Row, select

from ilc_canvas.reconcile.errors import ChainError
from ilc_canvas.reconcile.words.hints import Next
from ilc_canvas.store.audit.recorded import BY_OTHER_MEANS, WHOLE_AGAIN, Recorded, recorded, text_digest, words_digest
from ilc_canvas.store.documents.document import files_digest
from ilc_canvas.store.documents.tables import CONTENT, FILE

ERASING = ("erased", "forgotten")
"""Events after which the words of a version may be others; the body names the new ones by `contents`."""


def content_name(document: str, number: int) -> str:
    """A version, as the body of such an event names it."""
    return f"{document}/{number}"


def recorded_content(connection: Connection, row: Row[Any]) -> str:
    """What a version says, as JSON. ChainError if it is not the version that was imported, or signed, by the audit log."""
    content = _content(connection, row)
    document, number = row.document, row.number
    kind = f"{document}-drafted" if row.state == "draft" else f"{document}-finalized"
    events = recorded(connection, kind, *ERASING)
    given = [event for event in events if event.kind == kind]
    own = [event for event in given if event.body["version"] == number]
    wrong = "nobody recorded it" if not own else next(_differences(connection, row, own[-1], content=content, events=events), None)
    if wrong is None and row.state == "finalized":
        wrong = _superseded(row, [event for event in given if event.seq > own[-1].seq])
    if wrong or content is None:
        again = f"Import the files again: {Next.IMPORT_DOCUMENT.of(document)}" if row.state == "draft" else WHOLE_AGAIN
        raise ChainError(
            f"{document.capitalize()} version {number} in the store is not as the audit log recorded it ({wrong}). {BY_OTHER_MEANS} "
            f"Nothing was changed. {again}"
        )
    return content


def _superseded(row: Row[Any], later: Sequence[Recorded]) -> str | None:
    same_year = [event for event in later if event.body.get("school_year", "") == row.school_year]
    return f"version {same_year[-1].body['version']} was signed after it" if same_year else None


def _differences(
    connection: Connection, row: Row[Any], event: Recorded, *, content: str | None, events: Sequence[Recorded]
) -> Iterator[str]:
    """What a version does not have in common with the event about it; an older version of this program recorded less."""
    of = {"school_year": row.school_year, "files_digest": row.files_digest, "errors": row.errors, "place": row.finalized_count}
    for name, words in _WORDS.items():
        if name in event.body and event.body[name] != of[name] and of[name] != "":  # empty: an older version has no such column
            yield words
    for name in ("signed_by", "second"):
        if name in event.personal and event.personal[name] != getattr(row, name):
            yield "who signed it"
    files = connection.execute(
        select(FILE).where(FILE.c.document == row.document, FILE.c.version == row.number).order_by(FILE.c.name)
    ).all()
    if "sha256" in event.body and event.body["sha256"] != [file.sha256 for file in files]:
        yield "its files"
    if content is None or not _is_content(row, content, {file.name: file.sha256 for file in files}, event=event, events=events):
        yield "its content"
    elif "words" in event.body and not _erased(row, event, events) and event.body["words"] != words_digest(content, row.findings):
        yield "its findings"


_WORDS = {"school_year": "its school year", "files_digest": "its files", "errors": "its errors", "place": "its place among the signed ones"}


def _hashes(connection: Connection, row: Row[Any]) -> dict[str, str]:
    """SHA-256 of each file, in the order of the names."""
    of = (FILE.c.document == row.document, FILE.c.version == row.number)
    return {file.name: file.sha256 for file in connection.execute(select(FILE).where(*of).order_by(FILE.c.name))}


def _content(connection: Connection, row: Row[Any]) -> str | None:
    return connection.execute(select(CONTENT.c.content).where(CONTENT.c.document == row.document, CONTENT.c.version == row.number)).scalar()


def _erased(row: Row[Any], event: Recorded, events: Sequence[Recorded]) -> list[str]:
    """What later events say of this version, from which somebody was erased."""
    name = content_name(row.document, row.number)
    later = (each for each in events if each.seq > event.seq and each.kind in ERASING)
    return [each.body["contents"][name] for each in later if name in each.body.get("contents", {})]


def _is_content(row: Row[Any], content: str, hashes: dict[str, str], *, event: Recorded, events: Sequence[Recorded]) -> bool:
    known = _erased(row, event, events)
    if known:  # by an older version of this program, of the content alone
        return known[-1] in (words_digest(content, row.findings), text_digest(content))
    if "content" in event.body:
        return bool(text_digest(content) == event.body["content"])
    later = [each for each in events if each.seq > event.seq and each.kind in ERASING]
    unsaid = any("contents" not in each.body and each.body.get("rosters", 1) for each in later)  # by an older version of this program
    return unsaid or not row.files_digest or files_digest(row.school_year, hashes, content) == row.files_digest

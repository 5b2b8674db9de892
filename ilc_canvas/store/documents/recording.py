"""Documents that nobody signs: a version is in force as soon as it is recorded."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection

from ilc_canvas.store.db.database import Store
from ilc_canvas.store.documents import signing, versions
from ilc_canvas.store.documents.document import Document
from ilc_canvas.store.documents.signing import Signing
from ilc_canvas.store.documents.versions import Draft


def record(
    store: Store, document: Document, draft: Draft, *, counts: Mapping[str, int], recorded_by: str, at: datetime, reason: str = ""
) -> int:
    """Keep a version in place of the former one of its school year; its number. `counts` are for the audit log, which names nobody.

    The document's own error if the same files are in force.
    """
    with store.write() as connection:
        return keep(connection, document, draft, counts=counts, recorded_by=recorded_by, at=at, reason=reason)


def keep(
    connection: Connection, document: Document, draft: Draft, *, counts: Mapping[str, int], recorded_by: str, at: datetime, reason: str = ""
) -> int:
    """The same, in the caller's transaction."""
    number = versions.keep_draft(connection, document, draft, imported_by=recorded_by, at=at, reason=reason)
    given = Signing(recorded_by, at, actor=recorded_by, reason=reason)
    body = {**counts, **versions.hashed(connection, document.name, number)}
    signing.sign(connection, document, signing.signable(connection, document, given), signing=given, body=body)
    return number

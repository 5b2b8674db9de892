"""The draft that somebody signs: bound to the files that were shown, and to who may sign and approve it."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, select, update

from ilc_canvas.program.basis import OPENINGS
from ilc_canvas.reconcile.basis import Basis
from ilc_canvas.reconcile.errors import ApprovalError, ChainError
from ilc_canvas.reconcile.words.hints import Next
from ilc_canvas.reconcile.words.wording import count
from ilc_canvas.store.audit.chain import Entry, append, said
from ilc_canvas.store.audit.recorded import BY_OTHER_MEANS, recorded, text_digest, words_digest
from ilc_canvas.store.audit.tables import EVENT
from ilc_canvas.store.db.codec import loads
from ilc_canvas.store.db.database import Store
from ilc_canvas.store.documents.document import Document
from ilc_canvas.store.documents.recorded import recorded_content
from ilc_canvas.store.documents.tables import CONTENT, VERSION

_KEPT = "Nothing was changed."
_CALLED = {OPENINGS: "the list of courses to be opened,"}
"""How a document is called in a sentence, if not by its name."""


@dataclass(frozen=True, slots=True)
class ReviewedDraft:
    """What whoever signs has looked at; empty: whatever the draft is."""

    version: int | None = None
    files: str = ""  # the digest that import and show have told


@dataclass(frozen=True, slots=True)
class Signing:
    """Who signs, when and why. `actor` is who runs this, if that is not the signer; `seen` is the draft that was looked at."""

    signed_by: str
    at: datetime
    actor: str = ""
    seen: ReviewedDraft = ReviewedDraft()
    reason: str = ""
    second: str = ""
    four_eyes: bool = False  # the second signer has not imported it


def same_name(one: str, other: str) -> bool:
    """Whether two names are one, but for letter case and spaces."""
    return " ".join(one.split()).casefold() == " ".join(other.split()).casefold()


def signable(connection: Connection, document: Document, signing: Signing) -> Row[Any]:
    """The draft. Refused if nobody signs, there is none, it has errors, it is not the one that was looked at, or, with `four_eyes`, its
    second signer may not be that.
    """
    name = document.name
    if not signing.signed_by.strip():
        raise document.refused(f"A {name} is finalized by somebody: --signed-by NAME. {_KEPT}")
    draft = connection.execute(select(VERSION).where(VERSION.c.document == name, VERSION.c.state == "draft")).first()
    if draft is None:
        raise document.refused(f"There is no draft to finalize. Load one first: {Next.IMPORT_DOCUMENT.of(name)}")
    recorded_content(connection, draft)
    if draft.errors:
        raise document.refused(
            f"{name} version {draft.number} has {count(draft.errors, 'error')} and stays a draft. "
            "Correct the files, then import them again."
        )
    _require_seen(connection, document, draft, signing=signing)
    if signing.four_eyes:
        _require_other_second(document, draft, signing)
    return draft


def _require_seen(connection: Connection, document: Document, draft: Row[Any], *, signing: Signing) -> None:
    """Refused if the draft is not the one that was looked at: of another version, of other files, or, if no files are named, put in
    place of another draft by somebody else than who runs this.
    """
    name, seen = document.name, signing.seen
    now = f"The draft is version {draft.number}, files {draft.files_digest or 'without a digest'}, imported by {draft.imported_by}."
    sign = Next.SIGN_DRAFT.of(name, draft.number, draft.files_digest)
    what_next = f"{now} {_KEPT} Look at it: {Next.SHOW_DOCUMENT.of(name, draft.number)}. To sign it: {sign}"
    if seen.version is not None and seen.version != draft.number:
        raise document.refused(f"There is no draft of version {seen.version}. {what_next}")
    if seen.files and _plain(seen.files) != _plain(draft.files_digest):
        raise document.refused(f"The files {seen.files} are not those of the draft: it was replaced, or that is mistyped. {what_next}")
    by_other = signing.actor and not same_name(signing.actor, draft.imported_by)
    if not seen.files and by_other and _replaced(connection, name, draft):
        raise document.refused(f"This draft has replaced another one, which somebody may have looked at. {what_next}")


def _plain(digest: str) -> str:
    return digest.replace("-", "").strip().casefold()


def _replaced(connection: Connection, document: str, draft: Row[Any]) -> bool:
    """Whether a draft of other files was imported since one was last signed."""
    signed = select(EVENT.c.seq).where(EVENT.c.kind == f"{document}-finalized").order_by(EVENT.c.seq.desc()).limit(1)
    last = connection.execute(signed).scalar() or 0
    bodies = connection.execute(select(EVENT.c.body).where(EVENT.c.kind == f"{document}-drafted", EVENT.c.seq > last)).scalars()
    return any(loads(body).get("files_digest") != draft.files_digest for body in bodies)


def _require_other_second(document: Document, draft: Row[Any], signing: Signing) -> None:
    """Refused if the second signer is who has imported the draft, or the first one."""
    second = signing.second
    for name, deed in ((draft.imported_by, "has imported"), (signing.signed_by, "signs")):
        if second.strip() and same_name(second, name):
            raise document.refused(
                f"{second} {deed} version {draft.number}, and with guard.four_eyes on the second signer is somebody else. {_KEPT} "
                "Ask another person: --second NAME"
            )


def sign_first(connection: Connection, document: Document, draft: Row[Any], *, signing: Signing) -> None:
    """One signature on the draft, which stays one until somebody else has signed as well. Refused if there is one already."""
    if draft.first_signed_at is not None:
        raise document.refused(f"{draft.first_signed_by} has signed version {draft.number} already: a second person has to. {_KEPT}")
    values = {"first_signed_by": signing.signed_by, "first_reason": signing.reason, "first_signed_at": signing.at}
    where = (VERSION.c.document == document.name, VERSION.c.number == draft.number)
    connection.execute(update(VERSION).where(*where).values(**values))
    body = {"version": draft.number, "school_year": draft.school_year, "files_digest": draft.files_digest}
    words = said(signed_by=signing.signed_by, reason=signing.reason)
    append(connection, Entry(f"{document.name}-signed-first", signing.at, signing.actor or signing.signed_by, body, personal=words))


def first_signature(connection: Connection, document: Document, number: int | None) -> Row[Any]:
    """The draft that somebody has signed. Refused if nobody has, or not by the audit log."""
    draft = connection.execute(select(VERSION).where(VERSION.c.document == document.name, VERSION.c.state == "draft")).first()
    if draft is None or draft.first_signed_at is None or number not in (None, draft.number):
        raise document.refused(f"No {document.name} waits for a second signature. {_KEPT}")
    events = recorded(connection, f"{document.name}-signed-first")
    told = (draft.number, draft.files_digest, draft.first_signed_at, draft.first_signed_by)
    if not any((event.body["version"], event.body["files_digest"], event.at, event.actor) == told for event in events):
        raise ChainError(
            f"The first signature on {document.name} version {draft.number} in the store is not as the audit log recorded it. "
            f"{BY_OTHER_MEANS} {_KEPT} Import the files again: {Next.IMPORT_DOCUMENT.of(document.name)}"
        )
    return draft


def sign(connection: Connection, document: Document, draft: Row[Any], *, signing: Signing, body: Mapping[str, object]) -> None:
    """The draft in place of the finalized version of its school year, with an audit event that has this `body`."""
    of = VERSION.c.document == document.name
    same_year = (VERSION.c.state == "finalized") & (VERSION.c.school_year == draft.school_year)
    connection.execute(update(VERSION).where(of, same_year).values(state="superseded"))
    finalized_count = (connection.execute(select(func.max(VERSION.c.finalized_count)).where(of)).scalar() or 0) + 1
    signed = {"signed_by": signing.signed_by, "second": signing.second, "reason": signing.reason, "signed_at": signing.at}
    connection.execute(
        update(VERSION).where(of, VERSION.c.number == draft.number).values(state="finalized", finalized_count=finalized_count, **signed)
    )
    words = said(signed_by=signing.signed_by, second=signing.second, reason=signing.reason)
    of_draft = select(CONTENT.c.content).where(CONTENT.c.document == document.name, CONTENT.c.version == draft.number)
    content = connection.execute(of_draft).scalar_one()
    told = {"content": text_digest(content), "words": words_digest(content, draft.findings), "place": finalized_count}
    whole = {"version": draft.number, "school_year": draft.school_year, "files_digest": draft.files_digest, **told, **body}
    append(connection, Entry(f"{document.name}-finalized", signing.at, signing.actor or signing.signed_by, whole, personal=words))


def require_other_approver(store: Store, basis: Basis, actor: str) -> None:
    """ApprovalError if `actor` has imported, signed or finalized a document of this basis."""
    for document, version in ((name, version) for name, version in basis.pairs if isinstance(version, int)):
        with store.read() as connection:
            row = connection.execute(select(VERSION).where(VERSION.c.document == document, VERSION.c.number == version)).first()
            events = connection.execute(select(EVENT.c.actor, EVENT.c.body).where(EVENT.c.kind == f"{document}-finalized")).all()
        ran = [(each.actor, "finalized") for each in events if loads(each.body)["version"] == version]
        signed = ((row.imported_by, "imported"), (row.signed_by, "signed"), (row.second, "signed")) if row else ()
        for name, deed in (*signed, *ran):
            if same_name(actor, name):
                called = _CALLED.get(document, document)
                raise ApprovalError(
                    f"{actor} has {deed} {called} version {version}, and with guard.four_eyes on somebody else approves its plans. "
                    f"{_KEPT} Ask another person to approve this plan."
                )

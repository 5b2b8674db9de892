"""The draft that somebody signs: bound to the files that were shown, and to who may sign and approve it."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, select

from ilc_canvas.reconcile.errors import ApprovalError, RosterError
from ilc_canvas.store.audit.tables import EVENT
from ilc_canvas.store.db.codec import dumps, loads
from ilc_canvas.store.db.database import Store
from ilc_canvas.store.rosters.tables import VERSION

_KEPT = "Nothing was changed."


@dataclass(frozen=True, slots=True)
class Seen:
    """What whoever signs has looked at; empty: whatever the draft is."""

    version: int | None = None
    files: str = ""  # the digest that import and show have told


def files_digest(school_year: str, hashes: Mapping[str, str], content: str) -> str:
    """Names a draft by its files and what was read from them: 12 hex digits in groups of four."""
    sha = hashlib.sha256(dumps([school_year, dict(hashes), content]).encode()).hexdigest()
    return "-".join((sha[:4], sha[4:8], sha[8:12]))


def command(version: int, files: str) -> str:
    """What signs exactly this draft, to be pasted."""
    return f"ilc-canvas roster finalize {version}{f' --files {files}' if files else ''} --signed-by NAME"


def same_name(one: str, other: str) -> bool:
    """Whether two names are one, but for letter case and spaces."""
    return " ".join(one.split()).casefold() == " ".join(other.split()).casefold()


def require_seen(connection: Connection, draft: Row[Any], seen: Seen, *, actor: str) -> None:
    """RosterError if the draft is not the one that was looked at: of another version, of other files, or, where no files are named,
    put in place of another draft by somebody else than `actor`.
    """
    now = f"The draft is version {draft.number}, files {draft.files_digest or 'without a digest'}, imported by {draft.imported_by}."
    what_next = f"{now} {_KEPT} Look at it: ilc-canvas roster show {draft.number}. To sign it: {command(draft.number, draft.files_digest)}"
    if seen.version is not None and seen.version != draft.number:
        raise RosterError(f"There is no draft of version {seen.version}. {what_next}")
    if seen.files and _plain(seen.files) != _plain(draft.files_digest):
        raise RosterError(f"The files {seen.files} are not those of the draft: it was replaced, or that is mistyped. {what_next}")
    if not seen.files and actor and not same_name(actor, draft.imported_by) and _replaced(connection, draft):
        raise RosterError(f"This draft has replaced another one, which somebody may have looked at. {what_next}")


def _plain(digest: str) -> str:
    return digest.replace("-", "").strip().casefold()


def _replaced(connection: Connection, draft: Row[Any]) -> bool:
    """Whether a draft of other files was imported since a roster was last signed."""
    signed = select(EVENT.c.seq).where(EVENT.c.kind == "roster-finalized").order_by(EVENT.c.seq.desc()).limit(1)
    last = connection.execute(signed).scalar() or 0
    bodies = connection.execute(select(EVENT.c.body).where(EVENT.c.kind == "roster-drafted", EVENT.c.seq > last)).scalars()
    return any(loads(body).get("files_digest") != draft.files_digest for body in bodies)


def require_other_second(draft: Row[Any], second: str | None, *, signed_by: str) -> None:
    """RosterError if the second signer is who has imported the draft, or the first one."""
    for name, deed in ((draft.imported_by, "has imported"), (signed_by, "signs")):
        if second and second.strip() and same_name(second, name):
            raise RosterError(
                f"{second} {deed} version {draft.number}, and with guard.four_eyes on the second signer is somebody else. {_KEPT} "
                "Ask another person: --second NAME"
            )


def require_other_approver(store: Store, version: int | None, actor: str) -> None:
    """ApprovalError if `actor` has imported, signed or finalized this roster version."""
    with store.read() as connection:
        row = connection.execute(select(VERSION).where(VERSION.c.number == version)).first()
        bodies = connection.execute(select(EVENT.c.actor, EVENT.c.body).where(EVENT.c.kind == "roster-finalized")).all()
    if row is None:
        return
    ran = [(each.actor, "finalized") for each in bodies if loads(each.body)["version"] == version]
    for name, deed in ((row.imported_by, "imported"), (row.signed_by, "signed"), *ran):
        if same_name(actor, name):
            raise ApprovalError(
                f"{actor} has {deed} roster version {version}, and with guard.four_eyes on somebody else approves its plans. {_KEPT} "
                "Ask another person to approve this plan."
            )

"""Signed heads of the audit log, kept outside the store: they show a tail that was cut and a store that was replaced."""

import errno
import json
import os
import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import Connection, select, update

from ilc_canvas.reconcile.errors import ChainError, StoreError
from ilc_canvas.reconcile.words.hints import Next
from ilc_canvas.store.audit.chain import Entry, Head, append, said, verify
from ilc_canvas.store.audit.signing import PublicKeys, Signer, signed_by
from ilc_canvas.store.audit.tables import EVENT
from ilc_canvas.store.db.database import Store
from ilc_canvas.store.db.missing import heads_beside
from ilc_canvas.store.db.utc import written
from ilc_canvas.store.runs.tables import APPROVAL
from ilc_canvas.store.worker.tables import SYNC_REQUEST

EVENT_NAME = "audit.head"
"""Of the log line that tells a head."""
_MARK = "ilc-canvas head seq="
_LINE = re.compile(
    r"ilc-canvas head seq=(?P<seq>\d{1,18}) hash=(?P<hash>[0-9a-f]{64}) at=(?P<at>[0-9T:.-]+Z)"
    r"(?: key=(?P<key>[0-9a-f]{16}) signature=(?P<signature>[A-Za-z0-9+/]{86}==)|(?! key=))(?=$|[\s\"])"
)
_LAST = select(EVENT.c.seq, EVENT.c.hash, EVENT.c.at).order_by(EVENT.c.seq.desc()).limit(1)


@dataclass(frozen=True, slots=True)
class SignedHead:
    """The end of the chain: number and hash of its last event, when that was appended, and who says so (empty: unsigned)."""

    seq: int
    hash: str
    at: str
    key: str = ""
    signature: str = ""

    @property
    def claim(self) -> str:
        """What is signed: the line without its signature."""
        return f"{_MARK}{self.seq} hash={self.hash} at={self.at}{self.key and f' key={self.key}'}"

    @property
    def line(self) -> str:
        """One line for log, file and screen."""
        return f"{self.claim} signature={self.signature}" if self.signature else self.claim

    def as_json(self) -> dict[str, object]:
        """Its parts by name; null where it is unsigned."""
        return {name: value if value != "" else None for name, value in asdict(self).items()}


@dataclass(frozen=True, slots=True)
class HeadLine:
    """A head as it stands in a file."""

    where: str  # file and line, for a sentence
    head: SignedHead


def signed(store: Store, key: Signer | None) -> SignedHead:
    """The present head. ChainError if nothing was ever recorded."""
    with store.read() as connection:
        row = connection.execute(_LAST).first()
    if row is None:
        raise ChainError("The audit log is empty: it has no head yet.")
    head = SignedHead(row.seq, row.hash, written(row.at), key.name if key else "")
    return replace(head, signature=key.sign(head.claim)) if key else head


def heads_file(store: Store) -> Path | None:
    """Where heads are kept beside a SQLite store; None on PostgreSQL."""
    return heads_beside(store.path) if store.path else None


def publish(store: Store, key: Signer | None) -> SignedHead:
    """The present head, signed, and kept in the file beside a SQLite store; its line is for the log. Raises OSError and StoreError."""
    head, path = signed(store, key), heads_file(store)
    if path:
        _keep(path, head.line)
    return head


def _keep(path: Path, line: str) -> None:
    """One line more, synced, in a file for its owner alone. Half a line, left by a machine that stopped, gives way. OSError for a link."""
    if path.is_symlink():
        raise OSError(errno.ELOOP, "it is a link", str(path))
    old = path.read_bytes() if path.exists() else b""
    if not old.endswith(b"\n") and old:
        os.truncate(path, old.rfind(b"\n") + 1)
    with open(path, "ab", opener=lambda name, flags: os.open(name, flags | os.O_NOFOLLOW, 0o600)) as file:
        os.fchmod(file.fileno(), 0o600)
        file.write(f"{line}\n".encode())
        file.flush()
        os.fsync(file.fileno())


def read_lines(path: Path) -> list[HeadLine]:
    """Every head in this file, of whatever log it is. ChainError if a line is half a head or a changed one, or where there is none.

    A last line that lacks its end, as a machine that stopped leaves it, is passed over.
    """
    found = list(_lines(path))
    if not found:
        raise ChainError(f"{path} holds no head of the audit log. Nothing was compared.")
    return found


def _lines(path: Path) -> Iterator[HeadLine]:
    lines = path.read_bytes().decode("utf-8", "replace").split("\n")
    for number, text in enumerate(lines, 1):
        head, where = _head_in(text), f"{path}, line {number}"
        if head is None and number < len(lines) and (_MARK in text or f'"{EVENT_NAME}"' in text):
            raise ChainError(f"{where}: this is not a complete head of the audit log. It was cut or changed.")
        if head:
            yield HeadLine(where, head)


def _head_in(text: str) -> SignedHead | None:
    """The head that a line tells, as text or as JSON of our log."""
    if found := _LINE.search(text):
        return SignedHead(int(found["seq"]), found["hash"], found["at"], found["key"] or "", found["signature"] or "")
    if f'"{EVENT_NAME}"' not in text:
        return None
    try:
        told = json.loads(text)
        head = SignedHead(told["seq"], told["hash"], told["at"], told["key"] or "", told["signature"] or "")
    except (ValueError, KeyError, TypeError):
        return None
    return head if _LINE.fullmatch(head.line) else None


def check(store: Store, lines: Iterable[HeadLine], keys: PublicKeys) -> int:
    """Each of these heads is signed by one of these keys and in the chain; how many. ChainError names the first that is not.

    That the chain holds is another question: `events.verify`.
    """
    count = 0
    with store.read() as connection:
        for line in lines:
            _check_signature(line, keys)
            if not _holds(connection, line.head):
                raise ChainError(f"{line.where}: {_absent(line.head)}")
            count += 1
    return count


def _check_signature(line: HeadLine, keys: PublicKeys) -> None:
    head = line.head
    if head.key not in keys:
        if not keys and not head.key:
            return
        said = f"is signed with key {head.key}" if head.key else "is not signed"
        known = f"not with {' or '.join(keys)}" if keys else "and there is no key to check it: give --key FILE"
        raise ChainError(f"{line.where}: the head of event {head.seq} {said}, {known}.")
    if not signed_by(keys[head.key], head.claim, head.signature):
        raise ChainError(
            f"{line.where}: the signature of the head of event {head.seq} is wrong. The line was changed, or somebody else wrote it."
        )


def _holds(connection: Connection, head: SignedHead) -> bool:
    row = connection.execute(select(EVENT.c.hash, EVENT.c.at).where(EVENT.c.seq == head.seq)).first()
    return row is not None and (row.hash, written(row.at)) == (head.hash, head.at)


def _absent(head: SignedHead) -> str:
    return f"the audit log does not hold the head of event {head.seq}: its end was cut, it was rewritten, or the store is older or another."


def last_kept(store: Store) -> SignedHead | None:
    """The last head in the file beside a SQLite store; None if there is no file, or nothing in it. ChainError as `read_lines`."""
    path = heads_file(store)
    lines = list(_lines(path)) if path and path.exists() else []
    return lines[-1].head if lines else None


def require_kept(store: Store) -> SignedHead | None:
    """The last head that was kept, which is in the chain; None if none was. ChainError if it is not: a backup, or another store."""
    kept = last_kept(store)
    if kept is None:
        return None
    with store.read() as connection:
        if _holds(connection, kept):
            return kept
    raise ChainError(
        f"The store {store.name} is older than, or another than, the one that wrote {heads_file(store)}: its audit log does not hold "
        f"event {kept.seq} as it was. A backup was restored, or the store was replaced. Nothing was changed. Look at it: "
        f"{Next.VERIFY_LOG}. If the restore is meant: {Next.ACCEPT_STORE}"
    )


def require_sound(store: Store) -> None:
    """StoreError if SQLite finds its file damaged. A server checks its own."""
    if not store.sqlite:
        return
    with store.read() as connection:
        found = connection.exec_driver_sql("PRAGMA quick_check(1)").scalar()
    if found != "ok":
        first = str(found).strip().splitlines()[-1]
        raise StoreError(f"The store {store.name} is damaged ({first}). Nothing was changed. Restore the last backup.")


def require_sound_daily(store: Store, at: datetime) -> None:
    """As `require_sound`, on the first look of a day (UTC): a large file takes long to be read whole. The day is noted in the file."""
    if not store.sqlite:
        return
    today = at.astimezone(UTC).toordinal()
    with store.read() as connection:
        noted = connection.exec_driver_sql("PRAGMA user_version").scalar()
    if noted == today:
        return
    require_sound(store)
    with suppress(StoreError), store.write() as connection:  # where others are writing the next look does it again
        connection.exec_driver_sql(f"PRAGMA user_version = {today}")


def runs_without_heads(store: Store) -> bool:
    """Whether runs have ended here, but no head is kept beside the store: the file was taken away, or is new to this store."""
    if not store.sqlite or last_kept(store):
        return False
    with store.read() as connection:
        return connection.execute(select(EVENT.c.seq).where(EVENT.c.kind == "closed").limit(1)).first() is not None


def accept(store: Store, key: Signer | None, *, actor: str, reason: str, at: datetime) -> SignedHead:
    """Continue with a store that was restored: an event says so, the heads of the other one are set aside, and a new file begins.

    ChainError if the chain itself does not hold, or the kept head is in it.
    """
    kept, found = last_kept(store), verify(store).head
    with store.write() as connection:
        if kept and _holds(connection, kept):
            raise ChainError(f"The audit log holds the head that was kept, event {kept.seq}: there is nothing to accept.")
        seq = note_accepted(connection, kept, found, actor=actor, reason=reason, at=at)
    return begin_anew(store, key, seq)


def note_accepted(connection: Connection, kept: SignedHead | None, found: Head, *, actor: str, reason: str, at: datetime) -> int:
    """The event that a store is gone on with whose end is `found`, where `kept` was expected; its number. The next run is a first one:
    what was approved then has been used, or is looked at again, and sync requests of then are not fulfilled a second time.
    """
    connection.execute(update(APPROVAL).where(APPROVAL.c.decision == "approved", APPROVAL.c.ended_at.is_(None)).values(ended_at=at))
    ended = {"state": "cancelled", "result": "The store was restored.", "ended_at": at}
    connection.execute(update(SYNC_REQUEST).where(SYNC_REQUEST.c.state.in_(("waiting", "taken"))).values(**ended))
    expected = {"seq": kept.seq, "hash": kept.hash} if kept else None
    body = {"expected": expected, "found": {"seq": found.seq, "hash": found.hash}}
    return append(connection, Entry("accepted", at, actor, body, personal=said(reason=reason)))


def begin_anew(store: Store, key: Signer | None, seq: int) -> SignedHead:
    """The heads beside the store are set aside, as those before this event, and a new file begins with the present one."""
    path = heads_file(store)
    if path and path.exists():
        path.rename(f"{path}.before-{seq}")
    return publish(store, key)

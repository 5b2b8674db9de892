"""At which address of Canvas a token was used: it goes nowhere else until somebody says so.

The log holds a fingerprint with a random key of its own, never the token, nor a hash that two stores have in common.
"""

import hashlib
import hmac
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Connection, select

from ilc_canvas.reconcile.errors import SettingsError
from ilc_canvas.reconcile.words.hints import Next
from ilc_canvas.store.audit.chain import Entry, append
from ilc_canvas.store.audit.recorded import Recorded, recorded
from ilc_canvas.store.db.database import Store
from ilc_canvas.store.runs.tables import TENANT

NOTED = "token_address"
"""In the body of an event: the address, and the fingerprint of the token that goes there."""


@dataclass(frozen=True, slots=True)
class TokenAddress:
    """A token, and the address of Canvas that it is to go to."""

    address: str
    token: str = field(repr=False)


def require_known(store: Store, wanted: TokenAddress) -> None:
    """SettingsError if this token was used here, and not at this address."""
    with store.read() as connection:
        known = _addresses(connection, wanted.token)
    if known and wanted.address not in known:
        raise SettingsError(
            f"The token belongs to {' and '.join(sorted(known))}, and the settings name {wanted.address}: nothing was sent there. "
            f"Correct ILC_CANVAS_URL; or, if the new address is right, allow it by checking it: {Next.DOCTOR}"
        )


def allow(store: Store, wanted: TokenAddress, *, actor: str, at: datetime) -> bool:
    """The token may go to this address from now on; whether that is new."""
    with store.write() as connection:
        note = note_of(connection, wanted)
        if note:
            append(connection, Entry("token-allowed", at, actor, note))
    return bool(note)


def note_of(connection: Connection, wanted: TokenAddress) -> dict[str, object]:
    """For the body of an event, that this token goes to this address; nothing if that is known."""
    if wanted.address in _followed(_events(connection), wanted.token):
        return {}
    key = secrets.token_bytes(16)
    return {NOTED: {"address": wanted.address, "key": key.hex(), "fingerprint": _fingerprint(key, wanted.token)}}


def _addresses(connection: Connection, token: str) -> set[str]:
    """Where this token has gone; in a store that noted no token yet, where its Canvas is."""
    events = _events(connection)
    if not any(NOTED in event.body for event in events):
        return set(connection.execute(select(TENANT.c.base_url)).scalars())
    return _followed(events, token)


def _events(connection: Connection) -> list[Recorded]:
    """Since the store belongs to the Canvas that it belongs to."""
    found = recorded(connection, "settings", "token-allowed", "moved", "unpinned")
    left = max((at for at, event in enumerate(found) if event.kind == "unpinned"), default=-1)
    return found[left + 1 :]


def _followed(events: Iterable[Recorded], token: str) -> set[str]:
    found: set[str] = set()
    for event in events:
        if NOTED in event.body and _is_of(event, token):
            found.add(str(event.body[NOTED]["address"]))
        if event.kind == "moved" and event.body["old"] in found:
            found.add(str(event.body["new"]))
    return found


def _is_of(event: Recorded, token: str) -> bool:
    note = event.body[NOTED]
    return hmac.compare_digest(str(note["fingerprint"]), _fingerprint(bytes.fromhex(note["key"]), token))


def _fingerprint(key: bytes, token: str) -> str:
    return hashlib.blake2b(token.encode(), key=key, digest_size=16, person=b"ilc-token").hexdigest()

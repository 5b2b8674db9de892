"""The Canvas to which a store belongs: pinned by the first run that writes, held to by each one after, moved by a person, with proof."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import Connection, delete, insert, select, update

from ilc_canvas.reconcile.change import Change, Create, Outcome, Plan
from ilc_canvas.reconcile.errors import StoreError, WrongTenantError
from ilc_canvas.reconcile.kinds import Kind
from ilc_canvas.reconcile.run.tenant import Comparison, Pin, compare, compare_numbers, described, pin_of
from ilc_canvas.reconcile.run.values import Tenant
from ilc_canvas.reconcile.state import Key, Record
from ilc_canvas.reconcile.words.hints import Next
from ilc_canvas.store.audit.chain import Entry, append, said, store_id
from ilc_canvas.store.audit.tables import EVENT
from ilc_canvas.store.db.codec import basis_from_json
from ilc_canvas.store.db.columns import METADATA
from ilc_canvas.store.db.database import Store
from ilc_canvas.store.db.lease import Lease
from ilc_canvas.store.db.readdress import readdress
from ilc_canvas.store.runs.decisions.recorded import seal, split_by_record
from ilc_canvas.store.runs.tables import APPROVAL, LEDGER, QUARANTINE, TENANT

SAMPLE = 5
"""So many courses of ours, the newest, are looked up where Canvas's uuid is not known."""
_DISPROVED = ("tenant", "canvas", "token")
"""Troubles that are over when Canvas has answered at its new address, and is the same."""


class Canvas(Protocol):
    """What a comparison asks of Canvas."""

    def tenant(self) -> Tenant:
        """Which Canvas this is."""
        ...

    def look(self, change: Change) -> Outcome:
        """Read the one object of a change; its number, if it is there."""
        ...

    def claim(self) -> Iterator[tuple[str, str]]:
        """Mark our courses as kept by this store: the SIS id of each, and the store that kept it before."""
        ...


@dataclass(frozen=True, slots=True)
class Moved:
    """How a store went to another address."""

    old: str
    new: str
    account: str
    proof: str  # uuid, numbers
    rows: int
    released: tuple[str, ...]  # troubles whose quarantine ended
    seq: int  # of the audit event


def read_pin(store: Store) -> Pin | None:
    """The Canvas to which this store belongs; None before its first run."""
    with store.read() as connection:
        return _pin(connection)


def _pin(connection: Connection) -> Pin | None:
    row = connection.execute(select(TENANT)).first()
    return Pin(row.base_url, row.root_account_id, row.account_name, row.account_id, row.account_uuid) if row else None


def pin(connection: Connection, tenant: Tenant, *, actor: str, run: int | None, at: datetime) -> None:
    """Remember the Canvas of the first run that writes; WrongTenantError as `check`."""
    if not check(connection, tenant, actor=actor, run=run, at=at):
        now = asdict(pin_of(tenant, None))
        connection.execute(insert(TENANT).values(number=1, pinned_at=at, **now))
        append(connection, Entry("pinned", at, actor, now, run=run))


def check(connection: Connection, tenant: Tenant, *, actor: str, run: int | None, at: datetime) -> bool:
    """Whether the store belongs to this Canvas; False if to none yet, WrongTenantError if it is another one, or has another address.

    What an older version did not keep is filled in, and a new name of the same account is noted.
    """
    known = _pin(connection)
    if known is None:
        return False
    now, found = pin_of(tenant, known), compare(known, tenant)
    if found.differences or known.base_url != now.base_url:
        way = advice(found, unused=not _has_written(connection))
        raise WrongTenantError(f"{opposed(known, tenant)} {explained(found)} Nothing was written. {way} See: {Next.DOCTOR}")
    if known != now:
        connection.execute(update(TENANT).values(**asdict(now)))
        append(connection, Entry("repinned", at, actor, _changed(known, now), run=run))
    return True


def _has_written(connection: Connection) -> bool:
    """Whether anything was ever to be written to Canvas from this store."""
    return connection.execute(select(EVENT.c.seq).where(EVENT.c.kind == "intended").limit(1)).first() is not None


def has_written(store: Store) -> bool:
    """As a store that says nothing to Canvas may leave the one that it belongs to."""
    with store.read() as connection:
        return _has_written(connection)


def leave(lease: Lease, *, actor: str, reason: str, at: datetime) -> Pin:
    """The store belongs to no Canvas again; the one that it left. StoreError if it belonged to none, or has written there."""
    with lease.store.write() as connection:
        lease.verify(connection)
        known = _pin(connection)
        if known is None:
            raise StoreError("This store belongs to no Canvas yet. Nothing was changed.")
        if _has_written(connection):
            raise StoreError(f"This store has written to {known.text}, and keeps what is ours there. Nothing was changed. {_OWN_STORE}")
        connection.execute(delete(TENANT))
        _end_quarantines(connection, (known.base_url,), how="left", actor=actor, at=at)
        append(connection, Entry("unpinned", at, actor, asdict(known), personal=said(reason=reason)))
    return known


_OWN_STORE = f"For another Canvas or account, set a new place (ILC_CANVAS_STORE), and run: {Next.CREATE_STORE}"


def _changed(known: Pin, now: Pin) -> Mapping[str, object]:
    old, new = asdict(known), asdict(now)
    return {name: {"old": old[name], "new": new[name]} for name in old if old[name] != new[name]}


def judged(pin: Pin, tenant: Tenant, found: Comparison, *, unused: bool = False) -> str:
    """All that there is to say of two addresses that were compared by every means, and what to do."""
    if found.proof or found.differences:
        return f"{opposed(pin, tenant)} {explained(found)} {advice(found, unused=unused)}"
    return f"{opposed(pin, tenant)} {_UNPROVED}"


_UNPROVED = (
    "Nothing that the store keeps proves that this is the same Canvas: no uuid of the account, and no numbers of our sub-account and of a "
    f"course that are found there. Put the former address back for one {Next.PLAN}, which notes the uuid; then set the new one again."
)


def opposed(pin: Pin, tenant: Tenant) -> str:
    """Where the store belongs, and where the settings lead."""
    here = described(tenant.base_url, tenant.account_name, tenant.account_id)
    return f"This store belongs to {pin.text}; the settings lead to {here}."


def explained(found: Comparison) -> str:
    """Whether that is the same Canvas."""
    if found.differences:
        return f"That is another Canvas, or another account: it has {', '.join(found.differences)}."
    if found.proof:
        return "By its identifiers that is the same Canvas under a new address."
    return "That looks like the same Canvas under a new address, but the store keeps no identifier that proves it."


def advice(found: Comparison, *, unused: bool = False) -> str:
    """What to do about it; a store that is `unused` has written nothing to Canvas yet."""
    if found.differences and unused:
        unbound = f"This store has written nothing yet, so it may leave ({Next.LEAVE_CANVAS})."
        return f"Correct the address (ILC_CANVAS_URL, ILC_CANVAS_ACCOUNT). {unbound}"
    if found.differences:
        return "Correct the address (ILC_CANVAS_URL, ILC_CANVAS_ACCOUNT), or use a store of its own (ILC_CANVAS_STORE)."
    return f"If the address has changed for good, {Next.MOVE_STORE} goes on there."


def compare_with(store: Store, pin: Pin, tenant: Tenant, *, canvas: Canvas, prefix: str) -> Comparison:
    """Whether this is the Canvas of the pin: by its identifiers or, where the pin has no uuid, by the numbers of what we have made."""
    found = compare(pin, tenant)
    if found.differences or found.proof:
        return found
    kept = _kept_numbers(store, pin.base_url, Key(Kind.ACCOUNT, prefix))
    return compare_numbers(kept, {key: canvas.look(Create(Record(key, {}))).handle for key in kept})


def _kept_numbers(store: Store, base_url: str, account: Key) -> dict[Key, int]:
    """Canvas's numbers of our sub-account and of our newest courses, as the ledger keeps them."""
    numbered = select(LEDGER.c.key, LEDGER.c.handle).where(LEDGER.c.base_url == base_url, LEDGER.c.handle.is_not(None))
    courses = numbered.where(LEDGER.c.key.startswith(f"{Kind.COURSE}=", autoescape=True))
    newest = courses.order_by(LEDGER.c.at.desc(), LEDGER.c.key).limit(SAMPLE)
    with store.read() as connection:
        rows = [*connection.execute(numbered.where(LEDGER.c.key == str(account))), *connection.execute(newest)]
    return {Key.parse(row.key): row.handle for row in rows}


def require_moved(store: Store, address: str) -> Pin:
    """The pin, if the store belongs to another address than this. StoreError if nothing has moved."""
    known = read_pin(store)
    if known is None:
        raise StoreError("This store belongs to no Canvas yet: its first run binds it to one. Nothing was changed.")
    if known.base_url == address:
        raise StoreError(f"This store belongs to {address} already, and the settings lead there: nothing has moved. Nothing was changed.")
    return known


def move(lease: Lease, canvas: Canvas, address: str, *, prefix: str, actor: str, reason: str, at: datetime) -> Moved:
    """The store belongs to this address from now on, with all that it keeps; first it is proved that the same Canvas answers there.

    StoreError if nothing has moved or nothing proves it, WrongTenantError if it is another Canvas: then nothing has changed.
    """
    known = require_moved(lease.store, address)
    tenant = canvas.tenant()
    found = compare_with(lease.store, known, tenant, canvas=canvas, prefix=prefix)
    if not found.same:
        kind = WrongTenantError if found.differences else StoreError
        raise kind(f"{judged(known, tenant, found)} Nothing was changed.")
    with lease.store.write() as connection:
        lease.verify(connection)
        released = _end_quarantines(connection, (known.base_url, address), how="moved", actor=actor, at=at)
        approvals = _readdress_empty_approvals(connection, known.base_url, address)
        rows = readdress(connection, METADATA, old=known.base_url, new=address, kept=known.base_url)
        connection.execute(update(TENANT).values(**asdict(pin_of(tenant, known))))
        body = {"old": known.base_url, "new": address, "proof": found.proof, "rows": rows, **approvals}
        seq = append(connection, Entry("moved", at, actor, body, personal=said(reason=reason)))
    return Moved(known.base_url, address, tenant.account_name, found.proof, rows, released, seq)


@dataclass(frozen=True, slots=True)
class Claimed:
    """What a store keeps from now on."""

    store: str
    courses: tuple[str, ...]  # SIS ids of those that it did not keep before
    former: tuple[str, ...]  # the stores that kept some of them
    released: tuple[str, ...]  # troubles whose quarantine ended


def claim(lease: Lease, canvas: Canvas, *, actor: str, reason: str, at: datetime) -> Claimed:
    """The courses in the store's Canvas are kept by this store from now on; another one that kept them is refused there.

    StoreError if the store is empty; WrongTenantError if it belongs to another Canvas: then nothing has changed. What is noted before the
    first course is marked, and what after the last; stopped in between, it can be done again.
    """
    own, tenant = store_id(lease.store), canvas.tenant()
    if not own:
        raise StoreError("This store is empty: it keeps nothing yet. Nothing was changed. Import a roster first.")
    with lease.store.write() as connection:
        lease.verify(connection)
        check(connection, tenant, actor=actor, run=None, at=at)
        append(connection, Entry("claiming", at, actor, {"store": own}, personal=said(reason=reason)))
    marked = dict(canvas.claim())
    with lease.store.write() as connection:
        lease.verify(connection)
        released = _end_quarantines(connection, (tenant.base_url,), how="claimed", actor=actor, at=at)
        former = tuple(sorted({store for store in marked.values() if store}))
        append(connection, Entry("claimed", at, actor, {"store": own, "courses": sorted(marked), "former": former}))
    return Claimed(own, tuple(sorted(marked)), former, released)


def _end_quarantines(connection: Connection, addresses: Collection[str], *, how: str, actor: str, at: datetime) -> tuple[str, ...]:
    """Those for a trouble that is over by the move, or by leaving."""
    ended = (QUARANTINE.c.base_url.in_(addresses), QUARANTINE.c.trouble.in_(_DISPROVED))
    troubles = sorted(set(connection.execute(select(QUARANTINE.c.trouble).where(*ended)).scalars()))
    connection.execute(delete(QUARANTINE).where(*ended))
    for trouble in troubles:
        append(connection, Entry("released", at, actor, {"trouble": trouble, "how": how}))
    return tuple(troubles)


def _readdress_empty_approvals(connection: Connection, old: str, new: str) -> dict[str, dict[str, str]]:
    """A yes to a plan without changes is known by the plan's digest alone, and that names the address; for the event, these approvals as
    they are now.
    """
    open_ = (APPROVAL.c.base_url == old, APPROVAL.c.ended_at.is_(None), APPROVAL.c.fingerprints == "[]")
    rows, _ = split_by_record(connection, connection.execute(select(APPROVAL).where(*open_)).all())
    seals: dict[str, str] = {}
    for row in (row for row in rows if row.digest == _empty(row, old)):
        digest = _empty(row, new)
        connection.execute(update(APPROVAL).where(APPROVAL.c.number == row.number).values(digest=digest))
        seals[str(row.number)] = seal({**row._mapping, "digest": digest})
    return {"approvals": seals} if seals else {}


def _empty(row: Any, address: str) -> str:
    return Plan((), basis_from_json(row.basis), row.scope, address).digest

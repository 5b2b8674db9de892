"""The custom roles of our account."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from ilc_canvas.canvas.http.allowlist import Call
from ilc_canvas.canvas.http.responses import Answer
from ilc_canvas.canvas.kinds.access import Access
from ilc_canvas.canvas.kinds.canvas_kind import CanvasKind, Need, right
from ilc_canvas.canvas.kinds.reading import Reading
from ilc_canvas.canvas.listing import whole_list
from ilc_canvas.canvas.records import Row, called
from ilc_canvas.reconcile.change import Create, Update
from ilc_canvas.reconcile.errors import MissingRightError
from ilc_canvas.reconcile.kinds import Kind
from ilc_canvas.reconcile.state import EnrollmentKey, Key, Record


def _record(row: Row, account: Key) -> Record:
    """`role` is its label (contract-core 10)."""
    return Record(Key(Kind.ROLE, row["role"]), {"base": row["base_role_type"]}, (account,), row["id"])


def _beside(reading: Reading) -> list[Record]:
    """Where the token may not list them, those that enrollments show to be in use."""
    account = reading.account
    if account is None:
        return []
    path, ours = f"accounts/{account.handle}/roles", reading.numbered(Kind.ROLE)
    try:
        rows = [row for row in whole_list(reading.transport, path) if row["workflow_state"] == "active"]
    except MissingRightError:
        return roles_in_use(account.key, reading.found)
    known = {ours[row["id"]]: called(_record(row, account.key), row["role"], ours[row["id"]]) for row in rows if row["id"] in ours}
    others = [_record(row, account.key) for row in rows if row["id"] not in ours]
    labels = {record.key: record for record in others}
    known = {key: _beside_others(record, labels) for key, record in known.items()}
    off = [_off(reading, key, path, number=number) for number, key in ours.items() if key not in {**known, **labels}]
    return [*{**labels, **known}.values(), *(record for record in off if record)]


def _beside_others(role: Record, others: Mapping[Key, Record]) -> Record:
    """Our role, and whether another one has its label by now."""
    return replace(role, fields={**role.fields, "namesake": True}) if role.key in others else role


def _off(reading: Reading, key: Key, path: str, *, number: int) -> Record | None:
    """A role of ours that is not listed: switched off (live-server 3)."""
    row, _ = reading.singly(path, number)
    return Record(key, {"base": row["base_role_type"], "state": row["workflow_state"]}, (reading.scope.account,), number) if row else None


def roles_in_use(account: Key, found: Iterable[Record]) -> list[Record]:
    """Custom roles by the enrollments that have them; their numbers are not known."""
    roles: dict[str, Record] = {}
    for row in found:
        label = EnrollmentKey.of(row.key).role if row.rule.is_placement else ""
        if label and label != row.fields.get("base"):
            roles[label] = Record(Key(Kind.ROLE, label), {"base": row.fields.get("base")}, (account,))
    return list(roles.values())


def _read(access: Access, subject: Record) -> Record | None:
    """From the list, under our key whatever its label is by now."""
    rows = whole_list(access.transport, _path(access))
    ours, account = access.numbered(Kind.ROLE), access.scope.account
    active = [row for row in rows if row["workflow_state"] == "active"]
    found = (called(_record(row, account), row["role"], ours.get(row["id"])) for row in active)
    return next((record for record in found if record.key == subject.key), None)


def _create(access: Access, change: Create) -> Answer:
    """One that was switched off is switched on again by its number (contract-core 10)."""
    after = change.after
    if change.before:
        answer = access.transport.call("POST", f"{_path(access)}/{change.before.handle}/activate")
        return access.made(after, answer, {})
    fields = {"label": after.key.id, "base_role_type": after.fields["base"]}
    return access.made(after, access.post(_path(access), **fields), fields)


def _update(access: Access, change: Update) -> Answer:
    return access.transport.call("PUT", f"{_path(access)}/{change.after.handle}", label=change.fields["known_as"])


def _path(access: Access) -> str:
    return f"accounts/{access.reach.path(access.scope.account)}/roles"


_RIGHT = '"Permissions - manage" (manage_role_overrides)'
ROLE = CanvasKind(
    calls=(
        Call(
            r"(GET|POST) accounts/ID/roles|(GET|PUT) accounts/ID/roles/ID|POST accounts/ID/roles/ID/activate",
            "see, make or change custom roles",
            _RIGHT,
        ),
    ),
    needs=(
        Need(
            "manage_roles",
            (right("manage_role_overrides"),),
            "make the custom roles: those that are not there give way to their base types",
            "Permissions - manage",
            is_mild=True,
        ),
    ),
    right="Permissions - manage (manage_role_overrides)",
    create=_create,
    update=_update,
    read=_read,
    beside=_beside,
)

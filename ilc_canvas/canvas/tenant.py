"""Which Canvas this is, whose token, and what it may do."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from ilc_canvas import clock
from ilc_canvas.canvas.http.transport import Transport
from ilc_canvas.canvas.kinds import all_needs
from ilc_canvas.canvas.records import legible
from ilc_canvas.canvas.rows import misfit
from ilc_canvas.reconcile.errors import RefusedError, TokenError, UnavailableError
from ilc_canvas.reconcile.run.values import Tenant

LONG = timedelta(minutes=60)  # for a SIS import


def read_tenant(transport: Transport, account: str) -> Tenant:
    """Account, token's user, rights, and whether a SIS import runs, in four requests."""
    row = transport.call("GET", f"accounts/{account}").row
    user = transport.call("GET", "users/self").row
    needs = all_needs()
    names = sorted({name for need in needs.values() for one in need.sets for name in one})
    held = transport.call("GET", f"accounts/{row['id']}/permissions", permissions=names).row
    root = row["root_account_id"] or row["id"]
    since = _importing_since(transport, root)
    ours = datetime.now(UTC)
    return Tenant(
        base_url=transport.origin,
        account_id=row["id"],
        root_account_id=root,
        account_name=row["name"],
        token_user=str(user["id"]),
        rights={name: any(all(held.get(right) is True for right in one) for one in need.sets) for name, need in needs.items()},
        now=ours + timedelta(seconds=transport.offset or 0.0),
        ahead=transport.offset,
        importing=since,
        account_uuid=_uuid(row),
    )


def _uuid(row: Mapping[str, object]) -> str:
    """The account's own identifier, which no other account of any Canvas has; empty if Canvas shows none."""
    found = row.get("uuid")
    return found if isinstance(found, str) else ""


def _importing_since(transport: Transport, root: int) -> datetime | None:
    """Since when the oldest SIS import runs; None if none does, or this token may not know, or Canvas has none (contract-sis 1)."""
    try:
        answer = transport.call("GET", f"accounts/{root}/sis_imports/importing")
    except TokenError:
        raise
    except RefusedError:
        return None
    with legible():
        begun = [row["started_at"] or row["created_at"] for row in answer.row["sis_imports"]]
        if None in begun:
            raise misfit(answer.asked, "sis_imports: started_at and created_at are empty")
        return min((datetime.fromisoformat(text) for text in begun), default=None)


def refuse_importing(tenant: Tenant) -> None:
    """UnavailableError while a SIS import runs: half of what it does is visible meanwhile (live.md 4), and would be planned against."""
    if tenant.importing is None:
        return
    text = f"A SIS import is running in Canvas since {clock.at(tenant.importing)}: half of it is visible."
    if tenant.now - tenant.importing > LONG:
        text += " It has run for more than an hour and may hang: tell the Canvas administrator."
    raise UnavailableError(f"{text} Nothing was written. The next run looks again.")

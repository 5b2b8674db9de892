"""Which Canvas this is, whose token, and what it may do."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from ilc_canvas import clock
from ilc_canvas.canvas.records import legible
from ilc_canvas.canvas.transport import Transport
from ilc_canvas.reconcile.errors import RefusedError, TokenError, UnavailableError
from ilc_canvas.reconcile.run import Tenant

LONG = timedelta(minutes=60)  # for a SIS import
# Each need, and the sets of rights of which one must be held whole: the old names, and the granular ones that hosted Canvas has
# switched on; the names of the other set always answer false (live-server 2.3).
NEEDS: Mapping[str, tuple[frozenset[str], ...]] = {
    "manage_sis": (frozenset({"manage_sis"}),),
    "manage_account": (frozenset({"manage_account_settings"}),),
    "manage_courses": (frozenset({"manage_courses"}), frozenset({"manage_courses_add", "manage_courses_admin"})),
    "conclude_courses": (frozenset({"change_course_state"}), frozenset({"manage_courses_conclude"})),
    "manage_sections": (frozenset({"manage_sections_add", "manage_sections_edit"}),),
    "manage_users": (frozenset({"manage_user_logins"}),),
    "manage_enrollments": (
        frozenset({"manage_students", "manage_admin_users"}),
        frozenset(
            {
                "add_student_to_course",
                "add_teacher_to_course",
                "add_ta_to_course",
                "remove_student_from_course",
                "remove_teacher_from_course",
                "remove_ta_from_course",
            }
        ),
    ),
    "manage_roles": (frozenset({"manage_role_overrides"}),),
    "see_courses": (frozenset({"read_course_list"}),),
    "see_people": (frozenset({"read_roster"}),),
    "see_emails": (frozenset({"read_email_addresses"}),),
    "see_logins": (frozenset({"view_user_logins"}),),
    "see_sis": (frozenset({"read_sis"}), frozenset({"manage_sis"})),  # to manage SIS data is to read it
    "see_admins": (frozenset({"manage_account_memberships"}),),
}


def read_tenant(transport: Transport, account: str) -> Tenant:
    """Account, token's user, rights, and whether a SIS import runs, in four requests."""
    row = transport.call("GET", f"accounts/{account}").json
    user = transport.call("GET", "users/self").json
    names = sorted({name for sets in NEEDS.values() for one in sets for name in one})
    held = transport.call("GET", f"accounts/{row['id']}/permissions", permissions=names).json
    root = row["root_account_id"] or row["id"]
    since = _importing_since(transport, root)
    ours = datetime.now(UTC)
    return Tenant(
        base_url=transport.origin,
        account_id=row["id"],
        root_account_id=root,
        account_name=row["name"],
        token_user=str(user["id"]),
        rights={need: any(all(held.get(name) for name in one) for one in sets) for need, sets in NEEDS.items()},
        now=ours + timedelta(seconds=transport.offset or 0.0),
        ahead=transport.offset,
        importing=since,
        account_uuid=_uuid(row),
    )


def _uuid(row: Mapping[str, object]) -> str:
    """The account's own identifier, which no other account of any Canvas has; empty where Canvas shows none."""
    found = row.get("uuid")
    return found if isinstance(found, str) else ""


def _importing_since(transport: Transport, root: int) -> datetime | None:
    """Since when the oldest SIS import runs; None where none does, or this token may not know, or Canvas has none (contract-sis 1)."""
    try:
        body = transport.call("GET", f"accounts/{root}/sis_imports/importing").json
    except TokenError:
        raise
    except RefusedError:
        return None
    with legible():
        begun = [row["started_at"] or row["created_at"] for row in body["sis_imports"]]
        return min((datetime.fromisoformat(text) for text in begun), default=None)


def refuse_importing(tenant: Tenant) -> None:
    """UnavailableError while a SIS import runs: half of what it does is visible meanwhile (live.md 4), and would be planned against."""
    if tenant.importing is None:
        return
    text = f"A SIS import is running in Canvas since {clock.at(tenant.importing)}: half of it is visible."
    if tenant.now - tenant.importing > LONG:
        text += " It has run for more than an hour and may hang: tell the Canvas administrator."
    raise UnavailableError(f"{text} Nothing was written. The next run looks again.")

"""Which Canvas this is, whose token, and what it may do."""

from collections.abc import Callable, Mapping
from datetime import datetime

from ilc_canvas.canvas.transport import Transport
from ilc_canvas.reconcile.run import Tenant

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
}


def read_tenant(transport: Transport, account: str, clock: Callable[[], datetime]) -> Tenant:
    """Account, token's user and rights, in three requests."""
    row = transport.call("GET", f"accounts/{account}").json
    user = transport.call("GET", "users/self").json
    names = sorted({name for sets in NEEDS.values() for one in sets for name in one})
    held = transport.call("GET", f"accounts/{row['id']}/permissions", permissions=names).json
    return Tenant(
        base_url=transport.origin,
        account_id=row["id"],
        root_account_id=row["root_account_id"] or row["id"],
        account_name=row["name"],
        token_user=str(user["id"]),
        rights={need: any(all(held.get(name) for name in one) for one in sets) for need, sets in NEEDS.items()},
        now=clock(),
    )

"""The institution that stands when the sandbox starts: accounts of others, built-in roles, and the token's person."""

from datetime import UTC, datetime

from ilc_canvas.sandbox.world.records import Account, Admin, Instant, Login, Role, Term, User
from ilc_canvas.sandbox.world.world import World

ZONE = "America/Denver"
BUILT_IN = (
    ("AccountAdmin", "Account Admin", "AccountMembership"),
    ("StudentEnrollment", "Student", "StudentEnrollment"),
    ("TeacherEnrollment", "Teacher", "TeacherEnrollment"),
    ("TaEnrollment", "TA", "TaEnrollment"),
    ("DesignerEnrollment", "Designer", "DesignerEnrollment"),
    ("ObserverEnrollment", "Observer", "ObserverEnrollment"),
)
OTHERS_ROLES = (
    ("Help Desk", "AccountMembership"),
    ("Auditor", "AccountMembership"),
    ("Grader", "TaEnrollment"),
    ("Librarian", "DesignerEnrollment"),
    ("Course Builder", "DesignerEnrollment"),
    ("Mentor", "ObserverEnrollment"),
)
OTHERS_ACCOUNTS = 101  # a second page of sub-accounts, as any large institution has
LAST_SUMMER = (datetime(2019, 6, 1, 6, tzinfo=UTC), datetime(2019, 8, 31, 6, tzinfo=UTC))


def new_world(now: Instant) -> World:
    world = World()
    add_accounts(world, now)
    add_terms(world, now)
    add_roles(world, now)
    add_caller(world, now)
    return world


def add_accounts(world: World, now: Instant) -> None:
    world.add_account(lambda n: Account(id=n, created_at=now, state="active", name="Sandbox University", parent_id=None, time_zone=ZONE))
    for number in range(1, OTHERS_ACCOUNTS + 1):
        add_district(world, now, f"{number:03}")


def add_district(world: World, now: Instant, number: str) -> None:
    name, sis_id = f"District {number}", f"district-{number}"
    world.add_account(
        lambda n: Account(id=n, created_at=now, state="active", name=name, parent_id=world.root.id, time_zone=ZONE, sis_id=sis_id)
    )


def add_terms(world: World, now: Instant) -> None:
    start, end = LAST_SUMMER
    world.terms.add(lambda n: Term(id=n, created_at=now, state="active", name="Default Term"))
    world.terms.add(lambda n: Term(id=n, created_at=now, state="active", name="Summer 2019", start_at=start, end_at=end))


def add_roles(world: World, now: Instant) -> None:
    for name, label, base in BUILT_IN:
        add_role(world, now, name, label=label, base=base, state="built_in")
    for label, base in OTHERS_ROLES:
        add_role(world, now, label, label=label, base=base, state="active")


def add_role(world: World, now: Instant, name: str, *, label: str, base: str, state: str) -> None:
    world.roles.add(
        lambda n: Role(id=n, created_at=now, updated_at=now, state=state, name=name, label=label, base=base, account_id=world.root.id)
    )


def add_caller(world: World, now: Instant) -> None:
    name, sortable = "ILC provisioning", "provisioning, ILC"
    user = world.users.add(
        lambda n: User(id=n, created_at=now, updated_at=now, state="registered", name=name, short_name=name, sortable_name=sortable)
    )
    world.add_login(lambda n: Login(id=n, created_at=now, state="active", user_id=user.id, unique_id="ilc-provisioning", place=1))
    admin = next(role.id for role in world.roles if role.name == "AccountAdmin")
    world.admins.add(lambda n: Admin(id=n, created_at=now, state="active", user_id=user.id, account_id=world.root.id, role_id=admin))

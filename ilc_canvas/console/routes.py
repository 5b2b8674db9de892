"""Routes: each says its method, its path, its page, and who may ask for it."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from ilc_canvas.console.visit import Handler
from ilc_canvas.reconcile.errors import SettingsError
from ilc_canvas.store.people.accounts import Role

ANYONE_SIGNED_IN = frozenset(Role)
ASKERS = frozenset({Role.COORDINATOR, Role.APPROVER})
STAFF = frozenset({Role.COORDINATOR, Role.APPROVER, Role.ADMIN})
"""Who sees addresses."""
OPERATORS = frozenset({Role.COORDINATOR, Role.ADMIN})
"""Who sees to it that the program works."""
COORDINATORS = frozenset({Role.COORDINATOR})
APPROVERS = frozenset({Role.APPROVER})
ADMINS = frozenset({Role.ADMIN})
LARGE = 32 * 2**20
USUAL = 2**20


@dataclass(frozen=True, slots=True)
class Page:
    """One route."""

    method: str
    path: str
    handler: Handler
    roles: Collection[Role] = ()
    public: bool = False
    facilitators: bool = False  # who have signed in with Canvas, and have no role
    most_bytes: int = USUAL
    asks_store: bool = True  # if not, it answers while the store is away, and does not know who asks


def checked(pages: Iterable[Page]) -> tuple[Page, ...]:
    """The same. SettingsError if one of them does not say who may ask for it, or says it twice."""
    found: dict[tuple[str, str], Page] = {}
    for page in pages:
        if bool(page.roles or page.facilitators) == page.public:
            raise SettingsError(f"{page.method} {page.path} does not say who may ask for it. The console was not started.")
        if (page.method, page.path) in found:
            raise SettingsError(f"{page.method} {page.path} is there twice. The console was not started.")
        found[page.method, page.path] = page
    return tuple(found.values())

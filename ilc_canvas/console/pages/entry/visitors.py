"""Visitors of the demo: they come in as one of three people, without a password. No other console has these pages."""

from collections.abc import Mapping
from datetime import datetime
from http import HTTPStatus
from pathlib import Path

from starlette.responses import Response

from ilc_canvas.console.pages import PAGES
from ilc_canvas.console.pages.entry import sign_in
from ilc_canvas.console.rendering import bare
from ilc_canvas.console.routes import Page
from ilc_canvas.console.security.place import Place
from ilc_canvas.console.visit import MissingPageError, Visit
from ilc_canvas.reconcile.errors import SettingsError
from ilc_canvas.store.db.database import Store
from ilc_canvas.store.people import accounts
from ilc_canvas.store.people.accounts import Role
from ilc_canvas.store.people.sessions import How

VISITORS: Mapping[str, tuple[Role, str]] = {
    "M. Ito": (Role.APPROVER, "approves plans, or declines them"),
    "R. Alvarez": (Role.COORDINATOR, "checks and signs rosters, and asks for syncs"),
    "L. Dela Cruz": (Role.VIEWER, "reads everything but addresses"),
}
NOTICE = "This is a demo, on this machine alone. Its Canvas is a stand-in, and everything goes when the demo ends."


def visitor_pages(store: Store, place: Place, *, folder: Path, at: datetime) -> tuple[Page, ...]:
    """All pages, with those of the sign-in replaced; the three accounts are made, without passwords.

    SettingsError unless the store is a file in this folder, which is the demo's own, and the console is for this machine alone.
    """
    if store.path is None or not store.path.resolve().is_relative_to(folder.resolve()) or place.is_secure:
        raise SettingsError(
            "Visitors come in without a password in the demo alone, with its own store and on this machine. It was not started."
        )
    for name, (role, _) in VISITORS.items():
        accounts.add(store, name, [role], password="", secret="", actor="demo", at=at)
    kept = (page for page in PAGES if page.path != "/sign-in")
    return (*kept, Page("GET", "/sign-in", choose, public=True), Page("POST", "/sign-in", come_in, public=True))


def choose(visit: Visit) -> Response:
    """As whom to come in."""
    values = {
        "visitors": VISITORS,
        "next": sign_in.next_path(visit.asked("next")),
        "notice": NOTICE,
        "again": visit.session is not None,
        "canvas": bool(visit.settings.console_canvas_client),
    }
    return bare(visit, "visitors.html", values, status=HTTPStatus.OK)


def come_in(visit: Visit) -> Response:
    """A session as one of the three. MissingPageError for anybody else."""
    name = visit.typed("name")
    account = accounts.find(visit.store, name) if name in VISITORS else None
    if account is None:
        raise MissingPageError
    return sign_in.signed_in(visit, account, sign_in.next_path(visit.typed("next")), how=How.DEMO)

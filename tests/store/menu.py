"""A made-up second document, which the program knows nothing of: what the cafeteria serves in a school year."""

from ilc_canvas.reconcile.errors import IlcError
from ilc_canvas.store.db.database import Store
from ilc_canvas.store.documents import signing, versions
from ilc_canvas.store.documents.document import Document
from ilc_canvas.store.documents.signing import Signing
from ilc_canvas.store.documents.versions import Draft
from tests.store.cast import NOON


class MenuError(IlcError):
    """The menu cannot be used."""


MENU = Document("menu", MenuError)


def menu_draft(store: Store, dish: str, *, errors: int = 0, manifest: int | None = None, by: str = "ana") -> int:
    """A draft of one dish."""
    findings = [{"level": "error", "text": "burnt"}] * errors
    draft = Draft("2021-22", f'["{dish}"]', 1, {"menu.csv": 1}, {"menu.csv": dish * 8}, findings, manifest)
    with store.write() as connection:
        return versions.keep_draft(connection, MENU, draft, imported_by=by, at=NOON)


def menu_signed(store: Store, given: Signing | None = None) -> int:
    """Sign the draft off."""
    given = given or Signing("Ana", NOON)
    with store.write() as connection:
        draft = signing.signable(connection, MENU, given)
        signing.sign(connection, MENU, draft, signing=given, body={"dishes": draft.entries})
    return int(draft.number)


def menu_finalized(store: Store, dish: str) -> int:
    """A finalized menu of one dish."""
    menu_draft(store, dish)
    return menu_signed(store)

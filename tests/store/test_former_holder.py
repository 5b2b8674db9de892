"""An id that is somebody else's from now on: the former holder's rows go on under a key of their own."""

from ilc_canvas.reconcile.kinds import Kind
from ilc_canvas.reconcile.state import Key
from ilc_canvas.store.db.database import Store
from ilc_canvas.store.db.scope import CanvasScope
from ilc_canvas.store.rosters.former_holder import keep_former_holder
from ilc_canvas.store.runs.ledger import everything
from ilc_canvas.store.runs.tables import LEDGER
from tests.store.cast import BASE, NOON, SCOPE

PLACE = CanvasScope(BASE, SCOPE)
USER = Key(Kind.USER, "ilc:p:A_1")
OTHERS = ["user=ilc:p:A_12", "user=ilc:p:a_1", "user=ilc:p:AB1", "enrollment=ilc:2021-22:cop:EQ:R1|ilc:p:A_12|student"]
OWN = ["user=ilc:p:A_1", "channel=ilc:p:A_1|main", "enrollment=ilc:2021-22:cop:EQ:R1|ilc:p:A_1|student"]


def _book(store: Store, keys: list[str]) -> None:
    with store.write() as connection:
        for text in keys:
            row = PLACE.for_key(Key.parse(text)).row(key=text, fields="{}", how="created", at=NOON, handle=7)
            connection.execute(LEDGER.insert(), row)


def _apart(store: Store) -> Key:
    with store.write() as connection:
        return keep_former_holder(connection, USER, actor="ana", at=NOON)


def test_rows_go_on_under_another_key(store: Store) -> None:
    """The account, its addresses and the places of this person, and of nobody whose id is like it."""
    _book(store, OTHERS + OWN)
    assert _apart(store) == Key(Kind.USER, "ilc:p:A_1~1")
    kept = {str(key) for key in everything(store, PLACE)}
    assert kept == {*OTHERS, *(text.replace("ilc:p:A_1", "ilc:p:A_1~1") for text in OWN)}


def test_id_handed_on_twice(store: Store) -> None:
    """Each former holder has a key of their own."""
    _book(store, OWN)
    first = _apart(store)
    _book(store, OWN)
    assert [key.id for key in (first, _apart(store))] == ["ilc:p:A_1~1", "ilc:p:A_1~2"]
    assert len(everything(store, PLACE)) == 2 * len(OWN)

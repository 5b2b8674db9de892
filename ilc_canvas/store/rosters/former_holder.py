"""The former holder of an id that is somebody else's from now on: what the ledger holds for them goes on under a key of its own."""

from datetime import datetime
from itertools import count

from sqlalchemy import Connection, select

from ilc_canvas.reconcile.state import Key
from ilc_canvas.store.rosters.rekey import rekey
from ilc_canvas.store.runs.tables import LEDGER


def keep_former_holder(connection: Connection, user: Key, *, actor: str, at: datetime) -> Key:
    """Rename the former holder of this id, in the caller's transaction, so that their places end as those of anybody who leaves.

    The new key: user=ilc:p:X~1, or ~2 and so on. No id of a roster has a tilde in it.
    """
    former = _free_key(connection, user)
    rekey(connection, user, former, actor=actor, at=at)
    return former


def _free_key(connection: Connection, user: Key) -> Key:
    taken = set(connection.execute(select(LEDGER.c.key).where(LEDGER.c.key.startswith(f"{user}~", autoescape=True))).scalars())
    return next(key for n in count(1) if str(key := user._replace(id=f"{user.id}~{n}")) not in taken)

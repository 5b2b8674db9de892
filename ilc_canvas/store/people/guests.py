"""Sessions of people in the roster, who have signed in with Canvas and have no account here."""

from datetime import datetime

from sqlalchemy import insert

from ilc_canvas.reconcile.state import Key
from ilc_canvas.store.audit.chain import Entry, append
from ilc_canvas.store.db.database import Store
from ilc_canvas.store.people.sessions import Origin, digest_of, drop_old
from ilc_canvas.store.people.tables import SESSION

ACTOR = "facilitator"
"""Who acts, as the audit log has it: the event's key says who that is, and can be erased around."""


def begin(store: Store, person: Key, token: str, *, origin: Origin, at: datetime) -> None:
    """A session for whoever holds this token."""
    values = {"digest": digest_of(token), "login": "", "person": str(person), "began_at": at, "seen_at": at, "next_secret": "", "proved": 0}
    with store.write() as connection:
        drop_old(connection, at)
        connection.execute(insert(SESSION).values(**values, how=origin.how, address=origin.address, agent=origin.agent))
        append(connection, Entry("signed-in", at, ACTOR, {"how": origin.how}, key=person, personal={"address": origin.address}))

"""Events beside the runs: that somebody took the log or questions away, and which settings a run goes by."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import Connection, func, select

from ilc_canvas.store.codec import loads
from ilc_canvas.store.database import Store
from ilc_canvas.store.events import Entry, append
from ilc_canvas.store.lease import Lease
from ilc_canvas.store.tables import EVENT, PERSON

_PERSONAL = frozenset({"mail_from", "mail_to", "smtp_user"})
"""Settings that can be somebody's address."""


def exported(store: Store, *, run: int | None, actor: str, at: datetime) -> int:
    """Note an export of one run, or of all, before it is written; how many events it has, its own note not among them."""
    with store.write() as connection:
        query = select(func.count()).select_from(EVENT)
        count: int = connection.execute(query if run is None else query.where(EVENT.c.run == run)).scalar_one()
        append(connection, Entry("exported", at, actor, {"of": "all" if run is None else f"run {run}", "events": count}))
    return count


def exported_questions(store: Store, *, people: int, actor: str, at: datetime) -> None:
    """Note that somebody took away the questions about so many people, with names and addresses."""
    with store.write() as connection:
        append(connection, Entry("exported", at, actor, {"of": "questions about people", "people": people}))


def settings(lease: Lease, values: Mapping[str, object], *, actor: str, at: datetime) -> int:
    """Note which of these settings are others than those that were noted last (the first time: all); how many.

    `values` go by name and are JSON; those with addresses of people lie beside the chain. LeaseError where the lease is over.
    """
    with lease.store.write() as connection:
        lease.verify(connection)
        old = _noted(connection)
        names = sorted(name for name in old.keys() | values.keys() if old.get(name) != values.get(name))
        if names:
            changed = {name: {"old": old.get(name), "new": values.get(name)} for name in names}
            plain = {name: None if name in _PERSONAL else each for name, each in changed.items()}
            personal = {name: each for name, each in changed.items() if name in _PERSONAL}
            append(connection, Entry("settings", at, actor, {"changed": plain}, personal={"changed": personal} if personal else None))
    return len(names)


def differ(store: Store, values: Mapping[str, object]) -> bool:
    """Whether these settings are others than those that were noted last."""
    with store.read() as connection:
        return _noted(connection) != values


def _noted(connection: Connection) -> dict[str, object]:
    """All settings by the events so far."""
    beside = select(EVENT.c.body, PERSON.c.content).outerjoin(PERSON, PERSON.c.seq == EVENT.c.seq)
    rows = connection.execute(beside.where(EVENT.c.kind == "settings").order_by(EVENT.c.seq)).all()
    found = (loads(row.body)["changed"] | (loads(row.content)["changed"] if row.content else {}) for row in rows)
    return {name: each["new"] if each else None for changed in found for name, each in changed.items()}

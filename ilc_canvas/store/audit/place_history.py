"""From when to when each enrollment of ours was held in Canvas, by the audit log."""

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import or_, select

from ilc_canvas.reconcile.kinds import kinds
from ilc_canvas.reconcile.state import EnrollmentKey, Key
from ilc_canvas.store.audit.tables import EVENT
from ilc_canvas.store.db.codec import loads
from ilc_canvas.store.db.database import Store
from ilc_canvas.store.runs.tables import RUN

_DONE = ("applied", "noop")


class Deed(NamedTuple):
    """A place that was given or taken."""

    enrollment: EnrollmentKey
    at: datetime
    given: bool  # taken otherwise
    found: bool  # it was there already


def deeds(store: Store, scope: str, *, course: Key | None = None, since: datetime | None = None) -> Iterator[Deed]:
    """What runs in this scope did with enrollments, oldest first; in one course only, and since a time, if that is wanted."""
    query = select(EVENT.c.key, EVENT.c.at, EVENT.c.body).join(RUN, RUN.c.number == EVENT.c.run)
    places = or_(*(EVENT.c.key.startswith(f"{kind}=") for kind in kinds(lambda rule: rule.is_placement)))
    about = [EVENT.c.kind == "happened", places, RUN.c.scope == scope]
    if course:
        within = (EVENT.c.key.startswith(f"{kind}={course.id}:", autoescape=True) for kind in kinds(lambda rule: rule.is_placement))
        about.append(or_(*within))
    if since:
        about.append(EVENT.c.at >= since)
    with store.read() as connection:
        rows = connection.execute(query.where(*about).order_by(EVENT.c.seq)).all()
    for row in rows:
        body = loads(row.body)
        if body["result"] in _DONE and body["verb"] in ("create", "adopt", "remove"):
            given = body["verb"] != "remove"
            found = given and (body["verb"] == "adopt" or body["result"] == "noop")
            yield Deed(EnrollmentKey.of(Key.parse(row.key)), row.at, given, found)

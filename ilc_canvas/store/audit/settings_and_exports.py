"""Events beside the runs: that somebody took the log or questions away, and which settings a run goes by."""

from collections.abc import Mapping
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, ScalarSelect, func, select

from ilc_canvas.program.settings_changed import CODE
from ilc_canvas.store.audit.chain import Entry, append
from ilc_canvas.store.audit.tables import AUDIT_PERSONAL, EVENT
from ilc_canvas.store.audit.token_addresses import TokenAddress, note_of
from ilc_canvas.store.db.codec import loads
from ilc_canvas.store.db.database import Store
from ilc_canvas.store.db.lease import Lease
from ilc_canvas.store.db.scope import CanvasScope
from ilc_canvas.store.runs.tables import REASON, RUN

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


def exported_run_report(store: Store, run: int, *, changes: int, actor: str, at: datetime) -> None:
    """Note that somebody took away a report of one run, with the names in so many changes."""
    with store.write() as connection:
        append(connection, Entry("exported", at, actor, {"of": f"report of run {run}", "changes": changes}))


def exported_table(store: Store, *, of: str, rows: int, actor: str, at: datetime) -> None:
    """Note that somebody took a table away, before its first byte is sent."""
    with store.write() as connection:
        append(connection, Entry("exported", at, actor, {"of": of, "rows": rows}))


def searched(store: Store, search: Mapping[str, object], *, about: str, actor: str, since: datetime, at: datetime) -> bool:
    """Note that somebody has read the log, once for the same search since a moment; whether it was new. `about` is whose deeds were looked
    at: it stands beside the chain.
    """
    body, personal = dict(search), {"about": about} if about else None
    with store.read() as connection:
        if _was_searched(connection, body, personal, actor=actor, since=since):
            return False
    with store.write() as connection:
        if _was_searched(connection, body, personal, actor=actor, since=since):
            return False
        append(connection, Entry("audit-searched", at, actor, body, personal=personal))
    return True


def _was_searched(
    connection: Connection, body: Mapping[str, object], personal: Mapping[str, object] | None, *, actor: str, since: datetime
) -> bool:
    beside = select(EVENT.c.body, AUDIT_PERSONAL.c.content).outerjoin(AUDIT_PERSONAL, AUDIT_PERSONAL.c.seq == EVENT.c.seq)
    here = beside.where(EVENT.c.kind == "audit-searched", EVENT.c.actor == actor, EVENT.c.at >= since)
    found = ((loads(row.body), loads(row.content) if row.content else None) for row in connection.execute(here))
    return any(all(each.get(name) == value for name, value in body.items()) and said == personal for each, said in found)


def exported_report(store: Store, *, of: str, people: int, actor: str, at: datetime) -> None:
    """Note that somebody wrote a report that names so many people into a file."""
    with store.write() as connection:
        append(connection, Entry("exported", at, actor, {"of": f"report: {of}", "people": people}))


def settings(lease: Lease, values: Mapping[str, object], *, actor: str, at: datetime, token: TokenAddress | None = None) -> int:
    """Note which of these settings are others than those that were noted last (the first time: all); how many.

    `values` go by name and are JSON; those with addresses of people lie beside the chain. Of the token only a fingerprint is noted, with
    the address that it goes to. LeaseError where the lease is over.
    """
    with lease.store.write() as connection:
        lease.verify(connection)
        old = _noted(connection)
        names = sorted(name for name in old.keys() | values.keys() if old.get(name) != values.get(name))
        note = note_of(connection, token) if token else {}
        if names or note:
            changed = {name: {"old": old.get(name), "new": values.get(name)} for name in names}
            plain = {name: None if name in _PERSONAL else each for name, each in changed.items()}
            personal = {name: each for name, each in changed.items() if name in _PERSONAL}
            body = {"changed": plain, **note}
            append(connection, Entry("settings", at, actor, body, personal={"changed": personal} if personal else None))
    return len(names)


def differ(store: Store, values: Mapping[str, object]) -> bool:
    """Whether these settings are others than those that were noted last."""
    with store.read() as connection:
        return _noted(connection) != values


def at_last_run(store: Store, canvas_scope: CanvasScope) -> dict[str, object] | None:
    """The settings by which the last run here went that was carried out whole (where there was none here: of any school year and prefix);
    None if there was none. One that was only planned, held, or done for a part leaves them as they were.
    """
    with store.read() as connection:
        run = _last(connection, canvas_scope.of(RUN)) or _last(connection, RUN.c.base_url == canvas_scope.base_url)
        if run is None:
            return None
        began = select(func.min(EVENT.c.seq)).where(EVENT.c.kind == "began", EVENT.c.run == run)
        return _noted(connection, until=connection.execute(began).scalar_one())


def _last(connection: Connection, here: ColumnElement[bool]) -> int | None:
    whole = (RUN.c.dry_run == 0, RUN.c.only == "[]", RUN.c.undo.is_(None), RUN.c.status.in_(("applied", "partial", "converged")))
    query = select(RUN.c.number, RUN.c.status).where(here, *whole).order_by(RUN.c.number.desc())
    return next((run.number for run in connection.execute(query) if run.status != "partial" or _is_agreed(connection, run.number)), None)


def _is_agreed(connection: Connection, run: int) -> bool:
    """Whether a run that did a part was held for no settings, or somebody had approved a plan that was."""
    held = select(REASON.c.run).where(REASON.c.code == CODE)
    if connection.execute(held.where(REASON.c.run == run)).first() is None:
        return True
    since = select(func.max(EVENT.c.seq)).where(EVENT.c.kind == "settings", EVENT.c.seq < _seq(run, "began")).scalar_subquery()
    approved = select(EVENT.c.seq).where(EVENT.c.kind == "approved", EVENT.c.run.in_(held), EVENT.c.seq > since)
    return connection.execute(approved.where(EVENT.c.seq < _seq(run, "closed")).limit(1)).first() is not None


def _seq(run: int, kind: str) -> ScalarSelect[int]:
    return select(func.max(EVENT.c.seq)).where(EVENT.c.kind == kind, EVENT.c.run == run).scalar_subquery()


def _noted(connection: Connection, until: int | None = None) -> dict[str, object]:
    """All settings by the events so far, or by those before this one."""
    beside = select(EVENT.c.body, AUDIT_PERSONAL.c.content).outerjoin(AUDIT_PERSONAL, AUDIT_PERSONAL.c.seq == EVENT.c.seq)
    beside = beside if until is None else beside.where(EVENT.c.seq < until)
    rows = connection.execute(beside.where(EVENT.c.kind == "settings").order_by(EVENT.c.seq)).all()
    found = (loads(row.body)["changed"] | (loads(row.content)["changed"] if row.content else {}) for row in rows)
    return {name: each["new"] if each else None for changed in found for name, each in changed.items()}

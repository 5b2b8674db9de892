"""A new version of the program finds a store of an older one: it waits until nothing is open there."""

import json
import shutil
from pathlib import Path

import pytest
from sqlalchemy import inspect, select, text

from ilc_canvas.program.basis import of_roster
from ilc_canvas.reconcile.change import Create, Outcome
from ilc_canvas.reconcile.errors import SchemaError
from ilc_canvas.reconcile.kinds import Kind
from ilc_canvas.reconcile.run.notice import Notice
from ilc_canvas.reconcile.state import Key
from ilc_canvas.store import migrations
from ilc_canvas.store.all_tables import METADATA
from ilc_canvas.store.audit import chain
from ilc_canvas.store.db import health_probe, schema
from ilc_canvas.store.db.database import Store
from ilc_canvas.store.db.lease import take_lease
from ilc_canvas.store.db.scope import CanvasScope
from ilc_canvas.store.migrations import migrate
from ilc_canvas.store.opening import open_store
from ilc_canvas.store.rosters import rekey, rekey_decisions, versions
from ilc_canvas.store.runs import details
from ilc_canvas.store.runs.decisions.approvals import approve, in_force
from ilc_canvas.store.worker import jobs, outbox, sync_requests
from ilc_canvas.store.worker.sync_requests import RequestKind, SyncRequest
from tests.store.cast import BASE, NOON, ROSA, SCOPE, Clock, Desk, draft, finalized, plan_of, roster, seat
from tests.store.keyed import fill

_NEWER = '''"""A step that is not there yet."""
import sqlalchemy as sa
from alembic import op
revision, down_revision, branch_labels, depends_on = "9999", "{head}", None, None
def upgrade() -> None:
    op.create_table("newer", sa.Column("number", sa.Integer()))
def downgrade() -> None:
    op.drop_table("newer")
'''


def tomorrow(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """From now on the program needs one step more."""
    head, place = health_probe.HEAD, folder / "migrations"
    shutil.copytree(Path(str(migrations.__file__)).parent, place)
    (place / "versions" / "newer.py").write_text(_NEWER.format(head=head))
    monkeypatch.setattr(migrate, "_PLACE", str(place))
    monkeypatch.setattr(schema, "HEAD", "9999")
    assert migrate.newest() == "9999"


def _again(desk: Desk) -> Store:
    """The store as another process opens it."""
    return open_store(str(desk.store.engine.url.render_as_string(hide_password=False)))


def test_upgrade_waits_for_a_run(desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """While a run is under way the schema stays; the sentence says which run, and what to do."""
    number, store = desk.run(Create(seat())), _again(desk)
    tomorrow(tmp_path, monkeypatch)
    with pytest.raises(SchemaError, match=rf"Run {number} is under way.*nothing was changed.*Let it end.*‹upgrade-store›"):
        migrate.upgrade(store)
    assert schema.current(store) != "9999"
    store.close()


def test_upgrade_waits_for_outcomes(url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Intents without an outcome keep the schema, until the former version has settled them."""
    store = open_store(url, create=True)
    clock = Clock()
    with take_lease(store, "worker-1", renewal=None, now=clock) as lease:
        desk = Desk(store, lease, clock)
        run = desk.run(Create(seat()))
        intent = desk.journal.intended(run, Create(seat()), clock())
    tomorrow(tmp_path, monkeypatch)
    with pytest.raises(SchemaError, match=rf"Run {run} was cut off and left 1 of its changes.*former version once.*sync"):
        migrate.upgrade(store)
    with take_lease(store, "worker-1", renewal=None, now=clock) as lease:
        Desk(store, lease, clock).journal.happened(intent, Outcome("applied"))
    migrate.upgrade(store)
    assert schema.current(store) == "9999"
    store.close()


def test_upgrade_of_a_quiet_store(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A store without runs is brought up to date, and so is one without tables."""
    tomorrow(tmp_path, monkeypatch)
    migrate.upgrade(store)
    assert schema.current(store) == "9999"
    migrate.downgrade(store)
    migrate.upgrade(store)
    assert schema.current(store) == "9999"


_OLDER = "SELECT run.roster_version, approval.roster_version, run.report FROM run JOIN approval ON approval.run = run.number"


def test_older_store_keeps_runs_and_approvals(store: Store) -> None:
    """Rosters, runs, reports and approvals of a store that knew rosters alone are all there, and tell their basis; back again as before."""
    finalized(store)
    changes, clock = (Create(ROSA), Create(seat())), Clock()
    with take_lease(store, "worker-1", renewal=None, now=clock) as lease:
        number = Desk(store, lease, clock).run(*changes, status="held")
    given = approve(store, plan_of(*changes).digest, actor="ben", reason="seen", scope=SCOPE, base_url=BASE, now=NOON)
    draft(store, files="b")
    before, rosters = details.run(store, number), versions.listing(store)
    migrate.downgrade(store, "0009")
    with store.read() as connection:
        of_run, of_approval, report = connection.execute(text(_OLDER)).one()
    assert (of_run, of_approval, json.loads(report)["roster_version"], "basis" in report) == (1, 1, 1, False)
    migrate.upgrade(store)
    assert (versions.listing(store), versions.read(store, 1).people) == (rosters, roster().people)
    assert (details.run(store, number), before.info.basis, given.basis) == (before, of_roster(1), of_roster(1))
    with store.read() as connection:
        assert in_force(connection, CanvasScope(BASE, SCOPE), NOON) == [given]
    assert migrate.differences(store) == []


def test_older_store_learns_new_ids(store: Store) -> None:
    """A store without the table of decisions about ids gets it, keeps its rosters, and can note a new id; back again it is as it was."""
    migrate.downgrade(store, "0003")
    with store.read() as connection:
        assert not inspect(connection).has_table("person_rekey")
    migrate.upgrade(store)
    assert (schema.current(store), migrate.differences(store)) == (health_probe.HEAD, [])
    finalized(store)
    old, new = Key(Kind.USER, "ilc:p:ILC-0001"), Key(Kind.USER, "ilc:p:ilc-0001")
    rekey_decisions.decide(store, old, new, decision="same", actor="ana", reason="new database", at=NOON)
    migrate.downgrade(store, "0003")
    migrate.upgrade(store)
    assert versions.newest_finalized(store).person_by_id.keys() >= {"ILC-0001"}
    assert rekey.links(store) == []


_FORMER_NAMES = {"seen", "question", "answer", "parked", "declined", "tenant", "wish", "job_done", "audit_person"}


def test_rename_keeps_every_row(store: Store) -> None:
    """Back under their former names and here again, all tables hold what they held, and the audit chain verifies; only decisions about
    changes by hand, which the older version does not know, are forgotten.
    """
    clock = Clock()
    with take_lease(store, "worker-1", renewal=None, now=clock) as lease:
        fill(Desk(store, lease, clock))
    request = sync_requests.submit(store, SyncRequest(RequestKind.SYNC, "ana", "early"), at=NOON)
    jobs.note(store, "quick", "2021-08-02T06:00", at=NOON, worker="w", sentence="Nothing to do.")
    outbox.queue(store, Notice("held", "held:1", "A plan waits", ("Please look.",), {}), NOON)
    before = _everything(store)
    assert not [
        name
        for name, rows in before.items()
        if not rows and name in {"sync_request", "job_run", "notice", "audit_personal", "parked_change"}
    ]
    migrate.downgrade(store, "0012")
    with store.read() as connection:
        assert set(inspect(connection).get_table_names()) >= _FORMER_NAMES
    migrate.upgrade(store)
    assert (_everything(store), migrate.differences(store)) == ({**before, "drift_decision": []}, [])
    assert sync_requests.read(store, request.number).state == "waiting"
    assert chain.verify(store).count


def _everything(store: Store) -> dict[str, list[dict[str, object]]]:
    with store.read() as connection:
        found = {table.name: [dict(row._mapping) for row in connection.execute(select(table))] for table in METADATA.sorted_tables}
    return {name: sorted(rows, key=str) for name, rows in found.items() if name != "lease"}

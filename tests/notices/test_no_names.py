"""People and a token that are canaries go through runs of each end: no notice of them, and nothing that was sent, holds one."""

from collections.abc import Iterator

import pytest
import requests

from ilc_canvas.cli.commands import with_commands
from ilc_canvas.notices import texts
from ilc_canvas.settings import read_settings
from ilc_canvas.store.db.database import Store
from ilc_canvas.store.db.scope import CanvasScope
from ilc_canvas.store.opening import open_store
from ilc_canvas.store.runs import details, parked
from ilc_canvas.store.worker import outbox
from ilc_canvas.worker.notices import notify, send_notices
from tests.e2e.office import CLOCK, importing, write_rows
from tests.faults.canary import BREAK_OUT, GARBAGE, NAME, TOKEN, Canary, garbage, rows
from tests.notices.cast import NOON
from tests.notices.conftest import Listener

pytestmark = pytest.mark.timeout(300)
NB = ("--only", "cop:NB")


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Canary]:
    """An office with a plan that was held, a run done in part, one done, one refused, and a Canvas that answers garbage."""
    with Canary(tmp_path_factory.mktemp("canary"), *CLOCK) as office:
        write_rows(office.folder / "canary.csv", rows())
        office.do(*importing(office.folder / "canary.csv"), expect=0)
        office.do("roster", "finalize", "--signed-by", "R. Alvarez", expect=0)
        office.do("sync", *NB, expect=3)
        _take_login(office)
        office.do("sync", "--approve", office.digest(*NB), "--reason", BREAK_OUT, *NB, expect=4)
        with garbage(GARBAGE[2]) as url:
            office.do("sync", *NB, ILC_CANVAS_URL=url, expect=1)
        (office.folder / "token").write_text(f"{TOKEN}x")
        office.do("sync", *NB, expect=1)
        yield office


def _take_login(office: Canary) -> None:
    """Somebody else already has one of our people's addresses as a login."""
    login = f"{NAME.lower()}.3@example.org"
    answer = requests.post(
        f"{office.sandbox.url}/api/v1/accounts/1/users",
        json={"user": {"name": f"{NAME} Other"}, "pseudonym": {"unique_id": login}},
        headers={"Authorization": f"Bearer {TOKEN}"},
        timeout=60,
    )
    answer.raise_for_status()


@pytest.fixture
def store(office: Canary) -> Iterator[Store]:
    """The office's store."""
    store = open_store(office.environment["ILC_CANVAS_STORE"])
    yield store
    store.close()


def test_no_notice_holds_a_name(office: Canary, store: Store, listener: Listener) -> None:
    """Of each run, of the quarantine and of the day: sent for real, and searched; the store and what the command lists as well."""
    place = CanvasScope(office.sandbox.url, "ilc:2021-22")
    quarantine, _ = parked.held_back(store, place)
    reports = [report for info in details.runs(store) if (report := details.run(store, info.number).report)]
    changes = details.changed(store, place, NOON.replace(year=2000))
    notices = [notice for report in reports for notice in texts.of_run(report, quarantine if report.trouble else None, only=("cop:NB",))]
    digest = texts.digest(changes, NOON, NOON)
    assert digest is not None
    assert {notice.kind for notice in notices} >= {"held", "result", "quarantine"}
    for notice in (*notices, digest):
        notify(store, notice, NOON)
    assert send_notices(read_settings(webhook_url=listener.url), store, with_commands, clock=lambda: NOON) == len(listener.bodies) >= 4
    listed = office.do("notices", "--json", expect=0).out
    with store.read() as connection:
        kept = str(connection.exec_driver_sql("SELECT * FROM notice").all())
    everything = f"{listener.bodies}{listed}{kept}".lower()
    assert "ilc-" in everything
    assert not [word for word in (NAME, TOKEN, "example.org", "forged") if word.lower() in everything]
    assert [one.sent_at for one in outbox.listing(store)] == [NOON] * len(listener.bodies)


def test_digest_counts_what_was_done(office: Canary, store: Store) -> None:
    """As many as the runs say that they applied."""
    changes = details.changed(store, CanvasScope(office.sandbox.url, "ilc:2021-22"), NOON.replace(year=2000))
    reports = [report for info in details.runs(store) if (report := details.run(store, info.number).report)]
    assert sum(row.count for row in changes) == sum(report.applied for report in reports) > 20
    assert {row.course for row in changes} == {"", "ilc:2021-22:cop:NB"}

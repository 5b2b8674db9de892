"""The console's role on PostgreSQL: it does all that the pages offer, and nothing that only the worker or an operator may do."""

import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest
import yaml
from sqlalchemy import make_url, text

from ilc_canvas.actions import rosters as actions
from ilc_canvas.reconcile.errors import StoreError
from ilc_canvas.settings import Settings, read_settings
from ilc_canvas.store.all_tables import METADATA
from ilc_canvas.store.db.database import Store
from ilc_canvas.store.db.lease import take_lease
from ilc_canvas.store.documents import checks
from ilc_canvas.store.opening import make_store, open_store
from ilc_canvas.store.people.accounts import Role
from ilc_canvas.store.rosters import versions
from ilc_canvas.store.runs import details
from ilc_canvas.store.runs.decisions import approvals
from ilc_canvas.store.worker import pauses, sync_requests
from tests.cli.people_cast import rows
from tests.console.cast import Office, text_of
from tests.console.conftest import fill, serving
from tests.console.role import NAME, SCRIPT, as_console, make_role
from tests.console.test_pages import LISTS
from tests.console.uploads import check, files_of
from tests.sandbox.process import ROOT
from tests.store.conftest import postgres
from tests.store.postgres import copied_database, new_database, order

__all__ = ["postgres"]  # a fixture
ITO = "M. Ito"
ALL, KEPT = frozenset({"INSERT", "UPDATE", "DELETE"}), frozenset({"INSERT", "DELETE"})
NONE: frozenset[str] = frozenset()
OWN = ("console_account", "console_session", "console_attempt", "declined_change", "identity_decision", "drift_decision")
DOCUMENTS = ("document_version", "document_file", "document_content", "document_check", "document_check_file")
MAY = {
    **dict.fromkeys(OWN, ALL),
    **dict.fromkeys((*DOCUMENTS, "console_identity", "pause"), KEPT),
    **dict.fromkeys(("audit_event", "audit_personal", "approval", "sync_request"), frozenset({"INSERT"})),
    **dict.fromkeys(("identity_question", "quarantine"), frozenset({"DELETE"})),
}
"""Beside reading, which it may everywhere; some columns of some of these may be changed as well."""
FIRST = ("first_signed_by", "first_reason", "first_signed_at")
COLUMNS = {
    "approval": {"ended_at"},
    "document_version": {"state", "signed_by", "second", "reason", "signed_at", "finalized_count", *FIRST},
    "sync_request": {"state", "result", "ended_at"},
}


@pytest.fixture(scope="module")
def template(postgres: str, tmp_path_factory: pytest.TempPathFactory) -> tuple[str, str]:
    """A database with a plan that waits, and the role; and the address of the Canvas for which it was made."""
    url = new_database(postgres, "console_template")
    canvas = fill(url, tmp_path_factory.mktemp("filled"))
    done = make_role(url)
    assert (done.returncode, done.stderr) == (0, "")
    return "console_template", canvas


@pytest.fixture
def owner(postgres: str, template: tuple[str, str]) -> Iterator[Store]:
    """A copy of it, as the worker and the operator open it."""
    url = copied_database(postgres, template[0], "console_copy")
    assert make_role(url).returncode == 0  # rights in a database are copied with it, and those to it are not
    with closing(open_store(url)) as store:
        yield store


@pytest.fixture
def role(owner: Store) -> Iterator[Store]:
    """The same, as the console opens it."""
    with closing(as_console(owner)) as store:
        yield store


@pytest.fixture
def office(owner: Store, template: tuple[str, str], settings: Settings) -> Iterator[Office]:
    """A console that has this role."""
    with serving(settings.model_copy(update={"url": template[1]}), owner) as made:
        yield made


def _ask(store: Store, question: str, **values: object) -> list[object]:
    with store.read() as connection:
        return list(connection.execute(text(question), values).scalars())


def test_pages_work_in_this_role(office: Office) -> None:
    """Somebody signs in, reads, approves a plan, which asks for a sync, takes the request back, pauses and resumes."""
    office.account(ITO, Role.APPROVER)
    assert office.sign_in(ITO).status_code == 303
    ito, digest = office.browser(ITO), details.runs(office.store)[0].digest
    some = ("/roster/2", f"/plans/{digest}", "/runs/2", "/courses/cop:EQ", "/people/P1", "/readyz")
    assert {ito.get(path).status_code for path in (*LISTS, *some)} <= {200, 303}
    chosen = [step.fingerprint for step in details.run(office.store, 3).steps]
    ends = sum(step.change.verb == "remove" for step in details.run(office.store, 3).steps)
    fields = {"change": chosen, "seen": "0", "reason": "seen", "ends": str(ends)}
    assert ito.post(f"/plans/{digest}/approve", fields).headers["Location"] == "/sync"
    (request,) = sync_requests.open_requests(office.store)
    assert ito.post(f"/sync/{request.number}/cancel").status_code == 303
    assert [ito.post(path, {"why": "a test"}).status_code for path in ("/pause", "/resume")] == [303, 303]
    assert (len(approvals.plan_decisions(office.store, 3)), pauses.paused(office.store, office.clock())) == (1, None)


def test_files_are_checked_and_signed_by_two(office: Office) -> None:
    """What was found in files is kept, also in place of what is older than a month; a shrunken roster is signed by two people."""
    alvarez, path = office.browser("J. Alvarez", Role.COORDINATOR), "/roster/checks"
    assert check(alvarez, files_of(rows(P3={"team_id": "T9"}))).headers["Location"] == f"{path}/1"
    office.clock.later = checks.KEPT
    alvarez, cruz = office.browser("J. Alvarez"), office.browser("L. Cruz", Role.COORDINATOR)
    assert check(alvarez, files_of(rows(P3={"team_id": "T9"}))).headers["Location"] == f"{path}/2"
    assert [alvarez.get(f"{path}/{each}").status_code for each in ("1", "2", "2/findings.csv")] == [404, 200, 200]
    assert check(alvarez, files_of([rows()[0], rows()[-1]])).status_code == 303
    fields = {"files": versions.info(office.store, 3).files_digest, "read": "yes", "reason": "many left"}
    answers = [alvarez.post("/roster/3/sign", fields), cruz.post("/roster/3/second", fields)]
    assert [answer.status_code for answer in answers] == [303, 303], [*map(text_of, answers)]
    assert versions.info(office.store, 3).second == "L. Cruz"


def test_new_ids_are_left_to_the_operator(office: Office) -> None:
    """Signing a roster in which somebody has a new id would rename what is in the ledger: the page says who may, and nothing is signed."""
    settings, alvarez = read_settings(), office.browser("J. Alvarez", Role.COORDINATOR)
    actions.decide_on_ids(settings, office.store, ("P2", "P9"), decision="same", actor="root", reason="x", at=office.clock())
    people = [{**row, "person_id": "P9"} if row["person_id"] == "P2" else row for row in rows() if row["person_id"] not in ("P3", "P4")]
    assert check(alvarez, files_of(people)).status_code == 303
    fields = {"files": versions.info(office.store, 3).files_digest, "read": "yes", "reason": "a new id"}
    answer = alvarez.post("/roster/3/sign", fields)
    assert (answer.status_code, "Only a worker may, or the operator at a terminal" in text_of(answer)) == (422, True)
    assert versions.info(office.store, 3).state == "draft"


def test_rights_are_these_and_no_others(role: Store) -> None:
    """For each table of the schema: what the role may do with it, and which columns of it it may change."""
    assert MAY.keys() <= METADATA.tables.keys()
    for name, table in METADATA.tables.items():
        rights = "SELECT may FROM unnest(ARRAY['INSERT','UPDATE','DELETE','TRUNCATE','REFERENCES','TRIGGER']) AS may"
        found = set(_ask(role, f"{rights} WHERE has_table_privilege(:name, may)", name=name))
        columns = "SELECT column_name FROM information_schema.columns WHERE table_schema = 'public' AND table_name = :name"
        changed = set(_ask(role, f"{columns} AND has_column_privilege(:name, column_name, 'UPDATE')", name=name))
        every: set[object] = {column.name for column in table.columns} if "UPDATE" in found else {*COLUMNS.get(name, ())}
        assert (found, changed) == ({*MAY.get(name, NONE)}, every), name


FORGED = {
    "a run": "INSERT INTO run SELECT * FROM run",
    "the end of a run": "UPDATE run SET status = 'applied'",
    "a change of a plan": "UPDATE planned_change SET after = before",
    "a reason less": "DELETE FROM run_reason",
    "the ledger": "UPDATE ledger SET handle = 1",
    "the ledger less": "DELETE FROM ledger",
    "an event": "UPDATE audit_event SET actor = 'nobody'",
    "an event less": "DELETE FROM audit_event",
    "words less": "DELETE FROM audit_personal",
    "more in an approval": "UPDATE approval SET fingerprints = '[]'",
    "an approval that lasts": "UPDATE approval SET expires = expires + interval '1 year'",
    "other people in a roster": "UPDATE document_content SET content = '{}'",
    "other files of a version": "UPDATE document_version SET files_digest = ''",
    "a request of somebody else": "UPDATE sync_request SET actor = 'M. Ito'",
    "another Canvas": "UPDATE tenant_pin SET base_url = 'https://evil.example'",
    "the lease": "UPDATE lease SET holder = 'console'",
    "a sign of life": "DELETE FROM heartbeat",
    "a table": "CREATE TABLE mine (x int)",
    "a table for a while": "CREATE TEMPORARY TABLE mine (x int)",
    "no log": "ALTER TABLE audit_event DISABLE TRIGGER ALL",
    "a role": "CREATE ROLE other SUPERUSER",
    "a file": "COPY ledger TO '/tmp/ledger'",
    "a program": "COPY ledger FROM PROGRAM 'id'",
}


@pytest.mark.parametrize("what", FORGED)
def test_what_the_server_refuses(role: Store, what: str) -> None:
    """None of this is done, and the sentence says that this account may not."""
    with pytest.raises(StoreError, match=r"does not allow this account to do that|must be (owner|superuser)"), role.write() as connection:
        connection.execute(text(FORGED[what]))


def test_console_cannot_be_a_worker(role: Store) -> None:
    """Without the lease there is no run, and this role cannot have it."""
    with pytest.raises(StoreError, match="does not allow this account"), take_lease(role, "console", renewal=None):
        pass


def test_script_may_run_again(owner: Store, postgres: str) -> None:
    """After an upgrade it is run once more; rights that somebody has given the role by hand are gone then."""
    with owner.write() as connection:
        connection.execute(text(f"GRANT ALL ON ledger TO {NAME}"))
    assert make_role(owner.engine.url.render_as_string(hide_password=False)).returncode == 0
    assert _ask(owner, "SELECT has_table_privilege(:role, 'ledger', 'UPDATE')", role=NAME) == [False]
    kept = order(postgres, "SELECT rolpassword FROM pg_authid WHERE rolname = :role", role=NAME)
    assert kept.startswith("SCRAM-SHA-256$")


def test_script_wants_a_password(postgres: str) -> None:
    """Without one nothing is made."""
    done = make_role(new_database(postgres, "console_none"), None)
    assert (done.returncode, "CONSOLE_PASSWORD is not set" in done.stdout) == (3, True)


def test_compose_makes_the_role(postgres: str, tmp_path: Path) -> None:
    """The command of the container, with its secrets elsewhere and psql on this machine, gives the role the password of its secret."""
    compose = yaml.safe_load((ROOT / "config" / "compose.yaml").read_text("utf-8"))
    shell, (line,) = compose["services"]["console-role"]["entrypoint"], compose["services"]["console-role"]["command"]
    order(postgres, "CREATE ROLE ilc LOGIN SUPERUSER")
    make_store(new_database(postgres, "ilc")).close()
    (tmp_path / "db_password").write_text("of ilc")
    (tmp_path / "console_password").write_text("it's new")
    before = order(postgres, "SELECT rolpassword FROM pg_authid WHERE rolname = :role", role=NAME)
    here = line.replace("$$", "$").replace("/run/secrets", str(tmp_path)).replace("/etc/console_role.sql", str(SCRIPT))
    here = here.replace("--host=db", f"--host=127.0.0.1 --port={make_url(postgres).port}")
    done = subprocess.run([*shell, here], capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert order(postgres, "SELECT rolpassword FROM pg_authid WHERE rolname = :role", role=NAME) != before

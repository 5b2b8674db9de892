"""canvas moved, and what doctor says before and after: one sandbox, reached by two addresses."""

from typing import NamedTuple

import pytest
from sqlalchemy import update

from ilc_canvas import bootstrap
from ilc_canvas.reconcile.run.values import Tenant
from ilc_canvas.settings import read_settings
from ilc_canvas.store.db.lease import take_lease
from ilc_canvas.store.opening import open_store
from ilc_canvas.store.runs import tenant_pin
from ilc_canvas.store.runs.tables import TENANT
from tests.cli.conftest import Cli, Said
from tests.cli.test_runs import NB, sign
from tests.sandbox.person import Person
from tests.sandbox.process import Sandbox
from tests.store.cast import NOON

MOVED = ("canvas", "moved", "--reason", "the vanity host")
KEPT = (("runs", "--json"), ("show", "2", "--json"), ("explain", "ILC-0300", "cop:NB", "--offline"))


class Moving(NamedTuple):
    """Commands, and the two addresses of one Canvas."""

    cli: Cli
    monkeypatch: pytest.MonkeyPatch
    old: str
    new: str

    def go(self, url: str) -> None:
        """From now on the settings lead there."""
        self.monkeypatch.setenv("ILC_CANVAS_URL", url)

    def pin(self, **values: object) -> None:
        """The store belongs to a Canvas with these identifiers."""
        store = open_store(read_settings().store)
        with store.write() as connection:
            connection.execute(update(TENANT).values(**values))
        store.close()


@pytest.fixture
def moving(connected: Cli, canvas: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Moving:
    """A COP was built at the first address; by now the settings lead to the second."""
    sign(connected)
    digest = connected("plan", *NB, "--json").json["digest"]
    assert connected("sync", "--approve", digest, "--reason", "seen", *NB).code == 0
    found = Moving(connected, monkeypatch, canvas.url, canvas.url.replace("127.0.0.1", "localhost"))
    found.go(found.new)
    store = open_store(read_settings().store)
    bootstrap.allow_token_address(read_settings(), store)
    store.close()
    return found


def doctor(cli: Cli) -> tuple[int, str]:
    """Its exit code, and what it says of the store's Canvas."""
    said = cli("doctor", "--json")
    return said.code, next(line["text"] for line in said.json[::-1] if line["what"] == "Store")


def test_moved_store_goes_on(moving: Moving) -> None:
    """After the move there is nothing to do, the records are unchanged, and status and explain show it."""
    cli = moving.cli
    assert cli("sync", *NB).code == 1
    assert cli("status", "--json").json["quarantine"]["trouble"] == "tenant"
    before = [cli(*words) for words in KEPT[:2]]
    moved = cli(*MOVED, "--json")
    assert (moved.code, moved.json["old"], moved.json["new"], moved.json["proof"]) == (0, moving.old, moving.new, "uuid")
    assert [cli(*words) for words in KEPT[:2]] == before
    plan = cli("plan", "--json", *NB)
    assert (plan.code, plan.json["status"]) == (0, "converged")
    assert (cli("status", "--json").json["quarantine"], cli("sync", *NB).code) == (None, 0)
    assert "NB" in cli(*KEPT[2]).out
    assert cli("audit", "verify").code == 0


def test_doctor_explains_new_address(moving: Moving) -> None:
    """Doctor shows the store's Canvas, the configured address, that they are the same Canvas, and what to do; after the move, nothing."""
    code, text = doctor(moving.cli)
    assert code == 1
    assert moving.old in text
    assert moving.new in text
    assert "By its identifiers that is the same Canvas under a new address." in text
    assert "ilc-canvas canvas moved --reason" in text
    said = moving.cli(*MOVED)
    assert (said.code, said.err) == (0, "")
    assert f"The store belongs to {moving.new}" in said.out
    assert doctor(moving.cli) == (0, "belongs to this Canvas")


def test_move_can_go_back(moving: Moving) -> None:
    """Whoever moved by mistake sets the former address again, and moves back."""
    assert moving.cli(*MOVED).code == 0
    moving.go(moving.old)
    refused = moving.cli("plan", *NB)
    assert (refused.code, f"belongs to {moving.new}" in refused.err) == (1, True)
    assert moving.cli(*MOVED).code == 0
    assert moving.cli("plan", "--json", *NB).json["status"] == "converged"


@pytest.mark.parametrize(
    ("other", "says"),
    [({"account_uuid": "of another one"}, "another account uuid"), ({"root_account_id": 3}, "root account number 1 instead of 3")],
)
def test_another_canvas_is_not_moved_to(moving: Moving, other: dict[str, object], says: str) -> None:
    """Another Canvas is refused by doctor, by the move and by each run, with what differs."""
    moving.pin(**other)
    for said in (moving.cli("doctor").out, moving.cli(*MOVED).err, moving.cli("plan", *NB).err):
        assert "That is another Canvas, or another account" in said
        assert says in said
    assert "Store     FAILS   cannot be used here. " in moving.cli("doctor").out
    moving.go(moving.old)
    assert doctor(moving.cli)[0] == 1


def test_older_store_is_proved_by_numbers(moving: Moving) -> None:
    """A store that kept no uuid yet is moved by the numbers of what it has made, and has the uuid then."""
    moving.pin(account_uuid=None, account_id=None)
    assert "same Canvas under a new address" in doctor(moving.cli)[1]
    assert moving.cli(*MOVED, "--json").json["proof"] == "numbers"
    assert doctor(moving.cli) == (0, "belongs to this Canvas")


@pytest.mark.parametrize("spelling", ["HTTP://LocalHost:{port}", "http://localhost:{port}/"])
def test_spelling_is_no_move(moving: Moving, spelling: str) -> None:
    """Another spelling of the same address is the same address."""
    moving.cli(*MOVED)
    moving.go(spelling.format(port=moving.old.rpartition(":")[2]))
    assert moving.cli("plan", "--json", *NB).json["status"] == "converged"
    refused = moving.cli(*MOVED)
    assert (refused.code, "nothing has moved" in refused.err) == (1, True)


def _refused(said: Said, text: str) -> bool:
    return said.code == 1 and said.out == "" and text in said.err and len(said.err.splitlines()) == 1


def test_refusals_are_one_sentence(moving: Moving) -> None:
    """Without a reason, address or token, and while a run is under way, nothing moves."""
    cli = moving.cli
    assert cli("canvas", "moved").code == cli("canvas", "moved", "--reason", " ").code == 64
    store = open_store(read_settings().store)
    with take_lease(store, "ana@laptop:1"):
        assert _refused(cli(*MOVED), "Another worker is at it: ana@laptop:1")
    store.close()
    moving.monkeypatch.setenv("ILC_CANVAS_TOKEN", "7~another")
    assert _refused(cli(*MOVED), "Canvas refuses the token")
    moving.go("")
    assert _refused(cli(*MOVED), "ILC_CANVAS_URL is not set")
    moving.go("https://[::1")
    assert _refused(cli(*MOVED), "is not an address")
    moving.go(moving.old)
    assert cli("plan", *NB).code == 1  # the token
    moving.monkeypatch.setenv("ILC_CANVAS_TOKEN", "sandbox")
    assert cli("plan", "--json", *NB).json["status"] == "converged"


def test_store_without_a_run_is_not_moved(connected: Cli) -> None:
    """Before the first run a store belongs to no Canvas: doctor says so, and there is nothing to move."""
    assert doctor(connected) == (0, "belongs to no Canvas yet: the first run that writes binds it to this one")
    assert _refused(connected(*MOVED), "belongs to no Canvas yet")


LEAVE = ("canvas", "leave", "--reason", "a slip")


def test_plan_binds_to_no_account(connected: Cli, canvas: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    """A first look into the wrong account, and a plan that is held, bind nothing; the first run that writes does, and then holds to it."""
    sign(connected)
    other = Person(canvas.url).make("accounts/1/sub_accounts", name="Trial")["id"]
    monkeypatch.setenv("ILC_CANVAS_ACCOUNT", str(other))
    assert [connected(word, *NB).code for word in ("plan", "sync")] == [3, 3]
    assert doctor(connected) == (0, "belongs to no Canvas yet: the first run that writes binds it to this one")
    assert "belongs to no Canvas yet" in connected(*LEAVE).err
    monkeypatch.setenv("ILC_CANVAS_ACCOUNT", "self")
    digest = connected("plan", *NB, "--json").json["digest"]
    assert connected("sync", "--approve", digest, "--reason", "seen", *NB).code == 0
    assert doctor(connected) == (0, "belongs to this Canvas")
    monkeypatch.setenv("ILC_CANVAS_ACCOUNT", str(other))
    refused = connected("plan", *NB)
    assert (refused.code, "use a store of its own" in refused.err) == (1, True)
    assert "has written to" in connected(*LEAVE).err
    assert "ilc-canvas db create" in connected(*LEAVE).err


def test_bound_by_mistake_may_leave(connected: Cli, canvas: Sandbox) -> None:
    """A store that an older version bound by a mere look is let go by one command, which doctor and each refusal name."""
    sign(connected)
    store, there = open_store(read_settings().store), Tenant(canvas.url, 77, 1, "Trial", "1", {}, NOON)
    with store.write() as connection:
        tenant_pin.pin(connection, there, actor="ana", run=None, at=NOON)
    store.close()
    assert "ilc-canvas canvas leave --reason" in doctor(connected)[1]
    assert "ilc-canvas canvas leave --reason" in connected("plan", *NB).err
    said = connected(*LEAVE)
    assert (said.code, '"Trial"' in said.out) == (0, True)
    assert doctor(connected)[0] == 0
    assert connected("plan", *NB).code == 3
    assert "unpinned" in connected("audit", "list").out

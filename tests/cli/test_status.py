"""status: the school year, what waits for whom, the last run and its reason, then workers and jobs."""

from datetime import UTC, datetime

from ilc_canvas.settings import read_settings
from ilc_canvas.store.opening import open_store
from ilc_canvas.store.worker import heartbeat
from tests.cli.conftest import Cli
from tests.cli.people_cast import PEOPLE as NAMES
from tests.cli.people_cast import Office, address, rows
from tests.store.menu import menu_finalized
from tests.stores import in_a_file


def test_what_waits_comes_before_the_rest(office: Office) -> None:
    """School year and version first; then drafts, held plans and people to be decided about; then the last run with its sentence."""
    office.account("Benjamin Ok", "b.ok@example.org", email=address(NAMES["P2"]))
    office.sign()
    digest = office.plan()["digest"]
    office.draft(rows(P3={"display_name": "Chloe T."}))
    lines = office.cli("status").out.splitlines()
    words = [line.split(" ")[0] for line in lines if not line.startswith(" ")]
    assert words == ["Roster", "Draft", "Waiting", "Asked", "Last", "Worker"]
    assert lines[0] == "Roster   2021-22, version 1."
    assert lines[1] == "Draft    2021-22, version 2: it waits for a signature. See: ilc-canvas roster show 2"
    assert f"--approve {digest}" in lines[3]
    assert office.cli("status", "--json").json["drafts"] == [2]


def test_reason_of_a_failed_run_is_said(office: Office) -> None:
    """A run that failed says why, in text and JSON."""
    office.sign()
    office.sync()
    office.canvas.fault("401", times=50)
    assert office.cli("sync").code == 1
    office.canvas.mend()
    status, sentence = office.cli("status"), office.cli("status", "--json").json["last_run"]["sentence"]
    assert "failed" in status.out
    assert sentence
    assert sentence in status.out


def test_held_part_waits_until_it_is_replaced(office: Office) -> None:
    """A held plan for one course waits though others were looked at since; a plan for everything replaces it."""
    office.sign()
    first, second = (office.cli("plan", "--only", word, "--json").json["digest"] for word in ("cop:EQ", "hub"))
    text = office.cli("status").out
    assert f"sync --approve {first} --only cop:EQ" in text
    assert f"sync --approve {second} --only hub" in text
    whole = office.plan()["digest"]
    text = office.cli("status").out
    assert (first in text, second in text, f"sync --approve {whole} --reason" in text) == (False, False, True)


def test_newer_document_is_said(office: Office) -> None:
    """Documents newer than the last run are shown, with the plans they make outdated, in text and JSON."""
    office.sign()
    digest = office.plan()["digest"]
    store = open_store(read_settings().store)
    menu_finalized(store, "soup")
    store.close()
    lines, found = office.cli("status").out.splitlines(), office.cli("status", "--json").json
    assert lines[0] == "Roster   2021-22, version 1, menu version 1."
    assert "         But the menu is new, version 1." in lines
    assert "         It is out of date: the menu is new, version 1. Make the plan again: ilc-canvas plan" in lines
    assert f"--approve {digest}" not in "".join(lines)
    assert (found["basis"], found["school_years"][0]["basis"]) == ({"menu": 1, "roster": 1}, {"menu": 1, "roster": 1})


def test_one_year_is_told_once(office: Office) -> None:
    """With one school year the last run and the number of unpublished courses are shown once."""
    office.sign()
    office.cli("sync", "--approve", office.plan()["digest"], "--reason", "seen")
    text = office.cli("status").out
    assert (text.count("Last run"), text.count("not published")) == (1, 1)


@in_a_file
def test_status_tells_who_is_there(cli: Cli) -> None:
    """Live workers are shown with their last sentence, a pause with its author, and waiting sync requests."""
    cli("db", "upgrade")
    assert "Worker   none is running" in cli("status").out
    noted = cli("resync", "--reason", "a call came in").out
    assert "No worker is running now, so it waits." in noted
    cli("pause", "--reason", "the Canvas office asked for it")
    store = open_store(read_settings().store)
    alive = {"version": "1", "at": datetime.now(UTC), "started_at": datetime.now(UTC)}
    heartbeat.beat(store, "ilc@box:7.3f2a", state="ready", sentence="Nothing was due yet.", **alive)  # type: ignore[arg-type]
    heartbeat.beat(store, "ilc@box:8.11aa", state="stopped", sentence="Gone.", **alive)  # type: ignore[arg-type]
    store.close()
    told = cli("status").out
    assert "Worker   ilc@box:7.3f2a, ready" in told
    assert "box:8" not in told
    assert "the Canvas office asked for it. To go on: ilc-canvas resume" in told
    assert "waits for a worker: everything" in told
    found = cli("status", "--json").json
    assert ([beat["state"] for beat in found["workers"]], [request["only"] for request in found["sync_requests"]]) == (["ready"], [[]])

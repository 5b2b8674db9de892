"""status: the school year, what waits for whom, the last run and its reason, then workers and jobs."""

from ilc_canvas.settings import read_settings
from ilc_canvas.store.opening import open_store
from tests.cli.people_cast import PEOPLE as NAMES
from tests.cli.people_cast import Office, address, rows
from tests.store.menu import menu_finalized


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
    """Whatever is newer than the last run is said, with the plans that are out of date by it, in text and JSON."""
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
    """With one school year the last run, and how many courses are not published, stand there once."""
    office.sign()
    office.cli("sync", "--approve", office.plan()["digest"], "--reason", "seen")
    text = office.cli("status").out
    assert (text.count("Last run"), text.count("not published")) == (1, 1)

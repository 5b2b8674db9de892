"""plan, sync, runs, show, status, audit, doctor: what they print."""

import csv
import io
import sqlite3
from pathlib import Path

import pytest

from tests.cli.conftest import CLOCK, Cli, signing
from tests.e2e.office import SAMPLE, importing, read_rows
from tests.sandbox.process import TOKEN, Sandbox, start_sandbox
from tests.stores import in_a_file

RUN = {
    "run", "status", "digest", "roster_version", "basis", "counts", "applied", "failed", "withheld", "held", "reasons", "requests",
    "writes", "drift", "by_hand", "not_ours", "deferred", "parked", "asked", "matched", "questions", "warnings", "sentence", "head",
    "school_year", "other_years", "unpublished", "hears",
}  # fmt: skip
NOTHING_WAITS: dict[str, object] = {
    "drafts": [],
    "workers": [],
    "holder": "",
    "jobs": [],
    "halted": "",
    "sync_requests": [],
    "quarantine": None,
    "parked": 0,
    "asked": 0,
    "declined": 0,
}
NB = ("--only", "cop:NB")


def sign(cli: Cli, signed_by: str = "R. Alvarez", reason: str = "") -> None:
    """Import and finalize version 3 of the sample."""

    def typed() -> None:
        assert cli(*importing(SAMPLE / "roster_2021-22_final.csv")).code == 0
        assert cli("roster", "finalize", "--signed-by", signed_by, "--reason", reason).code == 0

    signing(("sample", signed_by, reason), typed)


def _fill(cli: Cli, reason: str = "seen") -> str:
    """Build one small COP; the digest."""
    digest = str(cli("plan", *NB, "--json").json["digest"])
    assert cli("sync", "--approve", digest, "--reason", reason, *NB).code == 0
    return digest


@pytest.mark.parametrize("words", [("runs",), ("status",), ("audit", "list"), ("audit", "verify"), ("roster", "list"), ("db", "current")])
def test_empty_store_has_answers(cli: Cli, words: tuple[str, ...]) -> None:
    """Where nothing has happened yet, each command says just that, and ends with 0."""
    cli("db", "upgrade")
    said = cli(*words)
    assert (said.code, said.err) == (0, "")
    assert cli(*words, "--json").code == 0


def test_empty_status_has_documented_keys(cli: Cli) -> None:
    """No roster, no run, nothing that waits."""
    assert cli("status", "--json").json == {"roster_version": None, "basis": {}, "school_years": [], "last_run": None, **NOTHING_WAITS}


def test_run_that_is_not_there(cli: Cli) -> None:
    """Exit 1, in a sentence."""
    said = cli("show", "7")
    assert (said.code, said.out) == (1, "")
    assert "7" in said.err


def test_plan_and_sync_json_keys(connected: Cli) -> None:
    """Exactly the documented keys, for a held plan, a done one and one with nothing to do."""
    sign(connected)
    held = connected("plan", *NB, "--json")
    digest = held.json["digest"]
    done = connected("sync", "--approve", digest, "--json", *NB)
    again = connected("sync", "--json", *NB)
    assert [(said.code, said.json["status"]) for said in (held, done, again)] == [(3, "held"), (0, "applied"), (0, "converged")]
    assert all(set(said.json) == RUN for said in (held, done, again))
    assert all(said.json["digest"] for said in (held, done, again))
    assert set(held.json["reasons"][0]) == {"code", "text", "count", "limit"}
    assert set(held.json["counts"]) == {"create", "update", "remove"}
    assert set(held.json["head"]) == {"seq", "hash", "at", "key", "signature"}


def test_small_plan_is_pending(connected: Cli) -> None:
    """After the first fill a few changes are pending: exit 2 by plan and by sync --dry-run, and nothing is written."""
    sign(connected)
    _fill(connected)
    newcomer = next(row["person_id"] for row in read_rows() if not row["cop_facilitator"] and row["team_role"] == "member")
    words = ("--only", f"person:{newcomer}", "--json")
    for found in (connected("plan", *words), connected("sync", "--dry-run", *words)):
        assert (found.code, found.json["status"], found.json["writes"]) == (2, "planned", 0)


def test_letter_counts_first_held_last(connected: Cli) -> None:
    """Counts, then courses, then the reasons, and at the end the command that permits it."""
    sign(connected)
    lines = connected("plan", *NB).out.splitlines()
    assert lines[0].startswith("Roster 2021-22, version 1 (signed by R. Alvarez, ")
    assert lines[2].startswith("  17 new enrollments, ")
    assert lines.index("Held for a person: 2 reasons.") > max(n for n, line in enumerate(lines) if line.startswith("  + "))
    assert lines[-1].startswith("  ilc-canvas sync --approve ")
    assert lines[-1].endswith(' --only cop:NB --reason "..."')


def test_letter_is_cut_at_ten(connected: Cli) -> None:
    """Long lists show ten lines and how many more there are; --all shows every one."""
    sign(connected)
    cut, whole = connected("plan", *NB).out, connected("plan", *NB, "--all").out
    people = cut[cut.index("People, term and roles") : cut.index("COP NB · National Board")].splitlines()[1:]
    assert (len(people), people[-1]) == (11, "  and 9 more (--all)")
    assert "more (--all)" not in whole
    assert whole.count("\n  + person ") == 17


def test_show_and_runs_tell_a_run(connected: Cli) -> None:
    """A run's reason and what became of each change; runs newest first; the documented keys."""
    sign(connected)
    digest = _fill(connected, "agreed on Monday")
    runs, show, status = connected("runs", "--json").json, connected("show", "2", "--json").json, connected("status", "--json").json
    keys = {"run", "status", "trigger", "actor", "reason", "dry_run", "only", "roster_version", "basis", "digest", "began_at", "closed_at"}
    assert ([run["run"] for run in runs], {*runs[0]}) == ([2, 1], keys)
    assert (runs[0]["reason"], runs[0]["digest"], runs[0]["only"]) == ("agreed on Monday", digest, ["cop:NB"])
    assert {*show} == RUN - {"head", "other_years"} | {
        "actor",
        "reason",
        "changes",
        "approvals",
        "changed_by_hand",
        "added_by_hand",
        "left_out",
    }
    assert {(*change,) for change in show["changes"]} == {("verb", "key", "result", "why")}
    assert {change["result"] for change in show["changes"]} <= {"applied", "noop"}
    last = {"run": 2, "status": "applied", "digest": digest}
    basis = {"roster_version": 1, "basis": {"roster": 1}}
    years = [{"school_year": "2021-22", **basis, "cared_for": True, "last_run": last}]
    whole = {"last_run": {**last, "sentence": show["sentence"]}}
    assert status == {**basis, "school_years": years, **whole, **NOTHING_WAITS}
    assert "agreed on Monday" in connected("runs").out


def test_log_holds_keys_only(connected: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    """No name, address or token reaches stderr or the list of events; one JSON line reports the run."""
    monkeypatch.setenv("ILC_CANVAS_LOG_LEVEL", "debug")
    sign(connected)
    held = connected("plan", *NB)
    digest = held.out.rsplit("--approve ", 1)[1].split()[0]
    said = [held, connected("sync", "--approve", digest, *NB), connected("sync", *NB)]
    log = "".join(one.err for one in said) + connected("audit", "list", "--limit", "500").out
    assert '"event": "run.closed"' in log
    row = read_rows()
    secrets = {value for person in row for value in (person["email"], person["family_name"], person["display_name"]) if len(value) > 4}
    assert not [secret for secret in secrets if secret in log]
    assert "Bearer" not in log


@in_a_file
def test_token_is_never_logged(cli: Cli, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Neither the log, at its most talkative, nor the screen nor the store holds the token."""
    token = "canary-of-the-token"
    monkeypatch.setenv("ILC_CANVAS_LOG_LEVEL", "debug")
    sign(cli)
    with start_sandbox(*CLOCK, "--token", token) as canvas:
        monkeypatch.setenv("ILC_CANVAS_URL", canvas.url)
        monkeypatch.setenv("ILC_CANVAS_TOKEN", token)
        said = [cli("doctor"), cli("plan", *NB), cli("audit", "list")]
    assert [one.code for one in said] == [0, 3, 0]
    assert not [one for one in said if token in one.out + one.err]
    assert not [path for path in (tmp_path / "store").iterdir() if token.encode() in path.read_bytes()]


def test_audit_list_has_documented_keys(connected: Cli) -> None:
    """Events are listed newest first, for one run if requested."""
    sign(connected)
    _fill(connected)
    events = connected("audit", "list", "--limit", "500", "--json").json
    assert all({*event} == {"seq", "at", "kind", "actor", "run", "key", "reason", "scope", "signed_by", "body", "hash"} for event in events)
    assert [event["seq"] for event in events] == sorted((event["seq"] for event in events), reverse=True)
    assert {event["run"] for event in connected("audit", "list", "--run", "2", "--json").json} == {2}


def test_export_is_safe_in_spreadsheet(connected: Cli, tmp_path: Path) -> None:
    """What a spreadsheet would take for a formula has an apostrophe before it, in a file and on the screen."""
    sign(connected, "=HYPERLINK(1)", "+1")
    path = tmp_path / "audit.csv"
    said, screen = connected("audit", "export", "--csv", str(path)), connected("audit", "export", "--csv", "-")
    assert (said.code, screen.code) == (0, 0)
    rows = list(csv.reader(io.StringIO(path.read_text("utf-8-sig"), newline="")))
    *same, taken = csv.reader(io.StringIO(screen.out, newline=""))
    assert (same, taken[2]) == (rows, "exported")
    cells = {cell for row in rows for cell in row}
    assert "'+1" in cells
    assert any('"signed_by":"=HYPERLINK(1)"' in cell for cell in cells)
    assert not [cell for cell in cells if cell.startswith(("=", "+", "-", "@", "\t", "\r"))]


@in_a_file
def test_verify_notices_a_changed_log(connected: Cli, tmp_path: Path) -> None:
    """A whole chain ends with 0 and its head; a changed event with 1 and its number."""
    sign(connected)
    whole = connected("audit", "verify", "--json").json
    assert {*whole} == {"events", "head", "seq", "heads", "keys"}
    with sqlite3.connect(tmp_path / "store" / "store.db") as store:
        for (name,) in store.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            store.execute(f"DROP TRIGGER {name}")
        assert store.execute("UPDATE audit_event SET actor = 'nobody' WHERE seq = 1").rowcount == 1
    store.close()
    said = connected("audit", "verify")
    assert (said.code, said.out) == (1, "")
    assert "event 1" in said.err


def test_doctor_finds_all_in_order(connected: Cli) -> None:
    """Each line works, but for the clock of a Canvas that lives in 2021: that is to be checked, and stops nobody."""
    sign(connected)
    found = connected("doctor", "--json")
    assert found.code == 0
    assert {"Settings", "Store", "Audit", "Roster", "Canvas", "Token", "Address", "Account", "Rights", "Roles", "Clock"} == {
        line["what"] for line in found.json
    }
    assert all({*line} == {"what", "works", "text"} and line["works"] == (line["what"] != "Clock") for line in found.json)


def test_doctor_without_settings_says_which(cli: Cli) -> None:
    """What is missing is listed after what works, with exit code 1."""
    said = cli("doctor")
    assert said.code == 1
    assert "ILC_CANVAS_URL is not set" in said.out
    assert said.out.startswith("Settings  works   read from ")


@pytest.mark.parametrize(
    ("right", "asks", "code"), [("manage_sis", "SIS Data - manage", 1), ("manage_role_overrides", "Permissions - manage", 0)]
)
def test_doctor_names_missing_right(cli: Cli, monkeypatch: pytest.MonkeyPatch, right: str, asks: str, code: int) -> None:
    """A right that the token lacks is named as the administrator knows it; only one that matters ends with 1."""
    with start_sandbox(*CLOCK, "--deny", right) as canvas:
        monkeypatch.setenv("ILC_CANVAS_URL", canvas.url)
        monkeypatch.setenv("ILC_CANVAS_TOKEN", TOKEN)
        sign(cli)
        said = cli("doctor")
        assert (said.code, said.err) == (code, "")
        (line,) = [line for line in said.out.splitlines() if f'Ask the Canvas administrator for "{asks}"' in line]
        assert line.startswith("Rights    FAILS   cannot " if code else "Rights    works   without the right to ")
        assert not [request for request in canvas.requests() if request["method"] != "GET"]


def test_doctor_says_past_school_year(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    """If the year has ended by Canvas's clock: exit 1, one line."""
    with start_sandbox() as canvas:
        monkeypatch.setenv("ILC_CANVAS_URL", canvas.url)
        monkeypatch.setenv("ILC_CANVAS_TOKEN", TOKEN)
        sign(cli)
        said = cli("doctor")
    assert said.code == 1
    assert len([line for line in said.out.splitlines() if line.startswith("Clock     FAILS ")]) == 1


def test_refused_token_stops_doctor(connected: Cli, monkeypatch: pytest.MonkeyPatch, canvas: Sandbox) -> None:
    """A token that Canvas does not know is reported, and not printed."""
    monkeypatch.setenv("ILC_CANVAS_TOKEN", "7~canarycanarycanarycanary")
    said = connected("doctor")
    assert said.code == 1
    assert "canary" not in said.out + said.err
    assert not [request for request in canvas.requests() if request["method"] != "GET"]

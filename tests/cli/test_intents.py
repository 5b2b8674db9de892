"""intent import: from the answers of a form to a list for people, and to the draft of a roster."""

import csv
import io
from pathlib import Path

import pytest

from ilc_canvas.roster.reading import File
from tests.cli.conftest import Cli, Said
from tests.e2e.office import SAMPLE
from tests.roster.files.books import as_text
from tests.roster.intent.cast import FORMS, HERE, PRIOR, SHEETS


def imported(cli: Cli, *words: str) -> Said:
    """The sample's exports, imported."""
    about = ("--prior", str(PRIOR), "--cops", str(SAMPLE / "cops_2021-22.csv"), "--school-year", "2021-22", "--deadline", "2021-05-28")
    return cli("intent", "import", str(HERE / FORMS), str(HERE / SHEETS), *about, *words)


def rows(path: Path) -> list[dict[str, str]]:
    """The rows of a file that was written."""
    return list(csv.DictReader(io.StringIO(path.read_text("utf-8-sig"), newline="")))


def test_answers_are_counted(cli: Cli) -> None:
    """How many of each kind, who has not answered, and what waits."""
    said = imported(cli)
    assert (said.code, said.err) == (0, "")
    assert said.out.startswith("305 rows: 239 continue; 11 do not continue; 1 would like to be a guest; 22 wait for a decision; 8 were")
    assert "278 members of last year: 239 continue, 20 review, 11 leave, 8 no answer." in said.out
    assert "  Craig Goldstein (ILC-0131)" in said.out
    assert "and 12 more (--all)" in said.out


def test_list_is_filled_in_and_read_back(cli: Cli, tmp_path: Path) -> None:
    """Decisions in the list are taken, as a spreadsheet saves it; what is left empty stays to be decided."""
    review, draft = tmp_path / "review.csv", tmp_path / "draft.csv"
    assert imported(cli, "--review", str(review)).code == 0
    listed = rows(review)
    assert len(listed) == 22
    for row in listed[:2]:
        row["decision"] = "continue"
    listed[2]["decision"] = "leave"
    saved = tmp_path / "saved.csv"
    saved.write_bytes(_saved(listed))
    said = imported(cli, "--decisions", str(saved), "--draft", str(draft))
    assert "241 continue" in said.out
    assert "19 answers still to decide about are not in it" in said.out
    drafted = {row["person_id"]: row for row in rows(draft)}
    assert len(drafted) == 241
    assert drafted["ILC-0025"]["cop_participant"] == "PSD;RURAL"
    assert drafted["ILC-0061"]["display_name"] == "Margaret Harper"


def _saved(listed: list[dict[str, str]]) -> bytes:
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, list(listed[0]))
    writer.writeheader()
    writer.writerows(listed)
    return as_text(File("x.csv", out.getvalue().encode()), encoding="utf-16", separator=";").data


def test_wrong_decisions_are_findings(cli: Cli, tmp_path: Path) -> None:
    """All at once, with their rows, and nothing is written."""
    review, draft = tmp_path / "review.csv", tmp_path / "draft.csv"
    imported(cli, "--review", str(review))
    listed = rows(review)
    listed[0] |= {"decision": "yes"}
    listed[1] |= {"decision": "continue", "person_id": "ILC-9999"}
    listed[2] |= {"decision": "continue", "cops": "EQTY"}
    listed[3] |= {"decision": "leave", "row": "4"}
    review.write_bytes(_saved(listed))
    said = imported(cli, "--decisions", str(review), "--draft", str(draft))
    assert said.code == 1
    assert "4 errors. Nothing was written." in said.out
    assert '"ILC-9999" was not a member last year.' in said.out
    assert not draft.exists()


def test_draft_is_a_roster_to_complete(cli: Cli, tmp_path: Path) -> None:
    """The draft has the columns of a roster; what it lacks is one finding for each column."""
    draft = tmp_path / "draft.csv"
    imported(cli, "--draft", str(draft))
    teams, cops = str(SAMPLE / "teams_2021-22.csv"), str(SAMPLE / "cops_2021-22.csv")
    said = cli("roster", "check", str(draft), "--teams", teams, "--cops", cops, "--school-year", "2021-22", "--json")
    missing = [(each["column"], each.get("rows")) for each in said.json["findings"] if each["text"] == "is missing."]
    assert missing == [("sortable_name", 239), ("team_role", 239)]


def test_decisions_are_kept(cli: Cli, tmp_path: Path) -> None:
    """What was decided once is known the next time, in whatever file the answer stands, and can be decided again; the log counts it."""
    review, saved = tmp_path / "review.csv", tmp_path / "saved.csv"
    assert imported(cli, "--review", str(review)).code == 0
    listed = rows(review)
    for row in listed[:2]:
        row["decision"] = "continue"
    saved.write_bytes(_saved(listed))
    assert "Kept for the next time: 2 decisions." in imported(cli, "--decisions", str(saved), "--reason", "asked by phone").out
    again = imported(cli)
    assert "241 continue" in again.out
    assert "20 wait for a decision" in again.out
    listed[0]["decision"] = "leave"
    saved.write_bytes(_saved(listed[:1]))
    imported(cli, "--decisions", str(saved))
    assert "240 continue" in imported(cli).out
    events = [event for event in cli("audit", "list", "--json").json if event["kind"] == "intents-finalized"]
    assert [(event["body"]["decisions"], event["body"]["reminders"]) for event in events] == [(2, 0), (2, 0)]
    assert cli("audit", "verify").code == 0


def test_who_was_reminded_when(cli: Cli, tmp_path: Path) -> None:
    """Whom to remind is a new file, and the day is remembered; nothing is written over."""
    first, second = tmp_path / "first.csv", tmp_path / "second.csv"
    assert "8 people to remind in " in imported(cli, "--remind", str(first)).out
    assert {row["reminded_before"] for row in rows(first)} == {""}
    said = imported(cli)
    assert "Craig Goldstein (ILC-0131), reminded on 20" in said.out
    imported(cli, "--remind", str(second))
    assert len({row["reminded_before"] for row in rows(second)} - {""}) == 1
    assert imported(cli, "--remind", str(second)).code == 1
    members = imported(cli, "--json").json["members"]
    assert sum(bool(each["reminded"]) for each in members) == 8


def test_nothing_to_keep_makes_no_store(cli: Cli, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Looking at answers alone stores nothing, and needs no store; the first thing to keep makes one."""
    monkeypatch.setenv("ILC_CANVAS_STORE", f"sqlite:///{tmp_path}/new/store.db")
    assert imported(cli).code == 0
    assert not (tmp_path / "new").exists()
    assert imported(cli, "--remind", str(tmp_path / "whom.csv")).code == 0
    assert "Craig Goldstein (ILC-0131), reminded on 20" in imported(cli).out


TEAMS = str(SAMPLE / "teams_2021-22.csv")  # last year's teams had the same leads


def test_teams_without_a_lead(cli: Cli) -> None:
    """A team in which somebody goes on, but none of last year's leads surely does, is listed with what each lead said."""
    said = imported(cli, "--teams", TEAMS, "--json").json
    result = {each["person_id"]: each["result"] for each in said["members"]}
    assert said["teams"]
    for team in said["teams"]:
        assert all(result[lead["person_id"]] == lead["result"] != "continue" for lead in team["leads"])
    listed = {team["team_id"] for team in said["teams"]}
    for row in rows(Path(TEAMS)):
        led = any(result.get(lead) == "continue" for lead in row["lead_ids"].split(";"))
        assert not (led and row["team_id"] in listed)
    out = imported(cli, "--teams", TEAMS, "--all").out
    assert f"{len(listed)} teams without a lead so far:\n" in out
    assert "without a lead" not in imported(cli).out


def test_draft_takes_roles_of_last_year(cli: Cli, tmp_path: Path) -> None:
    """With last year's teams the draft says who leads, and no role in a team is left to be filled in."""
    draft = tmp_path / "draft.csv"
    assert imported(cli, "--teams", TEAMS, "--draft", str(draft)).code == 0
    leads = {lead for row in rows(Path(TEAMS)) for lead in row["lead_ids"].split(";")}
    drafted = rows(draft)
    assert {row["person_id"] for row in drafted if row["team_role"] == "lead"} == {row["person_id"] for row in drafted} & leads
    assert {row["team_role"] for row in drafted if row["team_id"]} == {"lead", "member"}


def test_spoiled_teams_are_refused(cli: Cli, tmp_path: Path) -> None:
    """A teams file with an error is refused in a sentence, and nothing is written."""
    path, draft = tmp_path / "t.csv", tmp_path / "draft.csv"
    path.write_text(Path(TEAMS).read_text("utf-8").replace(",network,", ",web,", 1), "utf-8")
    said = imported(cli, "--teams", str(path), "--draft", str(draft))
    assert (said.code, draft.exists()) == (1, False)
    assert said.err.startswith("The teams file has errors, the first one: t.csv, line 2, column component")

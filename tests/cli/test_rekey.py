"""A person under another id, from import to signature, as a coordinator sees it."""

import re
from pathlib import Path

import pytest

from tests.cli.conftest import Cli, Said
from tests.e2e.office import SAMPLE, importing, read_rows, write_rows

ZHAO = "ILC-0006"  # David Zhao, in line 7


@pytest.fixture
def signed(cli: Cli) -> Cli:
    """Version 3 of the sample is signed, as version 1."""
    assert cli(*importing(SAMPLE / "roster_2021-22_final.csv")).code == 0
    assert sign(cli).code == 0
    return cli


def sign(cli: Cli, *words: str) -> Said:
    """The draft is signed."""
    return cli("roster", "finalize", "--signed-by", "R. Alvarez", *words)


def bring(cli: Cli, folder: Path, *words: str, **cells: str) -> Said:
    """The sample is imported with other cells in David Zhao's row."""
    rows = read_rows()
    next(row for row in rows if row["person_id"] == ZHAO).update(cells)
    write_rows(folder / "next.csv", rows)
    return cli(*importing(folder / "next.csv"), *words)


def note(cli: Cli, new: str, *words: str) -> Said:
    """Somebody decides about David Zhao's id."""
    return cli("roster", "rekey", ZHAO, new, "--reason", "new database", *words)


def test_import_asks_who_it_is(signed: Cli, tmp_path: Path) -> None:
    """Somebody who joins with the address of somebody who leaves is an error with its line and both commands; nothing is stored."""
    said = bring(signed, tmp_path, person_id="ilc-0006")
    assert said.code == 1
    assert 'next.csv, line 7, column email: "david.zhao@example.org" is the address of ILC-0006, who leaves; ilc-0006 joins.' in said.out
    assert 'The same person: ilc-canvas roster rekey ILC-0006 ilc-0006 --reason "..."\n' in said.out
    assert 'Two people: ilc-canvas roster rekey ILC-0006 ilc-0006 --not-the-same --reason "..."\n' in said.out
    assert "1 error, 0 warnings. Nothing was stored." in said.out
    assert [row["version"] for row in signed("roster", "list", "--json").json] == [1]


@pytest.mark.parametrize(
    ("cells", "column", "level"),
    [
        ({"person_id": "ILC6", "email": "d@example.org"}, "person_id", "error"),
        ({"person_id": "X-9", "email": "d@example.org", "display_name": "DAVID ZHAO"}, "display_name", "warning"),
    ],
)
def test_finding_points_to_its_column(signed: Cli, tmp_path: Path, cells: dict[str, str], column: str, level: str) -> None:
    """The same id in another spelling is an error; the same name alone is a warning, and the draft is stored."""
    found = bring(signed, tmp_path, "--json", **cells).json
    assert [(one["level"], one["file"], one["line"], one["column"]) for one in found["findings"]] == [(level, "next.csv", 7, column)]
    assert (found["version"] is None) is (level == "error")


def test_file_with_other_errors_is_compared_too(signed: Cli, tmp_path: Path) -> None:
    """All findings come at once, in the order of their lines."""
    rows = read_rows()
    rows[5]["person_id"], rows[1]["team_id"], rows[9]["team_id"] = "ilc-0006", "T999", "T998"
    write_rows(tmp_path / "bad.csv", rows)
    found = signed(*importing(tmp_path / "bad.csv"), "--json").json["findings"]
    assert [(one["line"], one["column"]) for one in found if one["file"] == "bad.csv"] == [(3, "team_id"), (7, "email"), (11, "team_id")]


def test_noted_id_is_carried_out_by_signing(signed: Cli, tmp_path: Path) -> None:
    """Once it is noted, the file is taken, and the signature shows one person with a new id."""
    assert note(signed, "ilc-0006").out.startswith("Noted: David Zhao (ILC-0006) has the new id ilc-0006.")
    assert bring(signed, tmp_path, person_id="ilc-0006", email="zhao@example.org").code == 0
    said = sign(signed)
    assert "Since version 1: 2 differences." in said.out
    assert "  David Zhao (ILC-0006) has a new id: ILC-0006 → ilc-0006\n" in said.out
    assert "  David Zhao (ilc-0006) has a new e-mail: david.zhao@example.org → zhao@example.org\n" in said.out
    assert signed("roster", "diff", "1", "2").out in said.out
    assert {"kind": "rekeyed", "subject": "ilc-0006", "old": "ilc-0006", "new": "ILC-0006"} in signed(
        "roster", "diff", "2", "1", "--json"
    ).json


def test_people_told_apart_leave_and_join(signed: Cli, tmp_path: Path) -> None:
    """Two people are two people: one leaves, one joins."""
    assert note(signed, "ilc-0006", "--not-the-same").out.startswith("Noted: David Zhao (ILC-0006) and ilc-0006 are two people.")
    assert bring(signed, tmp_path, person_id="ilc-0006").code == 0
    out = sign(signed).out
    assert "David Zhao (ILC-0006) leaves" in out
    assert "David Zhao (ilc-0006) joins" in out


def test_answer_taken_back_before_signing(signed: Cli, tmp_path: Path) -> None:
    """Signing asks again: what was noted when the file came in may have been taken back since."""
    note(signed, "ilc-0006")
    bring(signed, tmp_path, person_id="ilc-0006")
    assert signed("roster", "rekey", ZHAO, "ilc-0006", "--ask-again").out.startswith("Taken back:")
    said = sign(signed)
    assert (said.code, said.out) == (1, "")
    assert "ilc-0006 joins with the address of ILC-0006, who leaves" in said.err


def test_misspelled_new_id_is_pointed_out(signed: Cli, tmp_path: Path) -> None:
    """A new id that is not in the file leaves the question open; if nothing else speaks for it, it is a warning."""
    note(signed, "ilc-0066")
    assert bring(signed, tmp_path, person_id="ilc-0006").code == 1
    found = bring(signed, tmp_path, "--json", person_id="Z-6", email="d@example.org", display_name="D. Z.").json["findings"]
    assert [(one["level"], one["value"]) for one in found] == [("warning", ZHAO)]
    assert "the new id that was noted, ilc-0066, is not in the file" in found[0]["text"]


def test_both_ids_in_one_file_is_an_error(signed: Cli, tmp_path: Path) -> None:
    """Somebody whose new id was noted cannot be in the file under both."""
    note(signed, "Z-6")
    rows = read_rows()
    write_rows(tmp_path / "both.csv", [*rows, {**rows[5], "person_id": "Z-6", "email": "d@example.org"}])
    said = signed(*importing(tmp_path / "both.csv"))
    assert said.code == 1
    assert 'line 326, column person_id: "Z-6" is the new id of ILC-0006, who is in the file too (line 7).' in said.out


def test_rekey_json_has_documented_keys(signed: Cli) -> None:
    """old, new, decision."""
    for words, decision in (((), "same"), (("--ask-again",), "ask-again"), (("--not-the-same",), "different")):
        assert note(signed, "ilc-0006", "--json", *words).json == {"old": ZHAO, "new": "ilc-0006", "decision": decision}


def test_rekey_that_makes_no_sense_is_said(signed: Cli) -> None:
    """One sentence, exit 1; without a reason, or with two decisions at once, it is wrong usage."""
    said = signed("roster", "rekey", "ILC-9999", "X", "--reason", "r")
    assert (said.code, said.err) == (1, "ILC-9999 is not in roster version 1, the newest finalized one. Nothing was changed.\n")
    assert signed("roster", "rekey", ZHAO, "ilc-0006").code == 64
    assert note(signed, "ilc-0006", "--not-the-same", "--ask-again").code == 64


def test_log_has_ids_and_no_names(signed: Cli, tmp_path: Path) -> None:
    """The audit log has who, both keys and why, no name and no address; it verifies."""
    note(signed, "ilc-0006")
    bring(signed, tmp_path, person_id="ilc-0006")
    sign(signed)
    events = signed("audit", "list", "--json").json
    text = str([event for event in events if event["kind"].startswith(("person-", "roster-"))])
    assert {"person-rekeyed", "roster-finalized"} <= {event["kind"] for event in events}
    assert not re.search("Zhao|@example", text)
    assert signed("audit", "verify").code == 0


def test_as_many_new_people_make_up_for_nobody(signed: Cli, tmp_path: Path) -> None:
    """Who is missing is counted, not how many rows there are: 33 people replaced by 33 others need a second person."""
    rows = read_rows()
    plain = [row for row in rows if row["team_role"] != "lead" and not row["cop_facilitator"] and row["affiliation"] != "staff"][:33]
    for number, row in enumerate(plain):
        row |= {
            "person_id": f"N-{number}",
            "email": f"n{number}@example.org",
            "display_name": f"N {number}",
            "sortable_name": f"N, {number}",
        }
    write_rows(tmp_path / "next.csv", rows)
    assert signed(*importing(tmp_path / "next.csv")).code == 0
    said = sign(signed)
    assert said.code == 3
    assert said.err.startswith("Roster version 2 lacks 33 of the 324 people of version 1: more than 10 %.")
    assert sign(signed, "--second", "T. Okafor", "--reason", "two districts").code == 0

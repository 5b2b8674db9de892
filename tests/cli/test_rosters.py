"""roster import, finalize, show, diff, list."""

import re
from pathlib import Path

import pytest

from tests.cli.conftest import Cli
from tests.e2e.office import FILES, SAMPLE, importing, read_rows, write_rows

KEYS = {
    "version", "school_year", "state", "people", "errors", "warnings", "signed_by", "signed_at", "second", "reason", "rows", "files",
    "files_digest",
}  # fmt: skip


def _import(cli: Cli, version: str, *words: str) -> int:
    path = SAMPLE / FILES[version][0]
    return cli(*importing(path.with_suffix(".csv"), *FILES[version][1:]), "--manifest", f"{path}.manifest.json", *words).code


@pytest.fixture
def signed(cli: Cli) -> Cli:
    """Versions 3 and 4 of the sample are signed."""
    for version in ("3", "4"):
        assert _import(cli, version) == 0
        assert cli("roster", "finalize", "--signed-by", "R. Alvarez", "--reason", "fall").code == 0
    return cli


def test_import_counts_and_says_next(cli: Cli) -> None:
    """A draft is counted, and the next command is named."""
    said = cli(*importing(SAMPLE / "roster_2021-22_final.csv"))
    assert said.code == 0
    assert "Draft of version 1: 324 people, no error" in said.out
    assert re.search(r"ilc-canvas roster finalize 1 --files [0-9a-f]{4}(-[0-9a-f]{4}){2} --signed-by NAME$", said.out.rstrip())


def test_import_json_has_documented_keys(cli: Cli) -> None:
    """version, errors, warnings, findings, rows, and how unusual files were read."""
    said = cli(*importing(SAMPLE / "roster_2021-22_final.csv"), "--json")
    assert set(said.json) == {"version", "files_digest", "errors", "warnings", "findings", "rows", "forms"}
    assert (said.json["version"], said.json["errors"], said.json["rows"]["roster_2021-22_final.csv"]) == (1, 0, 324)


def test_import_with_errors_stores_nothing(cli: Cli, tmp_path: Path) -> None:
    """All errors at once, with file and line and column; exit 1; no version."""
    rows = read_rows()
    rows[2]["email"], rows[7]["team_id"] = rows[1]["email"].upper(), "T999"
    write_rows(tmp_path / "bad.csv", rows)
    said = cli(*importing(tmp_path / "bad.csv"))
    assert said.code == 1
    assert "bad.csv, line 4, column email" in said.out
    assert "bad.csv, line 9, column team_id" in said.out
    assert "Nothing was stored" in said.out
    assert cli("roster", "list", "--json").json == []


def test_programs_get_the_same_counts(cli: Cli, tmp_path: Path) -> None:
    """However many errors there are, and however few of them are listed, programs are told as many as people."""
    rows = read_rows()
    for number, row in enumerate(rows):
        row["role_type"] = f"boss {number}"
    write_rows(tmp_path / "bad.csv", rows)
    said = cli(*importing(tmp_path / "bad.csv"))
    counted = int(str(re.search(r"(\d+) errors", said.out.splitlines()[-1])[1]))  # type: ignore[index]
    told = cli(*importing(tmp_path / "bad.csv"), "--json").json
    assert (told["errors"], told["errors"] >= len(rows) > len(told["findings"])) == (counted, True)


def test_finalize_json_has_documented_keys(cli: Cli) -> None:
    """Those of a version, and the changes since the one before."""
    _import(cli, "3")
    said = cli("roster", "finalize", "--signed-by", "R. Alvarez", "--json")
    assert (said.code, set(said.json) - {"changes"}) == (0, KEYS)
    assert (said.json["version"], said.json["state"], said.json["signed_by"]) == (3, "finalized", "R. Alvarez")
    assert len(said.json["files"]) == 3


def test_finalize_without_draft_is_said(cli: Cli) -> None:
    """There is nothing to sign: exit 1, and what to do first."""
    said = cli("roster", "finalize", "--signed-by", "R. Alvarez")
    assert (said.code, said.out) == (1, "")
    assert "roster import" in said.err


def test_finalize_shows_the_difference(cli: Cli) -> None:
    """Signing version 4 shows what differs from version 3."""
    _import(cli, "3")
    cli("roster", "finalize", "--signed-by", "R. Alvarez")
    _import(cli, "4")
    said = cli("roster", "finalize", "--signed-by", "R. Alvarez")
    assert "Since version 3" in said.out
    assert all(code in said.out for code in ("ILC-0012", "ILC-0325", "Minh Ríos-Hartmann", "Renamed Team"))


def _smaller() -> list[dict[str, str]]:
    """Version 4 without 65 people who lead and facilitate nothing."""
    plain = [row for row in read_rows("4") if row["team_role"] != "lead" and not row["cop_facilitator"]]
    gone = {row["person_id"] for row in plain[10:75]}
    return [row for row in read_rows("4") if row["person_id"] not in gone]


def test_shrunken_roster_is_held(signed: Cli, tmp_path: Path) -> None:
    """A tenth fewer people: exit 3, and how to approve it; the same name twice does not count as a second person."""
    write_rows(tmp_path / "small.csv", _smaller())
    assert signed(*importing(tmp_path / "small.csv", *FILES["4"][1:])).code == 0
    words = ("roster", "finalize", "--signed-by", "R. Alvarez")
    assert signed(*words).code == 3
    assert "--second NAME --reason TEXT" in signed(*words).err
    assert signed(*words, "--second", "r. alvarez ", "--reason", "cut").code == 3
    assert signed(*words, "--second", "T. Okafor", "--reason", "cut").code == 0


def test_older_version_needs_a_reason(signed: Cli) -> None:
    """Version 3 does not come back by accident."""
    assert _import(signed, "3") == 1
    assert _import(signed, "3", "--allow-older") == 1
    assert _import(signed, "3", "--allow-older", "--reason", "version 4 was wrong") == 0


def test_show_tells_one_version(signed: Cli) -> None:
    """Who signed it, why, and its files; by default the newest finalized one."""
    said, newest = signed("roster", "show", "3"), signed("roster", "show", "--json").json
    assert "version 3: superseded, signed by R. Alvarez" in said.out
    assert "Reason: fall" in said.out
    assert set(newest) >= KEYS - {"people"}
    assert (newest["version"], newest["people"]) == (4, 324)


def test_show_of_unknown_version_is_said(signed: Cli) -> None:
    """The command exits with 1 and says where to look."""
    said = signed("roster", "show", "9")
    assert (said.code, said.out) == (1, "")
    assert said.err == "There is no roster version 9. See: ilc-canvas roster list\n"


def test_diff_json_has_documented_keys(signed: Cli) -> None:
    """A list of kind, subject, old, new."""
    changes = signed("roster", "diff", "3", "4", "--json").json
    assert all(set(change) == {"kind", "subject", "old", "new"} for change in changes)
    assert {"joined", "left", "moved", "email", "name", "team_renamed"} <= {change["kind"] for change in changes}


def test_diff_of_same_version_is_nothing(signed: Cli) -> None:
    """A version does not differ from itself."""
    assert signed("roster", "diff", "4", "4").out == "Nothing has changed since version 4.\n"


def test_list_shows_all_versions(signed: Cli) -> None:
    """One line for each, with state and signer; the same as JSON."""
    lines, found = signed("roster", "list").out.splitlines(), signed("roster", "list", "--json").json
    assert [line.split()[0] for line in lines] == [str(row["version"]) for row in found]
    assert {row["version"]: row["state"] for row in found} == {3: "superseded", 4: "finalized"}
    assert all(set(row) == KEYS for row in found)

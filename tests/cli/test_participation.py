"""report participation: on the screen, as a table, as a page, as JSON; its figures against other code that reads the same files."""

import csv
import re
import stat
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Cli
from tests.cli.people_cast import Office, rows
from tests.cli.report_cast import signed_year, take_in
from tests.e2e.office import SAMPLE

Rows = list[dict[str, str]]


def _rows(path: Path) -> Rows:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


PEOPLE, COPS = _rows(SAMPLE / "roster_2021-22_final.csv"), _rows(SAMPLE / "cops_2021-22.csv")
TEAMS, MEETINGS = _rows(SAMPLE / "teams_2021-22.csv"), _rows(SAMPLE / "calendar_2021-22.csv")


def _in_cops(row: dict[str, str]) -> dict[str, str]:
    """Role by COP, by other code than that of the program: facilitator before participant before guest."""
    named = {code: "guest" for code in row["cop_guest"].split(";") if code}
    named |= {code: "participant" for code in row["cop_participant"].split(";") if code}
    return named | {cop["cop_code"]: "facilitator" for cop in COPS if row["person_id"] in cop["facilitator_ids"].split(";")}


def _meetings_of(row: dict[str, str]) -> set[str]:
    """The meetings of somebody's courses, by what the calendar says whom each is for."""
    roles = _in_cops(row)
    section = {"I": "R1", "II": "R2", "III": "R3", "IV": "R4", "": "NR"}[row["region"]]
    found = set()
    for meeting in MEETINGS:
        names, kind = meeting["audience"].split(";"), meeting["audience_type"]
        networks = [row["region"]] if row["component"] == "network" or row["role_type"] == "ipd_staff" else []
        pilots = [team["team_id"] for team in TEAMS if team["component"] == "pilot" and _is_in(team, row)]
        of_pilots = pilots + [team["region"] for team in TEAMS if team["team_id"] in pilots]
        mine = {
            "all": True,
            "cop": bool(roles.keys() & set(names)),
            "region": bool(set(networks) & set(names)),
            "pilot": bool(set(of_pilots) & set(names)),
            "section": any(
                roles.get(name.split("/")[0]) == "participant" and name.split("/")[1] == section for name in names if "/" in name
            ),
        }
        if mine[kind] and meeting["status"] != "cancelled":
            found.add(meeting["meeting_id"])
    return found


def _is_in(team: dict[str, str], row: dict[str, str]) -> bool:
    """As a member, as its contact, or as staff of its region."""
    staff = row["role_type"] == "ipd_staff" and row["region"] == team["region"]
    return row["team_id"] == team["team_id"] or row["person_id"] == team["primary_contact_staff_id"] or staff


@pytest.fixture
def signed(cli: Cli) -> Cli:
    """Roster and calendar of the sample are signed."""
    return signed_year(cli)


def test_sample_places_are_those_of_the_files(signed: Cli) -> None:
    """Everybody's places in COPs, with the role, and how many there are of each, as a small script reads them in the CSV files."""
    told = signed("report", "participation", "--json").json
    found = {each["person"]: _cop_roles(each) for each in told["people"]}
    assert found == {row["person_id"]: _in_cops(row) for row in PEOPLE}
    counted = Counter(role for roles in found.values() for role in roles.values())
    assert counted == {"facilitator": 27, "participant": 291, "guest": 30}
    assert sum(len(each["places"]) for each in told["people"]) == 972


def _cop_roles(person: dict[str, Any]) -> dict[str, str]:
    return {place["course"].partition(":")[2]: place["role"] for place in person["places"] if place["course"].startswith("cop:")}


def test_sample_meetings_are_those_of_the_files(signed: Cli) -> None:
    """Everybody's meetings on the calendar, and the members of each team, as the files have them."""
    told = signed("report", "participation", "--json").json
    found = {each["person"]: set(each["meetings"]) for each in told["people"]}
    assert found == {row["person_id"]: _meetings_of(row) for row in PEOPLE}
    teams = {each["team"]: each["people"] for each in told["teams"]}
    assert teams == {team["team_id"]: [row["person_id"] for row in PEOPLE if row["team_id"] == team["team_id"]] for team in TEAMS}


def test_places_are_dated_by_what_was_done(office: Office) -> None:
    """Before anything is built a place is known by its version; then from when; and after somebody has left, until when."""
    office.sign()
    assert "COP EQ, facilitator, since roster version 1" in office.cli("report", "participation").out
    office.sync()
    said = office.cli("report", "participation").out
    day = r"\d{1,2} [A-Z][a-z]{2} \d{4}"
    assert re.search(rf"COP EQ, facilitator, since {day}: 0 meetings", said)
    office.sign([row for row in rows() if row["person_id"] != "P4"])
    assert "roster version 2 no longer has it" in office.cli("report", "participation").out
    office.sync()
    said = office.cli("report", "participation").out
    assert "Dev Patel (P4), member of T1; left in roster version 2" in said
    assert re.search(rf"Region I Network, member, from {day} to {day}: ", said)
    table = office.folder / "places.csv"
    office.cli("report", "participation", "--csv", str(table))
    assert all("" < row["held_from"] <= row["held_to"] for row in _rows(table) if row["person_id"] == "P4")
    assert all(row["held_from"] and not row["held_to"] for row in _rows(table) if row["person_id"] == "P5")
    left = office.cli("report", "participation", "--json").json["people"][-1]
    assert (left["person"], left["left_in"], {place["until_roster_version"] for place in left["places"]}) == ("P4", 2, {2})
    assert all(place["held"][0]["from"] <= place["held"][0]["to"] for place in left["places"])


def test_what_only_canvas_knows_is_said(signed: Cli) -> None:
    """Last activity and total time are named as not known, on the screen and for programs; nothing is asked."""
    assert "Not known here: last activity and total time in Canvas." in signed("report", "participation").out
    assert signed("report", "participation", "--json").json["not_known"] == ["last_activity", "total_time"]


def test_attendance_is_told_by_person_and_team(signed: Cli, tmp_path: Path) -> None:
    """Meetings attended, those elsewhere, and those of the team; without attendance none of it is said."""
    assert ", 0 attended" not in signed("report", "participation", "--all").out
    take_in(signed, tmp_path, "COP-RURAL-1,ILC-0001,,Ana", "NET-R1-1,ILC-0001,,Ana", "COP-EQ-1,ILC-0001,,Ana")
    said = signed("report", "participation", "--all").out
    assert "María José De la Cruz (ILC-0001), member of T101: 12 meetings, 2 attended and 1 elsewhere" in said
    assert re.search(r"^  T101  East Side Alliance – Math Alliance +13 +39 +4 +1 +3$", said, re.MULTILINE)


def test_long_lists_are_cut(signed: Cli) -> None:
    """Ten teams and ten people are shown, and how many more there are; with --all everybody."""
    said = signed("report", "participation").out
    assert "and 60 more (--all)" in said
    assert "and 314 more (--all)" in said
    assert said.count("  Hub, member") == 10
    assert signed("report", "participation", "--all").out.count("  Hub, ") == 324


def test_files_are_written_and_logged(signed: Cli, tmp_path: Path) -> None:
    """Table and page are new and private, hold everybody, and the log says that they were written, and about how many people."""
    page, table = tmp_path / "p.html", tmp_path / "p.csv"
    words = ("report", "participation", "--csv", str(table), "--html", str(page))
    assert "These files hold names." in signed(*words).out
    assert {stat.S_IMODE(path.stat().st_mode) for path in (page, table)} == {0o600}
    assert len({row["person_id"] for row in _rows(table)}) == 324
    assert {row["canvas_total_time"] for row in _rows(table)} == {"not asked"}
    text = page.read_text("utf-8")
    assert text.count("<svg") == 2
    assert text.count("<td>María José De la Cruz (ILC-0001)</td>") == 2  # on each row: a page may begin with any of them
    assert not re.search(r"url\(|@import|https?://|<script|<img|<link", text)
    exported = [each for each in signed("audit", "list", "--json").json if each["kind"] == "exported"]
    assert [each["body"] for each in exported] == [{"of": "report: participation", "people": 324}]
    assert signed(*words).code == 1
    assert len([each for each in signed("audit", "list", "--json").json if each["kind"] == "exported"]) == 1


def test_participation_json_has_documented_keys(signed: Cli) -> None:
    """The report, a person, a place and a team."""
    told = signed("report", "participation", "--json").json
    made = {"school_year", "as_of", "roster_version", "files_digest", "files", "calendar_version", "attendance_version"}
    assert set(told) == made | {"not_known", "people", "teams"}
    assert set(told["people"][0]) == {"person", "name", "team", "left_in", "meetings", "attended", "attended_elsewhere", "places"}
    place = {"course", "section", "role", "since_roster_version", "until_roster_version", "held", "meetings"}
    assert set(told["people"][0]["places"][0]) == place
    assert set(told["teams"][0]) == {"team", "name", "people", "places", "meetings", "attended", "attendances"}

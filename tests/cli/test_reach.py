"""report reach: on the screen, as a table, as a page, as JSON; its figures against other code that reads the same files."""

import csv
import io
import re
import stat
from collections.abc import Iterable, Mapping
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest

from tests.cli.conftest import Cli
from tests.cli.report_cast import signed_year, take_in
from tests.e2e.office import SAMPLE, importing
from tests.sandbox.process import ROOT

Rows = list[dict[str, str]]


def _rows(path: Path) -> Rows:
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


PEOPLE, COPS = _rows(SAMPLE / "roster_2021-22_final.csv"), _rows(SAMPLE / "cops_2021-22.csv")
SCHOOLS = {row["cds_code"] for row in _rows(ROOT / "config" / "reference" / "schools.csv")}
DISTRICTS = {row["cds_code"][:7] for row in _rows(ROOT / "config" / "reference" / "districts.csv")}


def _counted(people: Iterable[Mapping[str, str]]) -> dict[str, int]:
    """By other code than that of the program: school, district and county of whoever has a code that the directory knows."""
    found = list(people)
    known = [row["cds_code"] for row in found if row["cds_code"][:7] in DISTRICTS]
    schools = {code for code in known if code in SCHOOLS}
    return {
        "people": len(found),
        "schools": len(schools),
        "districts": len({code[:7] for code in known}),
        "counties": len({code[:2] for code in known}),
    }


def _educators(people: Iterable[dict[str, str]]) -> Rows:
    roles, ties = ("teacher", "site_leader", "administrator"), ("continuing", "pilot")
    return [row for row in people if row["role_type"] in roles and row["affiliation"] in ties]


def _in_cop(code: str) -> Rows:
    leads = next(cop["facilitator_ids"].split(";") for cop in COPS if cop["cop_code"] == code)
    return [row for row in PEOPLE if row["person_id"] in leads or code in f"{row['cop_participant']};{row['cop_guest']}".split(";")]


@pytest.fixture
def signed(cli: Cli) -> Cli:
    """Roster and calendar of the sample are signed."""
    return signed_year(cli)


@pytest.fixture
def sample(signed: Cli) -> Any:
    """The report on the sample, as JSON."""
    return signed("report", "reach", "--json").json


def test_sample_figures_are_those_of_the_files(sample: Any) -> None:
    """Educators, guests and both together: people, schools, districts and counties, as a small script counts them in the CSV files."""
    guests = [row for row in PEOPLE if row["affiliation"] == "guest" and row["role_type"] != "higher_ed"]
    educators = _educators(PEOPLE)
    assert sample["groups"]["educators"] == _counted(educators)
    assert sample["groups"]["guests"] == _counted(guests)
    assert sample["educators_and_guests"] == _counted([*educators, *guests])
    assert sum(group["people"] for group in sample["groups"].values()) == len(PEOPLE) == 324
    assert {name: sample["groups"][name]["people"] for name in ("higher_ed", "partners", "staff")} == {
        "higher_ed": sum(row["role_type"] == "higher_ed" for row in PEOPLE),
        "partners": sum(row["affiliation"] == "partner" for row in PEOPLE),
        "staff": sum(row["affiliation"] == "staff" for row in PEOPLE),
    }


def test_sample_units_are_those_of_the_files(sample: Any) -> None:
    """Each COP, network, start-up and region has the educators, schools, districts and counties that the files give it."""
    told = {(unit["kind"], unit["code"]): unit["educators"] for unit in sample["units"]}
    wanted = {("cop", cop["cop_code"]): _counted(_educators(_in_cop(cop["cop_code"]))) for cop in COPS}
    for region in ("I", "II", "III", "IV"):
        here = [row for row in PEOPLE if row["region"] == region]
        wanted["region", region] = _counted(_educators(here))
        wanted["network", region] = _counted(_educators(row for row in here if row["component"] == "network"))
    wanted["region", ""] = _counted(_educators(row for row in PEOPLE if not row["region"]))
    for team in sorted({row["team_id"] for row in PEOPLE if row["component"] == "pilot"}):
        wanted["start-up", team] = _counted(_educators(row for row in PEOPLE if row["team_id"] == team))
    assert told == wanted


def test_sample_tells_what_it_leaves_out(sample: Any) -> None:
    """Whose code is missing or that of a district is listed by id, so that the office can look it up."""
    told = {(each["group"], each["why"]): each["people"] for each in sample["not_counted"]}
    district = [row["person_id"] for row in _educators(PEOPLE) if row["cds_code"].endswith("0000000")]
    assert told["educators", "district-code"] == district
    assert len(told["guests", "no-code"]) == 3


def test_report_says_what_it_is_made_from(signed: Cli) -> None:
    """As of when, the roster's version, who signed it, and the hash of each file; of attendance, that there is none."""
    said = signed("report", "reach").out
    digests = signed("roster", "show", "--json").json["files"]
    assert "Roster version 1, signed by R. Alvarez" in said
    assert all(f"{name}, SHA-256 {digest}" in said for name, digest in digests.items())
    assert "No attendance is recorded for this school year, so it is not known who came." in said
    assert "270" in said
    assert "11 educators have the code of a district: counted in the district, in no school" in said


def test_attendance_is_told_beside_people(signed: Cli, tmp_path: Path) -> None:
    """With attendance the report has attendances and people apart, and outside educators in neither."""
    take_in(signed, tmp_path, "COP-EQ-1,ILC-0232,,Ana", "COP-EQ-2,ILC-0232,,Ana", "COP-EQ-2,,30,Ana")
    told = signed("report", "reach", "--json").json
    assert told["attendance"] == {"meetings": 2, "attendances": 2, "people": 1, "left": 0, "outside": 30}
    assert told["attendance_version"] == 1
    said = signed("report", "reach").out
    assert re.search(r"^  All meetings +2 +2 +1 +30$", said, re.MULTILINE)
    assert "30 attendances of outside educators: how many people these are, and from where, is not known" in said


class _Tags(HTMLParser):
    """The tags of a page, and the addresses in them."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.addresses: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.addresses += [str(value) for name, value in attrs if name in ("src", "href", "xlink:href", "action", "data", "style")]


def test_page_is_whole_and_alone(signed: Cli, tmp_path: Path) -> None:
    """A chart and a table for each question; no script, no picture, no link, and a policy that lets a browser load nothing."""
    path = tmp_path / "reach.html"
    assert f"Written: {path}. Only you can read it." in signed("report", "reach", "--html", str(path)).out
    text = path.read_text("utf-8")
    page = _Tags(text)
    assert (page.tags.count("svg"), page.tags.count("table"), page.tags.count("section")) == (6, 6, 7)
    assert {"script", "img", "link", "a", "iframe", "form", "object"}.isdisjoint(page.tags)
    assert page.addresses == []
    assert "default-src 'none'" in text
    assert not re.search(r"url\(|@import|https?://", text)
    assert "size: letter" in text


def _renamed(folder: Path, title: str) -> tuple[str, ...]:
    """The import of the sample with another title for one COP."""
    rows = [{**row, "title": title} if row["cop_code"] == "EQ" else row for row in COPS]
    out = io.StringIO(newline="")
    writer = csv.DictWriter(out, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    path = folder / "cops.csv"
    path.write_text(out.getvalue(), "utf-8")
    words = importing(SAMPLE / "roster_2021-22_final.csv")
    return tuple(str(path) if word.endswith("cops_2021-22.csv") else word for word in words)


def test_names_are_only_names(cli: Cli, tmp_path: Path) -> None:
    """A title with markup stays text in the page, and one that begins like a formula is none in the table."""
    title = '=1 <script>a()</script> & "Co"'
    assert cli(*_renamed(tmp_path, title)).code == 0
    assert cli("roster", "finalize", "--signed-by", "<b>Ana</b>").code == 0
    page, table = tmp_path / "reach.html", tmp_path / "reach.csv"
    assert cli("report", "reach", "--html", str(page), "--csv", str(table)).code == 0
    text = page.read_text("utf-8")
    assert "<script" not in text
    assert "<b>Ana" not in text
    assert "&lt;script&gt;a()&lt;/script&gt; &amp; &quot;Co&quot;" in text
    names = [row["name"] for row in _rows(table) if row["code"] == "EQ"]
    assert names == [f"'{title}"]


def test_table_has_a_row_for_each_unit(signed: Cli, tmp_path: Path) -> None:
    """The CSV has the program, each unit and each reason, all with version, hash and time in UTC, and the figures of the JSON."""
    path = tmp_path / "reach.csv"
    told = signed("report", "reach", "--csv", str(path), "--json").json
    rows = _rows(path)
    assert {(row["roster_version"], row["roster_files"]) for row in rows} == {("1", told["files_digest"])}
    units = {(row["kind"], row["code"]): row for row in rows}
    for unit in told["units"]:
        row = units[unit["kind"], unit["code"]]
        assert [int(row[name]) for name in ("educators", "schools", "districts", "counties")] == list(unit["educators"].values())
    assert len([row for row in rows if row["kind"] == "not counted"]) == len(told["not_counted"])
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", row["as_of"]) for row in rows)


def test_files_are_new_and_private(signed: Cli, tmp_path: Path) -> None:
    """Both files are their owner's alone; if one of the two exists, even as a link to nowhere, neither is written."""
    page, table = tmp_path / "reach.html", tmp_path / "reach.csv"
    words = ("report", "reach", "--html", str(page), "--csv", str(table))
    assert signed(*words).code == 0
    assert {stat.S_IMODE(path.stat().st_mode) for path in (page, table)} == {0o600}
    page.unlink()
    again = signed(*words)
    assert (again.code, f"{table} already exists" in again.err, page.exists()) == (1, True, False)
    page.symlink_to(tmp_path / "victim")
    table.unlink()
    through = signed(*words)
    assert (through.code, table.exists(), (tmp_path / "victim").exists()) == (1, False, False)


def test_nothing_half_written_stays(signed: Cli, tmp_path: Path) -> None:
    """If the second file cannot be written, the first one goes again."""
    page = tmp_path / "reach.html"
    said = signed("report", "reach", "--csv", str(tmp_path / "reach.csv"), "--html", str(tmp_path / "absent" / "reach.html"))
    assert (said.code, "What had been started was removed." in said.err) == (1, True)
    assert not list(tmp_path.glob("reach.*"))
    same = signed("report", "reach", "--csv", str(page), "--html", str(page))
    assert (same.code, page.exists()) == (1, False)


def test_reach_needs_a_roster(cli: Cli) -> None:
    """Without a finalized roster of that year the way to one is named."""
    assert "No roster is finalized yet" in cli("report", "reach").err
    assert "No roster of 2019-20 is finalized" in cli("report", "reach", "--school-year", "2019-20").err


def test_reach_json_has_documented_keys(sample: Any) -> None:
    """What the figures are made from, and the figures."""
    made = {"school_year", "as_of", "roster_version", "files_digest", "files", "calendar_version", "attendance_version"}
    figures = {"groups", "educators_and_guests", "not_counted", "without_people", "units"}
    assert set(sample) == made | figures | {"attendance", "attendance_by_kind", "off_calendar"}

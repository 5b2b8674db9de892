"""Damage in names, titles and labels, dates beyond all years, and files with tens of thousands of findings."""

import json
import subprocess
import sys

import pytest

from ilc_canvas.roster.checks.gathering import MOST_LISTED, FindingList
from ilc_canvas.roster.damage import TABLE, damage_in
from ilc_canvas.roster.findings import Finding, how_many
from tests.roster.calendar.cast import table as calendar_table
from tests.roster.calendar.cast import taken as calendar_taken
from tests.roster.forms import Forms, edited, written

ERRORS = {
    "lost character": "Jos\ufffd",
    "UTF-8 as Windows": "JosÃ©",
    "quotation mark": "Oâ€™Brien",
    "no-break space": "JosÂ\xa0Luis",
    "twice": "JosÃƒÂ©",
    "mark at the beginning": "ï»¿José",
    "picture": "ðŸ˜€",
    "UTF-8 as Mac": "Jos√©",
    "UTF-8 as DOS": "Jos├®",
    "filler": "Jo\u3164sé",
    "private": "Jos\ue001",
    "zero width": "Jo\u200bsé",
    "turned": "Jo\u202esé",
    "control": "Jos\x07é",
    "spreadsheet": "#REF!",
}
WARNINGS = {
    "Slavic as Windows": "MiloÅ¡",
    "question mark": "Mu?oz",
    "for the web": "Jos&eacute;",
    "as a number": "Jos&#233;",
    "as an address": "Jos%C3%A9",
    "as mail": "Jos=C3=A9",
    "as JSON": "Jos\\u00e9",
    "Cyrillic a": "Mаria",
    "heap of marks": "Jose\u0301\u0301\u0301\u0301",
    "nothing": "NULL",
    "joiner": "Ada \u200cLee",
    "newer than we are": "Jos\U000323b0",
}
SOUND = (
    "José Núñez", "O’Brien", "Ðoàn Thị Ánh", "Łukasz Żółw", "Ångström", "Zoë", "Müller-Lüdenscheidt", "ISLAS, ÂNGELA", "Анна", "名前",
    "محمد", "D'Angelo", "What? Why?", "R&D; the rest", "50 % more", "Nan", "Nina", "https://example.org/a?b=%C3%A9",
)  # fmt: skip


@pytest.mark.parametrize("text", ERRORS.values(), ids=ERRORS)
def test_damaged_name_is_an_error(text: str) -> None:
    """A name that can only be damage keeps the roster from being signed, and the finding says where and what to do."""
    intake = edited(lambda forms: forms.people[0].update(display_name=text))
    (finding,) = [each for each in intake.findings if each.column == "display_name"]
    assert (finding.severity, finding.line, bool(finding.fix)) == ("error", 2, True)


@pytest.mark.parametrize("text", WARNINGS.values(), ids=WARNINGS)
def test_doubtful_name_is_a_warning(text: str) -> None:
    """A name that may be damage, or may be meant, is listed, so that whoever signs has seen it."""
    intake = edited(lambda forms: forms.people[0].update(display_name=text))
    (finding,) = [each for each in intake.findings if each.column == "display_name"]
    assert (finding.severity, finding.line, bool(finding.fix)) == ("warning", 2, True)


@pytest.mark.parametrize("text", SOUND)
def test_sound_name_is_not_found(text: str) -> None:
    """Names of many languages, and ordinary punctuation, are no damage; nor is the address of a web page."""
    assert damage_in(text) is None


def test_each_line_of_the_table_is_used() -> None:
    """Every kind of damage in the table is found by one of these examples."""
    found = {damage_in(text) for text in (*ERRORS.values(), *WARNINGS.values(), "\ud800")}
    assert found - {None} == set(TABLE)


@pytest.mark.parametrize(("kind", "key", "column"), [("team", "T101", "team_name"), ("cop", "EQ", "title")])
def test_damaged_title_is_an_error(kind: str, key: str, column: str) -> None:
    """The names of teams and the titles of COPs are checked as names of people are."""
    intake = edited(lambda forms: getattr(forms, kind)(key).update({column: "Ã‰quipe"}))
    assert [(each.severity, each.column) for each in intake.findings] == [("error", column)]


def test_damaged_meeting_is_an_error() -> None:
    """So are the titles and places of meetings."""
    found = calendar_taken(calendar_table({"title": "RÃ©union", "location": "Caf\ufffd"})).errors
    assert [(each.column, each.value) for each in found] == [("title", "RÃ©union"), ("location", "")]


@pytest.mark.parametrize("day", ["1999-12-31", "2101-01-01", "0001-01-01", "9999-12-31"])
def test_dates_beyond_all_years(day: str) -> None:
    """A date before 2000 or after 2100 is an error, in the catalog and in a calendar."""
    (cop,) = [each for each in edited(lambda forms: forms.cop("EQ").update(start_date=day)).errors if each.column == "start_date"]
    (meeting,) = calendar_taken(calendar_table({"date": day})).errors
    assert {cop.text, meeting.text} == {"is not between 2000 and 2100."}


def test_findings_are_cut_and_counted() -> None:
    """Of each severity the first hundred in a column are listed, and one line says how many more there are; the counts include these."""
    found = FindingList(Finding("error", "r.csv", at, "email", f"x{at}", "is wrong.", "Correct it.") for at in range(1, 50_001))
    found.append(Finding("warning", "r.csv", 7, "email", "x", "is odd.", "Is that intended?"))
    assert (len(found.cut), how_many(found.cut), str(found.cut[-1]).partition("\n")[0]) == (
        MOST_LISTED + 2,
        50_001,
        "r.csv, column email: and 49,900 more errors here.",
    )
    assert how_many(FindingList(found.cut).cut) == 50_001


def test_many_findings_in_a_file() -> None:
    """The rest of a file's findings stands behind those that are listed."""
    forms = Forms()
    for number, person in enumerate(forms.people):
        person["role_type"] = f"boss {number}"
    intake = forms.read()
    assert [each.line for each in intake.findings[:3]] == [2, 3, 4]
    assert (intake.error_count, intake.findings[-1].count) == (len(forms.people), len(forms.people) - MOST_LISTED)


_FILL = """
import json, sys
from pathlib import Path
from ilc_canvas.roster.intake import read_roster
folder = Path(sys.argv[1])
intake = read_roster(*(folder / f"{name}.csv" for name in ("people", "teams", "cops")), manifest=None, school_year="2021-22", counties={})
peak = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith("VmHWM"))
print(json.dumps([intake.error_count, len(intake.findings), int(peak.split()[1])]))  # of this program alone, not of what began it
"""


def test_fifty_thousand_bad_rows(tmp_path_factory: pytest.TempPathFactory) -> None:
    """A roster of 50,000 rows with several errors in each is read in less than 150 MB, and every cause is counted."""
    folder, forms = tmp_path_factory.mktemp("large"), Forms()
    bad = {"given_name": "Ã©", "family_name": "\ufffd", "email": "nobody", "region": "V", "school": "a\x07b"}
    rows = [{**dict.fromkeys(forms.people[0], ""), **bad, "person_id": f"ILC-{at:05}", "display_name": f"Ã© {at}"} for at in range(50_000)]
    (folder / "people.csv").write_bytes(written(rows))
    for kind, file in zip(("teams", "cops"), forms.files()[1:], strict=True):
        (folder / f"{kind}.csv").write_bytes(file.data)
    done = subprocess.run([sys.executable, "-c", _FILL, str(folder)], capture_output=True, check=True)
    errors, listed, kilobytes = json.loads(done.stdout)
    sys.stderr.write(f"{errors:,} errors, {listed} listed, {kilobytes / 1024:.0f} MB\n")
    assert errors >= 50_000
    assert listed < 20 * MOST_LISTED
    assert kilobytes < 150 * 1024

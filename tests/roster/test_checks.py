"""Every check: one edit of the clean sample gives one finding, with its place."""

from pathlib import Path

import pytest

from ilc_canvas.roster.checks.gathering import MOST_LISTED
from ilc_canvas.roster.findings import Finding, how_many
from tests.roster.forms import KINDS, YEAR, Cells, Edit, Forms, edited, name, table

BAD_COPS = {row["cop_code"]: row for row in table(Path(__file__).parent / "cops_bad.csv")}
A, B, STAFF, GUEST = "ILC-0001", "ILC-0002", "ILC-0281", "ILC-0300"  # member, lead of T101, IPD staff, guest without region
Case = tuple[str, str, dict[str, str], str, str, str]  # file, row, its new cells, level, column, part of the text


def case(kind: str, row: str, level: str, column: str, text: str, **cells: str) -> Case:
    """A row of the table; the cell under `column` of row `row` is where the finding stands."""
    return kind, row, cells, level, column, text


PEOPLE = [
    case("people", A, "error", "person_id", "cannot be part of an id", person_id="ILC 1"),
    case("people", A, "error", "person_id", "cannot be part of an id", person_id="ILC/1"),
    case("people", A, "error", "person_id", "cannot be part of an id", person_id="ILC|1"),
    case("people", A, "error", "person_id", "cannot be part of an id", person_id="é"),
    case("people", A, "error", "person_id", "cannot be part of an id", person_id="x" * 65),
    case("people", A, "error", "person_id", "is missing", person_id=""),
    case("people", B, "error", "person_id", "is also the id of María José De la Cruz (line 2)", person_id="ilc-0001", team_role="member"),
    case("people", B, "error", "email", "is also the address of ILC-0001 (line 2)", email="mariajose.delacruz@example.org"),
    case("people", B, "error", "email", "is also the address of ILC-0001 (line 2)", email=" MariaJose.DeLaCruz@Example.ORG "),
    case("people", A, "error", "email", "is missing", email=""),
    case("people", A, "error", "email", "is not an e-mail address", email="ada"),
    case("people", A, "error", "email", "is not an e-mail address", email="ada@example"),
    case("people", A, "error", "email", "is not an e-mail address", email="ada@example,org"),
    case("people", A, "error", "email", "is not an e-mail address", email="ada@example.org bea@example.org"),
    case("people", A, "error", "email", "is not an e-mail address", email="a..da@example.org"),
    case("people", A, "error", "email", "is not an e-mail address", email="adá@example.org"),
    case("people", A, "error", "email", "is not an e-mail address", email="mailto:ada@example.org"),
    case("people", A, "error", "email", "is 101 characters long", email="a" * 89 + "@example.org"),
    case("people", A, "error", "display_name", "is missing", display_name=" "),
    case("people", A, "error", "display_name", "is 256 characters long", display_name="é" * 256),
    case("people", A, "error", "sortable_name", "is missing", sortable_name=""),
    case("people", A, "error", "sortable_name", "is 256 characters long", sortable_name="é" * 256),
    case("people", A, "error", "role_type", "is not known here", role_type="techer"),
    case("people", A, "error", "role_type", "is missing", role_type=""),
    case("people", A, "error", "role_type", "does not go with the affiliation continuing", role_type="ipd_staff"),
    case("people", A, "error", "affiliation", "is not known here", affiliation="Continuing", team_id="", team_role=""),
    case("people", A, "warning", "affiliation", "does not fit T101, which is a network team", affiliation="pilot"),
    case("people", A, "warning", "team_id", "is the team of a partner", affiliation="partner"),
    case("people", A, "error", "team_id", "is not a team in the teams file", team_id="T999"),
    case("people", A, "error", "team_id", "is not a team in the teams file", team_id="t101"),
    case("people", A, "error", "team_id", "is missing", team_id="", team_role=""),
    case("people", GUEST, "error", "team_role", "is a role in no team", team_role="member"),
    case("people", A, "error", "team_role", "is missing", team_role=""),
    case("people", A, "error", "team_role", "is not known here", team_role="boss"),
    case("people", A, "warning", "component", 'is not what the teams file says of T101: "network"', component="pilot"),
    case("people", A, "warning", "region", 'is not what the teams file says of T101: "I"', region="II"),
    case("people", A, "error", "region", "is not known here", region="1"),
    case("people", A, "error", "region", "is not known here", region="Ⅲ"),
    case("people", STAFF, "warning", "region", "is missing", region=""),
    case("people", A, "warning", "county", "is Region I in the county table, and Region II here", region="II"),
    case("people", A, "warning", "county", "is not in the county table", county="Santa Carla"),
    case("people", A, "warning", "cds_code", "lacks a leading zero", cds_code="1611760130138"),
    case("people", A, "warning", "cds_code", "lacks a leading zero", cds_code="161176"),
    case("people", A, "error", "cds_code", "is not a CDS code", cds_code="016117601301"),
    case("people", A, "error", "cds_code", "is not a CDS code", cds_code="016117601301380"),
    case("people", A, "error", "cds_code", "is not a CDS code", cds_code="4.36943E+13"),
    case("people", A, "error", "cds_code", "is not a CDS code", cds_code="４３６９４２７４３３０３１２"),
    case("people", A, "error", "cop_participant", "is not a COP in the catalog", cop_participant="RURAL;NONE"),
    case("people", A, "error", "cop_participant", "is not a COP in the catalog", cop_participant="rural"),
    case("people", A, "error", "cop_facilitator", "is not a COP in the catalog", cop_facilitator="NONE"),
    case("people", A, "error", "cop_facilitator", "does not name ILC-0001 as a facilitator", cop_facilitator="EQ"),
    case("people", GUEST, "error", "cop_guest", "is not a COP in the catalog", cop_guest="SEL;NONE"),
    case("people", GUEST, "error", "cop_guest", "is closed to guests", cop_guest="SEL;NB"),
    case("people", GUEST, "error", "cop_participant", "is closed to guests", cop_participant="NB"),
    case("people", GUEST, "warning", "cop_participant", "is taken part in by a guest", cop_participant="EQ"),
    case("people", A, "warning", "cop_participant", "are 4 COPs", cop_participant="RURAL;SEL;ELD;ES"),
    case("people", A, "warning", "cop_guest", "is under cop_participant too", cop_guest="RURAL"),
    case("people", A, "error", "school", "is 1,001 characters long", school="x" * 1001),
]
TEAMS = [
    case("teams", "T101", "error", "team_id", "cannot be part of an id", team_id="T 101"),
    case("teams", "T101", "error", "team_id", "is missing", team_id=""),
    case("teams", "T102", "error", "team_id", "is also the id of East Side Alliance – Math Alliance (line 2)", team_id="t101"),
    case("teams", "T101", "error", "team_id", "is the name of a section", team_id="staff"),
    case("teams", "T101", "error", "team_name", "is missing", team_name=""),
    case("teams", "T101", "error", "team_name", "is 256 characters long", team_name="x" * 256),
    case("teams", "T101", "error", "component", "is not known here", component="continuing"),
    case("teams", "T101", "error", "component", "is missing", component=""),
    case("teams", "T101", "error", "region", "is not known here", region="V"),
    case("teams", "T101", "error", "region", "is missing", region=""),
    case("teams", "T101", "warning", "county", "is Region I in the county table, and Region II here", region="II"),
    case("teams", "T101", "warning", "county", "is not in the county table", county="Nowhere"),
    case("teams", "T105", "warning", "district_cds", "lacks a leading zero", district_cds="1611760000000"),
    case("teams", "T105", "error", "district_cds", "is not a CDS code", district_cds="016117600000"),
    case("teams", "T101", "error", "lead_ids", "is not on the roster", lead_ids="ILC-0002;ILC-0013;ILC-9999"),
    case("teams", "T101", "error", "lead_ids", "is in T102, says the roster (line 15)", lead_ids="ILC-0002;ILC-0013;ILC-0014"),
    case("teams", "T101", "error", "lead_ids", "is in no team, says the roster", lead_ids="ILC-0002;ILC-0013;ILC-0281"),
    case("teams", "T101", "error", "lead_ids", "is not a lead according to the roster (line 2)", lead_ids="ILC-0002;ILC-0013;ILC-0001"),
    case("teams", "T101", "error", "lead_ids", "does not name ILC-0013, who is a lead", lead_ids="ILC-0002"),
    case("teams", "T101", "warning", "lead_ids", "is empty", lead_ids=""),
    case("teams", "T101", "warning", "member_count", "the roster has 13 in T101", member_count="12"),
    case("teams", "T101", "error", "member_count", "is not a number", member_count="many"),
    case("teams", "T101", "error", "member_count", "is not a number", member_count="-13"),
    case("teams", "P417", "error", "primary_contact_staff_id", "is not on the roster", primary_contact_staff_id="ILC-9999"),
    case("teams", "P417", "error", "primary_contact_staff_id", "is not of affiliation staff", primary_contact_staff_id=A),
]
COPS = [
    case("cops", "EQ", "error", "cop_code", "cannot be part of an id", cop_code="E Q"),
    case("cops", "EQ", "error", "cop_code", "is missing", cop_code=""),
    case("cops", "SEL", "error", "cop_code", "is also the code in line 2, EQ", cop_code="eq"),
    case("cops", "EQ", "error", "school_year", "is another school year", school_year="2020-21"),
    case("cops", "EQ", "error", "school_year", "is missing", school_year=""),
    case("cops", "EQ", "error", "school_year", "is another school year", school_year="9999-00"),
    case("cops", "EQ", "error", "school_year", "is another school year", school_year="soon"),
    case("cops", "EQ", "error", "title", "is missing", title=""),
    case("cops", "EQ", "error", "title", "is 256 characters long", title="x" * 256),
    case("cops", "EQ", "warning", "title", "is 246 characters long", title="x" * 246),
    case("cops", "SEL", "warning", "title", "is also the title of EQ (line 2)", title="equity &  JUSTICE in every classroom"),
    case("cops", "EQ", "error", "status", "is not known here", status="open"),
    case("cops", "EQ", "error", "status", "is missing", status=""),
    case("cops", "EQ", "error", "start_date", "is not a date", start_date="10/5/2021"),
    case("cops", "EQ", "error", "start_date", "is not a date", start_date="20211005"),
    case("cops", "EQ", "error", "start_date", "is not a date", start_date="2021-W40-2"),
    case("cops", "EQ", "error", "start_date", "is missing", start_date=""),
    case("cops", "EQ", "error", "end_date", "is not a date", end_date="2022-02-30"),
    case("cops", "EQ", "error", "end_date", "is missing", end_date=""),
    case("cops", "EQ", "error", "end_date", "is before the start, 2022-04-30", start_date="2022-04-30", end_date="2021-10-05"),
    case("cops", "EQ", "warning", "start_date", "lies outside the school year", start_date="2021-06-30"),
    case("cops", "EQ", "error", "open_to_guests", "is not known here", open_to_guests="maybe"),
    case("cops", "NB", "error", "open_to_guests", "is missing", open_to_guests=""),
    case("cops", "EQ", "error", "capacity", "is not a number", capacity="sixty"),
    case("cops", "PSD", "warning", "capacity", "is less than the 13 who take part", capacity="12"),
    case("cops", "EQ", "error", "facilitator_ids", "is empty", facilitator_ids="", lead_facilitator_id=""),
    case("cops", "EQ", "error", "facilitator_ids", "is not on the roster", facilitator_ids="ILC-0281;ILC-0232;ILC-0110;ILC-9999"),
    case("cops", "EQ", "error", "facilitator_ids", "is a guest", facilitator_ids="ILC-0281;ILC-0232;ILC-0110;ILC-0300"),
    case(
        "cops",
        "EQ",
        "warning",
        "facilitator_ids",
        "is not a facilitator of EQ in the roster",
        facilitator_ids="ILC-0281;ILC-0232;ILC-0110;ILC-0002",
    ),
    case("cops", "EQ", "warning", "lead_facilitator_id", "is not among the facilitators", lead_facilitator_id="ILC-0282"),
]


@pytest.mark.parametrize(("kind", "row", "cells", "level", "column", "text"), [*PEOPLE, *TEAMS, *COPS])
def test_each_fault_has_its_finding(kind: str, row: str, cells: Cells, level: str, column: str, text: str) -> None:
    """An edit of one row is found there: level, file, line and column are right, the text says what, the fix what to do."""
    forms = Forms()
    rows: list[Cells] = getattr(forms, kind)
    line = 2 + next(
        at
        for at, each in enumerate(rows)
        if row in (each.get("person_id"), each.get("cop_code"), each["team_id" if kind != "cops" else "title"])
    )
    rows[line - 2].update(cells)
    found = [finding for finding in forms.read().findings if text in finding.text]
    assert [(finding.severity, finding.file, finding.line, finding.column) for finding in found] == [(level, name(kind), line, column)]
    assert all(finding.fix for finding in found)


GOOD = [
    ("people", A, {"email": "o'brien+ilc@mail.example.org"}),
    ("people", A, {"email": "a" * 88 + "@example.org"}),
    ("people", A, {"display_name": "é" * 255, "sortable_name": "é" * 255}),
    ("people", A, {"cds_code": ""}),
    ("people", A, {"cds_code": "4369427"}),
    ("people", A, {"cop_participant": ""}),
    ("people", A, {"cop_participant": " RURAL ;; RURAL; "}),
    ("people", A, {"person_id": "x" * 64}),
    ("people", A, {"county": ""}),
    ("people", GUEST, {"cop_guest": "SEL;EQ"}),
    ("teams", "T101", {"member_count": ""}),
    ("teams", "T101", {"team_name": "Bay"}),
    ("cops", "EQ", {"capacity": ""}),
    ("cops", "PSD", {"capacity": "13"}),  # exactly met
    ("cops", "EQ", {"title": "x" * 245}),
    ("cops", "EQ", {"start_date": "2021-07-01", "end_date": "2022-06-30"}),
    ("cops", "EQ", {"end_date": "2021-10-05"}),
    ("cops", "EQ", {"status": "done"}),
]


@pytest.mark.parametrize(("kind", "row", "cells"), GOOD)
def test_what_is_right_is_not_found(kind: str, row: str, cells: Cells) -> None:
    """An edit that is odd but right gives no finding at all."""
    find = {"people": Forms.person, "teams": Forms.team, "cops": Forms.cop}[kind]
    assert edited(lambda forms: find(forms, row).update(cells)).findings == ()


def test_one_above_capacity_is_a_warning() -> None:
    """PSD is full; one participant more is a warning, and everybody stays enrolled."""
    intake = edited(lambda forms: forms.person(A).update(cop_participant="RURAL;PSD"))
    assert [(finding.severity, finding.column, finding.value) for finding in intake.findings] == [("warning", "capacity", "13")]
    assert intake.roster.person_by_id[A].participates == ("RURAL", "PSD")


@pytest.mark.parametrize(
    ("written", "meant"), [("161176", "01611760000000"), ("0161176", "01611760000000"), ("1611760130138", "01611760130138"), ("", "")]
)
def test_lost_zero_is_put_back(written: str, meant: str) -> None:
    """A CDS code that a spreadsheet has shortened is read with its zero; a district's seven digits get those of its record."""
    intake = edited(lambda forms: forms.person(A).update(cds_code=written))
    assert intake.roster.person_by_id[A].cds_code == meant


def test_likely_word_is_offered() -> None:
    """A misspelled word or code comes with the nearest that is known."""
    forms = Forms()
    forms.person(A).update(role_type="techer", cop_participant="RURALS", team_id="t101")
    fixes = " ".join(finding.fix for finding in forms.read().errors)
    assert all(f"Is it {word}?" in fixes for word in ("teacher", "RURAL", "T101"))


def test_many_wrong_teams_are_not_compared() -> None:
    """Thousands of unknown teams beside thousands like them are all found, and none is compared with all: nothing is offered."""
    forms = Forms()
    forms.people = [
        forms.people[0] | {"person_id": f"P{at}", "email": f"p{at}@example.org", "team_id": f"TEAMX{at}"} for at in range(2_000)
    ]
    forms.teams = [forms.teams[0] | {"team_id": f"TEAM{at}", "lead_ids": ""} for at in range(2_000)]
    errors = [finding for finding in forms.read().errors if finding.column == "team_id"]
    found = [finding.fix for finding in errors]
    assert (how_many(errors), len(found)) == (2_000, MOST_LISTED + 1)
    assert not [fix for fix in found if "Is it" in fix]


def test_last_year_of_all_is_no_crash() -> None:
    """Dates at the end of the calendar are findings like others: they are no dates of any school year."""
    cells = {"school_year": "9999-00", "start_date": "9999-08-01", "end_date": "9999-12-31"}
    assert [finding.column for finding in edited(lambda forms: forms.cop("EQ").update(cells)).findings] == [
        "start_date",
        "end_date",
        "school_year",
    ]


def test_all_findings_come_at_once() -> None:
    """Faults in all three files are reported together, in the order of files and lines."""
    forms = Forms()
    forms.person(B).update(email="", role_type="boss")
    forms.person(A).update(cop_participant="NONE")
    forms.team("T102").update(member_count="many")
    forms.cop("SEL").update(start_date="soon")
    forms.cop("EQ").update(capacity="x")
    found = [(finding.file, finding.line) for finding in forms.read().findings]
    people, teams, cops = (name(kind) for kind in KINDS)
    assert set(found) == {(people, 2), (people, 3), (teams, 3), (cops, 2), (cops, 3)}
    assert found == sorted(found, key=lambda at: ((people, teams, cops).index(at[0]), at[1]))
    assert found.count((people, 3)) == 2


def test_faulty_roster_is_still_built() -> None:
    """Errors leave no one out: the roster has every row, so that all of them can be shown."""
    intake = edited(lambda forms: forms.person(A).update(email="", affiliation="?", region="?"))
    assert intake.errors
    assert len(intake.roster.people) == 324


BAD = [
    ("eq", "error", "cop_code", "is also the code in line 2, EQ"),
    ("NOFAC", "error", "facilitator_ids", "is empty"),
    ("GHOST", "error", "facilitator_ids", "is not on the roster"),
    ("LONG", "error", "title", "characters long"),
    ("DATES", "error", "end_date", "is before the start"),
    ("EQ /1", "error", "cop_code", "cannot be part of an id"),
    ("OLDYR", "error", "school_year", "is another school year"),
    ("TWIN", "warning", "title", "is also the title of EQ"),
]


@pytest.mark.parametrize(("code", "level", "column", "text"), BAD)
def test_bad_cop_has_its_outcome(code: str, level: str, column: str, text: str) -> None:
    """Each faulty row of the sample, appended to the good catalog, is rejected or warned of in its own line."""
    intake = edited(_appended(code))
    assert (level, 12, column) in [_place(finding) for finding in intake.findings if text in finding.text]
    assert bool(intake.errors) == (level == "error")


@pytest.mark.parametrize("code", ["PLAN", "CANC"])
def test_cop_without_course_is_accepted(code: str) -> None:
    """A planned and a cancelled COP stand in the catalog without an error."""
    intake = edited(_appended(code))
    assert intake.errors == ()
    assert intake.roster.cops[-1].status in ("planned", "cancelled")


def test_small_cop_is_warned_of() -> None:
    """Six people in a COP for five is a warning, which staff accept by signing."""
    forms = Forms()
    forms.cops.append(dict(BAD_COPS["SMALL"]))
    for row in forms.people[2:8]:
        row["cop_participant"] = "SMALL"
    intake = forms.read()
    assert intake.errors == ()
    assert [finding.text for finding in intake.warnings if finding.column == "capacity"] == ["is less than the 6 who take part."]


def test_every_bad_row_is_tried() -> None:
    """No row of the faulty catalog is left out here, and each is of the sample's year but one."""
    assert set(BAD_COPS) == {code for code, *_ in BAD} | {"PLAN", "CANC", "SMALL"}
    assert [code for code, row in BAD_COPS.items() if row["school_year"] != YEAR] == ["OLDYR"]


def _appended(code: str) -> Edit:
    return lambda forms: forms.cops.append(dict(BAD_COPS[code]))


def _place(finding: Finding) -> tuple[str, int, str]:
    return finding.severity, finding.line, finding.column

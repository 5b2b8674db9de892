"""Everything that can be wrong in a row: one finding, with its line, column, value and what to do."""

from collections.abc import Mapping

import pytest

from ilc_canvas.roster.findings import At, visible
from tests.roster.cast import faulty, of_column

LONG = "x" * 256

# what is written -> column that the error points to, and what it says
PERSON_ERRORS: Mapping[str, tuple[dict[str, str], str, str]] = {
    "id missing": ({"person_id": ""}, "person_id", "is missing"),
    "id with a space": ({"person_id": "ILC 1"}, "person_id", "cannot be part of an id"),
    "id with a slash": ({"person_id": "ILC/1"}, "person_id", "cannot be part of an id"),
    "id with a colon": ({"person_id": "ILC:1"}, "person_id", "cannot be part of an id"),
    "id of another": ({"person_id": "ilc-0002"}, "person_id", r"also the id of .* \(line"),
    "address of another": ({"email": " Thomas.Lindqvist@EXAMPLE.org "}, "email", r"also the address of .* \(line"),
    "address missing": ({"email": ""}, "email", "is missing"),
    "comma for the dot": ({"email": "ada@example,org"}, "email", "is not an e-mail address"),
    "two addresses": ({"email": "ada@example.org; bo@example.org"}, "email", "is not an e-mail address"),
    "dot at the end": ({"email": "ada@example.org."}, "email", "is not an e-mail address"),
    "look-alike letter": ({"email": "аda@example.org"}, "email", "is not an e-mail address"),
    "address too long": ({"email": "a" * 90 + "@example.org"}, "email", "is 102 characters long"),
    "name missing": ({"display_name": ""}, "display_name", "is missing"),
    "name too long": ({"display_name": LONG}, "display_name", "is 256 characters long"),
    "sortable name missing": ({"sortable_name": ""}, "sortable_name", "is missing"),
    "unknown profession": ({"role_type": "principal"}, "role_type", "is not known"),
    "unknown affiliation": ({"affiliation": "left"}, "affiliation", "is not known"),
    "unknown team role": ({"team_role": "leader"}, "team_role", "is not known"),
    "team role missing": ({"team_role": ""}, "team_role", "is missing"),
    "unknown component": ({"component": "cop"}, "component", "is not known"),
    "unreadable region": ({"region": "lll"}, "region", "is not known"),
    "unknown team": ({"team_id": "T999"}, "team_id", "is not a team"),
    "member without team": ({"team_id": "", "team_role": ""}, "team_id", "is missing"),
    "lead of no team": ({"affiliation": "partner", "team_id": ""}, "team_role", "is a role in no team"),
    "unknown COP": ({"cop_participant": "EQUITY"}, "cop_participant", "is not a COP"),
    "COP in lower case": ({"cop_participant": "eq"}, "cop_participant", "is not a COP"),
    "unknown COP as guest": ({"cop_guest": "X"}, "cop_guest", "is not a COP"),
    "guest in a closed COP": ({"cop_guest": "NB"}, "cop_guest", "is closed to guests"),
    "facilitator by one file": ({"cop_facilitator": "EQ"}, "cop_facilitator", "does not name ILC-0003"),
    "code of 12 digits": ({"cds_code": "436942701071"}, "cds_code", "is not a CDS code"),
    "code as a number": ({"cds_code": "4.36943E+13"}, "cds_code", "is not a CDS code"),
    "staff rights by a word": ({"role_type": "ipd_staff"}, "role_type", "does not go with the affiliation continuing"),
}


@pytest.mark.parametrize(("cells", "column", "text"), PERSON_ERRORS.values(), ids=PERSON_ERRORS)
def test_wrong_person_is_an_error(cells: dict[str, str], column: str, text: str) -> None:
    """The error points to the line and the column, and says what is the matter."""
    found = of_column(faulty("roster", "ILC-0003", **cells).errors, column)
    assert text.split(".*")[0].rstrip(" \\(") in found[0].text
    assert found[0].file == "roster_2021-22_final.csv"
    assert found[0].line in (3, 4)


PERSON_WARNINGS: Mapping[str, tuple[dict[str, str], str, str]] = {
    "region against county": ({"region": "II", "county": "Santa Clara"}, "county", "is Region I in the county table"),
    "unknown county": ({"county": "Santa Klara"}, "county", "is not in the county table"),
    "region against team": ({"region": "II", "county": ""}, "region", "is not what the teams file says"),
    "component against team": ({"component": "pilot"}, "component", "is not what the teams file says"),
    "pilot in a network": ({"affiliation": "pilot"}, "affiliation", "does not fit T101"),
    "partner in a team": ({"affiliation": "partner"}, "team_id", "is the team of a partner"),
    "code without its zero": ({"cds_code": "1100170112607"}, "cds_code", "lacks a leading zero"),
    "district without its zero": ({"cds_code": "110017"}, "cds_code", "lacks a leading zero"),
    "four COPs": ({"cop_participant": "EQ;SEL;ES;ADL"}, "cop_participant", "are 4 COPs"),
    "participant and guest": ({"cop_participant": "EQ", "cop_guest": "EQ"}, "cop_guest", "is under cop_participant too"),
}


@pytest.mark.parametrize(("cells", "column", "text"), PERSON_WARNINGS.values(), ids=PERSON_WARNINGS)
def test_odd_person_is_a_warning(cells: dict[str, str], column: str, text: str) -> None:
    """It may be right, so it does not keep the roster from being finalized."""
    intake = faulty("roster", "ILC-0003", **cells)
    assert intake.errors == ()
    assert text in of_column(intake.warnings, column)[0].text


@pytest.mark.parametrize(
    ("written", "read"),
    [("1100170112607", "01100170112607"), ("110017", "01100170000000"), ("0110017", "01100170000000"), ("", "")],
)
def test_lost_zeros_are_put_back(written: str, read: str) -> None:
    """13 digits become 14, 6 become 7, and a district stands as its own record."""
    assert faulty("roster", "ILC-0003", cds_code=written).roster.person_by_id["ILC-0003"].cds_code == read


TEAM_ERRORS: Mapping[str, tuple[dict[str, str], str, str]] = {
    "id unfit": ({"team_id": "T 101"}, "team_id", "cannot be part of an id"),
    "id twice": ({"team_id": "t102"}, "team_id", "is also the id of"),
    "id of a section": ({"team_id": "Staff"}, "team_id", "is the name of a section"),
    "name missing": ({"team_name": ""}, "team_name", "is missing"),
    "name too long": ({"team_name": LONG}, "team_name", "is 256 characters long"),
    "unknown component": ({"component": ""}, "component", "is missing"),
    "no region": ({"region": ""}, "region", "is missing"),
    "lead not on the roster": ({"lead_ids": "ILC-0002;ILC-0013;ILC-9999"}, "lead_ids", "is not on the roster"),
    "lead of another team": ({"lead_ids": "ILC-0002;ILC-0013;ILC-0014"}, "lead_ids", "is in T102"),
    "lead in no team": ({"lead_ids": "ILC-0002;ILC-0013;ILC-0281"}, "lead_ids", "is in no team"),
    "lead who is a member": ({"lead_ids": "ILC-0002;ILC-0013;ILC-0003"}, "lead_ids", "is not a lead"),
    "lead left out": ({"lead_ids": "ILC-0002"}, "lead_ids", "does not name ILC-0013"),
    "count unreadable": ({"member_count": "some"}, "member_count", "is not a number"),
    "district of 5 digits": ({"district_cds": "69427"}, "district_cds", "is not a CDS code"),
    "contact unknown": ({"primary_contact_staff_id": "ILC-9999"}, "primary_contact_staff_id", "is not on the roster"),
    "contact not staff": ({"primary_contact_staff_id": "ILC-0003"}, "primary_contact_staff_id", "is not of affiliation staff"),
}


@pytest.mark.parametrize(("cells", "column", "text"), TEAM_ERRORS.values(), ids=TEAM_ERRORS)
def test_wrong_team_is_an_error(cells: dict[str, str], column: str, text: str) -> None:
    """The error points to the teams file, and says what is the matter."""
    found = [finding for finding in of_column(faulty("teams", "T101", **cells).errors, column) if text in finding.text]
    assert [finding.file for finding in found] == ["teams_2021-22.csv"]
    assert found[0].line in (2, 3)


TEAM_WARNINGS: Mapping[str, tuple[dict[str, str], str, str]] = {
    "count too low": ({"member_count": "12"}, "member_count", "the roster has 13 in T101"),
    "region against county": ({"county": "Los Angeles"}, "county", "is Region III in the county table"),
    "district without its zero": ({"district_cds": "110017"}, "district_cds", "lacks a leading zero"),
}


@pytest.mark.parametrize(("cells", "column", "text"), TEAM_WARNINGS.values(), ids=TEAM_WARNINGS)
def test_odd_team_is_a_warning(cells: dict[str, str], column: str, text: str) -> None:
    """It may be right, so it does not keep the roster from being finalized."""
    intake = faulty("teams", "T101", **cells)
    assert intake.errors == ()
    assert text in of_column(intake.warnings, column)[0].text


def test_finding_reads_like_a_letter() -> None:
    """File, line, column, value, what is the matter; below it what to do."""
    found = faulty("roster", "ILC-0056", email="Daniel.Kim@example.org").errors[0]
    assert str(found) == (
        'roster_2021-22_final.csv, line 57, column email: "Daniel.Kim@example.org" is also the address of ILC-0027 (line 28).\n'
        "  Two people cannot share an address. Correct one of them."
    )


def test_nearest_known_word_is_offered() -> None:
    """A misspelled code or word comes with the one that was probably meant."""
    assert faulty("roster", "ILC-0003", cop_participant="RURLA").errors[0].fix.endswith("Is it RURAL?")
    assert faulty("roster", "ILC-0003", region="Ⅲ").errors[0].fix.endswith("Is it III?")


def test_all_findings_come_at_once() -> None:
    """Five faults in one row are five findings, in the order of file and line."""
    intake = faulty("roster", "ILC-0003", email="x", region="V", role_type="y", team_id="T9", cop_participant="Z")
    assert {finding.column for finding in intake.errors} >= {"email", "region", "role_type", "team_id", "cop_participant"}
    assert list(intake.findings) == sorted(intake.findings, key=lambda finding: (finding.file != "roster_2021-22_final.csv", finding.line))


def test_guest_as_participant_is_told() -> None:
    """Somebody of affiliation guest takes part as a guest: a warning where the COP is open, an error where it is closed."""
    assert of_column(faulty("roster", "ILC-0300", cop_participant="EQ").warnings, "cop_participant")
    assert "closed" in of_column(faulty("roster", "ILC-0300", cop_participant="NB").errors, "cop_participant")[0].text


def test_finding_becomes_plain_json() -> None:
    """The store's `level` is the severity."""
    found = At("r.csv", 3).warning("county", "X", "is odd.", fix="Look.").as_json()
    assert found == {"level": "warning", "file": "r.csv", "line": 3, "column": "county", "value": "X", "text": "is odd.", "fix": "Look."}


def test_values_are_shown_on_one_line() -> None:
    """Long values are cut, line breaks and control characters escaped."""
    assert visible("a\nb\x1b[31m") == r"a\nb\u001b[31m"
    assert visible("x" * 61) == "x" * 60 + "…"

"""The COP catalog: each bad row on its own, appended to the good catalog."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest

from ilc_canvas.program.desired import desired_state
from ilc_canvas.program.policy import Policy
from ilc_canvas.roster.intake import Intake
from ilc_canvas.roster.reading import File, read_file
from tests.roster.cast import edited, faulty, files, of_column, sample, taken

BAD = dict(
    zip(
        ("eq", "NOFAC", "GHOST", "LONG", "DATES", "PLAN", "CANC", "SMALL", "EQ /1", "OLDYR", "TWIN"),
        read_file(Path(__file__).parent / "cops_bad.csv").data.splitlines(keepends=True)[1:],
        strict=True,
    )
)


def appended(code: str) -> File:
    """The good catalog and this row of the bad one."""
    cops = sample("cops_2021-22.csv")
    return replace(cops, data=cops.data + BAD[code])


def with_row(code: str) -> Intake:
    """Version 3 with that catalog."""
    return taken(files(cops=appended(code)))


ERRORS: Mapping[str, tuple[str, str]] = {
    "eq": ("cop_code", "is also the code in line 2, EQ"),
    "NOFAC": ("facilitator_ids", "is empty"),
    "GHOST": ("facilitator_ids", "is not on the roster"),
    "LONG": ("title", "characters long"),
    "DATES": ("end_date", "is before the start"),
    "EQ /1": ("cop_code", "cannot be part of an id"),
    "OLDYR": ("school_year", "is another school year"),
}


@pytest.mark.parametrize(("code", "expected"), ERRORS.items(), ids=list(ERRORS))
def test_bad_row_is_one_error(code: str, expected: tuple[str, str]) -> None:
    """Exactly the fault of that row is an error, in its line."""
    (error,) = with_row(code).errors
    assert (error.file, error.line, error.column) == ("cops_2021-22.csv", 12, expected[0])
    assert expected[1] in error.text


@pytest.mark.parametrize("code", ["PLAN", "CANC", "SMALL", "TWIN"])
def test_odd_row_is_no_error(code: str) -> None:
    """Planned and cancelled COPs are accepted; a small or a twin one warns at most."""
    assert with_row(code).errors == ()


def test_twin_title_warns() -> None:
    """Case and spaces make no difference between titles."""
    (warning,) = of_column(with_row("TWIN").warnings, "title")
    assert "is also the title of EQ (line 2)" in warning.text


@pytest.mark.parametrize("code", ["PLAN", "CANC"])
def test_inactive_cop_gives_no_course(code: str) -> None:
    """What is planned or cancelled changes nothing in what shall be in Canvas."""
    assert desired_state(with_row(code).roster, Policy()) == desired_state(taken(files()).roster, Policy())


def test_small_capacity_warns() -> None:
    """Six who take part where five fit: a warning with both numbers."""
    roster = sample("roster_2021-22_final.csv")
    for number in range(14, 20):
        roster = edited(roster, f"ILC-{number:04d}", cop_participant="SMALL")
    (warning,) = of_column(taken(files(roster=roster, cops=appended("SMALL"))).warnings, "capacity")
    assert (warning.value, warning.text) == ("5", "is less than the 6 who take part.")


def test_capacity_met_exactly_is_right() -> None:
    """PSD has 13 places and 13 participants: nothing is said, and one place fewer warns."""
    assert of_column(taken(files()).findings, "capacity") == []
    assert of_column(faulty("cops", "PSD", capacity="12").warnings, "capacity")


WRONG: Mapping[str, tuple[dict[str, str], str, str]] = {
    "unknown status": ({"status": "running"}, "status", "is not known"),
    "no status": ({"status": ""}, "status", "is missing"),
    "date of the wrong form": ({"start_date": "10/5/2021"}, "start_date", "is not a date"),
    "no date": ({"end_date": ""}, "end_date", "is missing"),
    "guests perhaps": ({"open_to_guests": "maybe"}, "open_to_guests", "is not known"),
    "capacity as a word": ({"capacity": "many"}, "capacity", "is not a number"),
    "no title": ({"title": ""}, "title", "is missing"),
    "no year": ({"school_year": ""}, "school_year", "is missing"),
    "guest facilitates": ({"facilitator_ids": "ILC-0284;ILC-0091;ILC-0294;ILC-0300"}, "facilitator_ids", "is a guest"),
}


@pytest.mark.parametrize(("cells", "column", "text"), WRONG.values(), ids=WRONG)
def test_wrong_cell_is_an_error(cells: dict[str, str], column: str, text: str) -> None:
    """The error stands in the line of that COP."""
    found = [finding for finding in of_column(faulty("cops", "MATH", **cells).errors, column) if finding.line == 5]
    assert text in found[0].text


ODD: Mapping[str, tuple[dict[str, str], str, str]] = {
    "outside the year": ({"end_date": "2022-08-01"}, "start_date", "lies outside the school year"),
    "lead not among them": ({"lead_facilitator_id": "ILC-0281"}, "lead_facilitator_id", "is not among the facilitators"),
    "one more facilitator": (
        {"facilitator_ids": "ILC-0284;ILC-0091;ILC-0294;ILC-0281"},
        "facilitator_ids",
        "is not a facilitator of MATH in the roster",
    ),
    "title cut": ({"title": "x" * 250}, "title", "is 250 characters long"),
}


@pytest.mark.parametrize(("cells", "column", "text"), ODD.values(), ids=ODD)
def test_odd_cell_is_a_warning(cells: dict[str, str], column: str, text: str) -> None:
    """It may be right, so it does not keep the roster from being finalized."""
    intake = faulty("cops", "MATH", **cells)
    assert intake.errors == ()
    assert text in of_column(intake.warnings, column)[0].text


def test_planned_cop_needs_no_facilitator() -> None:
    """Only an active COP is held for want of one."""
    assert faulty("cops", "", cop_code="NEW", title="New", status="planned", facilitator_ids="", lead_facilitator_id="").errors == ()

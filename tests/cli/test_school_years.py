"""Two school years beside each other on the screens: what things are called, and which of the years a signature keeps in care."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.cli.conftest import CLOCK
from tests.cli.people_cast import Office, rows
from tests.roster.calendar.cast import table
from tests.sandbox.process import Sandbox, start_sandbox

OLD, NEW = "2021-22", "2022-23"


@pytest.fixture
def canvas() -> Iterator[Sandbox]:
    """A Canvas of this test alone, whose clock may go forward."""
    with start_sandbox(*CLOCK) as sandbox:
        yield sandbox


def calendar(office: Office, year: str, title: str) -> None:
    """Sign a calendar with one meeting of EQ, which has the same id in each year."""
    path = office.folder / "calendar.csv"
    path.write_bytes(table({"meeting_id": "EQ-1", "title": title, "date": f"{year[:4]}-10-20"}).data)
    assert office.cli("calendar", "import", str(path), "--school-year", year).code == 0
    assert office.cli("calendar", "finalize", "--signed-by", "R. Alvarez", "--reason", "fall").code == 0


def fill(office: Office) -> None:
    """Approve the plan of each year, and apply it."""
    for report in (office.plan(), *office.plan()["other_years"]):
        office.cli("sync", "--approve", report["digest"], "--reason", "seen")


@pytest.mark.parametrize("is_corrected", [False, True])
def test_meetings_have_names_of_their_year(office: Office, is_corrected: bool) -> None:
    """A meeting that was moved by hand is called as its own year's calendar calls it, whichever year was signed last."""
    for year, title in ((OLD, "Circle of last fall"), (NEW, "Circle of this fall")):
        office.sign(school_year=year)
        calendar(office, year, title)
    if is_corrected:
        finalized(office, OLD, display_name="Bea B. Blue")
    fill(office)
    for event in office.canvas.state()["calendar_events"]:
        office.hand("PUT", f"calendar_events/{event['id']}", calendar_event={"location_name": "Room 9"})
    old, new = office.cli("plan").out.split(f"School year {NEW}")
    assert "meeting Circle of last fall: another place" in old
    assert "meeting Circle of this fall: another place" in new


DAY = 86_400


def finalized(office: Office, year: str, **more: Any) -> list[str]:
    """Import and sign a roster of this year; what finalize says between the differences and the next command."""
    office.draft(rows(P2=more), school_year=year)
    said = office.cli("roster", "finalize", "--signed-by", "R. Alvarez")
    assert said.code == 0, said
    blocks = said.out.split("\n\n")
    return blocks[-2].splitlines() if blocks[-2].startswith("School years") else []


def test_finalize_says_which_years_are_in_care(office: Office) -> None:
    """With one school year it says nothing of it; with several it names those that are cared for, and those that are not any more."""
    assert finalized(office, OLD) == []
    assert finalized(office, NEW) == ["School years cared for from now on: 2021-22 and 2022-23."]
    fill(office)
    office.canvas.forward(350 * DAY)
    office.cli("sync")
    assert finalized(office, NEW, display_name="Ben O.") == [
        "School years cared for from now on: 2022-23.",
        "2021-22 is left as it is, since its term has ended.",
    ]


def test_late_signature_says_what_it_means(office: Office) -> None:
    """A correction of a year whose term has ended keeps both years in care, and says that nobody can join the old one."""
    for year in (OLD, NEW):
        office.sign(school_year=year)
    fill(office)
    office.canvas.forward(750 * DAY)
    office.cli("sync")
    assert finalized(office, OLD, display_name="Ben O.") == [
        "School years cared for from now on: 2021-22 and 2022-23.",
        "The term of 2021-22 has ended: who leaves, and new names and addresses, are still written, and nobody can join.",
    ]
    years = office.cli("status", "--json").json["school_years"]
    assert [(year["school_year"], year["cared_for"]) for year in years] == [(OLD, True), (NEW, True)]
    assert [report["school_year"] for report in (office.plan(), *office.plan()["other_years"])] == [OLD, NEW]

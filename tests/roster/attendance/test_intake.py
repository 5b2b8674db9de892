"""An attendance file and its findings."""

from datetime import UTC, datetime

import pytest

from ilc_canvas.program.reports.attendance import Attendance, Presence
from ilc_canvas.reconcile.errors import AttendanceError
from ilc_canvas.roster.attendance.intake import take_attendance
from tests.roster.attendance.cast import known, read
from tests.roster.calendar.cast import Told, told
from tests.roster.cast import sample

EQ_1 = "COP-EQ-1"


def test_rows_are_people_or_numbers() -> None:
    """A person and a number of outside educators become a row each, with who recorded it, and nothing is odd."""
    intake = read(f"{EQ_1},ILC-0232,,R. Alvarez", f"{EQ_1},,30,ILC-0281", "ILC-KICKOFF,ILC-0001,,R. Alvarez")
    assert intake.findings == ()
    assert intake.attendance.rows == (
        Presence(EQ_1, "ILC-0232", 0, "R. Alvarez"),
        Presence(EQ_1, "", 30, "ILC-0281"),
        Presence("ILC-KICKOFF", "ILC-0001", 0, "R. Alvarez"),
    )


@pytest.mark.parametrize(
    ("row", "column", "text"),
    [
        (",ILC-0001,,Ana", "meeting_id", "is missing"),
        ("COP-EQ-99,ILC-0232,,Ana", "meeting_id", "is not in the calendar"),
        ("COP-SEL-3,ILC-0282,,Ana", "meeting_id", "is cancelled in the calendar"),
        (f"{EQ_1},,,Ana", "person_id", "is missing, and so is outside_educators"),
        (f"{EQ_1},ILC-0232,3,Ana", "outside_educators", "is a number, and the row names a person"),
        (f"{EQ_1},ILC-9999,,Ana", "person_id", "is in no signed roster of 2021-22"),
        (f"{EQ_1},,many,Ana", "outside_educators", "is not a number"),
        (f"{EQ_1},ILC-0232,,", "recorded_by", "is missing"),
    ],
)
def test_wrong_row_is_an_error(row: str, column: str, text: str) -> None:
    """What is wrong in a row is one error, with its line and column, and what to do."""
    intake = read(row)
    assert told(intake.findings) == [Told("error", 2, column)]
    assert text in intake.findings[0].text
    assert intake.findings[0].fix


def test_all_errors_are_told_at_once() -> None:
    """Several wrong rows are several findings, in the order of their lines, and rows that are right are not among them."""
    intake = read("NOPE,ILC-0001,,Ana", f"{EQ_1},ILC-0232,,Ana", f"{EQ_1},ILC-9999,,Ana", f"{EQ_1},,,")
    assert told(intake.findings) == [Told("error", line, column) for line, column in
                                     [(2, "meeting_id"), (4, "person_id"), (5, "person_id"), (5, "recorded_by")]]  # fmt: skip


def test_near_word_is_proposed() -> None:
    """A misspelled meeting or person comes with the one that is meant."""
    assert "Is it ILC-KICKOFF?" in read("ILC-KICKOF,ILC-0001,,Ana").findings[0].fix


def test_meeting_must_have_begun() -> None:
    """Nobody has been at a meeting that is yet to come."""
    intake = read(f"{EQ_1},ILC-0232,,Ana", against=known(at=datetime(2021, 9, 1, tzinfo=UTC)))
    assert told(intake.findings) == [Told("error", 2, "meeting_id")]
    assert "has not begun yet" in intake.findings[0].text


def test_repeated_row_counts_once() -> None:
    """The same person at the same meeting is a warning and counts once; two numbers for one meeting contradict each other."""
    intake = read(f"{EQ_1},ILC-0232,,Ana", f"{EQ_1},ILC-0232,,Ana", f"{EQ_1},,3,Ana", f"{EQ_1},,4,Ana")
    assert told(intake.findings) == [Told("warning", 3, "person_id"), Told("error", 5, "outside_educators")]
    assert len(intake.attendance.rows) == 2


def test_visitor_is_a_warning() -> None:
    """Somebody without a place in the meeting's courses counts, with a warning; of somebody who has left nothing is said."""
    intake = read(f"{EQ_1},ILC-0001,,Ana", f"{EQ_1},ILC-0999,,Ana", against=known(former=frozenset({"ILC-0999"})))
    assert told(intake.findings) == [Told("warning", 2, "person_id")]
    assert len(intake.attendance.rows) == 2


def test_missing_meeting_is_no_slip() -> None:
    """A file that lacks a meeting of the version before is refused, unless it is meant to replace that version."""
    before = Attendance("2021-22", 4, (Presence(EQ_1, "ILC-0232", 0, "Ana"), Presence("ILC-KICKOFF", "ILC-0001", 0, "Ana")))
    rows = ("ILC-KICKOFF,ILC-0001,,Ana",)
    refused = read(*rows, against=known(before=before))
    assert refused.error_count == 1
    assert f"lacks 1 meeting of version 4: {EQ_1}." in refused.findings[0].text
    assert read(*rows, against=known(before=before), replace=True).findings == ()


def test_other_file_is_named() -> None:
    """A calendar that is given as the attendance is told as what it is."""
    with pytest.raises(AttendanceError, match="is a calendar and was given as the attendance"):
        take_attendance(sample("calendar_2021-22.csv"), known())

"""Whom Canvas would notify: one line in each plan that notifies anybody, names on --who-hears, keys for programs."""

from pathlib import Path

import pytest

from tests.cli.people_cast import PEOPLE, Office, rows
from tests.roster.calendar.cast import table

COURSE = "ilc:2021-22:cop:EQ"


def calendar(office: Office, folder: Path, date: str) -> None:
    """Sign a calendar with one meeting of EQ on this day."""
    path = folder / "calendar.csv"
    path.write_bytes(table({"meeting_id": "EQ-1", "date": date}).data)
    assert office.cli("calendar", "import", str(path), "--school-year", "2021-22").code == 0
    assert office.cli("calendar", "finalize", "--signed-by", "R. Alvarez", "--reason", "moved").code == 0


@pytest.fixture
def moved(office: Office, tmp_path: Path) -> Office:
    """Four people participate in EQ, which is open, and somebody of no roster; then its meeting is moved."""
    office.sign(rows(**{person: {"cop_participant": "EQ"} for person in ("P1", "P2", "P3", "P4")}))
    calendar(office, tmp_path, "2021-10-20")
    office.sync()
    course = office.hand("GET", f"courses/sis_course_id:{COURSE}")["id"]
    office.hand("PUT", f"courses/{course}", course={"event": "offer"})
    enrollment = {"user_id": office.account("Zed", "zed@example.org"), "type": "StudentEnrollment", "enrollment_state": "active"}
    office.hand("POST", f"courses/{course}/enrollments", enrollment=enrollment)
    calendar(office, tmp_path, "2021-10-27")
    return office


def test_plan_says_it_in_one_line(moved: Office) -> None:
    """plan, a sync that holds the change, and show of that run say how many people, before the command that approves it; none has names."""
    line = "Canvas would notify 6 people, if they turned such notices on. To see who: ilc-canvas plan --who-hears"
    said = [moved.cli("plan"), moved.cli("sync")]
    said.append(moved.cli("show", str(moved.cli("runs", "--json").json[0]["run"])))
    for each in said:
        assert [text for text in each.out.splitlines() if text.startswith("Canvas would notify")] == [line]
        assert each.out.index(line) < each.out.index("--approve")
        assert not any(name in each.out for name in PEOPLE.values())
    selected = moved.cli("plan", "--only", "cop:EQ")
    assert "To see who: ilc-canvas plan --only cop:EQ --who-hears" in selected.out


def test_names_by_course_and_reason(moved: Office) -> None:
    """--who-hears names the people of each course under what they would hear of, counts strangers, and exits like the plan."""
    said = moved.cli("plan", "--who-hears")
    assert said.code == moved.cli("plan").code == 3
    head, *lines = said.out.splitlines()
    assert head.startswith("Roster 2021-22, version 1 (signed by R. Alvarez, ")
    assert lines == [
        "",
        "  Canvas would notify 6 people, if they turned such notices on.",
        "",
        "COP EQ · Equity (2021-22)",
        "  Meetings at another time: 6 people, if they turned such notices on",
        "    Ana Reyes",
        "    Ben Okafor",
        "    Chloe Tran",
        "    Dev Patel",
        "    Eve Lund",
        "    1 person who is in no roster",
        "",
        "Each person's own settings in Canvas decide what becomes mail. This program itself sends them nothing.",
    ]


def test_programs_get_keys(moved: Office) -> None:
    """Counts in every report, keys of people only with --who-hears, and never a name."""
    row = {"course": f"course={COURSE}", "reason": "event-moved", "mailed": "asked", "count": 6}
    assert moved.cli("plan", "--json").json["hears"] == {"notified": 6, "mailed": 0, "audiences": [row]}
    said = moved.cli("plan", "--who-hears", "--json")
    (audience,) = said.json["hears"]["audiences"]
    stranger, *known = audience["people"]
    assert known == [f"user=ilc:p:P{number}" for number in range(1, 6)]
    assert stranger.startswith("user=canvas:")
    assert not any(name in said.out for name in PEOPLE.values())


def test_nobody_is_said_when_asked(office: Office) -> None:
    """A plan that notifies nobody has no line about it, and says so if it is asked."""
    office.sign()
    assert "notify" not in office.cli("plan").out
    said = office.cli("plan", "--who-hears")
    assert said.code == 3
    assert said.out.endswith("\n\n  Nobody is notified by Canvas.\n")
    assert office.cli("plan", "--json").json["hears"] == {"notified": 0, "mailed": 0, "audiences": []}


def test_undo_says_it_without_a_command(moved: Office) -> None:
    """An undo that moves a meeting back says how many would be notified."""
    moved.sync()
    run = next(each["run"] for each in moved.cli("runs", "--json").json if each["status"] == "applied")
    lines = [line for line in moved.cli("undo", str(run)).out.splitlines() if line.startswith("Canvas would")]
    assert lines == ["Canvas would notify 6 people, if they turned such notices on."]

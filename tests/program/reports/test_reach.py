"""Whom the program reached, by people who are made up for it."""

from dataclasses import replace
from datetime import date, time
from typing import Any

import pytest

from ilc_canvas.program.calendars.calendar import Calendar, Meeting
from ilc_canvas.program.reports.attendance import Attendance, Presence, with_present_ids
from ilc_canvas.program.reports.directory import Directory
from ilc_canvas.program.reports.reach import Counts, NotCounted, Reach, group_of, reach
from ilc_canvas.program.roster import Person, Roster
from tests.program.sample import roster, with_cop, with_person

SCHOOL, OTHER, DISTRICT = "01611190130229", "01611190130000", "01611190000000"
DIRECTORY = Directory({SCHOOL: "Alameda High"}, {"0161119": "Alameda Unified"}, {"01": "Alameda"})


def _person(person_id: str, **fields: str) -> Person:
    given: dict[str, Any] = {"role_type": "teacher", "affiliation": "continuing", "region": "I", "cds_code": SCHOOL, **fields}
    return replace(roster(3).people[0], person_id=person_id, participates=("EQ",), facilitates=(), visits=(), team_id="T101", **given)


def _reach(*people: Person) -> Reach:
    return reach(replace(roster(3), people=people), DIRECTORY)


@pytest.mark.parametrize(
    ("fields", "group"),
    [
        ({}, "educators"),
        ({"role_type": "administrator", "affiliation": "pilot"}, "educators"),
        ({"affiliation": "guest"}, "guests"),
        ({"role_type": "higher_ed"}, "higher_ed"),
        ({"role_type": "higher_ed", "affiliation": "guest"}, "higher_ed"),
        ({"role_type": "partner", "affiliation": "partner"}, "partners"),
        ({"role_type": "partner", "affiliation": "guest"}, "partners"),
        ({"role_type": "ipd_staff", "affiliation": "staff"}, "staff"),
        ({"role_type": "primary_contact_staff", "affiliation": "continuing"}, "staff"),
    ],
)
def test_everybody_is_in_one_group(fields: dict[str, str], group: str) -> None:
    """Educators are teachers, site leaders and administrators in teams; guests, higher education, partners and staff are apart."""
    assert group_of(_person("A", **fields)) == group


def test_people_and_places_are_counted_once() -> None:
    """Two people of one school are two people, one school, one district and one county."""
    assert _reach(_person("A"), _person("B")).groups["educators"] == Counts(2, 1, 1, 1)


@pytest.mark.parametrize(
    ("code", "why", "counts"),
    [
        ("", "no-code", Counts(1, 0, 0, 0)),
        (DISTRICT, "district-code", Counts(1, 0, 1, 1)),
        (OTHER, "school-unknown", Counts(1, 0, 1, 1)),
        ("99999990130229", "district-unknown", Counts(1, 0, 0, 0)),
    ],
)
def test_left_out_is_told(code: str, why: str, counts: Counts) -> None:
    """Somebody who is in no school, or in no district either, is a person all the same, and is listed with the reason and the code."""
    found = _reach(_person("A", cds_code=code))
    assert found.groups["educators"] == counts
    assert found.not_counted == (NotCounted("educators", why, ("A",), (code,) if code else ()),)  # type: ignore[arg-type]


def test_groups_do_not_add_schools() -> None:
    """An educator and a guest of one school are one school together; a partner's code is not counted at all."""
    found = _reach(_person("A"), _person("B", affiliation="guest"), _person("C", affiliation="partner", role_type="partner"))
    assert (found.groups["guests"], found.together) == (Counts(1, 1, 1, 1), Counts(2, 1, 1, 1))
    assert found.not_counted == ()


def test_cop_that_does_not_take_place_counts_nobody() -> None:
    """A cancelled or planned COP is listed as left out; one that is done counts its people."""
    people = (_person("A"),)
    for status, inside in (("active", True), ("done", True), ("cancelled", False), ("planned", False)):
        found = reach(with_cop(replace(roster(3), people=people), "EQ", status=status), DIRECTORY)
        assert any(unit.code == "EQ" for unit in found.units) is inside
        assert any(cop.code == "EQ" for cop in found.without_people) is not inside


def test_region_is_that_of_the_person() -> None:
    """Each region counts the people of its rows; who has none is counted under no region."""
    found = _reach(_person("A"), _person("B", region="II"), _person("C", region=""))
    regions = {unit.code: unit.educators.people for unit in found.units if unit.kind == "region"}
    assert regions == {"I": 1, "II": 1, "": 1}


def _meeting(meeting_id: str, kind: str, *audience: str) -> Meeting:
    day = date(2021, 10, 5)
    return Meeting(meeting_id, kind, audience, "Meeting", day, day, time(16), time(17), "America/Los_Angeles")


MEETINGS = (
    _meeting("EQ", "cop", "EQ"),
    _meeting("JOINT", "cop", "EQ", "ES"),
    _meeting("PART", "section", "MATH/R2"),
    _meeting("NET", "region", "II"),
    _meeting("PILOTS", "pilot", "I"),
    _meeting("ALL", "all"),
)


def _came(rows: Roster, *presences: tuple[str, str, int]) -> Reach:
    attendance = Attendance("2021-22", 1, tuple(Presence(*each, "Ana") for each in presences))
    return reach(rows, DIRECTORY, attendance=attendance, calendar=Calendar("2021-22", 1, MEETINGS))


def test_attendances_are_not_people() -> None:
    """Who comes to two meetings is one person with two attendances; outside educators are attendances of nobody we know."""
    found = _came(roster(3), ("EQ", "ILC-0001", 0), ("ALL", "ILC-0001", 0), ("ALL", "", 30))
    came = found.attended
    assert came
    assert (came.meetings, came.attendances, came.people, came.outside) == (2, 2, 1, 30)


def test_joint_meeting_counts_once_in_all() -> None:
    """A joint meeting of two COPs is counted in each of them, and once among all COPs; a section's meeting is its COP's."""
    found = _came(roster(3), ("JOINT", "ILC-0001", 0), ("PART", "ILC-0002", 0))
    units = {unit.code: unit.attended.attendances for unit in found.units if unit.kind == "cop" and unit.attended}
    assert {code: number for code, number in units.items() if number} == {"EQ": 1, "ES": 1, "MATH": 1}
    assert found.by_kind["cop"].attendances == 2


def test_every_kind_of_meeting_is_told() -> None:
    """Meetings of a region belong to its network, those of a region's start-ups to each of them, and those of all to nobody else."""
    found = _came(roster(3), ("NET", "ILC-0001", 0), ("PILOTS", "ILC-0002", 0), ("ALL", "ILC-0001", 0))
    assert {kind: came.attendances for kind, came in found.by_kind.items()} == {"cop": 0, "network": 1, "start-up": 1, "all": 1}
    assert {unit.code for unit in found.units if unit.kind in ("network", "start-up") and unit.attended and unit.attended.meetings} == {
        "II",
        "P117",
    }


def test_who_has_left_came_all_the_same() -> None:
    """Attendances of people whom the roster no longer names are told apart; those at a meeting that is gone are not counted, and told."""
    found = _came(roster(3), ("EQ", "ILC-9999", 0), ("GONE", "ILC-0001", 0), ("GONE", "", 5))
    assert found.attended
    assert (found.attended.left, found.attended.attendances, found.off_calendar) == (1, 0, 6)


def test_region_of_outside_educators_is_not_known() -> None:
    """Outside educators come from nobody knows where: at a meeting they are counted, of a region it is not said that there were none."""
    found = _came(roster(3), ("NET", "ILC-0001", 0), ("NET", "", 30))
    outside = {(unit.kind, unit.code): unit.attended.outside for unit in found.units if unit.attended}
    assert (outside["network", "II"], outside["region", "I"], outside["region", "II"]) == (30, None, None)


def test_new_id_is_the_same_person() -> None:
    """Attendance under an id that was changed since counts for the id that the roster has now."""
    attendance = Attendance("2021-22", 1, (Presence("EQ", "OLD", 0, "Ana"), Presence("EQ", "GONE", 0, "Ana")))
    assert [row.person_id for row in with_present_ids(attendance, {"NEW"}, [("OLD", "NEW")]).rows] == ["NEW", "GONE"]


def test_no_attendance_is_not_zero() -> None:
    """Without an attendance nothing is said about who came: not that nobody did."""
    found = _reach(_person("A"))
    assert (found.attended, found.by_kind, {unit.attended for unit in found.units}) == (None, {}, {None})


def test_sample_person_moves_between_groups() -> None:
    """A change of one row moves one person, and nobody is lost on the way."""
    before, after = reach(roster(3), DIRECTORY), reach(with_person(roster(3), "ILC-0001", affiliation="guest"), DIRECTORY)
    assert sum(counts.people for counts in before.groups.values()) == sum(counts.people for counts in after.groups.values()) == 324
    assert after.groups["guests"].people == before.groups["guests"].people + 1

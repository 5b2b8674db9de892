"""What people took part in, on versions 3 and 4 of the sample."""

from collections.abc import Mapping
from datetime import UTC, datetime
from functools import cache

from ilc_canvas.program.calendars.calendar import Calendar
from ilc_canvas.program.policy import ROLES
from ilc_canvas.program.reports.attendance import Attendance, Presence
from ilc_canvas.program.reports.participation import (
    HeldPlace,
    Participation,
    PersonParticipation,
    SignedRoster,
    Span,
    Spot,
    Year,
    participation,
)
from tests.program.sample import roster
from tests.roster.attendance.cast import calendar

AUGUST, OCTOBER = datetime(2021, 8, 16, tzinfo=UTC), datetime(2021, 10, 4, tzinfo=UTC)
BOTH = (SignedRoster(roster(3), AUGUST), SignedRoster(roster(4), OCTOBER))
ELD_LEAD = Spot(("cop", "ELD"), "FAC", "ILC-0006", "TeacherEnrollment")


def _year(
    *rows: Presence,
    spans: Mapping[Spot, tuple[Span, ...]] | None = None,
    present: Mapping[str, str] | None = None,
    known: Calendar | None = None,
) -> Participation:
    attendance = Attendance("2021-22", 1, rows) if rows else None
    return participation(Year(BOTH, known or calendar(), attendance, spans or {}, ROLES, present or {}))


@cache
def _plain() -> Participation:
    return _year()


def _of(found: Participation, person_id: str) -> PersonParticipation:
    return next(each for each in found.people if each.person.person_id == person_id)


def _held(found: Participation, person_id: str, *course: str) -> list[HeldPlace]:
    return [held for held in _of(found, person_id).places if held.place.course == course]


def test_place_is_known_by_versions() -> None:
    """Without the audit log a place is known from the first version that has it to the first that no longer does."""
    found = _plain()
    assert [(held.since_version, held.until_version, held.spans) for held in _held(found, "ILC-0102", "cop", "SEL")] == [(3, 4, ())]
    assert [(held.since_version, held.until_version) for held in _held(found, "ILC-0102", "cop", "EQ")] == [(4, None)]


def test_audit_log_dates_a_place() -> None:
    """What the audit log knows of a place goes with it, by the role's label, or by the base that stands in for a custom role."""
    lead = Spot(("net", "R1"), "T101", "ILC-0002", "TaEnrollment")
    spans = {ELD_LEAD: (Span(AUGUST, OCTOBER),), lead: (Span(AUGUST),)}
    found = _year(spans=spans)
    facilitates = [held for held in _held(found, "ILC-0006", "cop", "ELD") if held.place.role == "teacher"]
    assert [held.spans for held in facilitates] == [spans[ELD_LEAD]]
    assert [held.spans for held in _held(found, "ILC-0002", "net", "R1")] == [spans[lead]]


def test_who_moved_held_two_places() -> None:
    """A move to another region ends one place in the network and begins another; the COP's section changes with it."""
    places = [(held.place.course, held.place.section, held.until_version) for held in _of(_plain(), "ILC-0080").places]
    assert (("net", "R2"), "T202", 4) in places
    assert (("net", "R4"), "T401", None) in places


def test_who_has_left_comes_last() -> None:
    """Somebody whom the newest version no longer names is still told, with the version that does not, and all places ended."""
    last = _plain().people[-1]
    assert (last.person.person_id, last.left_in) == ("ILC-0012", 4)
    assert {held.until_version for held in last.places} == {4}
    assert len(_plain().people) == len(roster(4).people) + 1


def test_meetings_are_those_of_courses_and_sections() -> None:
    """A meeting for one section is only for those in it; the others are for the whole course; a cancelled one is nobody's."""
    found = _plain()
    in_r2 = {held.place.section: held.meetings for each in found.people for held in each.places if held.place.course == ("cop", "MATH")}
    assert "MATH-R2-EXTRA" in in_r2["R2"]
    assert "MATH-R2-EXTRA" not in in_r2["R1"]
    assert len(in_r2["R1"]) + 1 == len(in_r2["R2"])
    assert not any("COP-SEL-3" in held.meetings for each in found.people for held in each.places)


def test_attendance_is_inside_or_elsewhere() -> None:
    """A meeting attended counts among one's own, or as elsewhere; who is not in the attendance attended nothing."""
    rows = (Presence("COP-RURAL-1", "ILC-0001", 0, "Ana"), Presence("COP-EQ-1", "ILC-0001", 0, "Ana"))
    found = _year(*rows)
    assert (_of(found, "ILC-0001").attended, _of(found, "ILC-0001").elsewhere) == (("COP-RURAL-1",), ("COP-EQ-1",))
    assert _of(found, "ILC-0002").attended == ()


def test_no_attendance_is_not_nothing() -> None:
    """Without an attendance nobody is said to have attended nothing."""
    found = _plain()
    assert {each.attended for each in found.people} == {None}
    assert {(team.attended, team.attendances) for team in found.teams} == {(None, None)}


def test_team_has_its_meetings() -> None:
    """A team's meetings are those of its network; one is attended if a member was there; attendances count each member."""
    rows = [Presence("NET-R1-1", person_id, 0, "Ana") for person_id in ("ILC-0002", "ILC-0013")]
    found = _year(*rows, Presence("COP-EQ-1", "ILC-0002", 0, "Ana"))
    team = next(each for each in found.teams if each.team.team_id == "T101")
    assert (len(team.members), len(team.meetings), team.attended, team.attendances) == (12, 4, 1, 3)


def test_team_takes_places_held_now() -> None:
    """Places that have ended are not counted with the team."""
    found = _plain()
    counted = {team.team.team_id: team.places for team in found.teams}
    wanted = sum(1 for each in found.people if each.person.team_id == "T401" for held in each.places if held.until_version is None)
    assert counted["T401"] == wanted


def test_new_id_goes_on() -> None:
    """Somebody with a new id has one row, with the places of both ids as one."""
    renumbered = {"ILC-0012": "ILC-0325"}
    found = _year(present=renumbered)
    assert not any(each.person.person_id == "ILC-0012" for each in found.people)
    hub = _held(found, "ILC-0325", "hub")
    assert [(held.since_version, held.until_version) for held in hub] == [(3, None)]

"""Who belongs where, person by person."""

import pytest

from ilc_canvas.program.placement import networks, pilots
from tests.program.cast import rows, version

PLACES = set(rows(3))


def of(person_id: str) -> set[tuple[str, str, str]]:
    """Course, section and role of every place of a person."""
    return {(course, section, role) for course, section, person, role in PLACES if person == person_id}


CASES = {
    "ILC-0001": {("HUB", "ALL", "student"), ("NET-R1", "T101", "student"), ("COP-RURAL", "R1", "student")},
    "ILC-0002": {("HUB", "ALL", "student"), ("NET-R1", "T101", "lead")},
    "ILC-0016": {("HUB", "ALL", "student"), ("NET-R1", "T102", "student"), ("COP-NB", "FAC", "teacher")},
    "ILC-0300": {("HUB", "ALL", "student"), ("COP-SEL", "GUEST", "guest")},
    "ILC-0293": {("HUB", "ALL", "student"), ("COP-SEL", "FAC", "teacher")},
    "ILC-0281": {
        ("HUB", "ALL", "teacher"),
        ("NET-R1", "STAFF", "teacher"),
        ("PILOT-R1", "STAFF", "teacher"),
        ("COP-EQ", "FAC", "teacher"),
        ("COP-NB", "FAC", "teacher"),
    },
    "ILC-0292": {("HUB", "ALL", "teacher"), ("PILOT-R4", "STAFF", "teacher")},
    "ILC-0304": {("HUB", "ALL", "student"), ("COP-SEL", "GUEST", "guest"), ("COP-MATH", "GUEST", "guest")},
}


@pytest.mark.parametrize(("person_id", "places"), CASES.items(), ids=list(CASES))
def test_person_has_exactly_these_places(person_id: str, places: set[tuple[str, str, str]]) -> None:
    """Member, lead, facilitator, guest, partner, regional staff, Primary Contact Staff."""
    assert of(person_id) == places


@pytest.mark.parametrize("person_id", ["ILC-0059", "ILC-0081", "ILC-0091"])
def test_teacher_here_student_there(person_id: str) -> None:
    """Facilitator in one COP and participant in another."""
    assert {role for course, _, role in of(person_id) if course.startswith("COP-")} == {"teacher", "student"}


@pytest.mark.parametrize("pair", [("ILC-0281", 2), ("ILC-0282", 2)])
def test_two_cops_two_teachers(pair: tuple[str, int]) -> None:
    """Who facilitates two COPs is a teacher in both."""
    person_id, count = pair
    assert sum(section == "FAC" for _, section, _ in of(person_id)) == count


@pytest.mark.parametrize("team_id", ["T105", "T404"])
def test_team_of_one_is_a_section(team_id: str) -> None:
    """One enrollment, of the lead."""
    assert [role for _, section, _, role in PLACES if section == team_id] == ["lead"]


def test_one_district_two_sections() -> None:
    """Two teams of one district are not merged."""
    assert {"T303", "T304"} <= {section for _, section, _, _ in PLACES}


def test_everybody_is_in_the_hub() -> None:
    """324 people, of whom the 12 of affiliation staff are teachers."""
    hub = [(person, role) for course, _, person, role in PLACES if course == "HUB"]
    assert len(hub) == len({person for person, _ in hub}) == 324
    assert sum(role == "teacher" for _, role in hub) == 12


def test_four_networks_and_four_pilots() -> None:
    """A network for each region with a continuing team, a course for each start-up."""
    assert networks(version(3)) == ["I", "II", "III", "IV"]
    assert [team.team_id for team in pilots(version(3))] == ["P117", "P219", "P317", "P417"]

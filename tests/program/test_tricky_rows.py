"""The tricky rows of the sample: what is valid and odd in them has the outcome that its makers wrote down."""

import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from ilc_canvas.program.desired import desired_state
from ilc_canvas.program.policy import Policy
from ilc_canvas.program.roster import Roster
from ilc_canvas.reconcile.kinds import Kind
from ilc_canvas.reconcile.state import Key, Record, State
from tests.program.sample import roster, with_cop, with_person, with_team

Row = tuple[str, str, str, str]  # course, section, person, role: as the expectations write an enrollment
POLICY = Policy()
WORDS = {rule.label: word for word, rule in POLICY.roles.items()}
YEAR = "ilc:2021-22"


def expected(name: str) -> dict[str, Any]:
    """What the makers of the sample say must come of it."""
    known: dict[str, Any] = json.loads((Path(__file__).parent / name).read_text("utf-8"))
    return known


def test_final_roster_gives_expected_state() -> None:
    """Version 3 gives just the people, courses, sections, enrollments and reach that its makers counted."""
    assert summary(roster(3)) == expected("expected_final.json")


def test_amended_roster_gives_expected_state() -> None:
    """Version 4 gives just the state that its makers counted."""
    assert summary(roster(4)) == expected("expected_v4.json")["after"]


@pytest.mark.parametrize("version", [3, 4])
def test_every_key_is_ascii(version: int) -> None:
    """Ids in Canvas come only from codes, no matter what letters are in names."""
    assert all(record.key.id.isascii() and record.key.id.isprintable() for record in desired_state(roster(version), POLICY))


def test_long_titles_are_cut_whole() -> None:
    """No name is longer than the 255 characters that Canvas takes, and a cut one still ends with its year."""
    state = desired_state(with_cop(with_team(roster(3), "P417", name="t" * 255), "EQ", title="é" * 255), POLICY)
    assert max(len(str(record.fields.get("name", ""))) for record in state) == 255
    assert str(course(state, "cop:EQ").fields["name"]).endswith("é (2021-22)")


def test_term_covers_school_year_here() -> None:
    """The term runs from the first to the last second of the school year in Los Angeles."""
    term = record(desired_state(roster(3), POLICY), Kind.TERM, YEAR)
    assert (term.fields["start_at"], term.fields["end_at"]) == ("2021-07-01T07:00:00Z", "2022-07-01T06:59:59Z")


def test_course_dates_restrict_cops_alone() -> None:
    """With course dates on, a COP's course has the COP's own dates across the clock change; no other course has any."""
    state = desired_state(roster(3), Policy(course_dates=True))
    dated = [course.key.id for course in state.of_kind(Kind.COURSE) if "restricted" in course.fields]
    assert dated == sorted(f"{YEAR}:cop:{cop.code}" for cop in roster(3).cops)
    fields = course(state, "cop:EQ").fields
    assert (fields["start_at"], fields["end_at"], fields["restricted"]) == ("2021-10-05T07:00:00Z", "2022-05-01T06:59:59Z", True)


def test_facilitator_beats_participant_and_guest() -> None:
    """A facilitator is in the COP once, as a teacher, no matter what else the roster says."""
    after = with_person(roster(3), "ILC-0281", participates=("EQ",), visits=("EQ",))
    assert places(after, "ILC-0281", "COP-EQ") == [("FAC", "teacher")]


def test_participant_beats_guest_there() -> None:
    """Who is a participant and a guest of the same COP takes part in it."""
    after = with_person(roster(3), "ILC-0299", participates=("EQ",), visits=("EQ",))
    assert places(after, "ILC-0299", "COP-EQ") == [("NR", "student")]


def test_guests_have_their_own_role() -> None:
    """A guest of a COP is in its guest section under the custom role, which is a student by base, and a student in the hub."""
    state = desired_state(roster(3), POLICY)
    guests = [record for record in state.of_kind(Kind.ENROLLMENT) if record.key.id.endswith("|ILC Guest")]
    assert len(guests) == 30
    assert {(record.fields["base"], record.parents[1].id.rpartition(":")[2]) for record in guests} == {("StudentEnrollment", "GUEST")}
    assert all(Key(Kind.ROLE, "ILC Guest") in record.parents for record in guests)


def test_leads_alone_are_limited() -> None:
    """Leads see only their own section; the flag is sent for everybody."""
    limited = Counter((WORDS[record.key.id.split("|")[2]], record.fields["limited"]) for record in enrollments(roster(3)))
    assert limited == {("teacher", False): 59, ("lead", True): 77, ("student", False): 806, ("guest", False): 30}


TRICKY_NAMES = [
    ("ILC-0001", "María José De la Cruz", "De la Cruz, María José"),
    ("ILC-0017", "Jean-Luc Van der Berg", "Van der Berg, Jean-Luc"),
    ("ILC-0049", "Tavita Kaʻahumanu", "Kaʻahumanu, Tavita"),
    ("ILC-0055", "Min-ji O", "O, Min-ji"),
    ("ILC-0065", "Terrence Okafor III", "Okafor, Terrence III"),
    ("ILC-0087", "Martín Cisneros-Ávila Jr.", "Cisneros-Ávila, Martín Jr."),
    ("ILC-0126", "Siobhán O'Connor", "O'Connor, Siobhán"),
    ("ILC-0188", "Robert St. John III", "St. John, Robert III"),
    ("ILC-0193", "Mei-Ling 美玲 Chen", "Chen, Mei-Ling 美玲"),
    ("ILC-0225", "Suharti", "Suharti"),
    ("ILC-0254", "Xóchitl Núñez Ibarra", "Núñez Ibarra, Xóchitl"),
]


@pytest.mark.parametrize(("person_id", "name", "sortable"), TRICKY_NAMES)
def test_tricky_names_stay_as_written(person_id: str, name: str, sortable: str) -> None:
    """Accents, particles, suffixes, other scripts and one-word names reach Canvas as the roster has them, sortable name included."""
    user = record(desired_state(roster(3), POLICY), Kind.USER, f"ilc:p:{person_id}")
    assert (user.fields["name"], user.fields["sortable_name"]) == (name, sortable)


@pytest.mark.parametrize(("person_id", "address"), [("ILC-0126", "s.o'connor@example.org"), ("ILC-0259", "tou.vang+ilc@example.org")])
def test_tricky_addresses_are_logins_too(person_id: str, address: str) -> None:
    """An apostrophe or a plus sign stays in the address, and the address is the login."""
    user = record(desired_state(roster(3), POLICY), Kind.USER, f"ilc:p:{person_id}")
    assert (user.fields["email"], user.fields["login"]) == (address, address)


@pytest.mark.parametrize(("one", "other"), [("ILC-0089", "ILC-0231"), ("ILC-0160", "ILC-0161")])
def test_same_name_is_two_users(one: str, other: str) -> None:
    """People of one full name are two users with an address each."""
    state = desired_state(roster(3), POLICY)
    first, second = (record(state, Kind.USER, f"ilc:p:{person_id}").fields for person_id in (one, other))
    assert first["name"] == second["name"]
    assert first["login"] != second["login"]


TRICKY_PLACES: list[tuple[str, str, list[tuple[str, str]]]] = [
    ("ILC-0059", "COP-MATH", [("R1", "student")]),  # participant in one COP,
    ("ILC-0059", "COP-RURAL", [("FAC", "teacher")]),  # facilitator in another
    ("ILC-0081", "COP-PSD", [("FAC", "teacher")]),
    ("ILC-0091", "COP-EQ", [("R2", "student")]),
    ("ILC-0281", "COP-EQ", [("FAC", "teacher")]),  # facilitates two
    ("ILC-0281", "COP-NB", [("FAC", "teacher")]),
    ("ILC-0282", "COP-RURAL", [("FAC", "teacher")]),
    ("ILC-0281", "HUB", [("ALL", "teacher")]),  # staff
    ("ILC-0300", "COP-SEL", [("GUEST", "guest")]),  # a guest without region
    ("ILC-0300", "HUB", [("ALL", "student")]),
    ("ILC-0029", "NET-R1", [("T105", "lead")]),  # a team of one
    ("ILC-0224", "NET-R4", [("T404", "lead")]),
    ("ILC-0160", "NET-R3", [("T305", "student")]),
    ("ILC-0292", "PILOT-R4", [("STAFF", "teacher")]),  # Primary Contact Staff
    ("ILC-0275", "PILOT-R4", [("MEMBERS", "lead")]),
]


@pytest.mark.parametrize(("person_id", "course", "there"), TRICKY_PLACES)
def test_tricky_people_have_their_places(person_id: str, course: str, there: list[tuple[str, str]]) -> None:
    """Each of the sample's tricky people is in the course once, in the section and role that the makers say."""
    assert places(roster(3), person_id, course) == there


def test_guest_goes_nowhere_else() -> None:
    """A guest is in the COP's guest section and in the hub, and in no network."""
    assert {row[0] for row in rows(roster(3)) if row[2] == "ILC-0300"} == {"COP-SEL", "HUB"}


def test_seventy_four_members_need_no_cop() -> None:
    """Members in no COP have the hub and their network or pilot, nothing more; there are 74 of them."""
    members = {person.person_id for person in roster(3).people if person.team_id}
    in_cop = {person_id for course, _, person_id, _ in rows(roster(3)) if course.startswith("COP-")}
    where = Counter(person_id for *_, person_id, _ in rows(roster(3)) if person_id in members - in_cop)
    assert (len(where), set(where.values())) == (74, {2})


@pytest.mark.parametrize("team_id", ["T104", "T110", "T207", "T212", "T214", "P417"])
def test_two_leads_both_lead(team_id: str) -> None:
    """If a team has two leads, both get the lead role in it."""
    leads = roster(3).team_by_id[team_id].lead_ids
    found = [row[2] for row in rows(roster(3)) if row[3] == "lead" and roster(3).person_by_id[row[2]].team_id == team_id]
    assert (len(leads), sorted(found)) == (2, sorted(leads))


@pytest.mark.parametrize(("one", "other"), [("T202", "T203"), ("T104", "T204"), ("T306", "T402"), ("T303", "T304")])
def test_same_district_name_is_two_sections(one: str, other: str) -> None:
    """Teams of one district, and of two districts of one name, are sections of their own."""
    names = {
        section.key.id.rpartition(":")[2]: section.fields["name"] for section in desired_state(roster(3), POLICY).of_kind(Kind.SECTION)
    }
    assert roster(3).team_by_id[one].district == roster(3).team_by_id[other].district
    assert names[one] != names[other]


def test_team_region_beats_district() -> None:
    """A team over eight districts is one section with all its 13 people in its own region's network."""
    people = [person for person in roster(3).people if person.team_id == "T101"]
    found = {row for row in rows(roster(3)) if row[1] == "T101"}
    assert len({person.cds_code[:7] for person in people}) == 8
    assert {(course, person_id) for course, _, person_id, _ in found} == {("NET-R1", person.person_id) for person in people}


def test_empty_sections_are_not_built() -> None:
    """No section is made in which nobody is: no Region III in RURAL, no guests in NB."""
    codes = {section.key.id for section in desired_state(roster(3), POLICY).of_kind(Kind.SECTION)}
    assert not {f"{YEAR}:cop:RURAL:R3", f"{YEAR}:cop:NB:GUEST"} & codes
    assert codes == {record.parents[1].id for record in enrollments(roster(3))}


@pytest.mark.parametrize(
    ("code", "name"),
    [
        ("MATH", "Mathematics, Bilingual Families, and Community (Matemáticas en Comunidad) (2021-22)"),
        ("PSD", "Primary Sources, Big Questions (2021-22)"),
        ("ADL", "Leading Adult Learning: Conditions for Deep, Meaningful, Ongoing Growth (2021-22)"),
        ("ES", "Ethnic Studies – From Framework to Unit (2021-22)"),
        ("EQ", "Equity & Justice in Every Classroom (2021-22)"),
    ],
)
def test_tricky_titles_are_one_course(code: str, name: str) -> None:
    """Commas, colons, dashes, ampersands and accents stay in a title; its code is the key."""
    assert course(desired_state(roster(3), POLICY), f"cop:{code}").fields["name"] == name


@pytest.mark.parametrize("person_id", ["ILC-0029", "ILC-0036", "ILC-0037"])
def test_leading_zeros_are_kept(person_id: str) -> None:
    """A CDS code is text of 14 digits, its leading zero among them."""
    code = roster(3).person_by_id[person_id].cds_code
    assert (len(code), code[0]) == (14, "0")


def rows(roster: Roster) -> list[Row]:
    """Every enrollment as the expectations write it: a pilot by its region, roles by our words."""
    return [_row(record, roster) for record in enrollments(roster)]


def _row(record: Record, roster: Roster) -> Row:
    section, user, label = record.key.id.split("|")
    course, _, code = section.removeprefix(f"{YEAR}:").rpartition(":")
    kind, _, what = course.partition(":")
    if kind == "pilot":
        what = f"R{('I', 'II', 'III', 'IV').index(roster.team_by_id[what].region) + 1}"
    return "-".join(filter(None, (kind.upper(), what))), code, user.removeprefix("ilc:p:"), WORDS[label]


def places(roster: Roster, person_id: str, course: str) -> list[tuple[str, str]]:
    """Section and role of a person in a course."""
    return [(section, role) for where, section, who, role in rows(roster) if (where, who) == (course, person_id)]


def enrollments(roster: Roster) -> list[Record]:
    """All enrollments that a roster means."""
    return desired_state(roster, POLICY).of_kind(Kind.ENROLLMENT)


def record(state: State, kind: Kind, sis_id: str) -> Record:
    """One record."""
    return state.records[Key(kind, sis_id)]


def course(state: State, code: str) -> Record:
    """One course, by what follows the year in its id."""
    return record(state, Kind.COURSE, f"{YEAR}:{code}")


def summary(roster: Roster) -> dict[str, Any]:
    """The state of a roster, counted as the expectations count."""
    state, found = desired_state(roster, POLICY), rows(roster)
    return {
        "people": len(state.of_kind(Kind.USER)),
        "courses": len(state.of_kind(Kind.COURSE)),
        "sections": len(state.of_kind(Kind.SECTION)),
        "enrollments": len(state.of_kind(Kind.ENROLLMENT)),
        "by_kind": Counter(role for *_, role in found),
        "by_course": Counter(course for course, *_ in found),
        "cop_sections": {cop.code: sorted({row[1] for row in found if row[0] == f"COP-{cop.code}"}) for cop in roster.cops},
        "reach": _reach(roster),
    }


def _reach(roster: Roster) -> dict[str, int]:
    """Whom the programme reaches; a district is a code's seven digits, a school has others than zeros after them."""
    codes = {person.cds_code for person in roster.people if person.cds_code}
    return {
        "educators": len(roster.people),
        "districts": len({code[:7] for code in codes}),
        "schools": len({code for code in codes if not code.endswith("0000000")}),
        "counties": len({person.county for person in roster.people if person.county}),
    }

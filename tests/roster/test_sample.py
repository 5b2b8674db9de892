"""The clean sample: every line of it is right, and is taken as it is."""

import unicodedata

import pytest

from ilc_canvas.program.roster import Person, Team
from tests.roster.cast import SIGNED, V3, V4, version

PEOPLE = version(V3).roster.person_by_id
TEAMS = version(V3).roster.team_by_id


@pytest.mark.parametrize("names", [V3, V4], ids=["version 3", "version 4"])
def test_clean_sample_has_no_finding(names: tuple[str, str, str]) -> None:
    """Neither an error nor a warning, and all rows are there."""
    intake = version(names)
    assert intake.findings == ()
    assert list(intake.rows.values()) == [324, 70, 10]


def test_manifest_gives_version_and_signature() -> None:
    """Number, name and time are those of the manifest; hashes are of the bytes."""
    intake = version(V4)
    assert (intake.manifest_version, intake.roster.version, len(SIGNED)) == (4, 4, 2)
    assert intake.signed_at == intake.roster.signed_at == "2021-09-02T09:05:00-07:00"
    assert intake.hashes[V4[0]].startswith("5801a545")
    assert intake.roster.files == intake.hashes


NAMES = {
    "ILC-0001": ("María José De la Cruz", "De la Cruz, María José"),
    "ILC-0225": ("Suharti", "Suharti"),
    "ILC-0301": ("Sung-ho O", "O, Sung-ho"),
    "ILC-0305": ("Patrick Kowalski Sr.", "Kowalski, Patrick Sr."),
}


@pytest.mark.parametrize(("person_id", "names"), NAMES.items())
def test_tricky_names_stay_as_written(person_id: str, names: tuple[str, str]) -> None:
    """Particles, one word, one letter, suffixes: display and sortable name come from the file."""
    assert (PEOPLE[person_id].display_name, PEOPLE[person_id].sortable_name) == names


@pytest.mark.parametrize("person_id", ["ILC-0049", "ILC-0117", "ILC-0193", "ILC-0017", "ILC-0123", "ILC-0188", "ILC-0224", "ILC-0254"])
def test_letters_of_any_script_stay(person_id: str) -> None:
    """Accents, okina, Han characters: in NFC, and not replaced."""
    name = PEOPLE[person_id].display_name
    assert unicodedata.is_normalized("NFC", name)
    assert "\ufffd" not in name


@pytest.mark.parametrize(("person_id", "sign"), [("ILC-0126", "'"), ("ILC-0259", "+")])
def test_unusual_addresses_are_valid(person_id: str, sign: str) -> None:
    """An apostrophe or a plus sign before the @ is right."""
    assert sign in PEOPLE[person_id].email


@pytest.mark.parametrize("pair", [("ILC-0089", "ILC-0231"), ("ILC-0160", "ILC-0161")])
def test_same_name_is_two_people(pair: tuple[str, str]) -> None:
    """Identity is the id, never the name."""
    one, other = (PEOPLE[person_id] for person_id in pair)
    assert one.display_name == other.display_name
    assert one.email != other.email


@pytest.mark.parametrize(
    "pair", [("T104", "T204"), ("T202", "T203"), ("T306", "T402")], ids=["Jefferson Elementary", "Washington Unified", "Ocean View"]
)
def test_district_name_in_two_counties(pair: tuple[str, str]) -> None:
    """The district is its code, not its name."""
    one, other = (TEAMS[team_id] for team_id in pair)
    assert one.district == other.district
    assert one.district_cds[:7] != other.district_cds[:7]


def members(team_id: str) -> list[Person]:
    """Who is in a team."""
    return [person for person in PEOPLE.values() if person.team_id == team_id]


def test_team_may_span_districts() -> None:
    """Team T101 has 13 members in 8 districts; the district is the person's."""
    assert len(members("T101")) == 13
    assert len({person.cds_code[:7] for person in members("T101")}) == 8


@pytest.mark.parametrize("team_id", ["T105", "T404"])
def test_team_of_one_is_led(team_id: str) -> None:
    """A team of one person is a team, and that person leads it."""
    assert [person.team_role for person in members(team_id)] == ["lead"]


@pytest.mark.parametrize("team_id", ["T101", "T104", "T110", "T207", "T212", "T214", "P417"])
def test_team_may_have_two_leads(team_id: str) -> None:
    """Both are leads in both files."""
    team: Team = TEAMS[team_id]
    assert len(team.lead_ids) == 2
    assert {person.person_id for person in members(team_id) if person.team_role == "lead"} == set(team.lead_ids)


@pytest.mark.parametrize("person_id", ["ILC-0029", "ILC-0036", "ILC-0037"])
def test_leading_zero_is_kept(person_id: str) -> None:
    """CDS codes are text of 14 digits."""
    assert PEOPLE[person_id].cds_code.startswith("0")
    assert len(PEOPLE[person_id].cds_code) == 14


def test_members_in_no_cop_are_right() -> None:
    """74 members take part in no COP and facilitate none."""
    assert sum(bool(person.team_id) and not (person.participates + person.facilitates) for person in PEOPLE.values()) == 74


@pytest.mark.parametrize("person_id", ["ILC-0299", "ILC-0300", "ILC-0301"])
def test_guest_may_lack_district_and_region(person_id: str) -> None:
    """Guests from elsewhere have no district, county or region."""
    person = PEOPLE[person_id]
    assert (person.region, person.county, person.cds_code, person.affiliation) == ("", "", "", "guest")


def test_titles_with_punctuation_are_one() -> None:
    """Commas, colon, dash, ampersand and parentheses do not split a title."""
    titles = {cop.code: cop.title for cop in version(V3).roster.cops}
    assert titles["MATH"] == "Mathematics, Bilingual Families, and Community (Matemáticas en Comunidad)"
    assert titles["ES"] == "Ethnic Studies – From Framework to Unit"
    assert titles["ADL"].count(",") == 2

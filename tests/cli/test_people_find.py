"""people find: a person by name, address or id."""

from contextlib import closing

import pytest

from ilc_canvas.settings import read_settings
from ilc_canvas.store.opening import open_store
from ilc_canvas.views.people.find import SignedRosters
from tests.cli.conftest import Cli
from tests.cli.people_cast import Office, renamed, row, rows

WOJCIK = rows(P3=renamed("Michał Wójcik", email="m.wojcik@example.org"))


@pytest.fixture
def signed(office: Office) -> Cli:
    """Commands on a store in which somebody has a name with accents."""
    office.sign(WOJCIK)
    return office.cli


def _ids(cli: Cli, *words: str) -> list[str]:
    return [each["person"] for each in cli("people", "find", *words, "--json").json["people"]]


@pytest.mark.parametrize("words", [("wojcik",), ("Wójcik", "michal"), ("MICHAŁ wój",), ("jci",), ("WOJCIK@example",), ("p3",), (" P03 ",)])
def test_person_by_name_address_or_id(signed: Cli, words: tuple[str, ...]) -> None:
    """Part of a name finds its person in any case and order and without accents; so do part of an address, and the id."""
    assert _ids(signed, *words) == ["P3"]


def test_what_is_shown_of_a_person(signed: Cli) -> None:
    """Id, name, address, team and role, courses with the role in each, and the command to type next."""
    said = signed("people", "find", "eve")
    assert said.code == 0
    assert said.out.splitlines() == [
        '1 person matches "eve".',
        "",
        "P5  Eve Lund <eve.lund@example.org>",
        "  Roster   2021-22, version 1: staff, in no team",
        "  Courses  COP EQ (facilitator), ILC Virtual Hub (teacher), Region I Network (teacher)",
        "  Why      ilc-canvas explain P5",
    ]
    (found,) = signed("people", "find", "reyes", "--json").json["people"]
    assert (found["years"][0]["role"], found["next"]) == ('lead of team "Alder Team" (T1)', "ilc-canvas explain P1")
    assert found["years"][0]["courses"][0] == {
        "only": "hub",
        "name": "ILC Virtual Hub (2021-22)",
        "section": "Everybody",
        "role": "participant",
    }


def test_people_who_have_left_come_last(office: Office) -> None:
    """Somebody whom the newest version no longer names is found too, and the screen says since which version."""
    office.sign(WOJCIK)
    office.sign([each for each in WOJCIK if each["person_id"] != "P3"])
    said = office.cli("people", "find", "example.org@")
    assert said.code == 1
    said = office.cli("people", "find", "@example.org")
    assert [line.split()[0] for line in said.out.splitlines() if line.startswith("P")] == ["P5", "P2", "P4", "P1", "P3"]
    left = said.out.partition("P3  ")[2]
    assert "Left     version 2 of 2021-22, signed " in left
    assert 'Roster   2021-22, version 1: was member of team "Alder Team" (T1)' in left
    assert "Courses  until then ILC Virtual Hub (participant)" in left


def test_people_who_have_left_by_their_last_version(office: Office) -> None:
    """What counts is the last version that named them: who had left a COP before is not found in it; a name of before still finds them."""
    both = {"cop_participant": "EQ"}
    office.sign(rows(P2=both, P3=both))
    office.sign(rows(P2=renamed("Benedict Oko"), P3=both))
    office.sign([each for each in rows() if each["person_id"] not in ("P2", "P3")])
    settings = read_settings()
    with closing(open_store(settings.store)) as store:
        rosters = SignedRosters.read(settings, store)
        assert [each.person_id for each in rosters.find("", group="cop:EQ").people] == ["P5", "P3"]
        (ben,) = rosters.find("okafor").people
    assert (ben.person.display_name, ben.entries[0].version) == ("Benedict Oko", 2)


def test_person_with_a_new_id(office: Office) -> None:
    """Under a former id a person is found with the id that holds now, and that is the one to explain."""
    office.sign(WOJCIK)
    assert office.cli("roster", "rekey", "P3", "P33", "--reason", "renumbered").code == 0
    office.sign([{**each, "person_id": each["person_id"].replace("P3", "P33")} for each in WOJCIK])
    said = office.cli("people", "find", "P3")
    assert "; the new id is P33" in said.out
    assert said.out.rstrip().endswith("ilc-canvas explain P33")
    assert _ids(office.cli, "wojcik") == ["P33", "P3"]


def test_person_in_two_school_years(office: Office) -> None:
    """Each school year is shown, the one that was signed last first; who is only in the older one has not left."""
    office.sign(WOJCIK)
    office.sign([each for each in WOJCIK if each["person_id"] != "P2"], school_year="2022-23")
    both, older = office.cli("people", "find", "wojcik", "--json").json, office.cli("people", "find", "okafor", "--json").json
    assert [year["school_year"] for year in both["people"][0]["years"]] == ["2022-23", "2021-22"]
    assert [(year["school_year"], older["people"][0]["left_in"]) for year in older["people"][0]["years"]] == [("2021-22", None)]


@pytest.mark.parametrize(("words", "near"), [("michal wojzik", "P3"), ("okaffor", "P2"), ("Reyez Ana", "P1")])
def test_nobody_with_that_name(signed: Cli, words: str, near: str) -> None:
    """Nobody found is said, with exit code 1, and names that are spelled much like it are offered."""
    said, for_programs = signed("people", "find", words), signed("people", "find", words, "--json")
    assert (said.code, for_programs.code, for_programs.json["people"]) == (1, 1, [])
    assert said.out.startswith(f'Nobody in the signed rosters matches "{words}".\nSpelled much like it:\n  {near}  ')
    assert for_programs.json["near"][0]["person"] == near


def test_short_form_is_offered(office: Office) -> None:
    """Somebody who calls himself Bob is offered as the Robert of the roster."""
    office.sign([*rows(), row("P6", "Robert Quist")])
    assert office.cli("people", "find", "Bob Quist", "--json").json["near"] == [{"person": "P6", "name": "Robert Quist"}]


def test_stranger_brings_no_suggestion(signed: Cli) -> None:
    """A name like nobody's brings no suggestion."""
    assert signed("people", "find", "Zyx").out == 'Nobody in the signed rosters matches "Zyx".\n'


def test_long_list_is_cut(office: Office) -> None:
    """More than eleven people are cut at ten, and --all shows them all."""
    office.sign([*rows(), *(row(f"Q{number}", f"Quin{number} Marsh") for number in range(12))])
    cut, whole = office.cli("people", "find", "marsh"), office.cli("people", "find", "marsh", "--all")
    assert cut.out.splitlines()[0] == whole.out.splitlines()[0] == '12 people match "marsh".'
    assert cut.out.rstrip().endswith("and 2 more (--all)")
    assert (cut.out.count("  Why      "), whole.out.count("  Why      ")) == (10, 12)


def test_no_name_in_the_log(signed: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was looked for, and who was found, is on the screen alone: not in the log output, and not in the audit log."""
    before = signed("audit", "list", "--json").json
    monkeypatch.setenv("ILC_CANVAS_LOG_LEVEL", "debug")
    for words in ("wojcik", "wojzik"):
        assert "ojcik" not in signed("people", "find", words).err
    assert signed("audit", "list", "--json").json == before


def test_nobody_is_looked_for_without_a_word(signed: Cli) -> None:
    """An empty text is wrong usage, and does not list everybody."""
    assert signed("people", "find", " ").code == 64


def test_no_roster_yet(cli: Cli) -> None:
    """Without a finalized roster the screen says so."""
    assert cli("people", "find", "ana").err.startswith("No roster is finalized yet.")

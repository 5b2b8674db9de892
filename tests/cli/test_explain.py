"""explain: who is meant, and what keeps a place from being as the roster says."""

import pytest

from tests.cli.people_cast import PEOPLE, Office, address, renamed, rows

EQ = "courses/sis_course_id:ilc:2021-22:cop:EQ"


@pytest.fixture
def filled(office: Office) -> Office:
    """A small programme that is built."""
    office.sign()
    office.sync()
    return office


def test_person_is_known_by_any_name(filled: Office) -> None:
    """The id in any case, the address in any case, and the name, whole or in part, mean the same person."""
    for words in ("P2", "p2", " P2 ", "BEN.OKAFOR@example.org", "Ben Okafor", "okafor", "okafor, ben", "Ben Oka"):
        said = filled.cli("explain", words, "--json")
        assert (said.code, said.json["person"]) == (0, "P2"), words


def test_several_people_are_listed(office: Office) -> None:
    """Where a name fits several people, all of them are listed with their ids, and nobody is chosen; an exact id wins over names."""
    office.sign(rows(P3=renamed("Chloe Okafor")))
    said = office.cli("explain", "okafor")
    assert said.code == 1
    assert "2 people match 'okafor'." in said.out
    assert all(f"  {each}  " in said.out for each in ("P2", "P3"))
    found = office.cli("explain", "okafor", "--json").json["matches"]
    assert [each["person"] for each in found] == ["P2", "P3"]


def test_unknown_person_is_said(filled: Office) -> None:
    """Nobody of this name: no signed roster names them."""
    assert "no signed roster names this person" in filled.cli("explain", "nobody@example.org").out


def test_former_person_is_found_by_name(filled: Office) -> None:
    """Who left the roster is found by the name in the version before."""
    filled.sign([row for row in rows() if row["person_id"] != "P4"])
    said = filled.cli("explain", "dev patel", "--json").json
    assert said["person"] == "P4"
    assert "not in the current roster" in said["roster"]


def test_unpublished_course_is_said(filled: Office) -> None:
    """A place in a course that is not published says so, until it is."""
    text = "the course is not published: its people do not see it yet"
    assert text in filled.cli("explain", "P5", "cop:EQ").out
    filled.hand("PUT", EQ, offer=True, course={"event": "offer"})
    filled.cli("plan")
    assert text not in filled.cli("explain", "P5", "cop:EQ").out


def test_drift_above_a_place_is_said(filled: Office) -> None:
    """A course renamed by hand is mentioned with each place in it, and drift of the person with the person."""
    filled.hand("PUT", EQ, course={"name": "By hand"})
    filled.hand("PUT", f"users/{filled.number('P5')}", user={"name": "Evelyn Lund"})
    filled.cli("plan")
    text = filled.cli("explain", "P5").out
    assert "somebody changed its course by hand in Canvas (name), and it is left that way (drift)" in text
    assert "Drift" in text


def test_deferred_and_left_out_are_said(office: Office) -> None:
    """Somebody with an open question is deferred, with the question; once left out, the output says that instead."""
    office.account("Benjamin Ok", "b.ok@example.org", email=address(PEOPLE["P2"]))
    office.sign()
    office.sync()
    text = office.cli("explain", "P2").out
    assert "deferred by the last plan: an account has this address, but another login." in text
    office.answer("leave-out", "P2")
    office.cli("plan")
    assert "left out by a decision." in office.cli("explain", "P2").out

"""The same person under another id: who leaves is compared with who joins."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

import pytest

from ilc_canvas.program.people.new_ids import Pair, Rekeys, both_there, carried_over, expected, known_between, missing, pairs, plain_id
from ilc_canvas.program.roster import Person, Roster
from tests.program.cast import version

ZHAO = replace(version(3).people[0], person_id="ILC-0316", display_name="David Zhao", email="david.zhao@example.org")
OTHER = replace(ZHAO, person_id="ILC-0999", display_name="Ada Quill", email="ada.quill@example.org")


def of(*people: Person) -> Roster:
    """A roster of these people."""
    return replace(version(3), people=people)


def asked(before: Iterable[Person], after: Iterable[Person], rekeys: Rekeys | None = None) -> list[tuple[str, str]]:
    """Who is compared with whom, by id."""
    found = pairs(of(*before), of(*after), rekeys or Rekeys())
    return [(pair.leaver.person_id, pair.joiner.person_id) for pair in found]


SAME = [
    ({"email": "David.Zhao@Example.org"}, ("email",)),
    ({"person_id": "ilc-0316"}, ("person_id",)),
    ({"person_id": "ILC-316"}, ("person_id",)),
    ({"person_id": "ILC0316"}, ("person_id",)),
    ({"person_id": "ilc_316"}, ("person_id",)),
    ({"person_id": "ILC.000316"}, ("person_id",)),
    ({"display_name": "david  zhao"}, ("display_name",)),
    ({"display_name": "Dávid Zhao."}, ("display_name",)),
    ({"person_id": "ilc-0316", "email": "david.zhao@example.org"}, ("email", "person_id")),
    ({"email": "david.zhao@example.org", "display_name": "David Zhao"}, ("email", "display_name")),
    ({"person_id": "ilc316", "email": "DAVID.ZHAO@example.org", "display_name": "DAVID ZHAO"}, ("email", "person_id", "display_name")),
]


@pytest.mark.parametrize(("cells", "evidence"), SAME)
def test_each_evidence_makes_a_pair(cells: Mapping[str, str], evidence: tuple[str, ...]) -> None:
    """Address, id and name each speak for one person, however they are written; the strongest comes first."""
    joiner = replace(OTHER, **cells)  # type: ignore[arg-type]
    (pair,) = pairs(of(ZHAO), of(joiner), Rekeys())
    assert pair == Pair(ZHAO, joiner, evidence)
    assert pair.needs_answer is (evidence != ("display_name",))


@pytest.mark.parametrize(
    "cells",
    [
        {"person_id": "ILC-3160"},
        {"person_id": "ILC-3016"},
        {"person_id": "ILC-0317"},
        {"person_id": "X-0316"},
        {"email": "david.zhao@example.com"},
        {"display_name": "David Zhang"},
    ],
)
def test_what_differs_makes_no_pair(cells: Mapping[str, str]) -> None:
    """A zero within a number counts, and so does any other letter."""
    assert asked([ZHAO], [replace(OTHER, **cells)]) == []  # type: ignore[arg-type]


def test_zeros_count_within_a_number() -> None:
    """Zeros that lead a number are ignored, and no others; a number of zeros alone stays one."""
    assert plain_id("ILC-0316") == plain_id("ilc316") == plain_id("Ilc 00316") != plain_id("ILC-3160")
    assert plain_id("P-01-02") == plain_id("P-1-2")
    assert plain_id("ILC-000") == plain_id("ILC-0") != plain_id("ILC-")


def test_blank_cells_are_no_evidence() -> None:
    """Names that are missing, or hold no letter, are not the same name."""
    nameless = replace(ZHAO, display_name="–", email="")
    assert asked([nameless], [replace(nameless, person_id="ILC-0777")]) == []


def test_who_stays_is_not_asked_about() -> None:
    """Only people who leave are compared with people who join."""
    joiner = replace(ZHAO, person_id="ILC-0777")
    assert asked([ZHAO], [ZHAO, joiner]) == []
    assert asked([ZHAO, joiner], [joiner]) == []


def test_each_of_several_pairs_is_named() -> None:
    """One who leaves may be either of two who join, and the other way round."""
    by_address, by_id = replace(OTHER, email=ZHAO.email), replace(OTHER, person_id="ilc-0316")
    assert asked([ZHAO], [by_address, by_id]) == [("ILC-0316", "ILC-0999"), ("ILC-0316", "ilc-0316")]
    assert asked([by_address, by_id], [ZHAO]) == [("ILC-0999", "ILC-0316"), ("ilc-0316", "ILC-0316")]


def test_answers_end_the_question() -> None:
    """A pair is settled as one person, which settles both for others too, or as two people, in either order."""
    joiner, twin = replace(ZHAO, person_id="ilc-0316"), replace(OTHER, person_id="ILC0316")
    apart = frozenset({frozenset({"ilc-0316", "ILC-0316"})})
    assert asked([ZHAO], [joiner, twin], Rekeys({"ILC-0316": "ilc-0316"})) == []
    assert asked([ZHAO], [joiner, twin], Rekeys(different=apart)) == [("ILC-0316", "ILC0316")]
    assert asked([joiner], [ZHAO], Rekeys(different=apart)) == []


def test_answer_counts_when_it_comes_true() -> None:
    """A new id is carried over once the old one is gone and the new one is there; till then it is missing, or there twice."""
    same, new = {"ILC-0316": "ilc-0316"}, replace(ZHAO, person_id="ilc-0316")
    assert carried_over(of(ZHAO), of(new), same) == carried_over(of(OTHER), of(new), same) == same
    assert carried_over(of(ZHAO), of(OTHER), same) == carried_over(of(ZHAO), of(ZHAO, new), same) == {}
    assert expected(of(ZHAO), of(OTHER), same) == both_there(of(ZHAO, new), same) == same
    assert asked([ZHAO], [replace(ZHAO, person_id="X9")], Rekeys(same)) == [("ILC-0316", "X9")]


def test_amended_sample_asks_nothing() -> None:
    """Who leaves and who joins the amended sample have nothing in common."""
    assert pairs(version(3), version(4), Rekeys()) == ()


def test_missing_are_counted_by_person() -> None:
    """Who joined makes up for nobody; who has a new id is not missing."""
    whole = version(3)
    assert missing(whole, version(4), {}) == {"ILC-0012"}
    assert len(missing(whole, replace(whole, people=whole.people[:162]), {})) == 162
    assert missing(of(), whole, {}) == missing(whole, whole, {}) == frozenset()
    renamed = of(replace(ZHAO, person_id="ilc-0316"))
    assert missing(of(ZHAO), renamed, {}) == {"ILC-0316"}
    assert not missing(of(ZHAO), renamed, {"ILC-0316": "ilc-0316"})


def test_ids_are_followed_over_steps() -> None:
    """Between two versions a person is found over all ids in between, forwards and backwards; two at once are nobody's."""
    one, two, three = (replace(ZHAO, person_id=each) for each in ("a", "b", "c"))
    links = [("a", "b"), ("b", "c")]
    assert known_between(of(one), of(three), links) == {"a": "c"}
    assert known_between(of(three), of(one), links) == {"c": "a"}
    assert known_between(of(one), of(two, three), links) == known_between(of(one, two), of(three), links) == {}
    assert known_between(of(one), of(one), links) == known_between(of(one), of(three), [("a", "b")]) == {}

"""The rule behind each place, in words."""

import pytest

from ilc_canvas.program.explain import why, why_not
from ilc_canvas.program.placement import placements, placements_of
from tests.program.sample import roster, with_cop


def _reasons(person_id: str) -> dict[str, str]:
    """Course and section -> reason, for one person of version 3."""
    found = [place for place in placements(roster(3)) if place.person_id == person_id]
    return {f"{':'.join(place.course)} {place.section}": why(place, roster(3)) for place in found}


CASES = {
    "ILC-0001": {
        "hub ALL": "everybody in the roster is in the hub",
        "net:R1 T101": "is a member of team T101 of Region I's network",
        "cop:RURAL R1": "takes part in RURAL, from Region I",
    },
    "ILC-0002": {"hub ALL": "everybody in the roster is in the hub", "net:R1 T101": "is lead of team T101 of Region I's network"},
    "ILC-0300": {"hub ALL": "everybody in the roster is in the hub", "cop:SEL GUEST": "visits SEL as a guest"},
}


@pytest.mark.parametrize("person_id", CASES)
def test_each_place_has_its_rule(person_id: str) -> None:
    """Member, lead, participant, guest: each place says which rule gives it."""
    assert _reasons(person_id) == CASES[person_id]


def test_staff_by_region_or_team() -> None:
    """Regional staff are told apart from the Primary Contact Staff of a team elsewhere."""
    assert _reasons("ILC-0281")["net:R1 STAFF"] == "is IPD staff of Region I"
    assert _reasons("ILC-0281")["cop:EQ FAC"] == "facilitates EQ"
    assert {text for where, text in _reasons("ILC-0292").items() if where.startswith("pilot")} <= {
        f"is Primary Contact Staff of team {team.team_id}" for team in roster(3).teams
    } | {"is IPD staff of Region IV"}


def test_every_place_of_the_sample() -> None:
    """No place is without a reason, in either version."""
    reasons = [why(place, roster(version)) for version in (3, 4) for place in placements(roster(version))]
    assert len(reasons) > 1500
    assert all(reasons)


@pytest.mark.parametrize(
    ("course", "said"),
    [
        (("cop", "EQ"), "The row does not name COP EQ: not as facilitator, participant or guest."),
        (("cop", "XX"), "There is no COP XX in this roster."),
        (("net", "R9"), "There is no network R9: no continuing team is in that region."),
        (("net", "R2"), "The row is in team T101, and is not staff of that region or team."),
        (("pilot", "T101"), "There is no start-up team T101."),
    ],
)
def test_no_place_has_its_reason(course: tuple[str, ...], said: str) -> None:
    """Who is not in a course learns whether there is one, and what the row says."""
    assert why_not(course, roster(3).person_by_id["ILC-0001"], roster(3)) == said


def test_cancelled_cop_is_told() -> None:
    """If a row names a COP without a course, the explanation says why there is none."""
    changed = with_cop(roster(3), "RURAL", status="cancelled")
    said = why_not(("cop", "RURAL"), changed.person_by_id["ILC-0001"], changed)
    assert said == "COP RURAL is cancelled, so it has no course, though the row names it."


@pytest.mark.parametrize("version", [3, 4])
def test_places_of_one_are_those_among_everybodys(version: int) -> None:
    """Nobody's place depends on the row of somebody else: who is looked at alone has the same places, in the same order."""
    of_all = roster(version)
    named = {*of_all.person_by_id, *(place.person_id for place in placements(of_all)), "ILC-9999"}
    for person_id in sorted(named):
        assert list(placements_of(person_id, of_all)) == [place for place in placements(of_all) if place.person_id == person_id]

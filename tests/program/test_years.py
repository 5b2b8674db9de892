"""Several school years at once."""

from dataclasses import replace
from datetime import UTC, datetime
from itertools import permutations
from typing import Any

import pytest

from ilc_canvas.program.policy import Policy
from ilc_canvas.program.roster import Roster
from ilc_canvas.program.years import as_last_said, maintained_years, term_ends
from tests.sync.roster import FIRST

LAST, THIS, NEXT = "2020-21", "2021-22", "2022-23"
POLICY = Policy()
MARRIED: Any = {"display_name": "Ada Marble", "sortable_name": "Marble, Ada"}


def at(day: str) -> datetime:
    """Noon in UTC."""
    return datetime.fromisoformat(f"{day}T12:00:00").replace(tzinfo=UTC)


def signed(year: str, who: str = "P3", **fields: Any) -> Roster:
    """A version of this year in which the row of one person has these fields."""
    people = tuple(replace(each, **fields) if each.person_id == who else each for each in FIRST.people)
    return replace(FIRST, school_year=year, people=people)


def name(roster: Roster) -> str:
    """What P3 is called."""
    return roster.person_by_id["P3"].display_name


@pytest.mark.parametrize(
    ("day", "years"),
    [
        ("2021-06-20", (LAST, THIS, NEXT)),
        ("2021-07-02", (THIS, NEXT)),
        ("2022-06-30", (THIS, NEXT)),
        ("2022-07-02", (NEXT,)),
    ],
)
def test_years_whose_term_is_not_over(day: str, years: tuple[str, ...]) -> None:
    """Years that are running or yet to come, in any order of signing; oldest first."""
    for order in permutations((LAST, THIS, NEXT)):
        assert list(maintained_years(order, POLICY, at(day))) == sorted({*years, order[0], NEXT})


def test_signing_an_old_year_keeps_the_latest() -> None:
    """When all terms have ended, the year signed last is kept, since somebody signed it on purpose, and the latest year beside it: a late
    correction of an old year stops nobody's care. If the clock is not known, no term has ended.
    """
    assert maintained_years((NEXT, THIS, LAST), POLICY, at("2030-01-01")) == (NEXT,)
    assert maintained_years((LAST, NEXT, THIS), POLICY, at("2030-01-01")) == (LAST, NEXT)
    assert maintained_years((LAST, NEXT), POLICY, None) == (LAST, NEXT)
    assert maintained_years((), POLICY, None) == ()


def test_a_term_ends_in_the_programmes_zone() -> None:
    """The last second of 30 June in California is in July elsewhere."""
    assert term_ends(THIS, POLICY) == datetime(2022, 7, 1, 6, 59, 59, tzinfo=UTC)


def test_a_new_name_holds_for_all_years() -> None:
    """What was signed last about a person is what every year asks, whichever of them said it."""
    old, new = signed(THIS), signed(NEXT, **MARRIED)
    assert name(as_last_said(old, [old, new])) == name(as_last_said(new, [old, new])) == "Ada Marble"
    assert name(as_last_said(old, [new, old])) == name(as_last_said(new, [new, old])) == "Ada Member"


def test_a_late_correction_repeats_old_names() -> None:
    """A version whose row says what the version of its year before it said brings no former name back."""
    old, new, late = signed(THIS), signed(NEXT, **MARRIED), signed(THIS, "P4", family_name="Later")
    assert name(as_last_said(late, [old, new, late])) == "Ada Marble"
    said = signed(THIS, **{**MARRIED, "display_name": "Ada Flint"})
    assert name(as_last_said(new, [old, new, said])) == "Ada Flint"


def test_erased_rows_say_nothing() -> None:
    """A superseded version whose names were erased says nothing about anybody."""
    blank: Any = {"display_name": "", "sortable_name": "", "email": "", "given_name": "", "family_name": ""}
    gone, new, now = signed(THIS, **blank), signed(NEXT, **MARRIED), signed(NEXT, **MARRIED)
    assert name(as_last_said(now, [new, gone, now])) == "Ada Marble"


def test_places_stay_those_of_the_year() -> None:
    """Only name and address are people's own: team, COPs and profession are each roster's."""
    old, new = signed(THIS), signed(NEXT, **MARRIED, team_id="T9", role_type="coach")
    person = as_last_said(old, [old, new]).person_by_id["P3"]
    assert (person.team_id, person.role_type, person.line) == ("T1", "teacher", 4)

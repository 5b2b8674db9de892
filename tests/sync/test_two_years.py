"""Two school years in one Canvas: each is cared for, neither touches what the other owns, and people are shared without a quarrel."""

from dataclasses import replace
from typing import Any

import pytest

from ilc_canvas.program.roster import Roster
from ilc_canvas.reconcile.errors import RosterError
from ilc_canvas.reconcile.run.values import Report
from tests.sync.crash import Crash, Forge
from tests.sync.roster import FIRST, YEAR
from tests.sync.test_identity import asked, user
from tests.sync.test_other_years import edited
from tests.sync.world import World

NEXT = "2022-23"
MARRIED = {"display_name": "Ada Marble", "sortable_name": "Marble, Ada"}


def of_next(roster: Roster = FIRST) -> Roster:
    """The same programme a year later."""
    return replace(roster, school_year=NEXT, cops=tuple(replace(cop, school_year=NEXT) for cop in roster.cops))


def without(roster: Roster, *people: str) -> Roster:
    """The roster after they have left."""
    return replace(roster, people=tuple(each for each in roster.people if each.person_id not in people))


def both(world: World, order: tuple[str, str] = (YEAR, NEXT)) -> list[Report]:
    """A run for each year; nobody says yes."""
    return [world.run(year=year) for year in order]


@pytest.fixture
def years(filled: World) -> World:
    """This year is filled, the next one is signed and filled as well."""
    filled.finalize(of_next())
    assert filled.sync(year=NEXT).status == "applied"
    return filled


def test_correction_of_the_other_year(years: World) -> None:
    """Signing a correction of one year leaves the other one as it is: both are at rest again, and nobody there has left."""
    years.finalize(edited(FIRST, "P3", participates=("EQ",)))
    one, other = both(years)
    assert (one.status, one.counts, other.status) == ("applied", {"create": 0, "update": 0, "remove": 1}, "converged")
    assert [(report.status, report.writes) for report in both(years)] == [("converged", 0)] * 2


@pytest.mark.parametrize("order", [(YEAR, NEXT), (NEXT, YEAR)])
def test_new_name_in_the_newer_year(years: World, order: tuple[str, str]) -> None:
    """The name that was signed last is written once, by whichever run comes first; then neither has anything to write."""
    years.finalize(edited(of_next(), "P3", **MARRIED))
    first, second = both(years, order)
    assert (first.status, first.writes, second.status, second.writes) == ("applied", 1, "converged", 0)
    assert [(report.status, report.writes, report.drift) for report in both(years, order)] == [("converged", 0, 0)] * 2
    assert user(years, "ilc:p:P3")["name"] == "Ada Marble"


def test_late_correction_keeps_the_new_name(years: World) -> None:
    """Last year's file still has the former name and address; signing it again does not bring them back."""
    years.finalize(edited(of_next(), "P3", email="ada.marble@example.org", **MARRIED))
    years.sync(year=NEXT)
    years.finalize(edited(FIRST, "P4", participates=()))
    assert [report.status for report in both(years)] == ["applied", "converged"]
    assert (user(years, "ilc:p:P3")["name"], user(years, "ilc:p:P3")["email"]) == ("Ada Marble", "ada.marble@example.org")


def test_who_leaves_one_year_stays_in_the_other(years: World) -> None:
    """Somebody who is in last year's roster only loses nothing there, and keeps the account."""
    years.finalize(without(of_next(), "P4"))
    assert years.sync(year=NEXT).status == "applied"
    state = years.sandbox.state()
    mine = {row["id"] for row in state["users"] if row["sis_user_id"] == "ilc:p:P4"}
    terms = {row["id"]: row["sis_term_id"] for row in state["terms"]}
    courses = {row["id"]: terms[row["enrollment_term_id"]] for row in state["courses"]}
    live = {courses[row["course_id"]] for row in state["enrollments"] if row["user_id"] in mine and row["enrollment_state"] == "active"}
    assert live == {f"ilc:{YEAR}"}
    assert [report.writes for report in both(years)] == [0, 0]


def test_approval_outlives_another_years_signing(years: World) -> None:
    """A held plan of one year can be permitted after a roster of the other one was signed."""
    years.finalize(without(FIRST, "P3", "P4", "P5"))
    held = years.run()
    years.finalize(edited(of_next(), "P3", **MARRIED))
    years.approve(held.digest)
    assert [held.status, years.run().status] == ["held", "applied"]


def test_questions_of_both_years_stay_open(years: World) -> None:
    """Each year asks about its own newcomer; the run of one does not take the question of the other away."""
    human = years.human()
    for login in ("one@example.org", "two@example.org"):
        human.user(login)
    new: Any = {"display_name": "Zoe Other", "sortable_name": "Other, Zoe"}
    last = FIRST.people[3]
    years.finalize(replace(FIRST, people=(*FIRST.people, replace(last, person_id="P8", email="one@example.org", **new))))
    years.finalize(replace(of_next(), people=(*FIRST.people, replace(last, person_id="P9", email="two@example.org", **new))))
    for _ in range(2):
        both(years)
        assert set(asked(years)) | set(asked(years, NEXT)) == {"ilc:p:P8", "ilc:p:P9"}


def test_undone_in_one_year_is_undone_in_both(years: World) -> None:
    """A new name that was taken back on purpose is not written again by the other year's run."""
    years.finalize(edited(of_next(), "P3", **MARRIED))
    done = years.run(year=NEXT)
    ask = replace(years.setting.ask, undo=done.run)
    assert years.sync(year=NEXT, ask=ask).status == "applied"
    assert [report.writes for report in both(years)] == [0, 0]
    assert user(years, "ilc:p:P3")["name"] == "Ada Member"


def test_person_in_doubt_is_settled_by_the_other_year(years: World, forge: Forge) -> None:
    """A run dies while it makes somebody who is new in both years: the run of the other year finds the account, and makes no second."""
    newcomer = replace(FIRST.people[3], person_id="P8", email="p8@example.org", display_name="Zoe New", sortable_name="New, Zoe")
    years.finalize(replace(FIRST, people=(*FIRST.people, newcomer)))
    years.finalize(replace(of_next(), people=(*FIRST.people, newcomer)))
    assert forge.run(years.sandbox.url, years.store, Crash("apply", "after", 1, in_flight=1)) == -9
    assert years.sync(year=NEXT).status == "applied"
    assert years.heal().status in ("applied", "converged")
    assert len([row for row in years.sandbox.state()["users"] if row["login_id"] == "p8@example.org"]) == 1
    assert [(report.status, report.writes) for report in both(years)] == [("converged", 0)] * 2
    assert years.double_effects() == []


def test_a_year_without_a_roster(filled: World) -> None:
    """A school year that nobody has signed has no run."""
    with pytest.raises(RosterError, match="No roster of 2022-23 is finalized"):
        filled.run(year=NEXT)

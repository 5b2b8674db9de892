"""What a person decided stays decided: what was declined is not done by itself, until its row changes or somebody says otherwise."""

from dataclasses import replace
from datetime import datetime
from typing import Any

import pytest

from ilc_canvas.program.roster import Roster
from ilc_canvas.reconcile.change import fingerprint
from ilc_canvas.reconcile.errors import ApprovalError, DecisionError
from ilc_canvas.reconcile.guards.guard import Limits, Share
from ilc_canvas.reconcile.run.values import Report, RunRequest
from ilc_canvas.reconcile.state import Key
from ilc_canvas.store.db.scope import CanvasScope
from ilc_canvas.store.runs import details
from ilc_canvas.store.runs.decisions import approvals, declines
from tests.sync.roster import FIRST, SECOND, cop, person
from tests.sync.world import SCOPE, World, now, opened

NO_REMOVALS = Limits(removals_per_run=Share(0, 0.0))
PLAN = RunRequest("ana", "plan", dry_run=True)
NEW_COP = replace(
    FIRST,
    people=(*FIRST.people, person(8, "New", participates=("SEL",))),
    cops=(*FIRST.cops, cop("SEL", "Social-Emotional", "P1")),
)
NEW_COP = replace(NEW_COP, people=(replace(NEW_COP.people[0], facilitates=("EQ", "SEL")), *NEW_COP.people[1:]))


def place(world: World) -> CanvasScope:
    return CanvasScope(world.sandbox.url, SCOPE)


def word(world: World, reason: str = "not before September", actor: str = "ben") -> dict[str, Any]:
    return {"actor": actor, "reason": reason, "scope": SCOPE, "base_url": world.sandbox.url, "now": now()}


def names(world: World, run: int, *words: str) -> frozenset[str]:
    """The changes of a plan whose keys hold one of these words."""
    with opened(world.store) as store:
        steps = details.run(store, run).steps
    return frozenset(fingerprint(step.change) for step in steps if any(word in str(step.change.key) for word in words))


def approve_but(world: World, plan: Report, *words: str, reason: str = "not before September") -> None:
    """Yes to all of a plan but what these words name."""
    spared = names(world, plan.run, *words)
    with opened(world.store) as store:
        approvals.approve(store, plan.digest, **word(world, reason), fingerprints=names(world, plan.run, "=") - spared, spared=spared)


def decline(world: World, plan: Report, reason: str = "not before September") -> int:
    with opened(world.store) as store:
        return approvals.reject(store, plan.digest, **word(world, reason))


def declined(world: World) -> dict[str, str]:
    """Key -> why, of each decision in force."""
    with opened(world.store) as store:
        return {str(each.key): each.why for each in declines.listing(store, [place(world)])}


def forget(world: World, *keys: str, at: datetime | None = None) -> None:
    with opened(world.store) as store:
        declines.forget(store, [place(world)], [Key.parse(key) for key in keys], actor="ana", reason="now", at=at or now())


def there(world: World, code: str) -> bool:
    return any(row["sis_course_id"] == f"{SCOPE}:{code}" for row in world.sandbox.state()["courses"])


@pytest.fixture
def spared(filled: World) -> World:
    """A new COP is left out of an approval, and the rest is carried out."""
    filled.finalize(NEW_COP)
    plan = filled.run(ask=PLAN)
    approve_but(filled, plan, ":cop:SEL")
    assert filled.run().status == "applied"
    return filled


def test_what_is_left_out_stays_undone(spared: World) -> None:
    """No later run makes it, though no guard holds it any more; that is green, and counted."""
    for _ in range(2):
        later = spared.run(ask=RunRequest("schedule", "schedule"))
        assert (later.status, later.writes, later.counts["create"], later.deferred.get("declined")) == ("converged", 0, 0, 5)
    assert not there(spared, "cop:SEL")


def test_decline_says_who_and_why(spared: World) -> None:
    """Who, when, why, of which plan: for every change that was not approved."""
    with opened(spared.store) as store:
        rows = declines.listing(store, [place(spared)])
    assert {(each.actor, each.reason, each.why) for each in rows} == {("ben", "not before September", "declined")}
    assert {str(each.key).split("|")[0].partition("=")[2].split(":F")[0] for each in rows} >= {f"{SCOPE}:cop:SEL"}


def test_what_comes_below_waits_too(spared: World) -> None:
    """Somebody who joins the declined COP later is not enrolled into nothing: the place is left out with its course."""
    people = tuple(replace(each, participates=(*each.participates, "SEL")) if each.person_id == "P3" else each for each in NEW_COP.people)
    spared.finalize(replace(NEW_COP, people=people))
    later = spared.run()
    assert (later.status, later.writes, later.deferred.get("declined")) == ("converged", 0, 6)


def test_forgotten_decline_is_planned_again(spared: World) -> None:
    """A person takes it back: the next run makes it; a key that is not declined changes nothing."""
    with pytest.raises(DecisionError, match="Nothing is declined about course=x"):
        forget(spared, *declined(spared), "course=x")
    assert len(declined(spared)) == 5
    forget(spared, *declined(spared))
    assert (spared.sync().status, declined(spared), spared.complaints()) == ("applied", {}, [])


def test_later_yes_ends_it(filled: World) -> None:
    """A yes to the same plan is a decision of its own: it wants a reason, and then all of it is done."""
    filled.finalize(NEW_COP)
    plan = filled.run(ask=PLAN)
    decline(filled, plan)
    assert filled.run().status == "converged"
    with opened(filled.store) as store:
        with pytest.raises(ApprovalError, match=r"ben declined .* of these changes on .*: not before September.*--reason"):
            approvals.approve(store, plan.digest, **word(filled, ""))
        approvals.approve(store, plan.digest, **word(filled, "after all", "ana"))
    assert (filled.run().status, declined(filled), filled.complaints()) == ("applied", {}, [])


def test_no_twice_is_said(filled: World) -> None:
    """A plan that was declined is not declined again."""
    filled.finalize(NEW_COP)
    plan = filled.run(ask=PLAN)
    decline(filled, plan)
    with opened(filled.store) as store, pytest.raises(ApprovalError, match="declined by ben already"):
        approvals.reject(store, plan.digest, **word(filled, "again", "ana"))


def test_yes_by_another_plan_ends_it(filled: World) -> None:
    """Two plans have the same changes: a yes to the one ends the no to the other, for these."""
    filled.finalize(NEW_COP)
    whole, part = filled.run(ask=PLAN), filled.run(ask=replace(PLAN, only=("cop:SEL",)))
    decline(filled, whole)
    with opened(filled.store) as store:
        approvals.approve(store, part.digest, **word(filled, "this one"))
    assert filled.run().applied == part.counts["create"]
    assert there(filled, "cop:SEL")


def test_parts_add_up(filled: World) -> None:
    """A yes to one part, then to another: the second does not take the first back; who spares it by name does."""
    filled.finalize(SECOND)
    plan = filled.run(ask=PLAN)
    with opened(filled.store) as store:
        approvals.approve(store, plan.digest, **word(filled), fingerprints=names(filled, plan.run, "cop:EQ:GUEST"))
        approvals.approve(store, plan.digest, **word(filled), fingerprints=names(filled, plan.run, "section="))
    done = filled.run(limits=NO_REMOVALS)
    assert (done.status, done.applied) == ("applied", 2)


def test_spared_by_name_goes_no_more(filled: World) -> None:
    """All was approved, then all but one person: that person is left undone."""
    filled.finalize(SECOND)
    plan = filled.run(ask=PLAN)
    filled.approve(plan.digest)
    approve_but(filled, plan, "ilc:p:P8")
    done = filled.run()
    assert (done.status, done.deferred.get("declined")) == ("applied", 4)
    assert not [row for row in filled.sandbox.state()["users"] if row["sis_user_id"] == "ilc:p:P8"]


def test_declined_removal_stays(filled: World) -> None:
    """Who shall not leave stays, though the roster has them no more; back in the roster and gone again, that is asked anew."""
    filled.finalize(replace(FIRST, people=tuple(each for each in FIRST.people if each.person_id != "P4")))
    decline(filled, filled.run(ask=PLAN))
    assert (filled.run().status, filled.run().deferred.get("declined")) == ("converged", 3)
    filled.finalize(FIRST)
    assert (filled.run().deferred, declined(filled)) == ({}, {})
    filled.finalize(replace(FIRST, people=tuple(each for each in FIRST.people if each.person_id != "P4")))
    assert filled.run(ask=PLAN).counts["remove"] == 3


def titled(title: str) -> Roster:
    return replace(FIRST, cops=(replace(FIRST.cops[0], title=title), FIRST.cops[1]))


def test_declined_rename_outlives_edits(filled: World) -> None:
    """A declined new name stays undone when somebody opens the course; another new name is another change."""
    filled.finalize(titled("Justice"))
    decline(filled, filled.run(ask=PLAN))
    course = next(row["id"] for row in filled.sandbox.state()["courses"] if row["sis_course_id"].endswith(":cop:EQ"))
    filled.human().ask("PUT", f"courses/{course}", {"offer": "true"})
    assert (filled.run().status, filled.run().deferred.get("declined")) == ("converged", 1)
    filled.finalize(titled("Fairness"))
    done = filled.run()
    assert (done.status, done.applied, declined(filled)) == ("applied", 1, {})


def test_part_of_a_person_is_declined(filled: World) -> None:
    """The new name of somebody is declined, the new address is not: one change each."""
    people = tuple(
        replace(each, family_name="Neu", display_name="Ada Neu", sortable_name="Neu, Ada", affiliation="continuing")
        if each.person_id == "P4"
        else each
        for each in FIRST.people
    )
    people = tuple(replace(each, email="new@example.org") if each.person_id == "P3" else each for each in people)
    filled.finalize(replace(FIRST, people=people))
    plan = filled.run(ask=PLAN)
    approve_but(filled, plan, "user=ilc:p:P4")
    assert (filled.run().status, declined(filled)) == ("applied", {"user=ilc:p:P4": "declined"})
    rows = {row["sis_user_id"]: row for row in filled.sandbox.state()["users"]}
    assert (rows["ilc:p:P4"]["name"], rows["ilc:p:P3"]["email"]) == ("Ada Leaver", "new@example.org")


def test_dry_run_ends_no_decline(spared: World) -> None:
    """The roster has the COP no more: a plan alone leaves the decision in force, the next run ends it."""
    spared.finalize(FIRST)
    spared.run(ask=PLAN)
    assert len(declined(spared)) == 5
    spared.sync()
    assert declined(spared) == {}


def test_part_of_the_whole_ends_nothing(spared: World) -> None:
    """A run for another COP says nothing of the one that was declined."""
    assert spared.run(ask=RunRequest("ana", "sync", only=("cop:EQ",))).deferred == {}
    assert len(declined(spared)) == 5


def test_undone_and_declined_are_one_list(spared: World) -> None:
    """What was taken back is listed beside what was declined, each with its word; either is taken back alike."""
    spared.finalize(replace(NEW_COP, teams=(replace(FIRST.teams[0], name="Alameda Crew"), FIRST.teams[1])))
    renamed = spared.run()
    assert spared.sync(ask=RunRequest("ana", "undo", "a mistake", undo=renamed.run)).status == "applied"
    assert sorted(declined(spared).values()) == ["declined"] * 5 + ["undone"]
    with opened(spared.store) as store:
        (taken,) = [each for each in declines.listing(store, [place(spared)]) if each.why == "undone"]
    assert (taken.actor, taken.reason) == ("ana", "a mistake")
    forget(spared, str(taken.key))
    assert spared.run().applied == 1


def test_declined_way_back_is_no_decline(filled: World) -> None:
    """A no to the plan of an undo leaves the run as it is, and keeps nothing else from being done."""
    filled.finalize(SECOND)
    second = filled.run()
    plan = filled.run(ask=RunRequest("ana", "undo", undo=second.run, dry_run=True))
    decline(filled, plan)
    assert (filled.run().status, declined(filled)) == ("converged", {})

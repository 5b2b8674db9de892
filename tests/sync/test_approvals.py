"""A yes to some changes and not to others; adds that go on while removals wait; a drop that a person has looked at."""

from dataclasses import replace

import pytest

from ilc_canvas.reconcile.basis import Basis
from ilc_canvas.reconcile.change import fingerprint
from ilc_canvas.reconcile.errors import ApprovalError
from ilc_canvas.reconcile.guards.guard import Limits, Share
from ilc_canvas.reconcile.run.values import RunRequest
from ilc_canvas.store.runs import details
from tests.store.menu import menu_finalized
from tests.sync.roster import FIRST, SECOND
from tests.sync.world import World, opened

NO_REMOVALS = Limits(removals_per_run=Share(0, 0.0))


def named(world: World, run: int, *words: str) -> frozenset[str]:
    """The fingerprints of the changes of a run whose keys hold one of these words."""
    with opened(world.store) as store:
        return frozenset(fingerprint(s.change) for s in details.run(store, run).steps if any(word in str(s.change.key) for word in words))


def test_only_what_was_approved(filled: World) -> None:
    """Of a held plan just the named changes are carried out; the others stay undone; once done, the yes is used up."""
    filled.finalize(SECOND)
    held = filled.run(limits=NO_REMOVALS)
    assert (held.status, held.writes) == ("held", 0)
    names = named(filled, held.run, "cop:EQ:GUEST", "section=")
    filled.approve(held.digest, names)
    done = filled.run(limits=NO_REMOVALS)
    assert (done.status, done.applied, done.deferred) == ("applied", 2, {"declined": 11})
    assert filled.run(limits=NO_REMOVALS).status == "converged"
    with opened(filled.store) as store, store.read() as connection:
        row = connection.exec_driver_sql("SELECT spent_by FROM approval ORDER BY number DESC LIMIT 1").one()
    assert row.spent_by == done.run


def test_yes_is_for_its_basis(filled: World) -> None:
    """A yes permits nothing once any document that plans are made from has a newer version, even one that changes nothing."""
    filled.finalize(SECOND)
    held = filled.run(limits=NO_REMOVALS)
    filled.approve(held.digest)
    with opened(filled.store) as store:
        menu_finalized(store, "soup")
    again = filled.run(limits=NO_REMOVALS)
    assert (again.status, again.writes, again.digest != held.digest) == ("held", 0, True)
    assert again.basis == Basis.of({"menu": 1, "roster": 2})
    filled.approve(again.digest)
    done = filled.run(limits=NO_REMOVALS)
    assert done.sentence.startswith("Canvas has all of menu version 1 and roster version 2: 13 of 13 changes done.")


def test_all_but_some(filled: World) -> None:
    """Everything goes but what was excepted, and what needs it."""
    filled.finalize(SECOND)
    held = filled.run(limits=NO_REMOVALS)
    filled.approve(held.digest, named(filled, held.run, "=") - named(filled, held.run, "user=ilc:p:P8"))
    done = filled.run(limits=NO_REMOVALS)
    assert (done.status, done.applied, done.deferred) == ("applied", 9, {"declined": 4})  # the new person, and three places
    assert not [row for row in filled.sandbox.state()["users"] if row["sis_user_id"] == "ilc:p:P8"]


def test_something_new_waits(filled: World) -> None:
    """What was approved is still done when the plan has grown; what is new in it waits for another yes."""
    filled.finalize(SECOND)
    held = filled.run(limits=NO_REMOVALS)
    filled.approve(held.digest)
    course = next(row["id"] for row in filled.sandbox.state()["courses"] if row["sis_course_id"].endswith(":cop:EQ"))
    rows = filled.human().get(f"courses/{course}/enrollments").body
    own = next(row for row in rows if row["sis_user_id"] == "ilc:p:P1")
    filled.human().ask("DELETE", f"courses/{course}/enrollments/{own['id']}?task=delete")
    done = filled.run(limits=NO_REMOVALS, apply_settings=replace(filled.setting.apply_settings, repair=True))
    assert (done.status, done.applied, done.withheld) == ("held", 13, 1)
    assert filled.run(limits=NO_REMOVALS).status == "converged"  # the yes is used up; without repair it is drift


def test_adds_go_on(filled: World) -> None:
    """With the setting, only the removals wait, and the run is not green."""
    filled.finalize(SECOND)
    report = filled.run(limits=replace(NO_REMOVALS, adds_go_on=True))
    assert (report.status, report.applied, report.withheld) == ("held", 8, 5)
    waiting = filled.run(limits=replace(NO_REMOVALS, adds_go_on=True))
    assert (waiting.status, waiting.writes) == ("held", 0)
    filled.approve(waiting.digest)
    assert filled.run(limits=NO_REMOVALS).status == "applied"
    assert filled.complaints() == []


def test_adds_wait_with_others(filled: World) -> None:
    """Where something else than removals holds the run, the adds wait too."""
    filled.finalize(SECOND)
    report = filled.run(limits=replace(NO_REMOVALS, adds_go_on=True, new_sections=-1))
    assert (report.status, report.writes) == ("held", 0)


def test_drop_is_agreed_to(filled: World) -> None:
    """Much was ended by hand: nothing is to be done, but a person must look; with a yes the present state is the known one."""
    state = filled.sandbox.state()
    ours = {row["id"] for row in state["users"] if str(row["sis_user_id"]).startswith("ilc:p:")}
    for row in [row for row in state["enrollments"] if row["user_id"] in ours][:8]:
        filled.human().ask("DELETE", f"courses/{row['course_id']}/enrollments/{row['id']}?task=delete")
    held = filled.run()
    assert (held.status, [reason.code for reason in held.reasons], held.counts["remove"]) == ("held", ["observed-drop"], 0)
    filled.approve(held.digest)
    agreed = filled.run()
    assert (agreed.status, agreed.writes, agreed.drift) == ("converged", 0, 8)
    assert filled.run().status == "converged"


def test_drop_is_noticed_after_a_fill(world: World) -> None:
    """What a run has just made counts as seen: if it is gone at the next look, a person must look."""
    world.run()
    state = world.sandbox.state()
    for row in state["enrollments"][:10]:
        world.human().ask("DELETE", f"courses/{row['course_id']}/enrollments/{row['id']}?task=delete")
    assert [reason.code for reason in world.run().reasons] == ["observed-drop"]


def test_yes_is_for_its_roster_alone(filled: World) -> None:
    """A newer roster makes it stale, in so many words; a second yes to a plan that is done is refused."""
    filled.finalize(SECOND)
    held = filled.run(limits=NO_REMOVALS)
    filled.approve(held.digest)
    filled.finalize(FIRST)
    with pytest.raises(ApprovalError, match="is out of date: the roster is version 3 now"):
        filled.approve(held.digest)
    filled.finalize(SECOND)
    held = filled.run(ask=RunRequest("ana", "sync"), limits=NO_REMOVALS)
    assert held.status == "held"

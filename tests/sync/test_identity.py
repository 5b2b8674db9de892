"""People who are there already, and people who are not who they were: nothing is guessed, somebody is asked, the answer is remembered."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from ilc_canvas.reconcile.errors import MissingRightError
from ilc_canvas.reconcile.kinds import Kind
from ilc_canvas.reconcile.people.identity import Answer, Question
from ilc_canvas.reconcile.run.values import RunRequest
from ilc_canvas.reconcile.state import Key
from ilc_canvas.store.db.scope import CanvasScope
from ilc_canvas.store.runs.decisions import identities
from tests.sandbox.process import start_sandbox
from tests.stores import new_store
from tests.sync.roster import FIRST, SECOND, YEAR, person
from tests.sync.world import NOW, SCOPE, World, now, opened, seat

LOGIN = "p8@example.org"


def key(number: int) -> Key:
    """A person of the roster."""
    return Key(Kind.USER, f"ilc:p:P{number}")


def asked(world: World, year: str = YEAR) -> dict[str, str]:
    """About whom somebody must decide, and why."""
    with opened(world.store) as store:
        questions: list[Question] = identities.open_questions(store, [CanvasScope(world.sandbox.url, f"ilc:{year}")])
    return {question.key.id: question.kind for question in questions}


def decide(world: World, number: int, decision: str, **more: Any) -> None:
    """Somebody decides."""
    with opened(world.store) as store:
        answer = Answer(key(number), decision, now(), **more)
        identities.decide(store, CanvasScope(world.sandbox.url, SCOPE), [answer], actor="ana", reason="asked them")


def user(world: World, sis_id: str) -> dict[str, Any]:
    """The account that a SIS id leads to."""
    found: dict[str, Any] = world.human().get(f"users/sis_user_id:{sis_id}").body
    return found


def account(world: World, number: int) -> dict[str, Any]:
    """The account of this number."""
    found: dict[str, Any] = world.human().get(f"users/{number}").body
    return found


def places(world: World, number: int) -> list[str]:
    """The states of the enrollments of an account."""
    return sorted(row["enrollment_state"] for row in world.sandbox.state()["enrollments"] if row["user_id"] == number)


def with_new_person(world: World, name: str = "New") -> None:
    """The next roster has one person more."""
    world.finalize(replace(FIRST, people=(*FIRST.people, replace(person(8, name), participates=("EQ",)))))


@pytest.fixture
def taken(filled: World) -> tuple[World, int]:
    """A new person of the next roster has an account with this login already, under another name; its number."""
    number = filled.human().user(LOGIN)
    with_new_person(filled)
    return filled, number


def test_account_that_fits_is_taken(filled: World) -> None:
    """Who has an account whose login and name agree is enrolled with it by the next run; nothing about the account is changed."""
    number = filled.human().user(LOGIN)
    before = account(filled, number)
    with_new_person(filled, "Lovelace")
    assert filled.sync().status == "applied"
    assert (set(places(filled, number)), account(filled, number), asked(filled)) == ({"active"}, before, {})
    again = filled.run()
    assert (again.status, again.writes, again.drift) == ("converged", 0, 0)


def test_other_name_is_asked_about(taken: tuple[World, int]) -> None:
    """The first run that finds it asks; the person is left alone with all that belongs to it, and all others go on."""
    world, number = taken
    first = world.sync()
    assert (first.status, first.failures, first.writes, asked(world)) == ("partial", {}, 0, {"ilc:p:P8": "name"})
    assert (places(world, number), user(world, "ilc:p:P8").get("errors") is not None) == ([], True)


def test_account_that_was_decided_on(taken: tuple[World, int]) -> None:
    """It waits for a yes, is enrolled then, and stays as it is."""
    world, number = taken
    before = account(world, number)
    world.sync()
    decide(world, 8, "adopt", handle=number)
    held = world.run()
    assert (held.status, [reason.code for reason in held.reasons]) == ("held", ["decided"])
    assert world.sync().status == "applied"
    assert (account(world, number), set(places(world, number))) == (before, {"active"})
    again = world.run()
    assert (again.status, again.writes, again.drift, asked(world)) == ("converged", 0, 0, {})


def test_undo_lets_the_account_go(taken: tuple[World, int]) -> None:
    """Undone, the person leaves the places again, the account is nobody's, and is not taken again by itself."""
    world, number = taken
    world.sync()
    decide(world, 8, "adopt", handle=number)
    done = world.sync()
    ask = RunRequest("ana", "undo", undo=done.run)
    plan = world.run(ask=replace(ask, dry_run=True))
    world.approve(plan.digest)
    assert world.run(ask=ask).status == "applied"
    assert set(places(world, number)) == {"inactive"}
    again = world.run()
    assert (again.status, again.writes, set(places(world, number))) == ("converged", 0, {"inactive"})


def test_created_beside_the_other(taken: tuple[World, int]) -> None:
    """A new account gets a login of its own, and the other one is not touched."""
    world, number = taken
    world.sync()
    decide(world, 8, "create", login="ilc:p:P8")
    assert world.sync().status == "applied"
    made = user(world, "ilc:p:P8")
    assert (made["login_id"], made["email"], made["id"] == number, places(world, number)) == ("ilc:p:P8", LOGIN, False, [])
    assert (world.run().status, asked(world)) == ("converged", {})


def test_left_out_is_not_asked_again(taken: tuple[World, int]) -> None:
    """Who is left out is neither made nor enrolled, and is no reason to worry any more."""
    world, number = taken
    world.sync()
    decide(world, 8, "leave-out")
    again = world.run()
    assert (again.status, again.writes, again.asked, places(world, number)) == ("converged", 0, 0, [])


def test_merged_away_person_is_left_alone(filled: World) -> None:
    """Two of our people were made one in Canvas: the one whose number is gone is asked about, and nobody is removed."""
    kept, gone = user(filled, "ilc:p:P2")["id"], user(filled, "ilc:p:P4")["id"]
    assert filled.human().ask("PUT", f"users/{gone}/merge_into/{kept}").status == 200
    before = places(filled, kept)
    report = filled.sync()
    assert (report.status, report.writes, asked(filled)) == ("partial", 0, {"ilc:p:P4": "merged"})
    assert places(filled, kept) == before


def test_merged_survivor_goes_on(filled: World) -> None:
    """With the other one left out, the survivor is looked after as before, and loses nothing that the roster gives."""
    kept, gone = user(filled, "ilc:p:P2")["id"], user(filled, "ilc:p:P4")["id"]
    filled.human().ask("PUT", f"users/{gone}/merge_into/{kept}")
    filled.finalize(SECOND)
    filled.sync()
    state = filled.sandbox.state()
    rows = [row for row in state["enrollments"] if row["user_id"] == kept and row["enrollment_state"] == "active"]
    there = {seat(row, state).id.split("|")[0] for row in rows}
    wanted = {k.id.split("|")[0] for k in filled.wanted() if k.kind is Kind.ENROLLMENT and "|ilc:p:P2|" in k.id}
    assert wanted <= there
    assert (filled.run().status, asked(filled)) == ("converged", {})


def test_moved_id_is_no_other_person(filled: World) -> None:
    """Our SIS id stands on another account by now: the person is still the account whose number the ledger holds."""
    human, old = filled.human(), user(filled, "ilc:p:P3")["id"]
    login = human.get(f"users/{old}/logins").body[0]["id"]
    human.ask("PUT", f"accounts/1/logins/{login}", {"login[sis_user_id]": "else"})
    other = human.user("someone@example.org", sis_user_id="ilc:p:P3")
    filled.finalize(SECOND)  # with a new address for P3
    assert filled.sync().status == "applied"
    assert (asked(filled), account(filled, old)["email"], places(filled, other)) == ({}, "member@example.org", [])
    assert (filled.run().status, account(filled, other)["name"]) == ("converged", "Ada Lovelace")


def test_deleted_person_is_asked_about(filled: World) -> None:
    """A removed account is not made again by itself; when somebody wants it, it comes back with its places and its number."""
    old = user(filled, "ilc:p:P4")["id"]
    filled.human().ask("DELETE", f"accounts/1/users/{old}")
    first = filled.run()
    assert (first.status, first.writes, asked(filled)) == ("partial", 0, {"ilc:p:P4": "gone"})
    decide(filled, 4, "create")
    assert filled.sync().status == "applied"
    assert (user(filled, "ilc:p:P4")["id"], set(places(filled, old))) == (old, {"active"})
    again = filled.run()
    assert (again.status, again.writes, again.drift, asked(filled)) == ("converged", 0, 0, {})


def test_returned_person_gets_the_new_address(filled: World) -> None:
    """An account that comes back has its former login and address: what the roster has by now is written, and nothing is booked unseen."""
    old = user(filled, "ilc:p:P3")["id"]
    filled.human().ask("DELETE", f"accounts/1/users/{old}")
    filled.finalize(SECOND)  # with a new address for P3
    filled.sync()
    decide(filled, 3, "create")
    filled.heal()
    seen = account(filled, old)
    assert (seen["login_id"], seen["email"], seen["sis_user_id"]) == ("member@example.org", "member@example.org", "ilc:p:P3")
    again = filled.run()
    assert (again.status, again.writes, again.drift) == ("converged", 0, 0)


def test_question_does_not_stop_others(filled: World) -> None:
    """One person in question, and all others of the next roster are where they belong."""
    filled.human().ask("DELETE", f"accounts/1/users/{user(filled, 'ilc:p:P2')['id']}")
    filled.finalize(SECOND)
    report = filled.sync()
    assert (report.status, report.failed, report.withheld) == ("partial", 0, 0)
    assert [found for found in filled.complaints() if "P2" not in found and "users made" not in found] == []


def test_answers_are_remembered_and_taken_back(taken: tuple[World, int]) -> None:
    """A decision holds for all runs to come until somebody takes it back; then the question is open again."""
    world, _ = taken
    world.sync()
    decide(world, 8, "leave-out")
    assert [world.run().status for _ in range(2)] == ["converged", "converged"]
    with opened(world.store) as store:
        identities.forget(store, CanvasScope(world.sandbox.url, SCOPE), [key(8)], actor="ana", reason="second thoughts", at=now())
    report = world.run()
    assert (report.status, asked(world)) == ("partial", {"ilc:p:P8": "name"})


def test_wrong_answer_sets_one_person_aside(taken: tuple[World, int]) -> None:
    """An answer that cannot be carried out is a question again; all others of the roster go on."""
    world, _ = taken
    world.sync()
    decide(world, 8, "adopt", handle=999_999)
    report = world.run()
    assert (report.status, report.writes, report.failed, asked(world)) == ("partial", 0, 0, {"ilc:p:P8": "answer"})


@pytest.mark.parametrize("right", ["read_roster", "read_email_addresses", "view_user_logins"])
def test_rights_to_read_come_first(tmp_path: Path, right: str) -> None:
    """People cannot be looked up without the right to see them: nobody is made, and the sentence says which right is missing."""
    with start_sandbox("--now", NOW, "--deny", right) as sandbox:
        world = World(sandbox, new_store(tmp_path))
        world.finalize(FIRST)
        with pytest.raises(MissingRightError, match=rf"7 people of the roster .*cannot be seen.*{right}"):
            world.run()


def test_missing_right_is_told_of_one_person(tmp_path: Path) -> None:
    """The sentence is right for one person too."""
    with start_sandbox("--now", NOW, "--deny", "read_roster") as sandbox:
        world = World(sandbox, new_store(tmp_path))
        world.finalize(replace(FIRST, people=FIRST.people[:1], teams=(), cops=()))
        with pytest.raises(MissingRightError, match=r"^Whether 1 person of the roster has an account in Canvas cannot be seen"):
            world.run()


def test_unlisted_administrators_are_asked_about(tmp_path: Path) -> None:
    """If the token may not list administrators, nobody is taken for an ordinary person: who fits is asked about."""
    with start_sandbox("--now", NOW, "--deny", "manage_account_memberships") as sandbox:
        world = World(sandbox, new_store(tmp_path))
        world.human().user("p4@example.org")
        world.finalize(replace(FIRST, people=tuple(replace(p, sortable_name="Lovelace, Ada") for p in FIRST.people)))
        world.run()
        assert asked(world) == {"ilc:p:P4": "admins-hidden"}


def test_survivor_of_others_is_held_as_it_is(filled: World) -> None:
    """One of ours was merged into an account that others made: with a decision it goes on there, and nothing of that is written."""
    human, gone = filled.human(), user(filled, "ilc:p:P4")["id"]
    survivor = human.user("survivor@example.org", sis_user_id="900123")
    assert human.ask("PUT", f"users/{gone}/merge_into/{survivor}").status == 200
    filled.sync()
    assert asked(filled) == {"ilc:p:P4": "merged"}
    before, there = account(filled, survivor), places(filled, survivor)
    decide(filled, 4, "adopt", handle=survivor)
    assert filled.sync().status == "applied"
    assert (account(filled, survivor), places(filled, survivor)) == (before, there)
    again = filled.run()
    assert (again.status, again.writes, again.drift, asked(filled)) == ("converged", 0, 0, {})


def test_account_in_place_of_a_removed_one(filled: World) -> None:
    """Ours was removed, and others made another one with the same login: it is shown, and held as it is once somebody says so."""
    human, old = filled.human(), user(filled, "ilc:p:P4")["id"]
    human.ask("DELETE", f"accounts/1/users/{old}")
    new = human.user("p4@example.org")
    filled.sync()
    assert asked(filled) == {"ilc:p:P4": "replaced"}
    before = account(filled, new)
    decide(filled, 4, "adopt", handle=new)
    assert filled.sync().status == "applied"
    assert (account(filled, new), set(places(filled, new))) == (before, {"active"})
    again = filled.run()
    assert (again.status, again.writes, again.drift, asked(filled)) == ("converged", 0, 0, {})

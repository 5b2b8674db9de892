"""People who are not who they were: nothing is guessed, somebody is asked, the answer is remembered."""

from dataclasses import replace
from typing import Any

import pytest

from ilc_canvas.reconcile.identity import Answer, Question
from ilc_canvas.reconcile.run import Ask
from ilc_canvas.reconcile.state import Key, Kind
from ilc_canvas.store import identities
from ilc_canvas.store.place import Place
from tests.sync.roster import FIRST, SECOND, person
from tests.sync.world import SCOPE, World, now, opened, seat

LOGIN = "p8@example.org"


def key(number: int) -> Key:
    """A person of the roster."""
    return Key(Kind.USER, f"ilc:p:P{number}")


def asked(world: World) -> dict[str, str]:
    """About whom somebody must decide, and why."""
    with opened(world.store) as store:
        questions: list[Question] = identities.open_questions(store, Place(world.sandbox.url, SCOPE))
    return {question.key.id: question.kind for question in questions}


def decide(world: World, number: int, decision: str, **more: Any) -> None:
    """Somebody decides."""
    with opened(world.store) as store:
        answer = Answer(key(number), decision, now(), **more)
        identities.decide(store, Place(world.sandbox.url, SCOPE), answer, actor="ana", reason="asked them")


def user(world: World, sis_id: str) -> dict[str, Any]:
    """The account that a SIS id leads to."""
    found: dict[str, Any] = world.human().get(f"users/sis_user_id:{sis_id}").body
    return found


def places(world: World, number: int) -> list[str]:
    """The states of the enrollments of an account."""
    return sorted(row["enrollment_state"] for row in world.sandbox.state()["enrollments"] if row["user_id"] == number)


@pytest.fixture
def taken(filled: World) -> tuple[World, int]:
    """A new person of the next roster has an account already, without our SIS id, whose login is the address; its number."""
    number = filled.human().user(LOGIN)
    filled.finalize(replace(FIRST, people=(*FIRST.people, replace(person(8, "New"), participates=("EQ",)))))
    return filled, number


def test_taken_login_is_asked_about(taken: tuple[World, int]) -> None:
    """The person is left alone with all that belongs to it, everything else goes on, and no run is green meanwhile."""
    world, number = taken
    first = world.sync()
    assert (first.status, list(first.failures)) == ("partial", [key(8)])
    again = world.run()
    assert (again.status, again.writes, again.asked, asked(world)) == ("partial", 0, 1, {"ilc:p:P8": "login"})
    assert (places(world, number), user(world, str(number)).get("errors") is not None) == ([], True)


def test_adopted_account_gets_our_id(taken: tuple[World, int]) -> None:
    """The account that was pointed out is enrolled, and keeps the name that it has."""
    world, number = taken
    world.sync()
    world.run()
    decide(world, 8, "adopt", handle=number)
    assert world.sync().status == "applied"
    assert (user(world, "ilc:p:P8")["id"], user(world, "ilc:p:P8")["name"]) == (number, "Ada Lovelace")
    assert set(places(world, number)) == {"active"}
    again = world.run()
    assert (again.status, again.writes, asked(world)) == ("converged", 0, {})


def test_created_beside_the_other(taken: tuple[World, int]) -> None:
    """A new account gets a login of its own, and the other one is not touched."""
    world, number = taken
    world.sync()
    world.run()
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


def test_merged_people_are_left_alone(filled: World) -> None:
    """Two of our people were made one in Canvas: nothing is done about either, not even by a roster without one of them."""
    kept, gone = user(filled, "ilc:p:P2")["id"], user(filled, "ilc:p:P4")["id"]
    assert filled.human().ask("PUT", f"users/{gone}/merge_into/{kept}").status == 200
    before = places(filled, kept)
    filled.finalize(SECOND)  # without P4
    report = filled.sync()
    assert (report.status, asked(filled)) == ("partial", {"ilc:p:P2": "merged", "ilc:p:P4": "merged"})
    assert places(filled, kept) == before


def test_merged_survivor_goes_on(filled: World) -> None:
    """With one of the two left out, the other one is looked after again, and loses nothing that the roster gives."""
    kept, gone = user(filled, "ilc:p:P2")["id"], user(filled, "ilc:p:P4")["id"]
    filled.human().ask("PUT", f"users/{gone}/merge_into/{kept}")
    filled.finalize(SECOND)
    filled.sync()
    decide(filled, 4, "leave-out")
    assert filled.sync().status in ("applied", "converged")
    state = filled.sandbox.state()
    rows = [row for row in state["enrollments"] if row["user_id"] == kept and row["enrollment_state"] == "active"]
    there = {seat(row, state).id.split("|")[0] for row in rows}
    wanted = {k.id.split("|")[0] for k in filled.wanted() if k.kind is Kind.ENROLLMENT and "|ilc:p:P2|" in k.id}
    assert wanted <= there
    assert (filled.run().status, asked(filled)) == ("converged", {})


def test_moved_id_is_asked_about(filled: World) -> None:
    """Our SIS id stands on another account by now: nobody is removed or changed there before somebody has said who it is."""
    human, old = filled.human(), user(filled, "ilc:p:P3")["id"]
    login = human.get(f"users/{old}/logins").body[0]["id"]
    human.ask("PUT", f"accounts/1/logins/{login}", {"login[sis_user_id]": "else"})
    other = human.user("someone@example.org", sis_user_id="ilc:p:P3")
    filled.finalize(SECOND)  # with a new address for P3
    report = filled.sync()
    assert (report.status, asked(filled), user(filled, "ilc:p:P3")["name"]) == ("partial", {"ilc:p:P3": "other"}, "Ada Lovelace")
    decide(filled, 3, "adopt", handle=other)
    filled.sync()
    assert (asked(filled), set(places(filled, other))) == ({}, {"active"})


def test_deleted_person_is_asked_about(filled: World) -> None:
    """A deleted account is not made again by itself; when somebody wants it, it comes back with its places."""
    old = user(filled, "ilc:p:P4")["id"]
    filled.human().ask("DELETE", f"accounts/1/users/{old}")
    first = filled.run()
    assert (first.status, first.writes, asked(filled)) == ("partial", 0, {"ilc:p:P4": "gone"})
    decide(filled, 4, "create")
    assert filled.sync().status == "applied"
    assert (user(filled, "ilc:p:P4")["id"], set(places(filled, old))) == (old, {"active"})
    again = filled.run()
    assert (again.status, again.writes, asked(filled)) == ("converged", 0, {})


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
        identities.forget(store, Place(world.sandbox.url, SCOPE), key(8), actor="ana", reason="second thoughts", at=now())
    report = world.run(ask=Ask("ana", "sync", retry=True))
    assert report.status == "partial"

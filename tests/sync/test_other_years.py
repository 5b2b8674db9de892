"""People are people across school years, under other ids, and after a ledger was lost."""

from dataclasses import replace
from typing import Any

import pytest

from ilc_canvas.program.roster import Roster
from ilc_canvas.reconcile.kinds import Kind
from ilc_canvas.reconcile.state import Key
from ilc_canvas.store.rosters.rekey import rekey
from ilc_canvas.store.rosters.rekey_decisions import decide as decide_on_ids
from tests.sync.roster import FIRST
from tests.sync.test_identity import account, asked, decide, places, user
from tests.sync.world import World, now, opened


def edited(roster: Roster, who: str, **fields: Any) -> Roster:
    """The roster with other fields in one row."""
    people = tuple(replace(each, **fields) if each.person_id == who else each for each in roster.people)
    return replace(roster, people=people)


MARRIED = {"display_name": "Ada Marble", "sortable_name": "Marble, Ada", "email": "ada.marble@example.org"}


def test_name_and_address_at_once_wait(filled: World) -> None:
    """A row that changes both is held by name, as perhaps another person; with a yes it is the same one, and both are written."""
    old = user(filled, "ilc:p:P3")["id"]
    filled.finalize(edited(FIRST, "P3", **MARRIED))
    held = filled.run()
    assert (held.status, [reason.code for reason in held.reasons]) == ("held", ["changed-person"])
    assert (held.reasons[0].keys, asked(filled)) == ((Key(Kind.USER, "ilc:p:P3"),), {"ilc:p:P3": "changed"})
    assert filled.sync().status == "applied"
    seen = account(filled, old)
    assert (seen["name"], seen["login_id"], seen["email"]) == ("Ada Marble", MARRIED["email"], MARRIED["email"])
    assert (filled.run().status, asked(filled)) == ("converged", {})


@pytest.mark.parametrize("fields", [{"email": "new@example.org"}, {"display_name": "Ada Marble", "sortable_name": "Marble, Ada"}])
def test_one_of_them_goes_by_itself(filled: World, fields: dict[str, str]) -> None:
    """A new address, or a new name, is no other person."""
    filled.finalize(edited(FIRST, "P3", **fields))
    report = filled.run()
    assert (report.status, asked(filled)) == ("applied", {})


def test_id_given_to_somebody_else(filled: World) -> None:
    """Answered no: the newcomer gets an account of their own, the former one leaves the places, and nobody inherits anything."""
    old = user(filled, "ilc:p:P3")["id"]
    before = account(filled, old)
    filled.finalize(edited(FIRST, "P3", **MARRIED))
    filled.run()
    with opened(filled.store) as store, store.write() as connection:
        rekey(connection, Key(Kind.USER, "ilc:p:P3"), Key(Kind.USER, "ilc:p:P3~1"), actor="ana", at=now())
    decide(filled, 3, "create")
    assert filled.sync().status == "applied"
    made = next(row for row in filled.sandbox.state()["users"] if row["login_id"] == MARRIED["email"])
    assert (made["id"] != old, made["sis_user_id"], set(places(filled, made["id"]))) == (True, "ilc:p:P3~2", {"active"})
    assert (account(filled, old), set(places(filled, old))) == (before, {"inactive"})
    again = filled.run()
    assert (again.status, again.writes, again.drift) == ("converged", 0, 0)


def test_new_id_keeps_the_account(filled: World) -> None:
    """Under another person_id the same account goes on in all its places; only its SIS id follows."""
    old = user(filled, "ilc:p:P3")["id"]
    with opened(filled.store) as store:
        ids = (Key(Kind.USER, "ilc:p:P3"), Key(Kind.USER, "ilc:p:p-3"))
        decide_on_ids(store, *ids, decision="same", actor="ana", reason="new number", at=now())
    filled.finalize(edited(FIRST, "P3", person_id="p-3"))
    report = filled.run()
    assert (report.status, report.counts) == ("applied", {"create": 0, "update": 1, "remove": 0})
    assert (user(filled, "ilc:p:p-3")["id"], set(places(filled, old))) == (old, {"active"})
    assert (filled.run().status, filled.run().drift) == ("converged", 0)


def test_lost_ledger_is_found_again(filled: World) -> None:
    """Without a ledger people are found under our SIS ids, and taken over with a yes; nothing of theirs is written."""
    with opened(filled.store) as store, store.write() as connection:
        connection.exec_driver_sql("DELETE FROM ledger")
    before = filled.sandbox.state()["users"]
    report = filled.sync()
    assert (report.status, report.writes, filled.sandbox.state()["users"]) == ("applied", 0, before)
    assert (filled.run().status, filled.complaints()) == ("converged", [])


def test_lost_ledger_and_a_new_address(filled: World) -> None:
    """What the roster has otherwise by then is written in the same run: the account is ours by its SIS id."""
    with opened(filled.store) as store, store.write() as connection:
        connection.exec_driver_sql("DELETE FROM ledger")
    filled.finalize(edited(FIRST, "P3", email="new@example.org"))
    assert filled.sync().status == "applied"
    seen = user(filled, "ilc:p:P3")
    assert (seen["login_id"], seen["email"]) == ("new@example.org", "new@example.org")
    again = filled.run()
    assert (again.status, again.writes, again.drift) == ("converged", 0, 0)


def test_nothing_is_taken_while_a_question_is_open(filled: World) -> None:
    """A newcomer leads to the account of somebody who has left: until that is answered, who left keeps all places."""
    old = user(filled, "ilc:p:P4")["id"]
    path, form = f"users/{old}/communication_channels", {"communication_channel[type]": "email", "skip_confirmation": "true"}
    filled.human().ask("POST", path, {**form, "communication_channel[address]": "later@example.org"})
    newcomer = replace(FIRST.people[3], person_id="P9", display_name="Zoe Later", sortable_name="Later, Zoe", email="later@example.org")
    filled.finalize(replace(FIRST, people=(*FIRST.people[:3], *FIRST.people[4:], newcomer)))
    report = filled.sync()
    assert (asked(filled), set(places(filled, old)), report.writes) == ({"ilc:p:P9": "taken"}, {"active"}, 0)
    decide(filled, 9, "create")
    assert filled.sync().status == "applied"
    assert (set(places(filled, old)), filled.run().status) == ({"inactive"}, "converged")

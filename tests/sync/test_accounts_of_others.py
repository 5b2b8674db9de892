"""Accounts that others made: held by their numbers, and written only as far as the settings allow."""

from dataclasses import replace

import pytest

from ilc_canvas.program.policy import Policy
from ilc_canvas.reconcile.run.values import Report, RunRequest
from tests.sync.roster import FIRST
from tests.sync.test_identity import account, places
from tests.sync.test_other_years import edited
from tests.sync.world import World

LOGIN = "p8@example.org"
NEWCOMER = replace(FIRST.people[3], person_id="P8", email=LOGIN, display_name="Ada Lovelace", sortable_name="Lovelace, Ada")
WITH_ADA = replace(FIRST, people=(*FIRST.people, NEWCOMER))


def sync(world: World, existing_write: str = "never") -> Report:
    """A run with this setting, and a yes if it is held."""
    return world.sync(policy=Policy(existing_write=existing_write))


def joined(world: World, sis_id: str | None = None, existing_write: str = "never") -> int:
    """Somebody whose account others made is one of ours; its number."""
    number = world.human().user(LOGIN, **({"sis_user_id": sis_id} if sis_id else {}))
    world.finalize(WITH_ADA)
    assert sync(world, existing_write).status == "applied"
    return number


@pytest.mark.parametrize("sis_id", [None, "900123"])
def test_nothing_of_it_is_written(filled: World, sis_id: str | None) -> None:
    """A new name, and then a new address, in the roster: listed as differences of an account that is not ours, in no other way."""
    number = joined(filled, sis_id)
    before = account(filled, number)
    for fields in ({"display_name": "Ada L. Lovelace"}, {"display_name": "Ada L. Lovelace", "email": "new@example.org"}):
        filled.finalize(edited(WITH_ADA, "P8", **fields))
        report = sync(filled)
        assert (report.status, report.writes, report.drift, report.asked) == ("converged", 0, 0, 0)
    assert account(filled, number) == before
    (row,) = filled.rows("SELECT not_ours FROM run ORDER BY number DESC LIMIT 1")
    assert row[0].count("user=ilc:p:P8") == 2  # name and login
    assert row[0].count("channel=ilc:p:P8|main") == 1


@pytest.mark.parametrize(("sis_id", "shown"), [(None, "ilc:p:P8"), ("900123", "900123")])
def test_sis_id_if_it_has_none(filled: World, sis_id: str | None, shown: str) -> None:
    """With `sis_id` an account without one gets ours, and nothing else; another one stays."""
    number = joined(filled, sis_id, "sis_id")
    seen = account(filled, number)
    assert (seen["sis_user_id"], seen["name"], seen["login_id"]) == (shown, "Ada Lovelace", LOGIN)
    again = sync(filled, "sis_id")
    assert (again.status, again.writes, again.drift) == ("converged", 0, 0)


def test_undo_frees_the_sis_id(filled: World) -> None:
    """Undone, the SIS id is taken off again, so that it is free, and the account is let go."""
    number = filled.human().user(LOGIN)
    filled.finalize(WITH_ADA)
    done = sync(filled, "sis_id")
    ask = RunRequest("ana", "undo", undo=done.run)
    filled.approve(filled.run(ask=replace(ask, dry_run=True), policy=Policy(existing_write="sis_id")).digest)
    assert filled.run(ask=ask, policy=Policy(existing_write="sis_id")).status == "applied"
    assert (account(filled, number)["sis_user_id"], set(places(filled, number))) == (None, {"inactive"})
    assert filled.human().user("other@example.org", sis_user_id="ilc:p:P8")


def test_all_of_it_if_so_set(filled: World) -> None:
    """With `all` name, login and address follow the roster as for our own."""
    number = joined(filled, None, "all")
    filled.finalize(edited(WITH_ADA, "P8", display_name="Ada King", sortable_name="King, Ada"))
    assert sync(filled, "all").status == "applied"
    filled.finalize(edited(WITH_ADA, "P8", display_name="Ada King", sortable_name="King, Ada", email="king@example.org"))
    assert sync(filled, "all").status == "applied"
    seen = account(filled, number)
    assert (seen["name"], seen["login_id"], seen["email"], seen["sis_user_id"]) == ("Ada King", *("king@example.org",) * 2, "ilc:p:P8")
    again = sync(filled, "all")
    assert (again.status, again.writes, again.drift) == ("converged", 0, 0)


def test_second_login_changes_nothing(filled: World) -> None:
    """The institution gives the account another login with a SIS id of its own, which Canvas shows from then on: all stays as it is."""
    number = joined(filled)
    form = {"user[id]": number, "login[unique_id]": "900123", "login[sis_user_id]": "900123"}
    before = sync(filled).by_hand
    assert filled.human().ask("POST", "accounts/1/logins", form).status == 200
    again = sync(filled)
    assert (again.status, again.writes, again.by_hand) == ("converged", 0, before)
    filled.finalize(FIRST)
    sync(filled)
    assert set(places(filled, number)) == {"inactive"}


def test_who_leaves_keeps_the_account(filled: World) -> None:
    """Out of the roster and back: the places end and come again, and the account is never touched."""
    number = joined(filled)
    before = account(filled, number)
    for roster, state in ((FIRST, "inactive"), (WITH_ADA, "active")):
        filled.finalize(roster)
        sync(filled)
        assert (set(places(filled, number)), account(filled, number)) == ({state}, before)


def test_account_of_others_removed(filled: World) -> None:
    """Others remove the account that they made: that person is asked about, and nobody makes a new one meanwhile."""
    number = joined(filled)
    filled.human().ask("DELETE", f"accounts/1/users/{number}")
    report = sync(filled)
    assert (report.status, report.writes, report.asked) == ("partial", 0, 1)

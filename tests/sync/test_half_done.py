"""A change of several steps that was cut off between them."""

from dataclasses import replace

import pytest

from ilc_canvas.reconcile.errors import TokenError
from tests.sync.crash import Crash, Forge
from tests.sync.roster import SECOND
from tests.sync.world import World

NEW = next(person.email for person in SECOND.people if person.person_id == "P3")


def channels(world: World) -> list[tuple[str, str]]:
    """The addresses of the person whose address changes."""
    rows = world.human().get("users/sis_user_id:ilc:p:P3/communication_channels").body
    return [(row["address"], row["workflow_state"]) for row in rows]


@pytest.mark.parametrize(("method", "path"), [("POST", "channels"), ("PUT", "users/"), ("DELETE", "channels")])
def test_token_refused_between_steps(filled: World, method: str, path: str) -> None:
    """Where the token is refused at one of the steps of a new address, the next run finishes it: one address is left, the new one."""
    filled.finalize(SECOND)
    filled.sandbox.fault("401", path, method=method, times=100)
    with pytest.raises(TokenError):
        filled.sync()
    filled.sandbox.mend()
    assert filled.heal(most=3).drift == 0
    assert channels(filled) == [(NEW, "active")]
    assert (filled.run().writes, filled.complaints()) == (0, [])


@pytest.mark.parametrize("sent", [1, 2, 3, 4])
def test_death_between_steps(filled: World, forge: Forge, sent: int) -> None:
    """Wherever between the steps of a new address a run is killed, the next one finishes it: one address is left, the new one."""
    filled.finalize(SECOND)
    assert forge.run(filled.sandbox.url, filled.store, Crash("send", "before", sent, in_flight=1)) == -9
    assert filled.heal(most=3).drift == 0
    assert channels(filled) == [(NEW, "active")]
    assert (filled.run().writes, filled.complaints()) == (0, [])


def test_cut_off_address_is_no_edit_by_hand(filled: World, forge: Forge) -> None:
    """A run dies between the steps of a new address; the next roster has yet another one: that is set, and nobody's edit is seen in it."""
    other = replace(
        SECOND, people=tuple(replace(each, email="other@example.org") if each.person_id == "P3" else each for each in SECOND.people)
    )
    filled.finalize(SECOND)
    assert forge.run(filled.sandbox.url, filled.store, Crash("send", "after", 3, in_flight=1)) == -9
    filled.finalize(other)
    assert filled.heal().drift == 0
    assert (filled.run().drift, filled.complaints()) == (0, [])

"""What a world lives through: runs that die, or meet faults, and what must be true when all is over."""

from collections.abc import Mapping

from tests.sync.crash import Crash, Forge
from tests.sync.draw import Tale
from tests.sync.world import World


def dies(world: World, forge: Forge, crash: Crash) -> int:
    """The exit code of a run that dies there; whatever it has left in Canvas was intended."""
    code = forge.run(world.sandbox.url, world.store, crash)
    assert not world.unannounced(world.sandbox.state())
    return code


def survives(world: World, forge: Forge, tale: Tale, reference: Mapping[tuple[str, str], int]) -> None:
    """Live through every run of it, while a person acts between them; then runs heal, and the next has nothing to do."""
    for leg in tale.legs:
        world.sandbox.faults([fault.order for fault in leg.faults])
        dies(world, forge, leg.crash)
        world.sandbox.mend()
        world.add_by_hand()
    assert world.heal(3).status in ("applied", "converged")
    again = world.run()
    assert (again.status, again.writes, world.complaints(reference)) == ("converged", 0, [])

"""What people call things, from the store."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ilc_canvas.cli.letter import Names
    from ilc_canvas.reconcile.change import Change
    from ilc_canvas.settings import Settings
    from ilc_canvas.store.engine import Store

ROSTERS = 3  # the newest ones: who has left is in an older one


def known_names(settings: "Settings", store: "Store", changes: "Sequence[Change]" = (), *, version: int | None = None) -> "Names":
    """From these changes and the newest signed rosters, up to this version."""
    from ilc_canvas import bootstrap
    from ilc_canvas.cli.letter import Names
    from ilc_canvas.program.desired import desired
    from ilc_canvas.store import rosters

    signed = [info.number for info in rosters.listing(store) if info.state != "draft" and (version is None or info.number <= version)]
    states = [desired(rosters.read(store, number), bootstrap.policy(settings)) for number in signed[:ROSTERS]]
    return Names.of(states, changes)

"""What people call things, from the store."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ilc_canvas.cli.names import Names
    from ilc_canvas.reconcile.change import Change
    from ilc_canvas.settings import Settings
    from ilc_canvas.store.db.database import Store

ROSTERS = 3  # the newest ones: who has left is in an older one


def known_names(settings: "Settings", store: "Store", changes: "Sequence[Change]" = (), *, version: int | None = None) -> "Names":
    """From these changes and the newest signed rosters, up to this version: the newest ones, and the newest of each school year."""
    from ilc_canvas.cli.names import Names
    from ilc_canvas.program.desired import desired
    from ilc_canvas.store.rosters import versions

    signed = [info for info in versions.listing(store) if info.state != "draft" and (version is None or info.number <= version)]
    wanted = [info.number for place, info in enumerate(signed) if place < ROSTERS or info.state == "finalized"]
    states = [desired(versions.read(store, number), settings.policy) for number in wanted]
    return Names.of(states, changes)

"""A SIS import of somebody else's runs while we would."""

import pytest

from ilc_canvas.reconcile.errors import UnavailableError
from tests.sync.world import NOW, World


def test_running_import_stops_the_run(filled: World) -> None:
    """Half of it is visible, so nothing is read and nothing written; when it is over the next run goes on, and the log is whole."""
    filled.sandbox.forget_requests()
    filled.sandbox.importing(NOW)
    with pytest.raises(UnavailableError, match="half of it is visible"):
        filled.run()
    assert [row["path"] for row in filled.sandbox.requests()][4:] == []
    filled.sandbox.importing(None)
    assert (filled.run().status, filled.complaints()) == ("converged", [])
    closed = [event.body["status"] for event in filled.log() if event.kind == "closed"]
    assert closed[-2:] == ["failed", "converged"]

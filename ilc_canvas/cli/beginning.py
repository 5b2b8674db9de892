"""What every command does first."""

from ilc_canvas import bootstrap
from ilc_canvas.cli.commands import said
from ilc_canvas.settings import Settings


def begin(*, logged: bool = False) -> Settings:
    """Read the settings, and set up log and clock by them; what the log says next is a command to type. SettingsError."""
    return bootstrap.begin(said, logged=logged)

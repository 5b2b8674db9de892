"""The first step of every command."""

from ilc_canvas import bootstrap
from ilc_canvas.cli.commands import with_commands
from ilc_canvas.settings import Settings


def begin(*, logged: bool = False) -> Settings:
    """Read the settings, and set up log and clock from them; hints in the log become commands to type. SettingsError if they are wrong."""
    return bootstrap.load_settings(with_commands, logged=logged)

"""Where settings lie: the TOML file, secret files, the folder of our data. Quick to import."""

import os
from pathlib import Path

from ilc_canvas.reconcile.errors import SettingsError

PREFIX = "ILC_CANVAS_"
"""Begins the name of every setting in the environment."""


def config_path(name: str) -> Path:
    """A file or folder of config/: the one in ./config, else the copy inside the package, else that of the checkout this runs from."""
    package = Path(__file__).parent
    places = [folder / name for folder in (Path("config"), package / "config", package.parent / "config")]
    return next((place for place in places if place.exists()), places[1])


def config_file() -> Path:
    """The TOML file: ILC_CANVAS_CONFIG, ./config/ilc.toml, or the copy inside the package."""
    named = os.environ.get(f"{PREFIX}CONFIG")
    if named and not Path(named).is_file():
        raise SettingsError(f"{PREFIX}CONFIG: there is no file {named}. Nothing was done.")
    return Path(named) if named else config_path("ilc.toml")


def secret_in(field: str) -> str | None:
    """What stands in the file that ILC_CANVAS_<FIELD>_FILE names, without its last line break; None where nothing is named."""
    name = os.environ.get(f"{PREFIX}{field.upper()}_FILE", "")
    try:
        return Path(name).read_text("utf-8").rstrip("\r\n") if name else None
    except OSError as error:
        raise SettingsError(f"{PREFIX}{field.upper()}_FILE: {name} cannot be read ({error.strerror}). Nothing was done.") from error


def data_store() -> str:
    """The store where nothing else is set: SQLite below $XDG_DATA_HOME."""
    home = os.environ.get("XDG_DATA_HOME") or str(Path.home() / ".local" / "share")
    return f"sqlite:///{home}/ilc_canvas/store.db"

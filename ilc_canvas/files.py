"""Where settings lie: the TOML file, secret files, the folder of our data. Quick to import."""

import os
from pathlib import Path

from ilc_canvas.reconcile.errors import SettingsError

PREFIX = "ILC_CANVAS_"
"""Begins the name of every setting in the environment."""
_SETTINGS = "ilc.toml"


def config_path(name: str) -> Path:
    """A file or folder of config/: the one in ./config, else the copy inside the package, else that of the checkout this runs from."""
    package = Path(__file__).parent
    places = [folder / name for folder in (Path("config"), package / "config", package.parent / "config")]
    return next((place for place in places if place.exists()), places[1])


def installed_path(name: str) -> Path:
    """A file or folder of config/ as it was installed: a folder of that name in the working directory may be anybody's."""
    package = Path(__file__).parent
    places = [folder / "config" / name for folder in (package, package.parent)]
    return next((place for place in places if place.exists()), places[0])


def config_file() -> Path:
    """The TOML file: the one that ILC_CANVAS_CONFIG names, or that of the installation.

    One that lies in the working directory may be anybody's: SettingsError if it says something else and nobody has named it.
    """
    named = os.environ.get(f"{PREFIX}CONFIG")
    if named and not Path(named).is_file():
        raise SettingsError(f"{PREFIX}CONFIG: there is no file {named}. Nothing was done.")
    return Path(named) if named else _installed()


def _installed() -> Path:
    installed, here = installed_path(_SETTINGS), Path("config") / _SETTINGS
    if here.is_file() and (not installed.is_file() or here.read_bytes() != installed.read_bytes()):
        raise SettingsError(
            f"{here} in this folder differs from the settings of the installation, and nothing says which is meant. "
            f"Nothing was done. To use it, set {PREFIX}CONFIG={here}; otherwise run this in another folder."
        )
    return installed


def secret_in(field: str) -> str | None:
    """What stands in the file that ILC_CANVAS_<FIELD>_FILE names, without its last line break; None if nothing is named."""
    name = os.environ.get(f"{PREFIX}{field.upper()}_FILE", "")
    try:
        return Path(name).read_text("utf-8").rstrip("\r\n") if name else None
    except OSError as error:
        raise SettingsError(f"{PREFIX}{field.upper()}_FILE: {name} cannot be read ({error.strerror}). Nothing was done.") from error
    except ValueError as error:
        raise SettingsError(f"{PREFIX}{field.upper()}_FILE: {name} holds no text in UTF-8. Nothing was done.") from error


def data_store() -> str:
    """The store where nothing else is set: SQLite below $XDG_DATA_HOME."""
    home = os.environ.get("XDG_DATA_HOME") or str(Path.home() / ".local" / "share")
    return f"sqlite:///{home}/ilc_canvas/store.db"

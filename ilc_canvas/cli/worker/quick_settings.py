"""The two settings that a health check needs, read directly: reading all settings takes ten times as long."""

import os
import tomllib

from ilc_canvas.files import PREFIX, config_file, data_store, secret_in

SILENCE_HOURS = 26.0
"""The same default as in settings; a test compares them."""


def store_and_silence() -> tuple[str, float]:
    """The store's URL, and how many hours without a good run are too many; the same values as from `read_settings`.

    Falls back to `read_settings` if a value cannot be read directly, for its error message. SettingsError.
    """
    try:
        file = tomllib.loads(config_file().read_text("utf-8"))
        store = secret_in("store") or _from_environment("store") or file.get("store", data_store())
        return store, float(_from_environment("silence_hours") or file.get("silence_hours", SILENCE_HOURS))
    except (ValueError, TypeError):
        from ilc_canvas.settings import read_settings

        settings = read_settings()
        return settings.store, settings.silence_hours


def _from_environment(field: str) -> str:
    """The value from the environment, where the case of names does not matter."""
    return next((value for name, value in os.environ.items() if name.upper() == f"{PREFIX}{field.upper()}" and value), "")

"""The two settings that a health check needs, read at a glance: reading all of them takes ten times as long."""

import os
import tomllib

from ilc_canvas.files import PREFIX, config_file, data_store, secret_in

SILENCE_HOURS = 26.0
"""As in settings: a test compares."""


def store_and_silence() -> tuple[str, float]:
    """The store's URL, and without a good run for how many hours it is too long; as `read_settings` would say.

    What cannot be taken at a glance is left to `read_settings`, which says what is wrong with it. SettingsError.
    """
    try:
        file = tomllib.loads(config_file().read_text("utf-8"))
        store = secret_in("store") or _said("store") or file.get("store", data_store())
        return store, float(_said("silence_hours") or file.get("silence_hours", SILENCE_HOURS))
    except (ValueError, TypeError):
        from ilc_canvas.settings import read_settings

        settings = read_settings()
        return settings.store, settings.silence_hours


def _said(field: str) -> str:
    """By the environment, where names of any case count."""
    return next((value for name, value in os.environ.items() if name.upper() == f"{PREFIX}{field.upper()}" and value), "")

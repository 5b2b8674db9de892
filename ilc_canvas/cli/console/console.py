"""console: the staff's web pages"""

import gc
import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from ilc_canvas.cli.output import say

if TYPE_CHECKING:
    from collections.abc import Callable

    from uvicorn import Server

    from ilc_canvas.console.security.place import Place
    from ilc_canvas.settings import Settings

Port = Annotated[int | None, typer.Option(help="The port to listen at. Default: console_port in the settings.", min=1, max=65535)]
Address = Annotated[str | None, typer.Option(help="The public https address, if others reach it through a proxy.")]
_SECRETS = ("token", "head_key", "smtp_password", "webhook_url")


def console(context: typer.Context, port: Port = None, address: Address = None) -> None:
    """Serve the staff's web pages. Reads and writes the store, and holds no token. Ends with SIGTERM or Ctrl-C."""
    if context.invoked_subcommand:
        return
    from ilc_canvas import bootstrap
    from ilc_canvas.cli.startup import begin
    from ilc_canvas.console.security.place import place_of
    from ilc_canvas.console.security.proxies import Proxies
    from ilc_canvas.console.ways.canvas import canvas_of
    from ilc_canvas.console.ways.school import school_of

    settings = without_secrets(begin(logged=True))
    place = place_of(settings.console_host, port or settings.console_port, settings.console_address if address is None else address)
    _require_no_key(settings, place)
    for way in (school_of, canvas_of, Proxies.of):  # each says so if it is set in part
        way(settings)
    with bootstrap.open_store(settings) as store:
        from ilc_canvas.console.server import app_of, server_of

        _serve(place, lambda: server_of(app_of(settings, store, place), place))


def _serve(place: "Place", make: "Callable[[], Server]") -> None:
    from ilc_canvas.console.server import listen
    from ilc_canvas.reconcile.errors import SettingsError

    try:
        socket = listen(place)
    except OSError as error:
        text = f"{place.host}:{place.port} is not available ({error.strerror}): set another port. The console was not started."
        raise SettingsError(text) from error
    with socket:
        server = make()
        gc.freeze()  # what was imported stays: no page waits until it has been looked through for garbage
        say(f"The console is at {place.origins[0]}. To stop it: Ctrl-C")
        server.run(sockets=[socket])


def without_secrets(settings: "Settings") -> "Settings":
    """The settings without token, keys and passwords, which are taken out of this process as well."""
    from pydantic import SecretStr

    for name in _SECRETS:
        for suffix in ("", "_FILE"):
            os.environ.pop(f"ILC_CANVAS_{name.upper()}{suffix}", None)
    return settings.model_copy(update={name: SecretStr("") for name in _SECRETS})


def _require_no_key(settings: "Settings", place: "Place") -> None:
    """SettingsError if others reach this console, and it could read the key that signs the heads of the log."""
    from ilc_canvas.reconcile.errors import SettingsError
    from ilc_canvas.store.opening import unopened

    store = unopened(settings.store)
    key = Path(f"{store.path}.key") if store.path else None
    store.close()
    if place.is_secure and key and os.access(key, os.R_OK):
        raise SettingsError(
            f"The console must not be able to read {key}, which signs the audit log: run it as another user, or name the key elsewhere "
            "with ILC_CANVAS_HEAD_KEY_FILE for the worker. The console was not started."
        )

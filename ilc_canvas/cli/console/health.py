"""console health: whether the console on this machine answers."""

from http.client import HTTPConnection, HTTPException
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import typer

from ilc_canvas.cli.output import EXIT_ERROR, say

if TYPE_CHECKING:
    from ilc_canvas.console.security.place import Place

_SECONDS = 5


def health() -> None:
    """For a container: whether the console on this machine answers, and its store has this program's schema. Exit code 0 or 1."""
    from ilc_canvas.cli.startup import begin
    from ilc_canvas.console.security.place import place_of

    settings = begin()
    place = place_of(settings.console_host, settings.console_port, settings.console_address)
    trouble = problem(place)
    say(f"Not healthy: {trouble}" if trouble else f"Healthy: the console at {place.origins[0]} answers, and its store fits.")
    if trouble:
        raise typer.Exit(EXIT_ERROR)


def problem(place: "Place") -> str:
    """What is wrong with the console at this place, in one sentence; empty if nothing is. It is asked by the name that it answers to."""
    near = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(place.host, place.host)  # noqa: S104 - it is asked, not opened
    connection = HTTPConnection(near, place.port, timeout=_SECONDS)
    try:
        connection.request("GET", "/readyz", headers={"Host": urlsplit(place.origins[0]).netloc})
        status = connection.getresponse().status
    except (OSError, HTTPException) as error:
        return f"no console answers at {near}:{place.port} ({error or type(error).__name__}). Its log says why."
    finally:
        connection.close()
    return "" if status == 200 else f"the console at {near}:{place.port} answers with {status}: its store is away, or of another schema."

"""The demo's console: for visitors of the demo, until Ctrl-C."""

from collections.abc import Callable
from pathlib import Path

_KEY, _SECRET = "10000000000001", "sandbox"  # by which the stand-in Canvas signs facilitators in


def serve_visitors(folder: Path, tell: Callable[[str], None]) -> None:
    """Serve the store of the settings, which lies in this folder, on a free port of this machine; `tell` gets the address first."""
    from pydantic import SecretStr

    from ilc_canvas import bootstrap, process
    from ilc_canvas.cli.console.console import without_secrets
    from ilc_canvas.cli.startup import begin
    from ilc_canvas.console.pages.entry.visitors import NOTICE, visitor_pages
    from ilc_canvas.console.security.place import Place, place_of
    from ilc_canvas.console.server import app_of, listen, server_of

    given = {"console_canvas_client": _KEY, "console_canvas_secret": SecretStr(_SECRET)}
    settings = without_secrets(begin()).model_copy(update=given)
    with bootstrap.open_store(settings) as store, listen(Place("127.0.0.1", 0, ())) as socket:
        place = place_of("127.0.0.1", socket.getsockname()[1], "")
        pages = visitor_pages(store, place, folder=folder, at=process.now())
        tell(place.origins[0])
        server_of(app_of(settings, store, place, pages=pages, notice=NOTICE), place).run(sockets=[socket])

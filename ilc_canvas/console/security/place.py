"""The address under which people reach the console, and what follows from it."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from ilc_canvas.reconcile.errors import SettingsError

_LOOPBACK = ("127.0.0.1", "localhost", "[::1]")


@dataclass(frozen=True, slots=True)
class Place:
    """Where the console listens, and the origins (https://console.example.org) that its pages have."""

    host: str
    port: int
    origins: tuple[str, ...]

    @property
    def is_secure(self) -> bool:
        """Whether people reach it by https."""
        return self.origins[0].startswith("https:")

    @property
    def hosts(self) -> frozenset[str]:
        """What a browser may send as Host."""
        return frozenset(urlsplit(origin).netloc for origin in self.origins)


def place_of(host: str, port: int, address: str) -> Place:
    """Listen at host and port; `address` is the public URL, empty on this machine alone. SettingsError for http beyond it."""
    if not address:
        if host not in ("127.0.0.1", "localhost", "::1"):
            raise SettingsError(f"The console at {host} needs its public address, which begins with https. It was not started.")
        return Place(host, port, tuple(f"http://{name}:{port}" for name in _LOOPBACK))
    parts = urlsplit(address)
    if parts.scheme != "https" or not parts.netloc or parts.path not in ("", "/") or "@" in parts.netloc or parts.query:
        raise SettingsError(f"{address} is not the address of a console: it is https:// and a name. It was not started.")
    return Place(host, port, (f"https://{parts.netloc.lower()}",))

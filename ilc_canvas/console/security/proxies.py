"""The proxies in front of the console: they alone are believed about where a visit comes from, and whom they have signed in."""

from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from starlette.datastructures import Headers

from ilc_canvas.reconcile.errors import SettingsError
from ilc_canvas.settings import Settings

_LONGEST = 255


@dataclass(frozen=True, slots=True)
class Proxies:
    """Their networks, and the header in which they say who somebody is; empty: they say nothing about that."""

    networks: tuple[IPv4Network | IPv6Network, ...] = ()
    header: str = ""

    @classmethod
    def of(cls, settings: Settings) -> "Proxies":
        """Those that the settings name. SettingsError for a header that nobody could be believed to have written."""
        if settings.console_proxy_header and not settings.console_proxies:
            raise SettingsError("console_proxy_header needs console_proxies, which say whom to believe. The console was not started.")
        return cls(tuple(ip_network(each) for each in settings.console_proxies), settings.console_proxy_header)

    def client(self, peer: str, headers: Headers) -> str:
        """Where a visit comes from: of those whom X-Forwarded-For names, the last one that is not a proxy of ours.

        What stands before that one anybody may have written. A name that is no address ends the search at the proxy that passed it on.
        """
        client = peer
        hops = [hop for line in headers.getlist("x-forwarded-for") for hop in line.split(",")]
        while hops and self._is_ours(client):
            found = _address(hops.pop())
            if found is None:
                break
            client = str(found)
        return client

    def user(self, peer: str, headers: Headers) -> str:
        """Whom a proxy of ours has signed in; empty if the visit comes from elsewhere, or it says nothing, or says it twice."""
        names = headers.getlist(self.header) if self.header and self._is_ours(peer) else []
        name = names[0].strip() if len(names) == 1 else ""
        return name if len(name) <= _LONGEST and name.isprintable() else ""

    def _is_ours(self, text: str) -> bool:
        address = _address(text)
        return address is not None and any(address in network for network in self.networks)


def _address(text: str) -> IPv4Address | IPv6Address | None:
    """192.0.2.1, 192.0.2.1:5678, [2001:db8::1]:5678 or ::ffff:192.0.2.1; None for anything else."""
    bare = text.strip()
    if bare.startswith("["):
        bare = bare[1:].partition("]")[0]
    elif bare.count(":") == 1:
        bare = bare.partition(":")[0]
    try:
        found = ip_address(bare)
    except ValueError:
        return None
    mapped = found.ipv4_mapped if isinstance(found, IPv6Address) else None
    return mapped or found

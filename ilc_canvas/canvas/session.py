"""What every request to Canvas has: an address that is safe, a token that is one, and a session that adds nothing of its own."""

import logging
from http.cookiejar import DefaultCookiePolicy
from urllib.parse import urlsplit

import requests

from ilc_canvas.canvas.connection import ConnectingAdapter
from ilc_canvas.reconcile.errors import SettingsError


def new_session(in_flight: int) -> requests.Session:
    """So many connections at most; no proxies, cookies or logins of this machine's."""
    logging.getLogger("urllib3.connectionpool").setLevel(logging.ERROR)  # below that it logs whole URLs: we search people by address
    session = requests.Session()
    session.trust_env = False  # a .netrc entry would replace our token (seen)
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    adapter = ConnectingAdapter(pool_connections=1, pool_maxsize=in_flight, max_retries=0, pool_block=True)
    session.mount("https://", adapter)
    session.mount("http://", adapter)
    # Refusals are translated, and the language sticks to the token's user (live-server 2.2).
    session.headers.update({"User-Agent": "ilc_canvas (roster provisioning)", "Accept-Language": "en", "Accept": "application/json"})
    return session


def check_address(base_url: str) -> None:
    """SettingsError for what is not an address, or where the token would go over the network in the clear."""
    try:
        parts = urlsplit(base_url)
        scheme, host, _ = parts.scheme, parts.hostname, parts.port
    except ValueError as error:
        raise SettingsError(f"The Canvas address {base_url!r} is not an address, such as https://canvas.example.edu.") from error
    if host and (scheme == "https" or (scheme == "http" and host in ("127.0.0.1", "::1", "localhost"))):
        return
    raise SettingsError(f"The Canvas address {base_url!r} must begin with https:// (http only on this machine itself).")


def checked_token(token: str) -> str:
    """Without blanks round it; SettingsError where it cannot be one: an odd character would make requests tell the token in an error."""
    token = token.strip()
    if not token or not token.isascii() or not token.isprintable() or " " in token:
        raise SettingsError("The Canvas token is empty, or holds characters that no token has.")
    return token

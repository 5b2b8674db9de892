"""What every request to Canvas has: an address that is safe, a token that is one, and a session that adds nothing of its own."""

import logging
import os
import re
import ssl
from functools import lru_cache
from http.cookiejar import DefaultCookiePolicy
from pathlib import Path

import requests
from urllib3.exceptions import LocationParseError
from urllib3.util import parse_url

from ilc_canvas.canvas.http.connection import ConnectingAdapter
from ilc_canvas.reconcile.errors import SettingsError


def new_session(in_flight: int) -> requests.Session:
    """So many connections at most; no proxies, cookies or logins of this machine's."""
    logging.getLogger("urllib3.connectionpool").setLevel(logging.ERROR)  # below that it logs whole URLs: we search people by address
    session = requests.Session()
    session.trust_env = False  # a .netrc entry would replace our token (seen)
    session.verify = authority()
    session.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
    adapter = ConnectingAdapter(pool_connections=1, pool_maxsize=in_flight, max_retries=0, pool_block=True)
    session.mount("https://", adapter)
    session.mount("http://", adapter)
    # Refusals are translated, and the language sticks to the token's user (live-server 2.2).
    session.headers.update({"User-Agent": "ilc_canvas (roster provisioning)", "Accept-Language": "en", "Accept": "application/json"})
    return session


_PLAIN = re.compile(r"[A-Za-z]+://[A-Za-z0-9.:\[\]_/~-]+")
"""No user name, backslash, blank, query or letter that two programs may read in two ways."""
_LOGIN = re.compile(r"//.*@", re.DOTALL)
_HERE = ("127.0.0.1", "[::1]", "localhost")


def authority() -> str | bool:
    """The certificates that are trusted: those in the file that SSL_CERT_FILE names, or the usual ones. SettingsError if it holds none."""
    path = os.environ.get("SSL_CERT_FILE", "")
    try:
        if path:
            _load(path, Path(path).stat().st_mtime_ns)
    except (OSError, ValueError) as error:
        raise SettingsError(f"SSL_CERT_FILE: {path} cannot be read, or holds no certificates (PEM). Nothing was done.") from error
    return path or True


@lru_cache(maxsize=1)
def _load(path: str, _modified_ns: int) -> None:
    """Read it, once for as long as it stays the same: some hundred certificates take longer than a request."""
    ssl.create_default_context(cafile=path)


def check_address(base_url: str) -> None:
    """SettingsError for what is not an address, or where the token would go over the network in the clear."""
    try:
        parts = parse_url(base_url) if _PLAIN.fullmatch(base_url) else None  # as the library reads it that will send the token there
    except LocationParseError:
        parts = None
    if parts is None or parts.auth or not parts.host:
        raise SettingsError(
            f"The Canvas address {_shown(base_url)} is not an address, such as https://canvas.example.edu. Nothing was done."
        )
    if parts.scheme == "https" or (parts.scheme == "http" and parts.host in _HERE):
        return
    raise SettingsError(
        f"The Canvas address {_shown(base_url)} must begin with https:// (http only on this machine itself). Nothing was done."
    )


def _shown(address: str) -> str:
    """As it is written, letter by letter, but for a user name and a password."""
    return ascii(_LOGIN.sub("//...@", address))


def checked_token(token: str) -> str:
    """Without blanks round it; SettingsError if it cannot be one: an odd character would make requests tell the token in an error."""
    token = token.strip()
    if not token or not token.isascii() or not token.isprintable() or " " in token:
        raise SettingsError(
            "The Canvas token is empty, or holds characters that no token has. Put the right one into its file. Nothing was done."
        )
    return token

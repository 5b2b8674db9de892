"""What all sign-ins elsewhere share: how they are asked, and what is said if that fails."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import BoundedSemaphore
from urllib.parse import urlsplit

import httpx2
from authlib.integrations.base_client import OAuthError
from joserfc.errors import JoseError

from ilc_canvas.reconcile.errors import SettingsError, SignInError

SECONDS = 8
"""So long another place may take to answer."""
AT_ONCE = 4
"""So many ask at once, of all for whom pages are made."""
_TURNS = BoundedSemaphore(AT_ONCE)
_LOOPBACK = ("127.0.0.1", "::1", "localhost")
_ODD = (ValueError, KeyError, TypeError, AttributeError, RuntimeError)
"""What the libraries raise over an answer that is not what it should be."""


@dataclass(frozen=True, slots=True)
class Departure:
    """Where the browser goes, and what must come back with it."""

    url: str
    state: str
    nonce: str
    verifier: str


@contextmanager
def asking(name: str) -> Iterator[None]:
    """Ask another place; SignInError, without anything of its answer, if it does not answer, refuses, or answers with something odd.

    Only a few ask at once, and nobody waits for a turn: a place that hangs keeps no page from being made.
    """
    if not _TURNS.acquire(blocking=False):
        raise SignInError("busy", f"{name} is slow, and others wait for it already. Nothing was changed. Try again in a minute.")
    try:
        with _understanding(name):
            yield
    finally:
        _TURNS.release()


@contextmanager
def _understanding(name: str) -> Iterator[None]:
    try:
        yield
    except (OAuthError, httpx2.HTTPStatusError) as error:
        raise SignInError("refused", f"{name} did not accept this sign-in. Nothing was changed. Begin it once more.") from error
    except (httpx2.HTTPError, httpx2.InvalidURL) as error:
        raise SignInError("away", f"{name} does not answer. Nothing was changed. Try again in a minute.") from error
    except (JoseError, *_ODD) as error:
        raise SignInError(
            "odd", f"{name} answered with something that cannot be trusted. Nothing was changed. Tell the operator."
        ) from error


def checked_address(setting: str, address: str) -> str:
    """The same; SettingsError unless it is https (http on this machine itself)."""
    parts = urlsplit(address)
    if not parts.hostname or parts.scheme not in ("https", "http") or (parts.scheme == "http" and parts.hostname not in _LOOPBACK):
        raise SettingsError(f"{setting}: {address} must begin with https://. The console was not started.")
    return address

"""The one place that turns what requests, canvasapi and Canvas say into our errors. No text of theirs is passed on: it may hold names."""

import re
from collections.abc import Iterator
from contextlib import contextmanager

import requests
from canvasapi.exceptions import CanvasException

from ilc_canvas.canvas.http.allowlist import Allowlist
from ilc_canvas.canvas.http.responses import error_keys, is_dead_token, is_json, json_of
from ilc_canvas.canvas.http.unsent import never_sent
from ilc_canvas.reconcile.errors import CanvasError, InDoubtError, MissingRightError, RefusedError, TokenError, UnavailableError

_ATTRIBUTE = re.compile(r"[a-z0-9_.\[\]]{1,60}")
"""What an attribute of Canvas is called; any other key of its answer is text of theirs."""


class NotFoundError(RefusedError):
    """Canvas has no such object, or none that this token may see (live.md rule 4)."""


class SpentError(UnavailableError):
    """An allowance is used up (of time, of repeats, of waiting): not to be tried again now."""


class FirewallError(SpentError):
    """Something before Canvas refuses the call with a page of its own: it would again."""


class ThrottledOutError(SpentError):
    """Canvas has throttled this token for longer than a run waits; it is not ill."""


class SettledError(RefusedError):
    """A no after calls that were carried out, and that leave nothing to be looked at."""


class TakenError(RefusedError):
    """A create was refused over an attribute: perhaps it is there already."""

    def __init__(self, text: str, keys: tuple[str, ...]) -> None:
        super().__init__(text)
        self.keys = keys


def refusal(response: requests.Response, calls: Allowlist) -> CanvasError | None:
    """Our error for this answer, or None if it is one to use."""
    status = response.status_code
    if is_dead_token(response):
        return TokenError("Canvas refuses the token: it has expired, or was revoked or mistyped. Put in a new one and run doctor.")
    if status == 403 and not is_json(response):
        return FirewallError(
            f"A firewall before Canvas refuses {_what(response)}: status 403 with a page of its own. Ask those who run it to let this "
            "program through."
        )
    if 300 <= status < 400:
        return UnavailableError(f"Canvas redirects {_what(response)}, which its API never does. Check the address in the settings.")
    if status == 206:
        return UnavailableError(f"Only a part of an answer came to {_what(response)} (status 206): nothing was concluded from it.")
    if status >= 500 and not is_json(response):
        return UnavailableError(f"Canvas is ill: it answers {status} without content to {_what(response)}.")
    if not is_json(response):
        return UnavailableError(f"Not a Canvas API answer to {_what(response)}: status {status}, no JSON.")
    return _of_json(response, calls) if status >= 400 else None


def _of_json(response: requests.Response, calls: Allowlist) -> CanvasError:
    status, what = response.status_code, _what(response)
    try:
        keys = error_keys(json_of(response))
    except ValueError:
        return UnavailableError(f"Canvas's answer to {what} is cut or no JSON.")
    shown = ", ".join(key for key in keys if _ATTRIBUTE.fullmatch(key))
    named = f" ({shown})" if shown else ""
    if status in (401, 403):
        return MissingRightError(calls.lacking(*what.split(" ", 1)))
    if status == 404:
        return NotFoundError(f"Canvas finds nothing at {what}.")
    if status in (400, 409, 422):
        return TakenError(f"Canvas refuses {what} with {status}{named}.", keys)
    return UnavailableError(f"Canvas answers {status} to {what}{named}.")


def _what(response: requests.Response) -> str:
    """Method and path, without the query (which may hold an address)."""
    request = response.request
    return f"{request.method} {(request.url or '').split('?')[0].split('/api/v1/')[-1]}"


@contextmanager
def translated(asked: str) -> Iterator[None]:
    """Errors of requests and canvasapi as ours, for a call by method and path. A write whose connection broke is in doubt; one that was
    never sent is not.
    """
    try:
        yield
    except requests.exceptions.RequestException as error:
        if unsent := never_sent(error):
            raise UnavailableError(f"Canvas cannot be reached: {unsent}.") from error
        if asked.startswith("GET "):
            raise UnavailableError(f"Canvas gave no whole answer to {asked}: {type(error).__name__}.") from error
        raise InDoubtError(f"{asked} got no answer ({type(error).__name__}): it may have happened.") from error
    except CanvasException as error:
        raise UnavailableError(f"canvasapi could not read Canvas's answer to {asked}: {type(error).__name__}.") from error

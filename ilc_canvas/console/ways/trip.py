"""What a browser carries to another sign-in and back: only the one that left is let in when it returns."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error as NoBase64Error
from dataclasses import asdict, dataclass, fields
from hmac import compare_digest

from starlette.responses import Response

from ilc_canvas.store.people.sessions import How

TRIP_COOKIE = "__Host-ilc-trip"
_LASTS = 600  # seconds
_LONGEST = 4000


@dataclass(frozen=True, slots=True)
class Trip:
    """One sign-in under way. Its cookie is for this host alone, out of a script's reach, and comes with requests of our own pages only."""

    how: str
    state: str
    nonce: str
    verifier: str
    target: str  # the page that was asked for
    again: bool  # whether somebody who is signed in proves it once more

    def is_of(self, how: How, state: str) -> bool:
        """Whether an answer with this state belongs to it."""
        return self.how == how and bool(self.state) and compare_digest(self.state.encode(), state.encode())


def set_trip(response: Response, trip: Trip) -> None:
    """The browser carries it for ten minutes."""
    text = urlsafe_b64encode(json.dumps(asdict(trip)).encode()).decode()
    response.set_cookie(TRIP_COOKIE, text, max_age=_LASTS, secure=True, httponly=True, samesite="strict", path="/")


def drop_trip(response: Response) -> None:
    """It is over, whatever came of it."""
    response.delete_cookie(TRIP_COOKIE, secure=True, httponly=True, samesite="strict", path="/")


def trip_in(text: str) -> Trip | None:
    """The trip that a cookie holds; None if it holds none."""
    try:
        values = json.loads(urlsafe_b64decode(text[:_LONGEST].encode()))
    except (ValueError, NoBase64Error):
        return None
    types = {field.name: field.type for field in fields(Trip)}
    if not isinstance(values, dict) or {name: type(value) for name, value in values.items()} != types:
        return None
    return Trip(**values)

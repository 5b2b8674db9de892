"""Session tokens, the cookie that holds one, and the form token that is made from it."""

import secrets
from hashlib import sha256
from hmac import compare_digest

from starlette.responses import Response

COOKIE = "__Host-ilc"


def new_token() -> str:
    """256 bits that nobody can guess."""
    return secrets.token_urlsafe(32)


def form_token(token: str) -> str:
    """What the forms of a session carry: made from its token, which it does not tell."""
    return sha256(f"form:{token}".encode()).hexdigest()


def is_form_token(sent: object, token: str) -> bool:
    """Whether a form was made for this session."""
    return isinstance(sent, str) and compare_digest(sent.encode(), form_token(token).encode())


def set_cookie(response: Response, token: str) -> None:
    """For this host alone, out of a script's reach, and not with requests from other sites."""
    response.set_cookie(COOKIE, token, secure=True, httponly=True, samesite="strict", path="/")


def drop_cookie(response: Response) -> None:
    """The browser forgets it."""
    response.delete_cookie(COOKIE, secure=True, httponly=True, samesite="strict", path="/")
